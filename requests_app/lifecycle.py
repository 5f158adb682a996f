"""How a request lives: every change of its state happens here, in one way (`_move`)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed, has_transition_perm

from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, WrongState
from portal.facts import publish, verb
from requests_app import access, permissions, signals, submission
from requests_app.models import RequestItem, ServiceRequest, StateChange
from requests_app.models.trail import next_number
from requests_app.projections import record_holder
from requests_app.states import FINISHED_LINES, LineState, RequestState

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
        now_it_is = {"state": request.get_state_display()}
        raise WrongState(_("This is no longer possible: it is “%(state)s” now.") % now_it_is) from None
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


@verb
def submit(*, public_id: str, by: "User", seen: str) -> ServiceRequest:
    """Send `by`'s own draft. Sending it again answers with what the first sending made.

    `seen` is the fingerprint of the quote that was shown: a price that changed since is refused, beside its line.
    Gives the number, keeps prices, units and suppliers on the lines, publishes `request_submitted`.
    Raises NotFound to others than its writer, Invalid (run_out, needed_by, note, lines, line-<code>).
    """
    request = access.lock_draft(by, public_id)
    if request.state != RequestState.DRAFT:
        return request
    lines = submission.freeze(request, seen=seen, by=by)
    request.number = next_number()
    _move(
        request,
        request.mark_submitted,
        by=by,
        action="request.submitted",
        number=request.number,
        amount=f"{request.amount:.2f} {request.currency}",
        lines={line.code: line.quantity for line in lines},
    )
    publish(signals.request_submitted, request=request, by=by)
    return request


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

    Publishes `request_approved`. Raises WrongState unless the request is submitted.
    """
    request = access.locked(request)
    request.held_by = _teams(line.team.name for line in request.all_lines if line.team)
    _move(
        request,
        request.mark_approved,
        by=by,
        action="request.approved",
        reason=reason,
        on_behalf_of=on_behalf_of,
        policy=policy,
    )
    for line in request.all_lines:
        line.state = LineState.WITH_BUYER if line.is_bought else LineState.TO_PICK
        line.approved_quantity = line.quantity
    RequestItem.objects.store(request.all_lines, "state", "approved_quantity")
    publish(signals.request_approved, request=request, by=by)
    return request


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
    if request.state != RequestState.SUBMITTED:
        return _("It was decided meanwhile and can no longer be cancelled here.")
    return "" if permissions.can_cancel(by, request) else _("This is not yours to do.")


@verb
def cancel(*, request: ServiceRequest, by: "User", reason: str) -> ServiceRequest:
    """The ward no longer needs it and nobody has decided yet. Publishes `request_cancelled`.

    Raises NotAllowed to others than the ward, WrongState once it was decided, Invalid (reason: 1 to 200 characters).
    """
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid({"reason": [_("Say why, so that everybody who follows it knows.")]})
    request = access.locked(request)
    request.held_by = ""
    if request.state != RequestState.SUBMITTED:
        raise WrongState(_("It was decided meanwhile and can no longer be cancelled here."))
    _move(request, request.mark_cancelled, by=by, action="request.cancelled", reason=reason)
    request.lines.update(state=LineState.CANCELLED)
    publish(signals.request_cancelled, request=request, by=by, reason=reason)
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
