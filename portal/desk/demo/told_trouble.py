"""Stories of what is out of the ordinary: each ends with somebody who owns it."""

from decimal import Decimal
from functools import partial

from django.utils.translation import gettext_lazy as _

import sla.shipped
from portal.accounts import scopes
from portal.accounts.models import Team
from portal.desk.demo.hours import on
from portal.desk.demo.plan import AT_ONCE, NOT_YET, Answer, Buyer
from portal.desk.demo.stage import Stage
from portal.desk.demo.story import Story, file
from requests_app import linking
from requests_app.models import CatalogueItem, Vendor
from requests_app.states import Priority, RunOut, Source
from sla import calendars
from sla.models import BusinessCalendar, SlaTarget
from sla.models.target import Service

SOON = Answer(share=0.3)
NOWHERE = 999_999  # a record that Odoo does not have


def price_rose(stage: Stage) -> None:
    file(
        stage, "price-rose", on(stage.day("SBG", 6), "09:50"), by="leon.fraser", ward=("SBG", "OPD"),
        lines={"SCN-BAR": 3}, note="One for each new room",
        manners={"answer": SOON, "buyer": Buyer(confirm=2, goods=None, trick="price", factor=1.12)},
    )  # fmt: skip


def fewer_ordered(stage: Stage) -> None:
    for number, (hospital, ward, by) in enumerate(
        (("SBG", "IMG", "femi.balogun"), ("NFC", "THR", "imran.sheikh"), ("SAK", "AMB", "tobias.lenz")),
        start=1,
    ):
        file(
            stage, "fewer-ordered", on(stage.day(hospital, 5), f"10:{number}0"), by=by, ward=(hospital, ward),
            lines={"TON-BLK": 2}, number=number,
            manners={"answer": SOON, "buyer": Buyer(confirm=3, goods=None, trick="quantity", factor=0.5)},
        )  # fmt: skip


def deleted(stage: Stage) -> None:
    file(
        stage, "deleted", on(stage.day("SBG", 4), "11:30"), by="sofia.marin", ward=("SBG", "LAB"),
        lines={"SCN-BAR": 1}, manners={"answer": AT_ONCE, "buyer": Buyer(confirm=6, trick="delete")},
    )  # fmt: skip


def refused(stage: Stage) -> None:
    """The supplier's record is merged away in Odoo for a day, and the portal still points at it."""

    def merged() -> None:
        known = Vendor.objects.get(code="THI").odoo_partner_id or NOWHERE
        linking.link_vendors(links={"THI": NOWHERE}, by=scopes.system_user())
        put_right = partial(linking.link_vendors, links={"THI": known}, by=scopes.system_user())
        stage.queue.push(on(stage.day("SBG", 1), "08:00"), put_right)

    stage.queue.push(on(stage.day("SBG", 3), "08:00"), merged)
    file(
        stage, "refused", on(stage.day("SBG", 3), "08:40"), by="pat.lowry", ward=("SBG", "EST"),
        lines={"SRV-CAL": 1}, note="The boiler house compressor", manners={"answer": AT_ONCE},
    )  # fmt: skip


def not_linked(stage: Stage) -> None:
    """An item that stands in the catalogue before anybody entered it in Odoo."""

    def add() -> None:
        like = CatalogueItem.objects.get(hospital=stage.hospital("SBG"), code="SPO-SEN")
        CatalogueItem.objects.create(
            hospital=like.hospital, vendor=like.vendor, code="SPO-SEN-P", name="Saturation sensor, child, reusable",
            synonyms="finger probe, toe probe", group=like.group, order_unit=like.order_unit,
            order_unit_plural=like.order_unit_plural, price=Decimal("112.00"), source=Source.BUY,
            lead_days=like.lead_days, usual_max=2, flags=like.flags,
        )  # fmt: skip

    stage.queue.push(on(stage.day("SBG", 5), "08:10"), add)
    file(
        stage, "not-linked", on(stage.day("SBG", 3), "13:10"), by="dawn.hughes", ward=("SBG", "MAT"),
        lines={"SPO-SEN-P": 2}, manners={"answer": AT_ONCE},
    )  # fmt: skip


