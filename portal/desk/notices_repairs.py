"""Who is told about made safe, loans and checks: receivers of portal/flow.py."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from portal.accounts import scopes
from portal.accounts.models import Team, User
from portal.desk.notices import tell_asker
from portal.notify.notices import notify
from requests_app.equipment.equipment_classes import CLASSES
from requests_app.models import EquipmentCheck, Loan, ServiceRequest


def on_work_made_safe(*, request: ServiceRequest, by: User, **_: Any) -> None:
    """The ward hears what it does meanwhile."""
    tell_asker("made_safe", request, reason=request.repair.made_safe_how)


def on_loan_given(*, loan: Loan, by: User, **_: Any) -> None:
    """Whoever asked for a loan hears what comes; of a repair it is said as what makes it safe."""
    if loan.request and getattr(loan.request, "repair", None) is None:
        tell_asker("loan_given", loan.request, key=str(loan.pk), place=str(loan.equipment))


def on_check_signed(*, check: EquipmentCheck, by: User, **_: Any) -> None:
    """Somebody else of the team signs as well."""
    notify(
        users=_team_of(check).exclude(pk=by.pk).values_list("pk", flat=True),
        kind="check_signed",
        params={"title": str(check.equipment), "who": by.get_full_name()},
        url=reverse("requests:equipment", args=[check.equipment.tag]),
        key=f"check_signed:{check.pk}",
    )


def _team_of(check: EquipmentCheck) -> QuerySet[User]:
    piece = check.equipment
    team = Team.objects.get(hospital=piece.hospital_id, code=CLASSES[piece.class_code].team)
    return scopes.users_with("fulfil_here", team)
