"""Stops and recalls: an item that nobody may order, why, and the wards that have to look for it."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.models import Department, Hospital
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.facts import publish, verb
from requests_app import casework, signals
from requests_app.models import CaseException, CatalogueItem, ItemStop, RequestItem, Substitute
from requests_app.states import LineState

if TYPE_CHECKING:
    from portal.accounts.models import User

ROLES = ("compliance", "administrator")
LOOK_BACK = timedelta(days=90)
LONGEST_REASON, LONGEST_LOTS, LONGEST_WHY = 120, 60, 200
# The ward has it, or it is on its way there.
REACHED = (LineState.ON_THE_WAY, LineState.PART_RECEIVED, LineState.RECEIVED)


def may_stop(user: "User", hospital: Hospital) -> bool:
    """The compliance officer of the hospital, and administrators."""
    return any(scopes.holders_of(role, hospital).filter(pk=user.pk).exists() for role in ROLES)


def received_by(item: CatalogueItem) -> list[Department]:
    """Wards that were sent the item in the last 90 days, by name. One query."""
    lines = RequestItem.objects.filter(
        item=item, state__in=REACHED, request__submitted_at__gt=now() - LOOK_BACK
    )
    wards = Department.objects.filter(pk__in=lines.values("request__department"))
    return list(wards.select_related("hospital").order_by("name"))


@verb
def stop(
    *, item: CatalogueItem, reason: str, by: "User", lots: str = "", alternative: CatalogueItem | None = None
) -> ItemStop:
    """Nobody may order `item` from now on. `alternative` is offered in its place, to be agreed to.

    Opens an exception that the compliance officer owns and publishes `item_stopped` with the wards that were sent it in
    the last 90 days. Raises NotAllowed, WrongState when it is stopped already, Invalid (reason, lots, alternative).
    """
    if not may_stop(by, item.hospital):
        raise NotAllowed(_("Only the compliance officer or an administrator stops an item."))
    item = CatalogueItem.objects.select_for_update().select_related("hospital").get(pk=item.pk)
    reason, lots = reason.strip(), lots.strip()
    _check(item, reason, lots, alternative)
    wards = received_by(item)
    stopped = ItemStop.objects.create(item=item, reason=reason, lots=lots, at=now(), by=by, wards=len(wards))
    said = _("%(why)s Lots %(lots)s.") % {"why": reason, "lots": lots} if lots else reason
    item.stopped_reason = said
    item.save(update_fields=["stopped_reason"])
    if alternative:
        Substitute.objects.get_or_create(item=item, other=alternative)
    events.record(
        action="item.stopped",
        by=by,
        subject=f"item:{item.pk}",
        after={"item": item.code, "lots": lots, "wards": [ward.code for ward in wards]},
        reason=reason,
    )
    told = ", ".join(ward.name for ward in wards) or _("none")
    casework.open_exception(
        kind=CaseException.Kind.ITEM_STOPPED,
        hospital=item.hospital,
        key=f"item:{item.pk}",
        owner_role="compliance",
        detail=_("“%(item)s” was stopped: %(why)s Wards that were told: %(wards)s.")
        % {"item": item.name, "why": said, "wards": told},
        by=by,
    )
    publish(signals.item_stopped, stop=stopped, wards=wards, by=by)
    return stopped


def _check(item: CatalogueItem, reason: str, lots: str, alternative: CatalogueItem | None) -> None:
    errors = {}
    if item.stopped_reason:
        raise WrongState(_("It is stopped already."))
    if not 3 <= len(reason) <= LONGEST_REASON:
        errors["reason"] = [_("Say why, in 3 to %(most)s characters.") % {"most": LONGEST_REASON}]
    if len(lots) > LONGEST_LOTS:
        errors["lots"] = [_("Keep it to %(most)s characters.") % {"most": LONGEST_LOTS}]
    if alternative and (alternative.pk == item.pk or alternative.hospital_id != item.hospital_id):
        errors["alternative"] = [_("Choose another item of this hospital.")]
    if errors:
        raise Invalid(errors)


@verb
def lift(*, item: CatalogueItem, reason: str, by: "User") -> CatalogueItem:
    """It may be ordered again. Closes the exception. Raises NotAllowed, WrongState unless it is stopped, Invalid (reason)."""
    if not may_stop(by, item.hospital):
        raise NotAllowed(_("Only the compliance officer or an administrator stops an item."))
    item = CatalogueItem.objects.select_for_update().select_related("hospital").get(pk=item.pk)
    reason = reason.strip()
    if not item.stopped_reason:
        raise WrongState(_("It is not stopped."))
    if not 3 <= len(reason) <= LONGEST_WHY:
        raise Invalid({"reason": [_("Say why, in 3 to %(most)s characters.") % {"most": LONGEST_WHY}]})
    before, item.stopped_reason = item.stopped_reason, ""
    item.save(update_fields=["stopped_reason"])
    item.stops.filter(lifted_at=None).update(lifted_at=now(), lifted_by=by, lifted_because=reason)
    events.record(
        action="item.stop_lifted",
        by=by,
        subject=f"item:{item.pk}",
        before={"stopped": before},
        after={"item": item.code},
        reason=reason,
    )
    kind = CaseException.Kind.ITEM_STOPPED
    for exception in CaseException.objects.filter(kind=kind, key=f"item:{item.pk}", closed_at=None):
        casework.close_exception(exception=exception, by=by, reason=reason)
    return item


def find(hospital: Hospital, code: str) -> CatalogueItem:
    """The item of `hospital` with this code. Raises NotFound."""
    try:
        return CatalogueItem.objects.select_related("hospital").get(
            hospital=hospital, code__iexact=code.strip(), one_off=False
        )
    except CatalogueItem.DoesNotExist:
        raise NotFound from None


def stopped_at(hospitals: list[Hospital]) -> list[CatalogueItem]:
    """What is stopped there now, by name, each with `running`: its stops that are not lifted. Three queries at most."""
    running = Prefetch(
        "stops", queryset=ItemStop.objects.filter(lifted_at=None).select_related("by"), to_attr="running"
    )
    found = CatalogueItem.objects.filter(hospital__in=hospitals, active=True).exclude(stopped_reason="")
    return list(
        found.select_related("hospital")
        .prefetch_related(
            running, Prefetch("substitutes", queryset=Substitute.objects.select_related("other"))
        )
        .order_by("hospital__code", "name")[:200]
    )
