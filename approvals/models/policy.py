"""Policies as versioned data: rules, and the steps that they ask for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApprovalPolicy(models.Model):
    """One version of the rules of a type: of the whole group, or what one hospital does otherwise (`approvals.in_force`)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("Waiting for a second person")
        SCHEDULED = "scheduled", _("Agreed, from a later day on")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")

    class Mode(models.TextChoices):
        ALL = "all", _("Every rule that holds adds its steps")
        FIRST = "first", _("Only the first rule that holds counts")

    code = models.SlugField()
    version = models.PositiveIntegerField(default=1)
    category = models.ForeignKey("requests_app.Category", on_delete=models.PROTECT, related_name="policies")
    hospital = models.ForeignKey(
        "accounts.Hospital",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("whose rules stand in for those of the group; empty: the group's"),
    )
    name = models.CharField(max_length=120)
    mode = models.CharField(max_length=5, choices=Mode.choices, default=Mode.ALL)
    withdraws = models.JSONField(
        default=list, blank=True, help_text=_("codes of the group's rules that do not hold at this hospital")
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    note = models.CharField(max_length=300, blank=True, help_text=_("why it was changed"))
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    author = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(null=True, help_text=_("when a draft was last written to"))
    effective_from = models.DateTimeField(null=True, help_text=_("empty: from its publishing on"))
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
                condition=models.Q(status="published", hospital=None),
                name="policy_published_once_per_category",
            ),
            models.UniqueConstraint(
                fields=["category", "hospital"],
                condition=models.Q(status="published"),
                name="policy_published_once_per_hospital",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class PolicyRule(models.Model):
    """Holds where all its conditions do; one that `decides` needs no person and ends the search (`approvals.routing`)."""

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
