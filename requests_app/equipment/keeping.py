"""Looking after a piece: into the workshop, out of it with an outcome, and the check that sets it in use again."""

from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, WrongState
from portal.facts import publish, verb
from requests_app import access, permissions, signals, work
from requests_app.equipment import equipment_state
from requests_app.equipment.equipment_classes import CLASSES
from requests_app.equipment.equipment_state import DOWN, State
from requests_app.models import Equipment, EquipmentCheck, Loan, Repair, ServiceRequest
from requests_app.states import OPEN_STATES, TAKEN_STATES, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User

TWO_SIGN = Equipment.Criticality.A  # a patient's life depends on it
FURTHEST_SERVICE = timedelta(days=3700)
# How a repair ends for the piece; every other outcome leaves it repaired.
STAYS = frozenset({"duplicate", "other_team"})  # it is another repair that says what becomes of it
ENDS_AS = {
    "sent_to_supplier": State.OUT_OF_USE,
    "exchanged": State.OUT_OF_USE,
    "not_worth_repairing": State.CONDEMNED,
    "not_found": State.LOST,
}


def looks_after(user: "User", piece: Equipment) -> bool:
    """Is a member of the team that repairs pieces of this class, at its hospital. One query."""
    team = CLASSES[piece.class_code].team if piece.class_code in CLASSES else ""
    own = scopes.teams_with(user, "fulfil_here")
    return own.filter(hospital=piece.hospital_id, code=team).exists()


def may_sign(user: "User", piece: Equipment) -> bool:
    """May give the second signature: somebody of that team, or the head of clinical engineering."""
    return looks_after(user, piece) or scopes.has_perm_at(user, "approve_as_biomed_manager", piece.hospital)


@verb
def to_workshop(*, request: ServiceRequest, by: "User") -> ServiceRequest:
    """Work on the piece starts at the bench; what nobody had is taken first. Twice changes nothing.

    Raises NotAllowed to others than the team of the request, WrongState for a repair without a labelled piece, one that
    ended, and for what is left as it is after harm.
    """
    request = access.locked(request)
    if not permissions.serves(by, request):
        raise NotAllowed(_("Only its team can do that."))
    if request.state == RequestState.APPROVED:
        request = work.take(request=request, by=by)
    piece = _piece_of(request)
    if piece is None or request.state not in TAKEN_STATES:
        raise WrongState(_("There is no piece with a label to work on, or the repair has ended."))
    if piece.state == State.CONDEMNED:
        raise WrongState(_("It was given up: it cannot be repaired."))
    if _after_harm(piece):
        raise WrongState(
            _("Somebody was or could have been harmed: the head of clinical engineering looks at it first.")
        )
    equipment_state.change(piece=piece, to=State.UNDER_REPAIR, by=by, request=request)
    return request


def _piece_of(request: ServiceRequest) -> Equipment | None:
    """The piece of the repair, locked."""
    repair = Repair.objects.select_related("equipment").filter(request=request).first()
    return equipment_state.locked(repair.equipment) if repair and repair.equipment else None


def _after_harm(piece: Equipment) -> bool:
    """Is it left as it is until somebody has cleared it? One query."""
    over = (RequestState.DRAFT, RequestState.CANCELLED, RequestState.REJECTED)
    uncleared = Repair.objects.filter(
        equipment=piece, cleanliness=Repair.Clean.INCIDENT, cleared_at=None
    ).exclude(request__state__in=over)
    return uncleared.exists()


def open_on(piece: Equipment) -> bool:
    """Is another repair of it open? One query."""
    return Repair.objects.filter(equipment=piece, request__state__in=OPEN_STATES).exists()


@verb
def repaired(*, request: ServiceRequest, by: "User") -> None:
    """The repair ended with `request.outcome`, or was cancelled: what that says of the piece.

    What was out of use or not safe waits for a check. What was used all the while is in use, unless another report is open.
    After a repair that was cancelled it stays as it is.
    """
    piece = _piece_of(request)
    if piece is None or piece.state == State.CONDEMNED:
        return
    cancelled, others = request.state == RequestState.CANCELLED, open_on(piece)
    if not cancelled and request.outcome in STAYS and others:
        return
    after = _after(request, piece, cancelled=cancelled, others=others)
    if after:
        equipment_state.change(piece=piece, to=after, by=by, request=request)


def _after(request: ServiceRequest, piece: Equipment, *, cancelled: bool, others: bool) -> State | None:
    """The state of the piece once this repair is over; None: as it is. `others`: another report of it is open."""
    if request.outcome in ENDS_AS and not cancelled:
        return ENDS_AS[request.outcome]
    looked_at_only = request.outcome in STAYS and piece.state != State.REPORTED
    if cancelled or looked_at_only:  # whether it works again is for a technician to say
        return State.OUT_OF_USE if piece.state == State.UNDER_REPAIR and not others else None
    if piece.state in DOWN:
        return None if others or _after_harm(piece) else State.AWAITING_CHECK
    if request.repair.safe != Repair.Safe.YES:
        return State.OUT_OF_USE if others else State.AWAITING_CHECK
    return _used(piece) if piece.state == State.REPORTED and not others else None


