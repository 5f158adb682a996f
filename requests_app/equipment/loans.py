"""Lending: a piece of the equipment library, or of a team's pool, is a ward's for a while."""

from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.models import Department, Hospital
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, WrongState
from portal.facts import publish, verb
from requests_app import access, casework, questions, signals
from requests_app.equipment import equipment_state, safety
from requests_app.equipment.equipment_classes import CLASSES, LENT
from requests_app.equipment.equipment_state import State
from requests_app.models import CaseException, Equipment, Loan, Repair, ServiceRequest
from requests_app.states import TEAM_STATES

if TYPE_CHECKING:
    from portal.accounts.models import User

LIBRARY = "library"  # code of the team that keeps what is lent
LOAN = "loan"  # code of the type by which a ward asks for one
LONGEST = timedelta(days=370)
# What the form calls them, where that is not the class itself; anything else may be anything.
ASKED_AS = {"monitor": "patient_monitor", "mattress": "mattress_dynamic", "wheelchair": "wheelchair_trolley"}
DAYS = {"day": 1, "week": 7, "longer": 28}
MOST_OFFERED = 12


def pool(hospital: Hospital) -> QuerySet[Equipment]:
    """What may be lent at this hospital: pieces of a class that is lent, which belong to no ward."""
    mine = Equipment.objects.filter(hospital=hospital, department=None, active=True, class_code__in=LENT)
    return mine.select_related("hospital", "location").order_by("class_code", "tag")


def free(request: ServiceRequest) -> list[Equipment]:
    """Pieces that can be lent for this repair (of the same class) or for this loan. One query; none for other requests."""
    wanted = class_wanted(request)
    if wanted is None:
        return []
    found = pool(request.hospital).filter(state=State.IN_USE)
    return list((found.filter(class_code=wanted) if wanted else found)[:MOST_OFFERED])


def class_wanted(request: ServiceRequest) -> str | None:
    """The class that helps: that of the piece to be repaired, or what was asked for; '' for any, None: a loan helps nothing."""
    if request.category.code == LOAN:
        asked = questions.text(request.answers, "what")
        code = ASKED_AS.get(asked, asked)
        return code if code in CLASSES else ""
    repair = getattr(request, "repair", None)
    piece = repair.equipment if repair else None
    return piece.class_code if piece and piece.class_code in LENT else None


def may_lend(user: "User", piece: Equipment) -> bool:
    """Is of the equipment library, or of the team that repairs such pieces, at its hospital. One query."""
    return may_lend_at(user, piece.hospital, piece.class_code)


def may_lend_at(user: "User", hospital: Hospital, class_code: str) -> bool:
    """As `may_lend`, of any piece of this class ('' for any class)."""
    codes = {LIBRARY} | ({CLASSES[class_code].team} if class_code in CLASSES else set())
    own = scopes.teams_with(user, "fulfil_here")
    return own.filter(hospital=hospital, code__in=codes).exists()


@verb
def lend(
    *,
    equipment: Equipment,
    by: "User",
    request: ServiceRequest | None = None,
    to: Department | None = None,
    due_back: date | None = None,
) -> Loan:
    """A ward has it from now on: `to`, or whoever asked for `request`, a repair or a loan. Publishes `loan_given`.

    For a repair it has to be of the same class, and the repair is made safe by it. `due_back`: a day; that of the loan that
    was asked for unless it is named. Raises NotAllowed to others than library and the team of its class, WrongState when it
    is not free or the request has ended, Invalid (equipment, to, due_back).
    """
    if request is not None:
        request = access.locked(request)
        if request.state not in TEAM_STATES or request.released_at is None:
            raise WrongState(_("This has ended: nothing is lent for it any more."))
    piece = equipment_state.locked(equipment)
    if not may_lend(by, piece):
        raise NotAllowed(_("The equipment library or the team that repairs such pieces lends it."))
    ward = to or (_ward(request) if request else None)
    errors = _wrong(piece, request, ward, due_back)
    if errors or ward is None:
        raise Invalid(errors or {"to": [_("Choose the ward.")]})
    if piece.state != State.IN_USE:
        raise WrongState(
            _("%(piece)s is not free: it is “%(state)s”.")
            % {"piece": piece, "state": piece.get_state_display()}
        )
    loan = Loan.objects.create(
        equipment=piece,
        department=ward,
        request=request,
        given_by=by,
        given_at=now(),
        due_back=due_back or (_asked_until(request) if request else None),
    )
    equipment_state.change(piece=piece, to=State.ON_LOAN, by=by, request=request)
    _record(loan, by, action="loan.given")
    _made_safe(loan, by)
    publish(signals.loan_given, loan=loan, by=by)
    return loan


