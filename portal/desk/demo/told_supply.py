"""Stories of supplies on their way: bought, hired, short, late, at night, in another currency."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from portal.accounts import scopes
from portal.accounts.models import User
from portal.clock import now
from portal.desk.demo.hours import on
from portal.desk.demo.plan import AT_ONCE, NOT_YET, Answer, Buyer
from portal.desk.demo.stage import Stage
from portal.desk.demo.story import Story, file
from requests_app.states import RunOut

SOON = Answer(share=0.3)


def late_pump(stage: Stage) -> None:
    file(
        stage, "late-pump", on(stage.day("SBG", 6), "10:20"), by="lucy.archer", ward=("SBG", "ICU"),
        lines={"PMP-SYR": 1}, note="Bed 4 has had a borrowed one for three weeks",
        manners={"answers": {"finance": NOT_YET}, "answer": SOON},
    )  # fmt: skip


def two_ways(stage: Stage) -> None:
    file(
        stage, "two-ways", on(stage.day("SBG", 4), "09:05"), by="asha.menon", ward=("SBG", "7B"),
        lines={"APR-WHT": 4, "TON-BLK": 1},
        manners={"answer": AT_ONCE, "pick": 0.2, "send": 0.5, "receiver": "tom.reid", "buyer": Buyer(goods=None)},
    )  # fmt: skip


def came_short(stage: Stage) -> None:
    file(
        stage, "came-short", on(stage.day("SBG", 12), "11:10"), by="ben.carter", ward=("SBG", "5C"),
        lines={"SPO-SEN": 2},
        manners={"answer": SOON, "buyer": Buyer(confirm=2, goods=0.6, trick="short")},
    )  # fmt: skip


def engineer_visit(stage: Stage) -> None:
    file(
        stage, "engineer-visit", on(stage.day("SBG", 15), "13:25"), by="femi.balogun", ward=("SBG", "IMG"),
        lines={"SRV-CAL": 1}, note="The injector is opened up and waits for the engineer",
        manners={"answer": SOON, "receive": 3.0, "buyer": Buyer(confirm=1, goods=0.7)},
    )  # fmt: skip


def night_shift(stage: Stage) -> None:
    midnight = stage.day("SBG", 19)

    def come() -> None:
        nurse = User.objects.create(
            username="lena.park", first_name="Lena", last_name="Park", email="lena.park@sbg.example",
            password="!", date_joined=now(),  # noqa: S106 (nobody signs in with it)
        )  # fmt: skip
        membership = scopes.grant(
            user=nurse, role="requester", place=stage.ward("SBG", "5C"), by=stage.person("marta.silva"),
            valid_until=on(midnight, "08:00"),
        )  # fmt: skip
        stage.staff.people[nurse.username] = membership.user
        stage.roles_changed()
        file(
            stage, "night-shift", on(midnight, "02:10"), by="lena.park", ward=("SBG", "7B"),
            lines={"OXY-NAS": 1, "PLP-BED": 2}, run_out=RunOut.BEFORE_DELIVERY,
            manners={"answer": SOON, "receive": 1.0, "receiver": "asha.menon"},
        )  # fmt: skip

    stage.queue.push(midnight - timedelta(hours=5), come)


def after_hours(stage: Stage) -> None:
    file(
        stage, "after-hours", on(stage.day("SBG", 1), "17:10"), by="zoe.tran", ward=("SBG", "MAT"),
        lines={"SPO-SEN": 1}, run_out=RunOut.BEFORE_DELIVERY,
        manners={"answer": Answer(share=0.12), "buyer": Buyer(confirm=None)},
    )  # fmt: skip


def out_now(stage: Stage) -> None:
    file(
        stage, "out-now", on(stage.day("SBG", 7), "03:20"), by="hamid.rezai", ward=("SBG", "ED"),
        lines={"SET-PMP": 2}, run_out=RunOut.NOW, write=1.0,
        manners={"answer": Answer(share=0.25), "pick": 0.4, "send": 0.2, "receive": 0.15},
    )  # fmt: skip


def in_euros(stage: Stage) -> None:
    file(
        stage, "in-euros", on(stage.day("SAK", 8), "09:45"), by="lukas.brandl", ward=("SAK", "INN"),
        lines={"NPW-KIT": 2, "DRS-FOM": 2}, note="Zwei Patienten mit Vakuumverband",
        manners={"answer": SOON, "receiver": "miriam.koch", "buyer": Buyer(confirm=2, goods=0.5)},
    )  # fmt: skip


def northfield(stage: Stage) -> None:
    file(
        stage, "northfield", on(stage.day("NFC", 45), "10:00"), by="nora.finch", ward=("NFC", "RHB"),
        lines={"SCN-BLD": 1}, note="Eleven referrals to St Brigid's last month only for a scan",
        manners={"answer": SOON, "receiver": "maeve.burke", "buyer": Buyer(confirm=3, goods=0.9)},
    )  # fmt: skip


def supplier_gave_up(stage: Stage) -> None:
    file(
        stage, "supplier-gave-up", on(stage.day("SBG", 5), "14:15"), by="katie.mcphee", ward=("SBG", "MAT"),
        lines={"SPO-SEN": 1},
        manners={"answer": SOON, "buyer": Buyer(confirm=5, trick="cancel")},
    )  # fmt: skip


STORIES = (
    Story(
        "late-pump", _("The late pump"),
        _("Intensive care asked for a syringe pump. Three have agreed, the last decision is late, and the page says with whom."),
        "lucy.archer", late_pump,
    ),
    Story(
        "two-ways", _("One request, two ways"),
        _("The aprons came from the store on the same day; the toner is ordered, with the day when it is expected."),
        "asha.menon", two_ways, situations=(11,),
    ),
    Story(
        "came-short", _("One of two came"),
        _("One probe came and the order was closed: the buyer owns the difference until it is settled in words."),
        "mark.evans", came_short, situations=(12,),
    ),
    Story(
        "engineer-visit", _("A visit outside the contract"),
        _("420 for an engineer whom no contract covers: the head agreed, then procurement, and only then was the visit ordered."),
        "femi.balogun", engineer_visit, situations=(7,),
    ),
    Story(
        "night-shift", _("For a ward that is not hers"),
        _("Lena Park of another ward asked for 7B after two at night; its head agreed, and its own nurse confirmed what came."),
        "asha.menon", night_shift, situations=(19,),
    ),
    Story(
        "after-hours", _("Sent when the buyers had gone"),
        _("Asked after 17:00 and agreed within minutes: the time under By when is counted from when the buyers open again."),
        "zoe.tran", after_hours, situations=(22,),
    ),
    Story(
        "out-now", _("Out now, at 03:20"),
        _("An emergency: decided in minutes, picked in minutes, on the ward within the hour."),
        "hamid.rezai", out_now,
    ),
    Story(
        "in-euros", _("Across the Channel"),
        _("Sankt Anna buys in euros, in its own time zone and with its own holidays."),
        "petra.vogel", in_euros,
    ),
    Story(
        "northfield", _("The small hospital buys a scanner"),
        _("Six people of Northfield decided about 7,400 and a new supplier, each once, in the right order."),
        "nora.finch", northfield,
    ),
    Story(
        "supplier-gave-up", _("The order was cancelled"),
        _("The buyer cancelled the only order, so the request ended by itself and the ward was told why."),
        "katie.mcphee", supplier_gave_up,
    ),
)  # fmt: skip
