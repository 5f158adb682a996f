"""Stories of deciding: by policy, by somebody else, by several, by nobody."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext_lazy as _

from approvals import cover, reresolving
from portal.accounts import scopes
from portal.accounts.models import Membership
from portal.audit.origin import acting_from
from portal.clock import now
from portal.desk.demo.everyday import RECALLED
from portal.desk.demo.hours import on
from portal.desk.demo.plan import AT_ONCE, NOT_YET, Answer
from portal.desk.demo.stage import Stage
from portal.desk.demo.story import Story, file
from requests_app.models import CatalogueItem, RequestItem
from requests_app.supplies import stops

SOON = Answer(share=0.3)
BEING_WRITTEN = timedelta(minutes=10)  # longer than anybody of the play takes from the first line to sending


def away(stage: Stage, username: str, role: str, back: int) -> Callable[[], None]:
    """An action: the role ends now, and is given again, as before, on the morning `back` working days before the end."""

    def leave() -> None:
        person, by = stage.person(username), stage.person("alex.morgan")
        held = Membership.objects.filter(user=person, role=role, valid_until=None).first()
        if held is None:
            return
        scopes.revoke(membership=held, by=by)

        def come_back() -> None:
            scopes.grant(user=person, role=role, place=held.place, by=by)
            stage.roles_changed()

        stage.queue.push(on(stage.day("SBG", back), "08:05"), come_back)

    return leave


def own_order(stage: Stage) -> None:
    file(
        stage, "own-order", on(stage.day("SBG", 18), "15:40"), by="joy.okoro", ward=("SBG", "7B"),
        lines={"CAN-20": 3}, manners={"answer": SOON, "receiver": "tom.reid"},
    )  # fmt: skip


def standing_order(stage: Stage) -> None:
    usual = stage.ward("SBG", "7B").usual_lists.order_by("pk").first()
    file(
        stage, "standing-order", on(stage.day("SBG", 17), "08:30"), by="joy.okoro", ward=("SBG", "7B"),
        usual=usual, manners={"pick": 0.2, "send": 0.4, "receiver": "asha.menon"},
    )  # fmt: skip


def stopped(stage: Stage) -> None:
    """Ordered as usual until a safety notice came: who was sent it is told, and a draft of that day still has it."""
    items = CatalogueItem.objects.filter(code=RECALLED, hospital__in=stage.staff.hospitals.values())
    items.update(stopped_reason="")  # in the seed, which has no yesterday, it was stopped all along

    def stop(pk: int) -> None:
        item = CatalogueItem.objects.select_related("hospital").get(pk=pk)
        if RequestItem.objects.filter(item=item, request__created_at__gt=now() - BEING_WRITTEN).exists():
            stage.queue.push(now() + BEING_WRITTEN, partial(stop, pk))  # somebody is about to send it
            return
        by = stage.staff.holders(item.hospital.code, "compliance")[0]
        with acting_from("web"):
            stops.stop(item=item, reason="Safety notice.", lots="24K and 24L", by=by)

    for item in items.select_related("hospital").order_by("pk"):
        stage.queue.push(on(stage.day(item.hospital.code, 1), "14:05"), partial(stop, item.pk))
    for number, (hospital, ward, by) in enumerate(
        (("SBG", "7B", "asha.menon"), ("SBG", "ICU", "lucy.archer"), ("SAK", "NOT", "jan.kowalski")), start=1
    ):
        file(
            stage, "stopped", on(stage.day(hospital, 1), f"1{number}:20"), by=by, ward=(hospital, ward),
            lines={RECALLED: 1, "OXY-MSK": 1}, number=number, write=-1.0,
        )  # fmt: skip
        file(
            stage, "stopped", on(stage.day(hospital, 9), f"1{number}:20"), by=by, ward=(hospital, ward),
            lines={RECALLED: 1}, number=number + 3, manners={"answer": AT_ONCE},
        )  # fmt: skip


def rationed(stage: Stage) -> None:
    said = "One box for each of the four bays. Please ask for 4; the rest comes next month."
    file(
        stage, "rationed", on(stage.day("SBG", 22), "10:30"), by="chidi.eze", ward=("SBG", "ED"),
        lines={"RSP-FF3": 12}, note="Fit testing week",
        manners={"answers": {"product_lead": Answer(share=0.4, reject=said)}},
    )  # fmt: skip
    file(
        stage, "rationed", on(stage.day("SBG", 20), "09:10"), by="chidi.eze", ward=("SBG", "ED"),
        lines={"RSP-FF3": 4}, number=2, manners={"answer": SOON, "receiver": "hamid.rezai"},
    )  # fmt: skip


def on_leave(stage: Stage, username: str, alternate: str, *, back: int, days: int) -> None:
    """For `days` from the working day `back` on `username` is away; `alternate` was named to stand in whenever that is so."""

    def leave() -> None:
        person, until = stage.person(username), now() + timedelta(days=days)
        with acting_from("web"):
            cover.name_alternate(user=person, to=stage.person(alternate), by=person)
            cover.declare_absence(user=person, starts_at=now(), ends_at=until, by=person)
        reresolving.sweep()
        stage.queue.push(until, follow)

    def follow() -> None:
        reresolving.sweep()

    stage.queue.push(on(stage.day("SBG", back), "08:00"), leave)


def lent(stage: Stage, username: str, to: str, *, back: int, days: int, limit: int) -> None:
    """From the working day `back` on `to` may decide for `username` below `limit`."""

    def lend() -> None:
        person, until = stage.person(username), now() + timedelta(days=days)
        with acting_from("web"):
            cover.delegate(
                grantor=person,
                to=stage.person(to),
                starts_at=now(),
                ends_at=until,
                by=person,
                limit=Decimal(limit),
            )
        reresolving.sweep()

    stage.queue.push(on(stage.day("SBG", back), "16:40"), lend)


def head_away(stage: Stage) -> None:
    on_leave(stage, "paul.irwin", "ruth.lang", back=34, days=9)
    lent(stage, "joy.okoro", "grace.hill", back=1, days=7, limit=500)
    file(
        stage, "head-away", on(stage.day("SBG", 32), "11:00"), by="leon.fraser", ward=("SBG", "OPD"),
        lines={"BPC-AD": 4, "TON-BLK": 1}, manners={"answer": SOON},
    )  # fmt: skip


def nobody(stage: Stage) -> None:
    stage.queue.push(on(stage.day("SBG", 13), "08:00"), away(stage, "helen.brandt", "director", back=8))
    file(
        stage, "nobody", on(stage.day("SBG", 13), "09:30"), by="laura.simmons", ward=("SBG", "THE"),
        lines={"MON-PAT": 21}, note="One supplier for all theatres, as the board asked in spring",
        manners={"answer": AT_ONCE},
    )  # fmt: skip


def two_executives(stage: Stage) -> None:
    file(
        stage, "two-executives", on(stage.day("SBG", 6), "09:00"), by="chidi.eze", ward=("SBG", "ED"),
        lines={"MON-PAT": 21}, note="The new resuscitation area opens in spring",
        manners={"answers": {"executive": Answer(share=0.2, who="victor.adeyemi", most=1)}, "answer": AT_ONCE},
    )  # fmt: skip


def directors_own(stage: Stage) -> None:
    file(
        stage, "directors-own", on(stage.day("NFC", 5), "10:15"), by="gail.morton", ward=("NFC", "RHB"),
        lines={"MON-PAT": 6}, note="All six bays of the ward",
        manners={"answers": {"executive": NOT_YET}, "answer": AT_ONCE},
    )  # fmt: skip


def three_of_140(stage: Stage) -> None:
    for number, back in enumerate((5, 3, 1), start=1):
        file(
            stage, "three-of-140", on(stage.day("SBG", back), "14:00"), by="sofia.marin", ward=("SBG", "LAB"),
            lines={"GEL-500": 5}, number=number, note="For the benches",
            manners={"answer": SOON, "receive": 2.0},
        )  # fmt: skip


def said_no(stage: Stage) -> None:
    said = "Use the standard dressing first; the wound nurse comes on Thursday."
    file(
        stage, "said-no", on(stage.day("SBG", 10), "12:05"), by="asha.menon", ward=("SBG", "7B"),
        lines={"NPW-KIT": 2}, manners={"answers": {"procurement": Answer(share=0.5, reject=said)}},
    )  # fmt: skip
    file(
        stage, "said-no", on(stage.day("SBG", 8), "09:40"), by="asha.menon", ward=("SBG", "7B"),
        lines={"DRS-FOM": 5}, number=2, manners={"answer": SOON, "receiver": "tom.reid"},
    )  # fmt: skip


STORIES = (
    Story(
        "own-order", _("The ward manager's own order"),
        _("She asked herself for more than the list, so the director decided: nobody decides what they asked for."),
        "joy.okoro", own_order, situations=(9,),
    ),
    Story(
        "standing-order", _("Nobody was asked, and it is on record"),
        _("The usual gloves, inside the agreed list: a rule decided at once, and the page names the rule."),
        "joy.okoro", standing_order, situations=(10,),
    ),
    Story(
        "stopped", _("It can no longer be ordered"),
        _("A safety notice stopped the catheter in this draft: the check says why, and the wards that had it were told."),
        "asha.menon", stopped, situations=(14,),
    ),
    Story(
        "rationed", _("Twelve became four"),
        _("The product lead said no to twelve boxes of a rationed respirator and named four, which the ward then asked for."),
        "chidi.eze", rationed, situations=(15,),
    ),
    Story(
        "head-away", _("The head was away"),
        _("He was on leave, so the alternate whom he had named was asked, decided in his name, and the page says so."),
        "leon.fraser", head_away, situations=(16,),
    ),
    Story(
        "nobody", _("Nobody may decide"),
        _("Two of three executives must agree; one asked for it, one has decided already. It waits with the policy owner."),
        "amina.yusuf", nobody, situations=(17,),
    ),
    Story(
        "two-executives", _("Above one hundred thousand"),
        _("Six have agreed to 21 monitors; one executive has agreed as well, and a second must."),
        "laura.simmons", two_executives,
    ),
    Story(
        "directors-own", _("The director's own order"),
        _("At Northfield the director is asked from 25,000, but this one is hers: it goes one step higher."),
        "george.patel", directors_own,
    ),
    Story(
        "three-of-140", _("Three orders of 140"),
        _("Three requests for hand gel of one department and supplier within five days; nothing holds them together yet."),
        "anna.kowal", three_of_140, "requests:list", (18,), "tab=closed",
    ),
    Story(
        "said-no", _("No, and what then"),
        _("Procurement said no with a reason. The nurse then asked for the standard dressing: it is in the list of the ward."),
        "asha.menon", said_no,
    ),
)  # fmt: skip