def _wrong(
    piece: Equipment, request: ServiceRequest | None, ward: Department | None, due_back: date | None
) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    wanted = class_wanted(request) if request else ""
    if piece.department_id is not None or piece.class_code not in LENT or not piece.active:
        errors["equipment"] = [_("This piece is not lent: it belongs to a ward.")]
    elif wanted is None or (wanted and wanted != piece.class_code):
        errors["equipment"] = [_("Choose a piece of the same kind.")]
    if ward is not None and ward.hospital_id != piece.hospital_id:
        errors["to"] = [_("Choose a ward of this hospital.")]
    today = _today(piece.hospital)
    if due_back is not None and not today <= due_back <= today + LONGEST:
        errors["due_back"] = [_("Choose a day to come, within a year.")]
    return errors


def _today(hospital: Hospital) -> date:
    return now().astimezone(ZoneInfo(hospital.time_zone)).date()


def _ward(request: ServiceRequest) -> Department:
    """Who needs it: the ward that was named, else the one that asked."""
    named = questions.text(request.answers, "ward")
    found = Department.objects.filter(hospital=request.hospital_id, code=named).first() if named else None
    return found or request.department


def _asked_until(request: ServiceRequest) -> date | None:
    """For as long as was asked; a loan for a repair lasts as long as the repair."""
    days = DAYS.get(questions.text(request.answers, "how_long")) if request.category.code == LOAN else None
    return _today(request.hospital) + timedelta(days=days) if days else None


def _made_safe(loan: Loan, by: "User") -> None:
    repair = Repair.objects.filter(request=loan.request).first() if loan.request else None
    if loan.request and repair and repair.made_safe_at is None:
        how = _("%(piece)s is lent meanwhile") % {"piece": loan.equipment}
        safety.record(request=loan.request, repair=repair, how=how[: safety.LONGEST_HOW], by=by)


def _record(loan: Loan, by: "User", *, action: str) -> None:
    events.record(
        action=action,
        by=by,
        case=loan.request.public_id if loan.request else "",
        subject=f"equipment:{loan.equipment_id}",
        after={"tag": loan.equipment.tag, "ward": loan.department.code},
        reason=str(loan.equipment),
    )


def may_give_back(user: "User", loan: Loan) -> bool:
    """Whoever lends it, and whoever works on the ward that has it. At most two queries."""
    return may_lend(user, loan.equipment) or scopes.has_perm_at(user, "work_here", loan.department)


@verb
def give_back(*, loan: Loan, by: "User") -> Loan:
    """It is back. Given back twice is back once. What was reported meanwhile stays out of use. Publishes `loan_ended`.

    Raises NotAllowed to others than who lends it and the ward that has it.
    """
    if loan.request_id:
        access.lock_id(loan.request_id)
    piece = equipment_state.locked(loan.equipment)
    rows = Loan.objects.select_related("equipment__hospital", "department", "request")
    loan = rows.get(pk=loan.pk)
    if not may_give_back(by, loan):
        raise NotAllowed(_("Whoever lends it or has it says that it is back."))
    if loan.returned_at is not None:
        return loan
    loan.returned_at, loan.returned_by = max(now(), loan.given_at), by
    loan.save(update_fields=["returned_at", "returned_by"])
    if piece.state == State.ON_LOAN:
        equipment_state.change(piece=piece, to=State.IN_USE, by=by, request=loan.request)
    _record(loan, by, action="loan.ended")
    for overdue in _overdue(loan):
        casework.close_exception(exception=overdue, by=by, reason=_("It is back."))
    publish(signals.loan_ended, loan=loan, by=by)
    return loan


def _overdue(loan: Loan) -> QuerySet[CaseException]:
    return CaseException.objects.filter(
        kind=CaseException.Kind.HIRE_OVERDUE, key=f"loan:{loan.pk}", closed_at=None
    )


def sweep(*, limit: int = 200) -> int:
    """An exception for each loan that is past its day, once. Returns how many were opened."""
    tomorrow = (now() + timedelta(days=1)).date()  # somewhere it is later than here
    rows = Loan.objects.filter(returned_at=None, due_back__lt=tomorrow)
    rows = rows.select_related("equipment__hospital", "department", "request").order_by("due_back", "pk")
    told = set(
        CaseException.objects.filter(kind=CaseException.Kind.HIRE_OVERDUE).values_list("key", flat=True)
    )
    late = [
        one
        for one in rows[:limit]
        if one.due_back and one.due_back < _today(one.equipment.hospital) and f"loan:{one.pk}" not in told
    ]
    for loan in late:
        _tell_overdue(loan=loan, by=scopes.system_user())
    return len(late)


@verb
def _tell_overdue(*, loan: Loan, by: "User") -> None:
    request = access.lock_id(loan.request_id) if loan.request_id else None
    if Loan.objects.filter(pk=loan.pk, returned_at=None).exists() and not _overdue(loan).exists():
        casework.open_exception(
            kind=CaseException.Kind.HIRE_OVERDUE,
            request=request,
            hospital=loan.equipment.hospital,
            key=f"loan:{loan.pk}",
            detail=_("%(piece)s was to be back: %(ward)s.")
            % {"piece": loan.equipment, "ward": loan.department},
            by=by,
        )
