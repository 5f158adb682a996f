"""What a porter says on the way: there, picked up, delivered, not ready; and what the ward answers. All times are kept."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, WrongState
from portal.facts import publish, verb
from requests_app import access, lifecycle, permissions, signals, waiting, waits, work
from requests_app.models import Move, ServiceRequest
from requests_app.states import TAKEN_STATES, UNTIL_SAID, Kind, Priority, RequestState
from requests_app.transport import moves, reasons, scanning

if TYPE_CHECKING:
    from portal.accounts.models import User

HAND_BACK_AFTER = timedelta(minutes=10)  # not ready for so long: the porter may go on to something else
PLACE_KEPT = timedelta(minutes=30)  # after it was handed back
URGENT = (Priority.EMERGENCY, Priority.URGENT)


def _locked(request: ServiceRequest) -> tuple[ServiceRequest, Move]:
    request = access.locked(request)
    if request.category.kind != Kind.TRANSPORT:
        raise WrongState(_("This is no move."))
    return request, Move.objects.get(request=request)


def _carried(request: ServiceRequest, by: "User") -> tuple[ServiceRequest, Move]:
    """Locked, and in the hands of `by`. Raises NotAllowed to others than its team, WrongState (who has it)."""
    request, move = _locked(request)
    if not permissions.serves(by, request):
        raise NotAllowed(_("Only its team can do that."))
    if request.state not in TAKEN_STATES or request.assignee_id != by.pk:
        if request.state in TAKEN_STATES and request.assignee:
            raise WrongState(_("%(name)s has it.") % {"name": request.assignee.get_full_name()})
        raise WrongState(
            _("You do not have it: it is “%(state)s” now.") % {"state": request.get_state_display()}
        )
    return request, move


def _keep(move: Move, said: str, by: "User", **values: object) -> None:
    """Write columns of the move and what was said of it."""
    for name, value in values.items():
        setattr(move, name, value)
    move.save(update_fields=list(values))
    request = move.request
    events.record(action=f"move.{said}", by=by, case=request.public_id, subject=f"request:{request.pk}")


def _goes_on(request: ServiceRequest, by: "User") -> ServiceRequest:
    """Who does the next step no longer waits."""
    return waiting.go_on(request, by=by, why="") if request.state == RequestState.ON_HOLD else request


@verb
def arrive(*, request: ServiceRequest, by: "User") -> ServiceRequest:
    """The porter who has it is at the pick-up, or at the destination once it was picked up. Said twice it is said once.

    Raises NotAllowed, WrongState as `pick_up`.
    """
    request, move = _carried(request, by)
    name = "at_destination_at" if move.picked_up_at else "at_pick_up_at"
    if getattr(move, name) is None:
        _keep(move, name.removesuffix("_at"), by, **{name: now()})
    return request


@verb
def pick_up(
    *, request: ServiceRequest, by: "User", wristband: bool = False, scanned: str = ""
) -> ServiceRequest:
    """The porter who has it sets out with it; if it waited, it goes on. Said twice it is said once.

    `wristband`: nurse and porter checked it, which a patient does not go without. `scanned`: what a scanner read, '' where
    nothing was scanned. Raises NotAllowed to others than its team, WrongState to who does not have it, Invalid (wristband,
    scanned: not the one that is to be moved).
    """
    request, move = _carried(request, by)
    if move.picked_up_at:
        return request
    errors = {}
    if scanned.strip() and not scanning.is_it(scanned, request, move):
        errors["scanned"] = [_("This is not the one: %(number)s was asked for.") % {"number": request.number}]
    if move.what == moves.PATIENT and not wristband:
        errors["wristband"] = [_("Check the wristband with the nurse first, then say so here.")]
    if errors:
        raise Invalid(errors)
    request = _goes_on(request, by)
    moment = now()
    checked = {"wristband_at": moment, "wristband_by": by} if move.what == moves.PATIENT else {}
    _keep(move, "picked_up", by, picked_up_at=moment, **checked)
    return request


@verb
def deliver(*, request: ServiceRequest, by: "User", handed_to: str = "") -> ServiceRequest:
    """The porter who has it handed it over: it is done. Said twice it is said once. Publishes as `work.finish`.

    `handed_to`: a code of `reasons.handed_to`, where somebody has to take it over. Raises NotAllowed to others than its team,
    WrongState to who does not have it or before it was picked up, Invalid (handed_to).
    """
    request, move = _locked(request)
    if request.state == RequestState.CLOSED and move.handed_over_at and request.assignee_id == by.pk:
        return request
    request, move = _carried(request, by)
    if move.picked_up_at is None:
        raise WrongState(_("It was not picked up yet."))
    takers = reasons.handed_to(move.what, urgent=request.priority in URGENT)
    if takers and handed_to not in takers:
        raise Invalid({"handed_to": [_("Say who took it over.")]})
    _keep(move, "handed_over", by, handed_over_at=now(), handed_to=handed_to if takers else "")
    request.move = move
    return work.finish(request=request, by=by, outcome=moves.HANDED_OVER)


@verb
def not_ready(*, request: ServiceRequest, reason: str, by: "User") -> ServiceRequest:
    """The porter who has it found it not ready, or cannot go on: it waits, charged as `waiting_reasons` says.

    Called to an emergency before the pick-up: back into the queue, at its place. Publishes `work_paused`, or `work_passed`.
    Raises NotAllowed to others than its team, WrongState to who does not have it and when it waits already, Invalid (reason).
    """
    request, move = _carried(request, by)
    offered = reasons.not_ready(patient=move.what == moves.PATIENT, picked_up=move.picked_up_at is not None)
    if reason not in offered:
        raise Invalid({"reason": [_("Choose why it cannot go on.")]})
    if reason == reasons.CALLED_AWAY:
        if request.team is None:
            raise WrongState(_("It has no team."))
        work.pass_on(
            request=request, team=request.team, reason=_("The porter was called to an emergency"), by=by
        )
        return request
    place = move.place_at or request.due_at  # before its clock stands still and its due time moves
    waiting.wait(request=request, reason=reason, by=by)
    _keep(
        move,
        "not_ready",
        by,
        not_ready_at=now(),
        not_ready_why=reason,
        ready_at=None,
        place_at=place,
    )
    return request


@verb
def ready(*, request: ServiceRequest, by: "User") -> ServiceRequest:
    """*Ready*, before somebody goes along, by the ward; *Ready now*, after it was not, by the ward or a porter.

    What a porter waits for goes on. What was handed back is in the queue again: at its place within half an hour, later as
    if it was asked for now. Said twice it is said once. Publishes `move_ready`, and `work_resumed` where it waited.
    Raises NotAllowed to others, WrongState when it waits for neither.
    """
    request, move = _locked(request)
    held, moment = is_not_ready(request, move), now()
    if not (permissions.works_on(by, request) or (held and permissions.serves(by, request))):
        raise NotAllowed(_("The ward that asked for it says that."))
    early = request.state == RequestState.APPROVED and move.escorted
    if not held and not early:
        if move.ready_at and request.is_open:
            return request
        raise WrongState(_("It does not wait for this."))
    if move.ready_at and not held:
        return request
    place = {}
    if held and request.assignee is None:
        if move.handed_back_at and moment - move.handed_back_at > PLACE_KEPT:
            place = {"place_at": _place(request, move, moment)}
        request = _back(request, by)
    elif held:
        request = waiting.go_on(request, by=by, why="")
    _keep(move, "ready", by, ready_at=moment, **place)
    publish(signals.move_ready, request=request, by=by)
    return request


def may_say_ready(request: ServiceRequest, move: Move, user: "User") -> bool:
    """Does it wait for *Ready* or *Ready now*, and is `user` of the ward that says so? One query at most."""
    early = request.state == RequestState.APPROVED and move.escorted and not move.ready_at
    waits_for_it = early and request.queue_at != UNTIL_SAID
    return (waits_for_it or is_not_ready(request, move)) and permissions.works_on(user, request)


def is_not_ready(request: ServiceRequest, move: Move) -> bool:
    """It waits because a porter found it not ready. No query."""
    return bool(
        request.state == RequestState.ON_HOLD
        and move.not_ready_at
        and (move.ready_at is None or move.ready_at < move.not_ready_at)
    )


def _place(request: ServiceRequest, move: Move, moment: datetime) -> datetime:
    """Where it would stand if it had been asked for now."""
    released, due = request.released_at, move.place_at
    return moment + (due - released if released and due else timedelta(0))


def _back(request: ServiceRequest, by: "User") -> ServiceRequest:
    """What nobody has any more no longer waits: it is in the queue."""
    ended = waits.end(request, by=by)
    name = request.team.name if request.team else ""
    request = lifecycle.put_back(
        request=request, by=by, action="request.put_back", reason="", before=name, after=name
    )
    if ended:
        publish(signals.work_resumed, request=request, wait=ended, by=by)
    return request


@verb
def hand_back(*, request: ServiceRequest, by: "User") -> ServiceRequest:
    """Not ready for 10 min: the porter who has it goes on to something else; it waits for *Ready now* of the ward.

    Who leads the porters hands back at any time what was not picked up: what was not found not ready is in the queue at once
    (`work_passed`). Raises NotAllowed to others than its team, WrongState (when it may be handed back), and after the pick-up.
    """
    request, move = _locked(request)
    leads = permissions.leads(by, request)
    if not leads:
        request, move = _carried(request, by)
    if move.picked_up_at:
        raise WrongState(_("It is on its way: it can be given to another porter, and not be put back."))
    if not is_not_ready(request, move):
        if not leads:
            raise WrongState(_("Say first why it is not ready."))
        if request.team is None or request.assignee is None:
            return request
        reason = _("Handed back by porter control")
        work.pass_on(request=request, team=request.team, reason=reason, by=by)
        return request
    if request.assignee is None:
        return request
    if not leads and not may_hand_back(move, now()):
        raise WrongState(_("Wait 10 minutes first; the ward was told."))
    request.assignee = None
    request.held_by = _("Not ready yet: the ward says when it is")
    request.save(update_fields=["assignee", "held_by"])
    _keep(move, "handed_back", by, handed_back_at=now())
    return request


def may_hand_back(move: Move, moment: datetime) -> bool:
    """Was it not ready for long enough?"""
    return move.not_ready_at is not None and moment - move.not_ready_at >= HAND_BACK_AFTER


@verb
def fail(*, request: ServiceRequest, outcome: str, by: "User") -> ServiceRequest:
    """The porter who has it cannot deliver it: it ends with `outcome`; who is charged for that is on record.

    Refused at the destination or unsafe after the pick-up: the porter brings it back, and says so by this. Publishes as
    `work.finish`. Raises NotAllowed to others than its team, WrongState to who does not have it, Invalid (outcome).
    """
    request, move = _carried(request, by)
    patient = move.what == moves.PATIENT
    if outcome not in reasons.failed(patient=patient, picked_up=move.picked_up_at is not None):
        raise Invalid({"outcome": [_("Choose how it ended.")]})
    events.record(
        action="move.failed",
        by=by,
        case=request.public_id,
        subject=f"request:{request.pk}",
        after={"outcome": outcome, "charged": reasons.FAILED[outcome].charged},
    )
    return work.finish(request=request, by=by, outcome=outcome)


@verb
def begin(*, request: ServiceRequest, by: "User") -> None:
    """Somebody took it: the steps begin anew, also where another had gone a part of the way. Nothing for other requests."""
    if request.category.kind == Kind.TRANSPORT:
        Move.objects.filter(request=request).update(
            at_pick_up_at=None,
            wristband_at=None,
            wristband_by=None,
            picked_up_at=None,
            at_destination_at=None,
            handed_over_at=None,
            handed_to="",
            handed_back_at=None,
        )
