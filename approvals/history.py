"""What a person decided, and what others decided in their name: newest first, also what they took back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from approvals import undoing
from approvals.models import Decision, StepApprover
from portal.clock import now
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User


@dataclass(frozen=True)
class Done:
    """A decision of this person that can still be taken back."""

    decision: Decision
    request: ServiceRequest
    until: datetime

    @property
    def seconds(self) -> int:
        """Whole ones that are left, at least one."""
        return max(int((self.until - now()).total_seconds()), 1)


OUTCOMES = {
    Decision.Outcome.APPROVED: (gettext_lazy("Approved:"), "yes", "check"),
    Decision.Outcome.REJECTED: (gettext_lazy("Said no:"), "no", "x"),
    Decision.Outcome.RETURNED: (gettext_lazy("Asked for more:"), "off", "undo-2"),
    Decision.Outcome.WITHDRAWN: (gettext_lazy("Took back:"), "off", "rotate-ccw"),
}
ADJUSTED = gettext_lazy("Approved less:")


@dataclass(frozen=True)
class Row:
    """A decision as its list shows it."""

    decision: Decision
    words: Promise | str
    mark: str
    icon: str

    @property
    def request(self) -> ServiceRequest:
        return self.decision.step.approval.request

    @property
    def lent(self) -> bool:
        return self.decision.actor_id != self.decision.authority_id

    @property
    def taken_back(self) -> bool:
        return hasattr(self.decision, "withdrawn_by")


def shown(decisions: Iterable[Decision]) -> list[Row]:
    """No query for what `decided_by` and `decided_for` found."""
    rows = []
    for one in decisions:
        words, mark, icon = OUTCOMES[Decision.Outcome(one.outcome)]
        rows.append(Row(one, ADJUSTED if one.adjusted else words, mark, icon))
    return rows


def decided_by(user: "User") -> QuerySet[Decision]:
    """What `user` decided, by an own right or for somebody. One query, whoever reads it; not yet ordered."""
    return shown_decisions().filter(actor=user)


def decided_for(user: "User") -> QuerySet[Decision]:
    """What others decided with the authority of `user`, as `decided_by`."""
    return shown_decisions().filter(authority=user).exclude(actor=F("authority"))


def decided_by_others(user: "User") -> QuerySet[Decision]:
    """What others decided of what `user` was asked as well, as `decided_by`: how it went that left the inbox."""
    asked = StepApprover.objects.filter(user=user, step=OuterRef("step"))
    return shown_decisions().filter(Exists(asked)).exclude(actor=user).exclude(authority=user)


def shown_decisions() -> QuerySet[Decision]:
    """Decisions with what their rows show of them. Lazy."""
    about = [f"step__approval__request__{one}" for one in ("hospital", "department", "category")]
    return Decision.objects.select_related("actor", "authority", "withdrawn_by", *about)


# `?whose=` -> whose decisions the list is of
WHOSE = {"": decided_by, "for": decided_for, "others": decided_by_others}


def just_decided(user: "User", ref: str) -> Done | None:
    """The last decision of `user` on the step `ref`, while it can be taken back. One query."""
    last = decided_by(user).filter(step__ref=ref).order_by("-pk").first()
    if last is None or last.step.approval.about_price:
        return None
    request = last.step.approval.request
    until = undoing.until(last, request)
    return Done(last, request, until) if until else None
