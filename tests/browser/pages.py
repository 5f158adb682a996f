"""Every page there is, in the states that matter, with somebody who may open it."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

from django.test import override_settings
from django.urls import reverse

from portal import clock
from portal.accounts import passes
from portal.accounts.models import User
from portal.desk import emergencies
from portal.desk.demo.stage import story_key
from requests_app import casework, following, work
from requests_app.it import outages
from requests_app.models import ServiceRequest
from requests_app.supplies import drafting, favourites, fulfilment, stock
from tests import configuring, it_desk, journeys, moving, repairs

Case = tuple[str, User | None, str]


def _url(name: str, request: ServiceRequest) -> str:
    return reverse(name, args=[request.public_id])


def ward_pages(world: SimpleNamespace) -> Iterator[Case]:
    draft = journeys.draft(world, GLV_NIT_M=30, SPO_SEN=1, note="two bays")
    sent = journeys.sent(world, NPW_KIT=2)
    arriving = journeys.approved(world, GLV_NIT_M=6, CAN_20=2)
    lines = list(arriving.lines.values_list("pk", flat=True))
    fulfilment.pick(request=arriving, line_ids=lines, by=world.storekeeper)
    fulfilment.send_on_the_way(request=arriving, line_ids=lines, by=world.storekeeper)
    nurse = world.nurse
    yield "home", nurse, reverse("desk:home")
    yield "new request", nurse, reverse("requests:supply-new")
    yield "draft", nurse, _url("requests:draft-edit", draft)
    stock.record_levels(levels={world.items["GLV-NIT-M"].pk: 0, world.items["APR-WHT"].pk: 9}, at=clock.now())
    favourites.toggle(hospital=world.hospital, code="APR-WHT", by=nurse)
    journeys.sent(world, world.colleague, SPO_SEN=1)
    out = journeys.draft(world, GLV_NIT_M=3, APR_WHT=1, SPO_SEN=1)
    yield "draft, none in the store and asked for already", nurse, _url("requests:draft-edit", out)
    yield "favourites", nurse, reverse("requests:supply-new")
    yield (
        "the usual, to be counted",
        nurse,
        reverse("requests:usual", args=[world.ward.usual_lists.first().pk]),
    )
    yield "stopped items", world.compliance, reverse("requests:stops")
    yield "review", nurse, _url("desk:review", draft)
    yield "request, sent", nurse, _url("desk:request-detail", sent)
    yield "cancel", nurse, _url("requests:cancel", sent)
    yield "request, arriving", nurse, _url("desk:request-detail", arriving)
    yield "receive", nurse, _url("requests:receive", arriving)
    yield "requests", nurse, reverse("requests:list")


def desk_pages(world: SimpleNamespace) -> Iterator[Case]:
    journeys.approved(world, GLV_NIT_M=6, CAN_20=2, note="nurses' station, please")
    journeys.sent(world, GLV_NIT_M=30, SPO_SEN=2, note="Outbreak in two bays")
    last = journeys.sent(world, TON_BLK=2)
    ref = journeys.open_steps(last)[0].ref
    yield "inbox", world.head, reverse("approvals:inbox")
    yield "reject", world.head, reverse("approvals:step-reject", args=[ref])
    yield "request, to decide", world.head, _url("desk:request-detail", last)
    yield "pick list", world.storekeeper, reverse("requests:pick-list")
    yield "home of the store", world.storekeeper, reverse("desk:home")
    yield "notices", world.head, reverse("notify:list")
    changed = casework.open_exception(
        kind="drift",
        request=last,
        owner_role="buyer",
        detail="2 were agreed, 3 are ordered.",
        by=world.system,
    )
    yield "home of the buyer", world.buyer, reverse("desk:home")
    yield "settle", world.buyer, reverse("requests:exception-settle", args=[changed.ref])


def transport_pages(world: SimpleNamespace) -> Iterator[Case]:
    moving.porters(world)
    yield "work, none", world.porter, reverse("requests:work")
    there = moving.sent(world, precautions=["airborne", "contact"], back="yes", bed="12", initials="AM")
    work.take(request=there, by=world.other_porter)
    mine = moving.sent(world, when="now")
    work.take(request=mine, by=world.porter)
    moving.sent(world, what="sample", samples="2")
    back = ServiceRequest.objects.get(move__return_of__request=there)
    yield "work", world.porter, reverse("requests:work")
    yield "move", world.nurse, reverse("requests:ask-new", args=["transport"])
    yield "request, move", world.nurse, _url("desk:request-detail", there)
    yield "request, way back", world.radiographer, _url("desk:request-detail", back)


def equipment_pages(world: SimpleNamespace) -> Iterator[Case]:
    repairs.equip(world)
    repairs.sent(world, equipment="", clean="", place=world.bay.code, symptoms=["leak"])
    case = repairs.sent(world, safe="no_removed", clean="incident")
    following.join(request=case, by=world.colleague)
    nurse, ask = world.nurse, reverse("requests:ask-new", args=["repair"])
    yield "equipment", nurse, reverse("requests:equipment", args=[repairs.PUMP])
    yield "equipment of the ward", nurse, reverse("requests:equipment-list")
    yield "a room", world.colleague, f"{reverse('requests:equipment-list')}?place={world.bay.code}"
    yield "no equipment", nurse, f"{reverse('requests:equipment-list')}?q=zebra"
    yield "labels", nurse, reverse("requests:labels")
    yield "labels of rooms", nurse, f"{reverse('requests:labels')}?of=rooms"
    yield "repair, of a label", world.head, f"{ask}?equipment={repairs.PUMP}"
    yield "repair, of a room", nurse, f"{ask}?place={world.bay.code}"
    yield "request, repair", world.colleague, _url("desk:request-detail", case)
    yield "request, after harm", world.biomed, _url("desk:request-detail", case)
    yield "do not use", nurse, _url("requests:repair-tag", case)


def it_pages(world: SimpleNamespace) -> Iterator[Case]:
    it_desk.add(world)
    known = {"service_code": "printer", "title": "Label printers print blanks", "what_to_do": "Write by hand"}
    over = outages.open_outage(by=world.technician, hospital=world.hospital, **known)
    outages.end_outage(by=world.technician, ref=over.ref)
    outages.open_outage(by=world.technician, hospital=world.hospital, **known)
    fault = reverse("requests:ask-new", args=["it"])
    yield "it fault, with an outage", world.nurse, f"{fault}?service=printer"
    yield "access", world.nurse, reverse("requests:ask-new", args=["access"])
    yield "outages", world.technician, reverse("requests:outages")
    yield "an outage", world.technician, reverse("requests:outage-new")
    yield "no passes", world.ward_lead, reverse("accounts:passes")
    passes.issue_pass(by=world.ward_lead, department=world.ward, first_name="Lena", last_name="Brook")
    yield "passes", world.ward_lead, reverse("accounts:passes")
    yield "a pass", world.ward_lead, reverse("accounts:pass-new")
    yield "colleagues", world.nurse, f"{reverse('accounts:people-find')}?q=tom"
    with clock.at(clock.now() - 2 * emergencies.AGAIN_AFTER):
        it_desk.sent(world, "it", **it_desk.EMERGENCY)
    yield "home, emergency", world.nurse, reverse("desk:home")
    yield "home, emergency of mine", world.technician, reverse("desk:home")
    yield "work, emergency", world.technician, reverse("requests:work")


def type_pages(world: SimpleNamespace) -> Iterator[Case]:
    configuring.crew(world)
    bundle = configuring.turnover(world, broken="The lamp")
    task = bundle.children.order_by("pk").first()
    admin = world.administrator
    yield "clean", world.nurse, reverse("requests:ask-new", args=["clean"])
    yield "room turnover", world.nurse, reverse("requests:ask-new", args=["room_turnover"])
    yield "request, bundle", world.nurse, _url("desk:request-detail", bundle)
    yield "request, task", world.nurse, _url("desk:request-detail", task)
    yield "types", admin, reverse("desk:types") + "?q=glove"
    yield "new type", admin, reverse("desk:type-new")
    for name in (
        "type",
        "type-describe",
        "type-terms",
        "type-definition",
        "type-preview",
        "question-new",
        "task-new",
    ):
        yield name, admin, reverse(f"desk:{name}", args=["room_turnover"])
    yield "question", admin, reverse("desk:question", args=["clean", "what"])


def other_pages(world: SimpleNamespace) -> Iterator[Case]:
    yield "sign in", None, reverse("account_login")
    yield "empty inbox", world.finance, reverse("approvals:inbox")
    yield "empty requests", world.nurse, reverse("requests:list")
    yield "empty home", world.nurse, reverse("desk:home")
    yield "empty pick list", world.storekeeper, reverse("requests:pick-list")
    yield "no notices", world.nurse, reverse("notify:list")
    yield "me", world.nurse, reverse("accounts:me")
    yield "change password", world.nurse, reverse("account_change_password")
    yield "sign out", world.nurse, reverse("account_logout")
    yield "not found", world.nurse, "/requests/there-is-no-such-thing/"
    yield "not allowed", world.nurse, reverse("requests:pick-list")


def demo_pages(world: SimpleNamespace) -> Iterator[Case]:
    """With a story and people who have something to do, as `serve --demo` shows them."""
    journeys.sent(world, TON_BLK=2)
    lines = {"TON-BLK": 2}
    drafting.save_draft(
        by=world.nurse, client_key=story_key("two-ways"), department=world.ward, quantities=lines
    )
    with override_settings(DEMO=True):
        yield "sign in, demonstration", None, reverse("account_login")
        yield "tour", None, reverse("desk:tour")
        yield "home, demonstration", world.nurse, reverse("desk:home")
        yield "tour, signed in", world.nurse, reverse("desk:tour")


GROUPS: dict[str, Callable[[SimpleNamespace], Iterator[Case]]] = {
    "ward": ward_pages,
    "desk": desk_pages,
    "transport": transport_pages,
    "equipment": equipment_pages,
    "it": it_pages,
    "types": type_pages,
    "other": other_pages,
    "demo": demo_pages,
}