def no_team(stage: Stage) -> None:
    """Somebody marked the buyers of Northfield as closed for an afternoon."""

    def mark(active: bool) -> None:
        team = Team.objects.get(hospital=stage.hospital("NFC"), code="buying")
        team.active = active
        team.save(update_fields=["active"])

    day = stage.day("NFC", 2)
    stage.queue.push(on(day, "12:00"), partial(mark, False))
    stage.queue.push(on(day, "16:00"), partial(mark, True))
    file(
        stage, "no-team", on(day, "13:35"), by="dipa.rao", ward=("NFC", "FAC"), lines={"TON-BLK": 1},
        manners={"answer": SOON, "buyer": Buyer(goods=None)},
    )  # fmt: skip


def never_open(stage: Stage) -> None:
    """The hours of clinical engineering at Sankt Anna were published without any, and put right the next day."""
    kept: dict[str, object] = {}

    def publish(windows: dict[str, object] | None) -> None:
        hospital = stage.hospital("SAK")
        now = BusinessCalendar.objects.get(hospital=hospital, code="biomed")
        kept.setdefault("windows", now.windows)
        calendars.publish_calendar(
            hospital=hospital, code="biomed", name=now.name, holidays=now.holidays,
            windows=windows or kept["windows"],  # type: ignore[arg-type]
            by=stage.person("alex.morgan"),
        )  # fmt: skip

    day = stage.day("SAK", 3)
    stage.queue.push(on(day, "08:20"), partial(publish, {"week": []}))
    stage.queue.push(on(stage.day("SAK", 2), "09:00"), partial(publish, None))
    file(
        stage, "never-open", on(day, "10:05"), by="emre.yildiz", ward=("SAK", "CHI"), lines={"MON-PAT": 1},
        manners={"answers": {"biomed_manager": NOT_YET}, "answer": AT_ONCE},
    )  # fmt: skip


def no_target(stage: Stage) -> None:
    """The time for what is bought for an agreed date was deleted, and put back in the afternoon."""
    day = stage.day("SBG", 2)

    def put_back() -> None:
        sla.shipped.install(hospital=stage.hospital("SBG"), by=scopes.system_user())

    def forget() -> None:
        SlaTarget.objects.filter(service=Service.SUPPLY_BOUGHT, priority=Priority.PLANNED).delete()

    stage.queue.push(on(day, "08:50"), forget)
    stage.queue.push(on(day, "16:10"), put_back)
    file(
        stage, "no-target", on(day, "09:15"), by="mike.stanton", ward=("SBG", "DIG"), lines={"SCN-BAR": 1},
        run_out=RunOut.ON_DATE, needed_in=16, manners={"answer": AT_ONCE, "buyer": Buyer(goods=None)},
    )  # fmt: skip


STORIES = (
    Story(
        "price-rose", _("The price rose after the decision"),
        _("Agreed at 165, ordered at 184.80: 12 % more. The portal saw it in Odoo and asked whoever agreed about the price."),
        "mark.evans", price_rose, situations=(13,),
    ),
    Story(
        "fewer-ordered", _("The buyer changed the order"),
        _("Two were agreed and one was ordered: what Odoo says differently from what was agreed has an owner."),
        "colm.byrne", fewer_ordered, "desk:home", (20,),
    ),
    Story(
        "deleted", _("The order is gone"),
        _("Somebody deleted it in Odoo. It is never ordered again by itself; the buyers are asked what became of it."),
        "mark.evans", deleted,
    ),
    Story(
        "refused", _("Odoo refused the order"),
        _("The supplier was not to be found there. The order waits with the integration operator, with Odoo's own words."),
        "yuki.tanaka", refused, "desk:home",
    ),
    Story(
        "not-linked", _("An item that Odoo does not know"),
        _("It stands in the catalogue, but nobody has entered it in Odoo: the line waits, the buyers own it, nothing is lost."),
        "colm.byrne", not_linked,
    ),
    Story(
        "no-team", _("No team, for an afternoon"),
        _("The buyers of Northfield were marked as closed by mistake: the request went on, and somebody was told."),
        "femke.vos", no_team, "desk:home",
    ),
    Story(
        "never-open", _("Service hours without hours"),
        _("Clinical engineering at Sankt Anna was never open for a day: no clock runs for that decision, and somebody was told."),
        "andrea.wolff", never_open, "desk:home",
    ),
    Story(
        "no-target", _("No time was set"),
        _("The target for agreed dates was missing that day: the request goes on without a clock, and somebody was told."),
        "ravi.nair", no_target, "desk:home",
    ),
)  # fmt: skip
