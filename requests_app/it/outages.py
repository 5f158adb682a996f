"""Outages that IT knows about: opened and ended by IT, shown before somebody sends the same again, joined with one tap."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.models import Department, Hospital, Team
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.facts import publish, verb
from requests_app import signals
from requests_app.it.it_services import SERVICES
from requests_app.models import Outage, OutageReport

if TYPE_CHECKING:
    from portal.accounts.models import User

TEAM = "it"
SHOWN = 20


def desks(user: "User") -> QuerySet[Team]:
    """The IT teams that `user` works in: where they open and end outages. Lazy."""
    return scopes.teams_with(user, "fulfil_here").filter(code=TEAM, active=True).select_related("hospital")


def known(hospital: Hospital | Iterable[Hospital], user: "User") -> list[Outage]:
    """What does not work now at the hospital, latest first, with `wards` and `mine` (reported by `user`). One query."""
    at = [hospital] if isinstance(hospital, Hospital) else hospital
    return list(_counted(user).filter(hospital__in=at, ended_at=None).select_related("hospital")[:SHOWN])


def of_desk(user: "User") -> QuerySet[Outage]:
    """Every outage of the hospitals whose IT desk `user` works at, for `portal.web.keyset`. Lazy."""
    return (
        _counted(user)
        .filter(hospital__in=desks(user).values("hospital"))
        .select_related("hospital", "opened_by")
    )


def _counted(user: "User") -> QuerySet[Outage]:
    own = OutageReport.objects.filter(outage=OuterRef("pk"), user=user)
    return Outage.objects.annotate(
        wards=Count("reports__department", distinct=True),
        people=Count("reports", distinct=True),
        mine=Exists(own),
    )


@verb
def open_outage(
    *,
    by: "User",
    hospital: Hospital,
    service_code: str,
    title: str,
    what_to_do: str = "",
    started_at: datetime | None = None,
    expected_at: datetime | None = None,
) -> Outage:
    """Say at `hospital` that something does not work; records outage.opened.

    Raises NotAllowed to all but its IT team, Invalid (service_code, title, what_to_do, started_at, expected_at).
    """
    _check_desk(by, hospital)
    moment = now()
    title, what_to_do, began = title.strip(), what_to_do.strip(), started_at or moment
    errors: dict[str, list[str]] = {}
    if service_code not in SERVICES:
        errors["service_code"] = [_("Choose what does not work.")]
    if not 0 < len(title) <= 120:
        errors["title"] = [_("Say in up to 120 characters what does not work.")]
    if len(what_to_do) > 500:
        errors["what_to_do"] = [_("Keep it to %(most)s characters.") % {"most": 500}]
    if began > moment:
        errors["started_at"] = [_("Enter when it began, not a time to come.")]
    if expected_at and expected_at <= moment:
        errors["expected_at"] = [_("Enter a time to come, or leave it empty.")]
    if errors:
        raise Invalid(errors)
    outage = Outage.objects.create(
        hospital=hospital,
        service_code=service_code,
        title=title,
        what_to_do=what_to_do,
        started_at=began,
        expected_at=expected_at,
        opened_by=by,
    )
    _record("outage.opened", outage, by, after={"title": title, "service": service_code})
    return outage


@verb
def end_outage(*, by: "User", ref: str) -> Outage:
    """It works again: records outage.ended, publishes `outage_ended`. Ending it again changes nothing.

    Raises NotFound, NotAllowed to all but its IT team.
    """
    outage = _locked(by, ref)
    _check_desk(by, outage.hospital)
    if outage.ended_at is None:
        outage.ended_at, outage.ended_by = max(now(), outage.started_at), by
        outage.save(update_fields=["ended_at", "ended_by"])
        _record("outage.ended", outage, by)
        publish(signals.outage_ended, outage=outage, by=by)
    return outage


@verb
def join(*, by: "User", ref: str, department: Department | None) -> Outage:
    """`by` has the same trouble, on `department` (None: on no ward). Twice is once; records outage.joined.

    Raises NotFound to people of other hospitals, WrongState when it is over.
    """
    outage = _locked(by, ref)
    if outage.ended_at is not None:
        raise WrongState(_("This works again. If it does not for you, send a request."))
    ward = department if department and department.hospital_id == outage.hospital_id else None
    _report, new = OutageReport.objects.get_or_create(
        outage=outage, user=by, defaults={"department": ward, "at": now()}
    )
    if new:
        _record("outage.joined", outage, by, after={"ward": ward.code if ward else ""})
    return outage


def _locked(by: "User", ref: str) -> Outage:
    """The outage of a hospital where `by` works, locked. Raises NotFound."""
    found = Outage.objects.select_for_update(of=("self",)).select_related("hospital")
    outage = found.filter(ref=ref, hospital__in=scopes.hospitals_of(by)).first()
    if outage is None:
        raise NotFound
    return outage


def _check_desk(by: "User", hospital: Hospital) -> None:
    if not desks(by).filter(hospital=hospital).exists():
        raise NotAllowed(_("Only the IT team says what does not work."))


def _record(action: str, outage: Outage, by: "User", **more: Any) -> None:
    events.record(action=action, by=by, subject=f"outage:{outage.pk}", **more)
