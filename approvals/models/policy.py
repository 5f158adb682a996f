"""Policies as versioned data: rules, and the steps that they ask for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApprovalPolicy(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")

    code = models.SlugField()
    version = models.PositiveIntegerField(default=1)
    category = models.ForeignKey("requests_app.Category", on_delete=models.PROTECT, related_name="policies")
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    published_at = models.DateTimeField(null=True)
    materiality = models.JSONField(
        default=dict,
        blank=True,
        help_text=_("which changes ask again; empty: as shipped (approvals.materiality)"),
    )

    class Meta:
        verbose_name_plural = "approval policies"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["category"],
                condition=models.Q(status="published"),
                name="policy_published_once_per_category",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class PolicyRule(models.Model):
    """Every rule whose conditions hold adds its steps; one that `decides` needs no person and ends the search."""

    policy = models.ForeignKey(ApprovalPolicy, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField()
    why = models.CharField(max_length=200, help_text=_("the rule as a sentence, shown to people"))
    conditions = models.JSONField(default=dict, help_text=_("see approvals.routing.matches"))
    decides = models.BooleanField(default=False)
    replaces = models.JSONField(
        default=list, blank=True, help_text=_("roles that are not asked where this rule holds")
    )

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["policy", "code"], name="rule_code_once")]


class PolicyStep(models.Model):
    rule = models.ForeignKey(PolicyRule, on_delete=models.CASCADE, related_name="steps")
    sequence = models.PositiveSmallIntegerField(help_text=_("steps with the same number are asked at once"))
    role = models.CharField(
        max_length=60, help_text=_("who: a role, a duty, budget_owner, group:<code> or person:<sign-in name>")
    )
    needed = models.PositiveSmallIntegerField(default=1, help_text=_("how many of them must agree; 0: all"))
    distinct = models.BooleanField(default=True, help_text=_("not by who decided another step"))
    within = models.CharField(max_length=8, blank=True, help_text=_("2wh, 1wd; empty: by priority"))
    escalate_to = models.CharField(max_length=30, blank=True, help_text=_("empty: the next authority"))
    documents = models.JSONField(default=list, blank=True, help_text=_("what must be attached to agree"))
    calendar = models.CharField(max_length=30, help_text=_("code of the calendar that its time runs on"))
    why = models.CharField(max_length=200, blank=True, help_text=_("why this role; empty: the rule says it"))

    class Meta:
        ordering = ["sequence", "id"]
