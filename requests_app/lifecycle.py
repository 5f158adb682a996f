"""How a request lives: every change of its state happens here, in one way (`_move`)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed, has_transition_perm

from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, WrongState
from portal.facts import publish, verb
from requests_app import access, permissions, signals, submission, waits
from requests_app.kinds import kind_of
from requests_app.models import RequestItem, ServiceRequest, StateChange
from requests_app.models.trail import next_number
from requests_app.projections import record_holder
from requests_app.states import FINISHED_LINES, UNTIL_SAID, LineState, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User


LONGEST_REASON = 200  # characters, why it is no longer needed


def _move(
    request: ServiceRequest,
    mark: Callable[[datetime], None],
    *,
    by: "User",
    action: str,
    reason: str = "",
    on_behalf_of: "User | None" = None,
    policy: str = "",
    **more: Any,
) -> None:
    """Check rule and state, mark, save, write the StateChange and the audit event. `request` is locked."""
    if not by.is_system and not has_transition_perm(mark, by):
        raise NotAllowed(_("This is not yours to do."))
    moment, before, since = now(), str(request.state), request.state_since
    try:
        mark(moment)
    except TransitionNotAllowed:
        raise WrongState(_not_now(request)) from None
    request.state_since = request.updated_at = moment
    request.version += 1
    request.save()
    StateChange.objects.create(
        request=request,
        from_state=before,
        to_state=request.state,
        by=by,
        at=moment,
        seconds=max(int((moment - since).total_seconds()), 0),
    )
    events.record(
        action=action,
        by=by,
        on_behalf_of=on_behalf_of,
        case=request.public_id,
        subject=f"request:{request.pk}",
        before={"state": before},
        after={"state": str(request.state), **more},
        reason=reason,
        policy=policy,
    )


def _not_now(request: ServiceRequest) -> str:
    return _("This is no longer possible: it is “%(state)s” now.") % {"state": request.get_state_display()}


@verb
def submit(*, public_id: str, by: "User", seen: str) -> ServiceRequest:
    """Send `by`'s own draft, or what came back to be changed. Sending it again answers with what the first sending made.

    `seen` is the fingerprint of the quote that was shown: a price that changed since is refused, beside its line.
    Gives the number, keeps prices, units and suppliers on the lines, publishes `request_submitted`.
    Raises NotFound to others than its writer, Invalid (keys of questions, run_out, needed_by, note, lines, line-<code>).
    """
    request = access.lock_draft(by, public_id)
    if not request.is_editable:
        return request
    submission.freeze(request, seen=seen, by=by)
    request.number = request.number or next_number()
    request.held_by = ""
    request.editors = sorted({*request.editors, by.pk})
    _move(
        request,
        request.mark_submitted,
        by=by,
        action="request.submitted",
        number=request.number,
        **_what(request),
    )
    if not request.is_supply:
        kind_of(request).sent(request, by)
    publish(signals.request_submitted, request=request, by=by)
    return request


def _what(request: ServiceRequest) -> dict[str, Any]:
    """What the record keeps of what was sent."""
    if request.is_supply:
        lines = {line.code: line.quantity for line in request.all_lines}
        return {"amount": f"{request.amount:.2f} {request.currency}", "lines": lines}
    return {"type": request.category.code, "service": request.service, "priority": str(request.priority)}


@verb
def approve(
    *,
    request: ServiceRequest,
    by: "User",
    on_behalf_of: "User | None" = None,
    reason: str = "",
    policy: str = "",
) -> ServiceRequest:
    """The last step was given (or the policy decided): release the lines to the store and to the buyer.

    Work for an agreed time waits for it (`release`). Publishes `request_approved`. Raises WrongState unless it was sent.
    """
    request = access.locked(request)
    request.held_by = _whose(request)
    _move(
        request,
        request.mark_approved,
        by=by,
        action="request.approved",
        reason=reason,
        on_behalf_of=on_behalf_of,
        policy=policy,
    )
    for line in request.wanted_lines:
        line.state = LineState.WITH_BUYER if line.is_bought else LineState.TO_PICK
        line.approved_quantity = line.quantity
    if request.all_lines:
        RequestItem.objects.store(request.all_lines, "state", "approved_quantity")
    publish(signals.request_approved, request=request, by=by)
    return request


@verb
def release(*, request: ServiceRequest, by: "User") -> ServiceRequest:
    """Its time has come: agreed work goes to its team now. Released twice is released once. Publishes `work_released`."""
    request = access.locked(request)
    if request.state != RequestState.APPROVED or request.released_at is not None:
        return request
    request.released_at = now()
    request.held_by = _whose(request)
    request.save(update_fields=["released_at", "held_by"])
    events.record(
        action="request.released", by=by, case=request.public_id, subject=f"request:{request.pk}", after={}
    )
    publish(signals.work_released, request=request, by=by)
    return request


def _whose(request: ServiceRequest) -> str:
    """Who has it once it is agreed: its team, or the teams of its lines."""
    if request.is_supply:
        return _teams(line.team.name for line in request.wanted_lines if line.team)
    if request.queue_at == UNTIL_SAID and not request.released_at:
        return _("Back again: when it is ready to go")
    if request.queue_at and not request.released_at and request.queue_at > now():
        return _("Waiting for its time: %(at)s") % {"at": _clock_time(request, request.queue_at)}
    return request.team.name if request.team else ""


def _clock_time(request: ServiceRequest, moment: datetime) -> str:
    return date_format(moment.astimezone(ZoneInfo(request.hospital.time_zone)), "D j M, H:i")


def _teams(names: Iterable[str]) -> str:
    """Who has the lines of it: each team once."""
    return ", ".join(dict.fromkeys(names))[:160]


@verb
def reject(
    *, request: ServiceRequest, by: "User", reason: str, on_behalf_of: "User | None" = None
) -> ServiceRequest:
    """Somebody said no. Publishes `request_rejected`. Raises WrongState unless the request is submitted."""
    request = access.locked(request)
    request.held_by = ""
    _move(
        request,
        request.mark_rejected,
        by=by,
        action="request.rejected",
        reason=reason,
        on_behalf_of=on_behalf_of,
    )
    request.lines.update(state=LineState.REJECTED)
    publish(signals.request_rejected, request=request, by=by, reason=reason)
    return request


def not_to_cancel(request: ServiceRequest, by: "User") -> str:
    """Why this person may not cancel it now, or ''. One query at most."""
    if not permissions.is_cancellable(request):
        return _("It was decided meanwhile and can no longer be cancelled here.")
    return "" if permissions.can_cancel(by, request) else _("This is not yours to do.")


@verb
def cancel(*, request: ServiceRequest, by: "User", reason: str) -> ServiceRequest:
    """The ward no longer needs it and nobody has decided yet, or the work is not done yet. Publishes `request_cancelled`.

    Raises NotAllowed to others than the ward, WrongState once it is too late, Invalid (reason: 1 to 200 characters).
    """
    reason = _reason(reason)
    access.lock_tasks(request)
    request = access.locked(request)
    request.held_by = ""
    if not permissions.is_cancellable(request):
        raise WrongState(_("It was decided meanwhile and can no longer be cancelled here."))
    waits.end(request, by=by)
    _move(request, request.mark_cancelled, by=by, action="request.cancelled", reason=reason)
    request.lines.update(state=LineState.CANCELLED)
    publish(signals.request_cancelled, request=request, by=by, reason=reason)
    return request


def _reason(reason: str) -> str:
    """Checked: 1 to 200 characters. Raises Invalid (reason)."""
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid({"reason": [_("Say why, so that everybody who follows it knows.")]})
    return reason


@verb
def withdraw(*, request: ServiceRequest, by: "User") -> ServiceRequest:
    """Its writer takes it back to change it, before somebody has decided. Publishes `request_returned`.

    It keeps its number; sent again it is decided anew. Raises NotAllowed to others, WrongState once it was decided.
    """
    request = access.locked(request)
    if request.filed_by_id == by.pk and request.state != RequestState.SUBMITTED:
        raise WrongState(_not_now(request))
    request.held_by = by.get_full_name()
    _move(request, request.mark_withdrawn, by=by, action="request.withdrawn")
    publish(signals.request_returned, request=request, by=by, reason="")
    return request


@verb
def give_back(
    *, request: ServiceRequest, by: "User", reason: str, on_behalf_of: "User | None" = None
) -> ServiceRequest:
    """Somebody who decides needs more from its writer. Publishes `request_returned`. Raises WrongState, Invalid (reason)."""
    request = access.locked(request)
    request.held_by = request.filed_by.get_full_name()
    _move(
        request,
        request.mark_returned,
        by=by,
        action="request.returned",
        reason=_reason(reason),
        on_behalf_of=on_behalf_of,
    )
    publish(signals.request_returned, request=request, by=by, reason=reason)
    return request


@verb
def undecide(*, request: ServiceRequest, by: "User", on_behalf_of: "User | None" = None) -> ServiceRequest:
    """Who decided it took that back at once: it waits for a decision again. Publishes `request_undecided`.

    Raises WrongState once somebody has it (`held_by` is for who is asked to set).
    """
    request, since = access.locked(request), request.state_since
    if request.assignee:
        raise WrongState(_("%(name)s has it already.") % {"name": request.assignee.get_full_name()})
    _move(request, request.mark_undecided, by=by, action="request.undecided", on_behalf_of=on_behalf_of)
    lines = request.wanted_lines
    for line in lines:
        line.state, line.approved_quantity = LineState.ASKED, None
    if lines:
        RequestItem.objects.store(lines, "state", "approved_quantity")
    publish(signals.request_undecided, request=request, since=since, by=by)
    return request


@verb
def reopen(*, request: ServiceRequest, by: "User", reason: str) -> ServiceRequest:
    """The work was not right: back to its team, with the reason. Publishes `request_reopened` and `work_released`.

    Raises NotAllowed to others than the ward and after 14 days, WrongState, Invalid (reason).
    """
    request = access.locked(request)
    if request.state != RequestState.CLOSED and permissions.works_on(by, request):
        raise WrongState(_not_now(request))
    request.assignee, request.outcome = None, ""
    _move(request, request.mark_reopened, by=by, action="request.reopened", reason=_reason(reason))
    record_holder(request=request, held_by=_whose(request))
    publish(signals.request_reopened, request=request, by=by, reason=reason)
    publish(signals.work_released, request=request, by=by)
    return request


@verb
def start_fulfilment(*, request: ServiceRequest, by: "User") -> ServiceRequest:
    """The first order was accepted or the first line picked; later ones change nothing. Publishes `fulfilment_started`."""
    request = access.locked(request)
    if request.state == RequestState.APPROVED:
        _move(request, request.mark_in_fulfilment, by=by, action="request.taken")
        publish(signals.fulfilment_started, request=request, by=by)
    return request


@verb
def hold(*, request: ServiceRequest, by: "User", reason: str, why: str) -> ServiceRequest:
    """Its team waits (`waiting.wait`, which keeps the reason). Raises WrongState unless somebody has it."""
    request = access.locked(request)
    _move(request, request.mark_held, by=by, action="request.held", reason=why, wait=reason)
    return request


@verb
def go_on(*, request: ServiceRequest, by: "User", why: str = "") -> ServiceRequest:
    """The waiting is over (`waiting.resume`). Raises WrongState unless it waits."""
    request = access.locked(request)
    _move(request, request.mark_resumed, by=by, action="request.resumed", reason=why)
    return request


@verb
def put_back(
    *, request: ServiceRequest, by: "User", action: str, reason: str, before: str, after: str
) -> ServiceRequest:
    """Nobody has it any more: to the queue of `request.team`, which may be another than before. No fact of its own."""
    request = access.locked(request)
    request.assignee = None
    request.held_by = _whose(request)
    if request.state == RequestState.APPROVED:
        request.save(update_fields=["assignee", "held_by", "team"])
        events.record(
            action=action,
            by=by,
            case=request.public_id,
            subject=f"request:{request.pk}",
            after={"was": before, "team": after},
            reason=reason,
        )
    else:
        _move(request, request.mark_put_back, by=by, action=action, reason=reason, was=before, team=after)
    return request


@verb
def settle(*, request: ServiceRequest, by: "User") -> ServiceRequest:
    """After a line ended: finish the request when none is left; else those have it whose lines are left.

    Something arrived: fulfilled and closed (the ward has just confirmed it). Nothing arrived because every order was
    cancelled: cancelled, with that reason. Publishes `request_fulfilled` and `request_closed`, or `request_cancelled`.
    """
    request = access.locked(request)
    ends = list(request.lines.values_list("state", "team__name"))
    states = [state for state, _team in ends]
    if any(state not in FINISHED_LINES for state in states):
        left = (team for state, team in ends if team and state not in FINISHED_LINES)
        record_holder(request=request, held_by=_teams(left))
        return request
    request.held_by = ""
    if LineState.RECEIVED in states:
        _move(request, request.mark_fulfilled, by=by, action="request.fulfilled")
        publish(signals.request_fulfilled, request=request, by=by)
        _move(request, request.mark_closed, by=by, action="request.closed")
        publish(signals.request_closed, request=request, by=by)
    else:
        reason = _("Every order for it was cancelled.")
        _move(request, request.mark_not_supplied, by=by, action="request.not_supplied", reason=reason)
        publish(signals.request_cancelled, request=request, by=by, reason=reason)
    return request


@verb
def finish(*, request: ServiceRequest, by: "User", note: str = "") -> ServiceRequest:
    """Work that has no lines is done: fulfilled and closed. `outcome` was set by `work.finish`. Raises WrongState."""
    request = access.locked(request)
    request.held_by = ""
    _move(
        request,
        request.mark_fulfilled,
        by=by,
        action="request.fulfilled",
        reason=note,
        outcome=request.outcome,
    )
    publish(signals.request_fulfilled, request=request, by=by)
    _move(request, request.mark_closed, by=by, action="request.closed")
    publish(signals.request_closed, request=request, by=by)
    return request
