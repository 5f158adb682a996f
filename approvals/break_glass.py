"""Break-glass: what cannot wait for its approval goes on at once, for a reason, below a ceiling, told and looked at afterwards.

Who is on duty as a manager uses it (`glass_rules`); somebody independent reviews it. There is no undo: it is rare and serious.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from approvals import opening, signals
from approvals.content import content_hash
from approvals.glass_reviews import counts, to_review
from approvals.glass_rules import (
    LONGEST,
    SHORTEST,
    accounts_of,
    duty_of,
    judged,
    latest,
    not_to_review,
    not_to_use,
)
from approvals.models import Approval, BreakGlass
from portal.accounts import scopes
from portal.accounts.models import User
from portal.audit import events
from portal.audit.models import Event
from portal.clock import now
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.facts import publish, verb
from requests_app import access, casework, lifecycle
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from approvals.models import ApprovalStep

__all__ = ["counts", "duty_of", "not_to_use", "review", "tell_overdue", "to_review", "too_late", "use"]

LASTS, REVIEW_WITHIN = timedelta(hours=4), timedelta(hours=72)
OVERDUE = "approval.glass_overdue"
BATCH = 100


@verb
def use(*, request: ServiceRequest, by: User, reason: str, words: str) -> BreakGlass:
    """Do not wait for the approval: the request is agreed now, in the name of `by` and of the duty that they hold.

    `reason` is one of BreakGlass.Reason, `words` say why it cannot wait (20 to 500 characters). Nobody is asked any more;
    what follows has four hours to leave. Opens the exception policy_deviation. The same person sending it again gets the first.
    Publishes `glass_broken`. Raises Invalid (reason, words), NotAllowed (no duty, a part in it, amount, items, reviews that
    wait), WrongState (nothing to decide) or AlreadyDecided (somebody broke it first).
    """
    reason, words = _said(reason, words)
    request = access.locked(request)
    approval = latest(request)
    before = BreakGlass.objects.filter(approval=approval).select_related("by").first() if approval else None
    if before and before.by_id == by.pk:
        return before
    _one_at_a_time(by)
    glass = judged(request, by, approval, before)
    assert approval is not None
    moment = now()
    broken = BreakGlass.objects.create(
        approval=approval,
        request=request,
        by=by,
        duty=glass.duty,
        reason=reason,
        words=words,
        amount=request.base_amount,
        ceiling=glass.ceiling,
        content_hash=content_hash(request, request.all_lines),
        told=[person.pk for person in glass.told],
        used_at=moment,
        ends_at=moment + LASTS,
        review_due_at=moment + REVIEW_WITHIN,
    )
    steps = list(approval.steps.all())
    _note(broken, request, steps, glass.told)
    _end(approval, request, steps, by)
    lifecycle.approve(
        request=request, by=by, reason=str(broken.get_reason_display()), policy=policy_of(approval)
    )
    casework.open_exception(
        kind="policy_deviation",
        request=request,
        key=key_of(broken),
        detail=_("Break-glass by %(who)s: %(reason)s. It waits for a review.")
        % {"who": by.get_full_name(), "reason": broken.get_reason_display()},
        by=by,
        due_at=broken.review_due_at,
    )
    publish(signals.glass_broken, request=request, broken=broken, by=by)
    return broken


@verb
def review(*, ref: str, by: User, verdict: str, words: str = "") -> BreakGlass:
    """Somebody independent says whether it was right; `words` (at most 500 characters) are needed where it was not.

    Closes its exception. The same verdict of the same person again changes nothing. Publishes `glass_reviewed`. Raises NotFound,
    Invalid (verdict, words), NotAllowed to who is not independent, WrongState once it is reviewed.
    """
    words = _verdict(verdict, words)
    found = BreakGlass.objects.filter(ref=ref).values_list("request_id", flat=True).first()
    if found is None:
        raise NotFound
    request = access.lock_id(found)
    broken = BreakGlass.objects.select_related("by", "reviewed_by").get(ref=ref)
    broken.request = request
    if broken.reviewed_by:
        if (broken.reviewed_by_id, broken.verdict) == (by.pk, verdict):
            return broken
        raise WrongState(_("%s reviewed it already.") % broken.reviewed_by.get_full_name())
    if refusal := not_to_review(broken, by):
        raise NotAllowed(refusal)
    broken.reviewed_at, broken.reviewed_by = now(), by
    broken.verdict, broken.review_words = verdict, words
    broken.save(update_fields=["reviewed_at", "reviewed_by", "verdict", "review_words"])
    events.record(
        action="approval.glass_reviewed",
        by=by,
        case=request.public_id,
        subject=key_of(broken),
        after={"verdict": verdict},
        reason=words,
    )
    for exception in request.exceptions.filter(kind="policy_deviation", key=key_of(broken), closed_at=None):
        casework.close_exception(
            exception=exception, by=by, reason=words or str(broken.get_verdict_display())
        )
    publish(signals.glass_reviewed, broken=broken, by=by)
    return broken


def tell_overdue() -> int:
    """Sweep: reviews whose time is over are told to who comes next, each once. Returns how many there were."""
    told = Event.objects.filter(
        case=OuterRef("request__public_id"),
        action=OVERDUE,
        subject=Concat(Value("glass:"), OuterRef("ref"), output_field=CharField()),
    )
    late = BreakGlass.objects.filter(~Exists(told), reviewed_at=None, review_due_at__lte=now())
    return sum(_tell_overdue(ref=ref) for ref in list(late.values_list("ref", flat=True)[:BATCH]))


@verb
def _tell_overdue(*, ref: str) -> bool:
    broken = BreakGlass.objects.select_related("by").get(ref=ref)
    request = access.lock_id(broken.request_id)
    told = Event.objects.filter(case=request.public_id, action=OVERDUE, subject=key_of(broken))
    broken.refresh_from_db(fields=["reviewed_at"])
    if broken.reviewed_at is not None or told.exists():
        return False
    broken.request = request
    by = scopes.system_user()
    events.record(action=OVERDUE, by=by, case=request.public_id, subject=key_of(broken))
    publish(signals.glass_overdue, broken=broken)
    return True


def too_late(request: ServiceRequest) -> str:
    """Why what follows from a broken glass may leave no more, or '': its four hours are over. One query."""
    last = BreakGlass.objects.filter(request=request).order_by("-approval").first()
    if last is None or now() < last.ends_at:
        return ""
    if request.approvals.filter(pk__gt=last.approval_id, status=Approval.Status.APPROVED).exists():
        return ""  # it was agreed in the usual way since
    return _(
        "The glass was broken for this more than four hours before it was sent: it needs the usual approval."
    )


def policy_of(approval: Approval) -> str:
    return f"break-glass, {approval.version}" if approval.policy_id else "break-glass"


def key_of(broken: BreakGlass) -> str:
    """Of its exception."""
    return f"glass:{broken.ref}"


def _said(reason: str, words: str) -> tuple[str, str]:
    errors, words = {}, " ".join(words.split())
    if reason not in BreakGlass.Reason.values:
        errors["reason"] = [_("Choose what makes it an emergency.")]
    if not SHORTEST <= len(words) <= LONGEST:
        errors["words"] = [
            _("Say in %(least)d to %(most)d characters why it cannot wait.")
            % {"least": SHORTEST, "most": LONGEST}
        ]
    if errors:
        raise Invalid(errors)
    return reason, words


def _verdict(verdict: str, words: str) -> str:
    words = " ".join(words.split())
    if verdict not in BreakGlass.Verdict.values:
        raise Invalid({"verdict": [_("Choose what you think of it.")]})
    if len(words) > LONGEST or (verdict == BreakGlass.Verdict.NOT_JUSTIFIED and not words):
        raise Invalid({"words": [_("Say in at most 500 characters why it should have waited.")]})
    return words


def _one_at_a_time(by: User) -> None:
    """Two uses of one person on two requests wait for each other, so that both count the reviews that wait.

    NO KEY: rows that only point at the person, such as events, do not wait.
    """
    list(User.objects.select_for_update(no_key=True).filter(pk__in=accounts_of(by)).order_by("pk"))


def _note(
    broken: BreakGlass, request: ServiceRequest, steps: "Iterable[ApprovalStep]", told: list[User]
) -> None:
    """The one event, with all of it."""
    after: dict[str, Any] = {
        "reason": broken.reason,
        "duty": broken.duty,
        "amount": f"{broken.amount:.2f}",
        "ceiling": f"{broken.ceiling:.2f}",
        "content": broken.content_hash,
        "told": [person.get_full_name() for person in told],
        "not_asked": [step.asked_role for step in steps if step.state in (opening.OPEN, opening.WAITING)],
        "ends_at": broken.ends_at.isoformat(),
        "review_due_at": broken.review_due_at.isoformat(),
    }
    events.record(
        action=events.BREAK_GLASS,
        by=broken.by,
        case=request.public_id,
        subject=key_of(broken),
        before={"approval": str(broken.approval.status)},
        after=after,
        reason=broken.words,
        policy=policy_of(broken.approval),
    )


def _end(approval: Approval, request: ServiceRequest, steps: "Iterable[ApprovalStep]", by: User) -> None:
    """Nobody is waited for any more."""
    if approval.status == Approval.Status.NEEDS_ROUTING:
        opening.routed(request, by=by, reason=_("The glass was broken for it."))
    approval.status, approval.closed_at = Approval.Status.APPROVED, now()
    approval.save(update_fields=["status", "closed_at"])
    for step in steps:
        opening.close_step(step, request, outcome="withdrawn", by=by)
