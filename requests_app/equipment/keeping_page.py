"""What the teams that look after equipment see: the desk of a repair, the history of a piece, what waits for a check."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts import scopes
from portal.accounts.models import Hospital
from portal.accounts.place import Standing
from portal.clock import now
from portal.errors import NotAllowed
from requests_app import costs, permissions
from requests_app.equipment import equipment_state, failures, keeping, loans
from requests_app.equipment.equipment_classes import CLASSES
from requests_app.equipment.equipment_state import DOWN, State
from requests_app.equipment.repair_forms import CheckForm, LendForm, SafeForm
from requests_app.models import Equipment, EquipmentChange, EquipmentCheck, Loan, Repair, ServiceRequest
from requests_app.states import OPEN_STATES, TAKEN_STATES, TEAM_STATES, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User

A_YEAR = timedelta(days=365)
SHOWN = 8  # rows of each history
MOST_WAITING = 100
KEEPING_RIGHTS = {"fulfil_here", "approve_as_biomed_manager"}


def desk(user: "User", request: ServiceRequest) -> dict[str, Any]:
    """What the team does with a repair (or a loan) besides taking, waiting and ending it. At most eight queries.

    Raises NotAllowed to others than its team.
    """
    repair = getattr(request, "repair", None)
    piece = repair.equipment if repair else None
    if not permissions.serves(user, request) or not (repair or request.category.code == loans.LOAN):
        raise NotAllowed(_("Only the team that has the work opens this."))
    wanted = loans.class_wanted(request)
    open_now = request.state in TEAM_STATES and request.released_at is not None
    lends = open_now and wanted is not None and loans.may_lend_at(user, request.hospital, wanted)
    known = costs.of(request) if repair else []
    undecided = any(not one.outcome for one in known)
    return {
        "case": request,
        "repair": repair,
        "piece": piece,
        "state": str(piece.get_state_display()) if piece else "",
        "out": piece is not None and piece.state in DOWN,
        "open_now": open_now,
        "lately": failures.lately(piece) if piece else None,
        "to_bench": open_now
        and piece is not None
        and piece.state not in (State.UNDER_REPAIR, State.CONDEMNED),
        "may_make_safe": open_now and repair is not None and repair.made_safe_at is None,
        "safe_form": SafeForm(),
        "free": loans.free(request) if lends else [],
        "lends": lends,
        "loans": list(request.loans.select_related("equipment", "department").order_by("-pk")),
        "costs": known,
        "undecided": undecided,
        "taken": request.state in TAKEN_STATES,
        "waits": request.state == RequestState.ON_HOLD,
        "may_estimate": not undecided and costs.is_estimable(request),
    }


def of_piece(user: "User", piece: Equipment, here: Standing) -> dict[str, Any]:
    """Beside `equipment_page.one_piece`: its history and what may be done with it, for those who look after it or lend it.

    {} for everybody else, without a query for who is of no team. At most ten queries.
    """
    if not here.rights() & KEEPING_RIGHTS:
        return {}
    own = scopes.teams_with(user, "fulfil_here").filter(hospital=piece.hospital_id)
    codes = set(
        own.values_list("code", flat=True)
    )  # as `keeping.looks_after` and `loans.may_lend` ask, at once
    keeps = piece.class_code in CLASSES and CLASSES[piece.class_code].team in codes
    lends = keeps or loans.LIBRARY in codes
    signs = keeps or keeping.may_sign(user, piece)
    if not (keeps or lends or signs):
        return {}
    changes = list(piece.changes.select_related("by").order_by("-pk"))
    checks = list(piece.checks.select_related("by", "second_by").order_by("-pk")[:SHOWN])
    signed = _half_signed(checks, changes)
    free = lends and piece.department_id is None and piece.state == State.IN_USE
    return {
        "keeper": True,
        "signed": signed,
        "may_sign": signs and signed is not None and signed.by_id != user.pk,
        "may_check": keeps and signed is None and not keeping.not_to_check(piece),
        "check_form": CheckForm(),
        "changes": changes[:SHOWN],
        "down": in_words(down_for(changes, piece)),
        "checks": checks,
        "past": _past(user, piece),
        "lately": failures.lately(piece),
        "lend_form": LendForm(hospital=piece.hospital) if free else None,
        "lent": list(piece.loans.select_related("department", "given_by").order_by("-pk")[:SHOWN]),
    }


def _half_signed(checks: list[EquipmentCheck], changes: list[EquipmentChange]) -> EquipmentCheck | None:
    """As `equipment_state.half_signed`, from the rows that are loaded; the verbs ask the database themselves."""
    used = {change.signed_id for change in changes}
    passed = (one for one in checks if one.safety and one.function and one.pk not in used)
    return next((one for one in passed if one.second_at is None and one.void_at is None), None)


def _past(user: "User", piece: Equipment) -> list[ServiceRequest]:
    """Its repairs that ended, the last one first, of those that `user` may see."""
    rows = ServiceRequest.objects.visible_to(user).filter(repair__equipment=piece, closed_at__isnull=False)
    return list(rows.select_related("hospital", "category").order_by("-closed_at")[:SHOWN])


def down_for(changes: list[EquipmentChange], piece: Equipment) -> timedelta:
    """How long in the last year nobody could work with it. `changes`: all of them, the last one first. No query."""
    until = now()
    since, total = until - A_YEAR, timedelta(0)
    for change in changes:
        begun = max(change.at, since)
        if change.to_state in DOWN and until > begun:
            total += until - begun
        until = min(until, change.at)
        if until <= since:
            break
    return total


def in_words(length: timedelta) -> str:
    """ "3 days 4 h", "2 h", '' for nothing."""
    hours = int(length.total_seconds() // 3600)
    days, hours = divmod(hours, 24)
    if days:
        return ngettext("%(n)d day %(h)d h", "%(n)d days %(h)d h", days) % {"n": days, "h": hours}
    return (_("%(h)d h") % {"h": hours}) if hours else (_("under an hour") if length else "")


def loan_of(piece: Equipment) -> Loan | None:
    """Who has it now. One query; none for a piece in use and for one of a ward, which nobody lends."""
    if piece.state == State.IN_USE or piece.department_id is not None:
        return None
    return piece.loans.filter(returned_at=None).select_related("equipment__hospital", "department").first()


@dataclass(frozen=True)
class Waiting:
    piece: Equipment
    state: str
    repaired: bool
    since: datetime | None
    signed: EquipmentCheck | None  # takes a second signature


def waits_for_check(user: "User") -> list[Waiting]:
    """Pieces that only a check of the person's teams sets in use again, the longest first. Three queries.

    Raises NotAllowed to who is of no team that repairs equipment.
    """
    teams = list(scopes.teams_with(user, "fulfil_here").select_related("hospital"))
    wanted = _of_teams({(team.hospital, team.code) for team in teams})
    managed = scopes.hospitals_with(user, "approve_as_biomed_manager")
    wanted |= _of_teams({(hospital, "biomed") for hospital in managed})
    if not wanted:
        raise NotAllowed(_("Only teams that repair equipment check it."))
    pieces = list(_unchecked().filter(wanted).order_by("tag")[:MOST_WAITING])
    last, signed = _last_changes(pieces), _signed(pieces)
    rows = [
        Waiting(
            piece=one,
            state=str(one.get_state_display()),
            repaired=one.state == State.AWAITING_CHECK,
            since=last.get(one.pk),
            signed=signed.get(one.pk),
        )
        for one in pieces
    ]
    return sorted(rows, key=lambda row: (row.since is None, row.since or now()))


def _of_teams(teams: set[tuple[Hospital, str]]) -> Q:
    wanted = Q()
    for hospital, code in teams:
        classes = [name for name, kind in CLASSES.items() if kind.team == code]
        if classes:
            wanted |= Q(hospital=hospital, class_code__in=classes)
    return wanted


def _unchecked() -> QuerySet[Equipment]:
    """Repaired or out of use, and no repair is open that would say more."""
    open_repair = Repair.objects.filter(equipment=OuterRef("pk"), request__state__in=OPEN_STATES)
    rows = Equipment.objects.filter(~Exists(open_repair), state__in=DOWN, active=True)
    return rows.select_related("hospital", "location", "department")


def _last_changes(pieces: list[Equipment]) -> dict[int, datetime]:
    rows = EquipmentChange.objects.filter(equipment__in=pieces).order_by("pk")
    return dict(rows.values_list("equipment", "at"))


def _signed(pieces: list[Equipment]) -> dict[int, EquipmentCheck]:
    rows = equipment_state.half_signed_of(pieces).select_related("by").order_by("pk")
    return {one.equipment_id: one for one in rows}