@verb
def reported_again(*, request: ServiceRequest, by: "User") -> None:
    """The work was not right: the piece is reported broken as it was before."""
    repair = Repair.objects.select_related("equipment").filter(request=request).first()
    if repair and repair.equipment:
        equipment_state.report(
            equipment=repair.equipment, request=request, removed=repair.out_of_use, harmed=False, by=by
        )


def _used(piece: Equipment) -> State:
    """In use; on loan while a ward has it."""
    lent = Loan.objects.filter(equipment=piece, returned_at=None).exists()
    return State.ON_LOAN if lent else State.IN_USE


def waiting_signature(piece: Equipment) -> EquipmentCheck | None:
    """The check that waits for a second signature. One query."""
    return equipment_state.half_signed(piece).select_related("by").order_by("-pk").first()


@verb
def check(
    *,
    equipment: Equipment,
    by: "User",
    safety: bool,
    function: bool,
    next_service_on: date | None,
) -> EquipmentCheck:
    """A technician has tested it: safety and function. Both passed: in use again, or on criticality A one signature of two.

    A test that failed is on record too, and it stays out of use. Raises NotAllowed to others than its team, WrongState while
    there is nothing to check, a repair is open, harm is not cleared or somebody signed already, Invalid (next_service_on).
    """
    last, piece = _locked(equipment)
    if not looks_after(by, piece):
        raise NotAllowed(_("Only the team that repairs it sets it in use again."))
    if why := not_to_check(piece):
        raise WrongState(why)
    signed = waiting_signature(piece)
    if signed:
        raise WrongState(
            _("%(name)s signed the check already. It takes one more signature.")
            % {"name": signed.by.get_full_name()}
        )
    passed = safety and function
    if passed:
        _check_service(piece, next_service_on)
    done = EquipmentCheck.objects.create(
        equipment=piece,
        request=last,
        safety=safety,
        function=function,
        next_service_on=next_service_on if passed else None,
        by=by,
        at=now(),
        void_at=None if passed else now(),
    )
    _record(done, by, action="equipment.checked" if passed else "equipment.check_failed")
    if not passed:
        equipment_state.change(piece=piece, to=State.OUT_OF_USE, by=by, request=done.request)
    elif piece.criticality == TWO_SIGN:
        equipment_state.change(piece=piece, to=State.AWAITING_CHECK, by=by, request=done.request)
        publish(signals.check_signed, check=done, by=by)
    else:
        _set_in_use(piece, done, by)
    return done


def not_to_check(piece: Equipment) -> str:
    """Why there is nothing to check now, or ''. At most two queries."""
    if piece.state not in (*DOWN, State.REPORTED):
        return _("It is “%(state)s”: there is nothing to check.") % {"state": piece.get_state_display()}
    if open_on(piece):
        return _("A report on it is still open: finish that first.")
    if _after_harm(piece):
        return _(
            "Somebody was or could have been harmed: the head of clinical engineering looks at it first."
        )
    return ""


def _check_service(piece: Equipment, day: date | None) -> None:
    today = now().astimezone(ZoneInfo(piece.hospital.time_zone)).date()
    if day is None:
        raise Invalid({"next_service_on": [_("Enter when the next service is due.")]})
    if not today < day <= today + FURTHEST_SERVICE:
        raise Invalid({"next_service_on": [_("Enter a day to come, within ten years.")]})


def _locked(equipment: Equipment) -> tuple[ServiceRequest | None, Equipment]:
    """The request of its last repair and the piece, locked in this order."""
    repairs = Repair.objects.filter(equipment=equipment, request__submitted_at__isnull=False)
    last = repairs.order_by("-request_id").values_list("request_id", flat=True).first()
    return (access.lock_id(last) if last else None), equipment_state.locked(equipment)


def _record(done: EquipmentCheck, by: "User", *, action: str) -> None:
    events.record(
        action=action,
        by=by,
        case=done.request.public_id if done.request else "",
        subject=f"equipment:{done.equipment_id}",
        after={"safety": done.safety, "function": done.function},
    )


def _set_in_use(piece: Equipment, done: EquipmentCheck, by: "User") -> None:
    piece.next_service_on = done.next_service_on
    piece.save(update_fields=["next_service_on"])
    equipment_state.change(piece=piece, to=_used(piece), by=by, request=done.request, signed=done)


@verb
def countersign(*, equipment: Equipment, by: "User") -> EquipmentCheck:
    """The second signature of a piece on which a life depends: it is in use again. Signing twice changes nothing.

    Raises NotAllowed to others and to who gave the first, WrongState when no check waits for it.
    """
    _last, piece = _locked(equipment)
    if not may_sign(by, piece):
        raise NotAllowed(_("Only the team that repairs it sets it in use again."))
    done = waiting_signature(piece)
    if done is None or not_to_check(piece):
        last = EquipmentCheck.objects.filter(equipment=piece, second_by=by).order_by("-pk").first()
        if last and piece.state not in DOWN:
            return last
        raise WrongState(_("No check of it waits for a signature."))
    if done.by_id == by.pk:
        raise NotAllowed(_("You signed first: somebody else gives the second signature."))
    done.second_by, done.second_at = by, now()
    done.save(update_fields=["second_by", "second_at"])
    _record(done, by, action="equipment.countersigned")
    _set_in_use(piece, done, by)
    return done
