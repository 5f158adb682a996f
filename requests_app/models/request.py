"""The service request: what a place needs, and where that stands."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from portal import ids
from portal.accounts import scopes
from portal.fsm import GuardedState, StateQuerySet
from requests_app import permissions
from requests_app.states import (
    EDITABLE_STATES,
    OPEN_STATES,
    TAKEN_STATES,
    TEAM_STATES,
    EmergencyReason,
    Kind,
    Priority,
    RequestState,
    RunOut,
)

if TYPE_CHECKING:
    from portal.accounts.models import User
    from requests_app.models.item import RequestItem


def new_public_id() -> str:
    """A name for URLs that says nothing and cannot be guessed (128 random bits)."""
    return ids.token()


# A draft has not been sent, and what has ended has a moment of its end; no state is named, so that SQLite uses it too.
HALVES = {
    "open": Q(submitted_at__isnull=False, closed_at__isnull=True),
    "ended": Q(closed_at__isnull=False),
}


def _list_index(of: str, half: str) -> models.Index:
    """The newest first, of one place or person (or of all)."""
    name = f"request_{half}_{of or 'all'}"
    return models.Index(
        fields=[*([of] if of else []), "-created_at", "-id"], condition=HALVES[half], name=name
    )


def _due_index(of: str) -> models.Index:
    """Open ones, what is due first comes first."""
    name = f"request_due_{of or 'all'}"
    return models.Index(fields=[*([of] if of else []), "due_at", "id"], condition=HALVES["open"], name=name)


class RequestQuerySet(StateQuerySet):
    def visible_to(self, user: "User") -> Self:
        """What `permissions.can_view` allows, as one query: own, the places of the person, the teams of the person."""
        from requests_app.models.item import RequestItem
        from requests_app.models.talk import RequestShare

        team_line = RequestItem.objects.filter(
            request=OuterRef("pk"), team__in=scopes.teams_with(user, "fulfil_here")
        )
        sent = (
            Q(department__in=scopes.departments_with(user, "view_requests"), private=False)
            | Q(requester=user)
            | Q(pk__in=RequestShare.objects.filter(user=user).values("content_object"))
            | Q(team__in=scopes.teams_with(user, "fulfil_here"))
            | Exists(team_line)
        )
        return self.filter(Q(filed_by=user) | (~Q(state=RequestState.DRAFT) & sent))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)


class ServiceRequest(GuardedState, models.Model):
    public_id = models.CharField(max_length=30, unique=True, default=new_public_id, editable=False)
    number = models.CharField(max_length=20, unique=True, null=True, editable=False)
    client_key = models.UUIDField(editable=False)
    category = models.ForeignKey("requests_app.Category", on_delete=models.PROTECT)
    hospital = models.ForeignKey("accounts.Hospital", on_delete=models.PROTECT, db_index=False)
    department = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, db_index=False)
    deliver_to = models.ForeignKey("accounts.Location", on_delete=models.PROTECT, null=True, blank=True)
    requester = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="requests_needed", db_index=False
    )
    filed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="requests_filed", db_index=False
    )
    beneficiary = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    editors = models.JSONField(
        default=list, blank=True, help_text=_("keys of everybody who wrote lines, amounts or suppliers of it")
    )
    files = models.JSONField(
        default=list,
        blank=True,
        help_text=_(
            "SHA-256 of each file that was attached when it was sent: a part of what is decided about"
        ),
    )
    state = FSMField(default=RequestState.DRAFT, choices=RequestState.choices, protected=True)
    state_since = models.DateTimeField()
    title = models.CharField(max_length=160)
    note = models.TextField(blank=True, max_length=1000)
    answers = models.JSONField(
        default=dict, blank=True, help_text=_("what was answered to the questions of its type, as typed")
    )
    form_version = models.ForeignKey(
        "requests_app.FormVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    usual_list = models.ForeignKey(
        "requests_app.UsualList", on_delete=models.SET_NULL, null=True, blank=True, related_name="requests"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    task = models.ForeignKey(
        "requests_app.BundleTask", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    service = models.SlugField(
        max_length=50, blank=True, help_text=_("whose target times apply, set when sent")
    )
    team = models.ForeignKey(
        "accounts.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    assignee = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="requests_taken"
    )
    outcome = models.CharField(max_length=40, blank=True, help_text=_("how the work ended"))
    private = models.BooleanField(
        default=False, help_text=_("only its writer, its requester and its team see it")
    )
    precautions = models.CharField(
        max_length=80, blank=True, help_text=_("codes of infection precautions, space separated")
    )
    emergency_reason = models.CharField(max_length=20, choices=EmergencyReason.choices, blank=True)
    answered_by = models.CharField(max_length=80, blank=True, help_text=_("who answered the telephone"))
    run_out = models.CharField(max_length=20, choices=RunOut.choices, blank=True)
    needed_by = models.DateField(null=True, blank=True)
    agreed_from = models.DateTimeField(null=True, blank=True, help_text=_("not before"))
    agreed_at = models.DateTimeField(null=True, blank=True, help_text=_("at, or at the latest"))
    queue_at = models.DateTimeField(
        null=True, blank=True, help_text=_("released to its team at this moment; empty: at once")
    )
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.ROUTINE)
    priority_reason = models.CharField(max_length=120, blank=True)
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, help_text=_("for approval, with carriage")
    )
    carriage = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(
        max_digits=16, decimal_places=8, default=1, help_text=_("to the base currency, at submit")
    )
    base_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    fulfilled_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text=_("written by sla.clocks only"))
    warn_at = models.DateTimeField(null=True, help_text=_("written by sla.clocks only"))
    held_by = models.CharField(max_length=160, blank=True, help_text=_("who has it, for lists"))
    search_text = models.TextField(editable=False, default="")  # requests_app.finding.indexing
    version = models.PositiveIntegerField(default=0)

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filed_by", "client_key"], name="request_key_once_per_person"),
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="request_state_known"),
            models.CheckConstraint(
                condition=Q(state=RequestState.DRAFT) | Q(number__isnull=False),
                name="request_sent_has_number",
            ),
        ]
        indexes = [
            *(
                _list_index(of, half)
                for half in HALVES
                for of in ("department", "hospital", "requester", "filed_by", "team", "")
            ),
            *(_due_index(of) for of in ("department", "hospital", "team", "")),
            models.Index(
                fields=["queue_at"],
                condition=Q(queue_at__isnull=False, released_at__isnull=True, closed_at__isnull=True),
                name="request_to_release",
            ),
            models.Index(
                fields=["team", "-taken_at"], condition=Q(taken_at__isnull=False), name="request_taken_team"
            ),
            models.Index(
                fields=["department", "released_at"],
                condition=Q(released_at__isnull=False),
                name="request_released",
            ),
            models.Index(
                fields=["filed_by", "-updated_at", "-id"],
                condition=Q(submitted_at=None),
                name="request_drafts",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.public_id

    @cached_property
    def all_lines(self) -> "list[RequestItem]":
        """The lines in their order with item, vendor and team loaded, read once for this instance."""
        beside = ("item__vendor", "vendor", "team", "substituted_for", "agreed_by", "form_version")
        return list(self.lines.with_par(self.department_id).select_related(*beside))

    @property
    def wanted_lines(self) -> "list[RequestItem]":
        """Those of `all_lines` that nobody struck while deciding."""
        return [line for line in self.all_lines if not line.is_struck]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE_STATES

    @property
    def is_supply(self) -> bool:
        return self.category.kind == Kind.SUPPLY

    @transition(
        state,
        [RequestState.DRAFT, RequestState.RETURNED],
        RequestState.SUBMITTED,
        permission=lambda r, u: permissions.can_edit(u, r),
    )
    def mark_submitted(self, moment: Any) -> None:
        self.submitted_at = self.submitted_at or moment

    @transition(state, RequestState.SUBMITTED, RequestState.RETURNED)
    def mark_returned(self, moment: Any) -> None:
        """Needs more from its writer."""

    @transition(
        state,
        RequestState.SUBMITTED,
        RequestState.RETURNED,
        permission=lambda r, u: permissions.can_withdraw(u, r),
    )
    def mark_withdrawn(self, moment: Any) -> None:
        """Its writer took it back to change it."""

    @transition(state, RequestState.SUBMITTED, RequestState.APPROVED)
    def mark_approved(self, moment: Any) -> None:
        if self.queue_at is None or self.queue_at <= moment:
            self.released_at = moment

    @transition(
        state, [RequestState.APPROVED, RequestState.REJECTED, RequestState.RETURNED], RequestState.SUBMITTED
    )
    def mark_undecided(self, moment: Any) -> None:
        """Who decided it took that back at once."""
        self.released_at = self.closed_at = None

    @transition(state, RequestState.SUBMITTED, RequestState.REJECTED)
    def mark_rejected(self, moment: Any) -> None:
        self.closed_at = moment

    @transition(
        state,
        [RequestState.SUBMITTED, RequestState.RETURNED, *TEAM_STATES],
        RequestState.CANCELLED,
        permission=lambda r, u: permissions.can_cancel(u, r),
    )
    def mark_cancelled(self, moment: Any) -> None:
        self.closed_at = moment

    @transition(state, RequestState.APPROVED, RequestState.IN_FULFILMENT)
    def mark_in_fulfilment(self, moment: Any) -> None:
        self.taken_at = self.taken_at or moment

    @transition(state, RequestState.IN_FULFILMENT, RequestState.ON_HOLD)
    def mark_held(self, moment: Any) -> None:
        """Its team waits for something or somebody."""

    @transition(state, RequestState.ON_HOLD, RequestState.IN_FULFILMENT)
    def mark_resumed(self, moment: Any) -> None:
        """What its team waited for is there."""

    @transition(state, TAKEN_STATES, RequestState.APPROVED)
    def mark_put_back(self, moment: Any) -> None:
        """Nobody has it any more: another team's, or handed back to the queue of its own."""

    @transition(state, [RequestState.APPROVED, RequestState.IN_FULFILMENT], RequestState.CANCELLED)
    def mark_not_supplied(self, moment: Any) -> None:
        self.closed_at = moment

    @transition(state, [RequestState.APPROVED, RequestState.IN_FULFILMENT], RequestState.FULFILLED)
    def mark_fulfilled(self, moment: Any) -> None:
        self.fulfilled_at = moment

    @transition(state, RequestState.FULFILLED, RequestState.CLOSED)
    def mark_closed(self, moment: Any) -> None:
        self.closed_at = moment

    @transition(
        state,
        RequestState.CLOSED,
        RequestState.APPROVED,
        permission=lambda r, u: permissions.can_reopen(u, r),
    )
    def mark_reopened(self, moment: Any) -> None:
        self.released_at = moment
        self.taken_at = self.fulfilled_at = self.closed_at = None
