"""Every page there is, in the states that matter, with somebody who may open it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.test import override_settings
from django.urls import reverse

from approvals import break_glass, cover, questioning
from portal import clock
from portal.accounts import duties, passes
from portal.accounts.models import Duty, User
from portal.desk import emergencies
from portal.desk.demo.stage import story_key
from requests_app import casework, comments, following, sharing, waiting, work
from requests_app.it import outages
from requests_app.models import ServiceRequest
from requests_app.supplies import drafting, favourites, fulfilment, stock
from requests_app.supplies.differing import Difference
from tests import configuring, glass, it_desk, journeys, moving, personas, repairs
from tests.browser.watched_pages import watched_pages

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
    part = journeys.approved(world, GLV_NIT_M=6)
    pk, public_id = part.lines.values_list("pk", "public_id").get()
    fulfilment.pick(request=part, line_ids=[pk], by=world.storekeeper, quantities={pk: 2})
    yield (
        "pick list, in part and scanned",
        world.store_lead,
        f"{reverse('requests:pick-list')}?scan=GLV-NIT-M",
    )
    yield "will not come", world.store_lead, reverse("requests:strike", args=[public_id])
    yield "wards to count", world.storekeeper, reverse("requests:counts")
    gloves = world.ward.usual_lists.get(name="Gloves and aprons")
    yield "a ward to count", world.storekeeper, reverse("requests:count", args=[gloves.pk])
    fulfilment.send_on_the_way(request=part, line_ids=[pk], by=world.storekeeper)
    differs = {pk: Difference("damaged", "wet")}
    fulfilment.receive(request=part, quantities={pk: 1}, differences=differs, by=world.nurse)
    yield "request, not all right", world.nurse, _url("desk:request-detail", part)
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


def deciding_pages(world: SimpleNamespace) -> Iterator[Case]:
    """An approver's screens in every state: asked back, large, lent, several at once, changed since, over."""
    inbox = reverse("approvals:inbox")
    deputy = personas.person("anna.holt", role="head", place=world.ward)
    large = journeys.sent(world, note="two bays", GLV_NIT_M=30, SPO_SEN=2)
    small, over = (journeys.sent(world, TON_BLK=2) for _ in range(2))
    ref, other = (journeys.open_steps(one)[0].ref for one in (large, small))
    gone = journeys.open_steps(over)[0].ref
    yield "inbox, several", world.head, f"{inbox}?open={ref}"
    yield "inbox, narrowed to nothing", world.head, f"{inbox}?show=repair"
    yield "inbox, chosen", world.head, f"{inbox}?select=1&under=1"
    for name in ("return", "adjust", "ask", "pass"):
        yield name, world.head, reverse(f"approvals:step-{name}", args=[ref])
    yield "less than nothing", world.head, f"{reverse('approvals:step-adjust', args=[ref])}?total=1"
    yield "password once more", world.head, reverse("approvals:confirm", args=[ref])
    yield "several at once", world.head, f"{reverse('approvals:batch')}?ref={ref}&ref={other}"
    yield "several, none", world.head, reverse("approvals:batch")
    questioning.ask(
        step_id=journeys.open_steps(large)[0].pk, by=world.head, text="For what?", choices=["Yes"]
    )
    yield "inbox, asked back", world.head, f"{inbox}?open={ref}"
    journeys.approve(over, world.head)
    yield "inbox, just decided", world.head, f"{inbox}?done={gone}"
    yield "inbox, decided by another", deputy, f"{inbox}?open={gone}"
    yield "decided", world.head, reverse("approvals:decided")
    yield "decided, for me", world.head, f"{reverse('approvals:decided')}?whose=for"
    yield "what each person decided", world.auditor, reverse("approvals:approvers")
    yield "what one person decided", world.auditor, reverse("approvals:approver", args=[world.head.username])
    period = {"starts_at": clock.now(), "ends_at": clock.now() + timedelta(days=2)}
    yield "nobody stands in", world.finance, reverse("approvals:cover")
    cover.name_alternate(user=world.finance, to=world.head, by=world.finance)
    cover.declare_absence(user=world.director, by=world.director, delegate=world.head, **period)
    cover.delegate(grantor=world.head, to=world.ward_lead, by=world.head, limit=Decimal(500), **period)
    yield "standing in", world.head, reverse("approvals:cover")
    yield "away now", world.director, reverse("approvals:cover")
    yield "I am away", world.head, reverse("approvals:cover-absence")
    yield "let somebody decide", world.head, reverse("approvals:cover-delegate")
    yield "request, in its second round", world.head, _url("desk:request-detail", over)


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
    yield "porter", world.porter, reverse("requests:porter")
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


def work_pages(world: SimpleNamespace) -> Iterator[Case]:
    repairs.equip(world)
    lead = personas.person("lea.stone", role="team_lead", place=world.teams["biomed"])
    mine, waits, free = (repairs.sent(world) for _ in range(3))
    work.take(request=mine, by=world.engineer)
    asked = waiting.ask_ward(
        request=waits,
        text="Is it clean and ready to collect?",
        choices=["Yes", "In 15 min"],
        by=world.engineer,
    )
    yield "work of a lead", lead, reverse("requests:work")
    yield "work, yours", world.engineer, reverse("requests:work") + "?show=mine"
    yield "work, none of these", world.engineer, reverse("requests:work") + "?show=late"
    for name in ("work-wait", "work-ask", "work-pass", "finish"):
        yield name, world.engineer, _url(f"requests:{name}", mine)
    yield "work-give", lead, _url("requests:work-give", free)
    yield "a question on home", world.nurse, reverse("desk:home")
    yield "a reply", world.nurse, reverse("requests:answer", args=[asked.ref])
    yield "request that waits", world.nurse, _url("desk:request-detail", waits)


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


def case_pages(world: SimpleNamespace) -> Iterator[Case]:
    """What was said, for whom it is, what went wrong, who is on duty."""
    moving.porters(world)
    case = moving.sent(world, when="now")
    comments.add_comment(request=case, text="@tom.reid " + "bed four " * 30, by=world.nurse)
    comments.add_comment(request=case, text="Lift 2 sticks", internal=True, by=world.porter)
    sharing.share(request=case, user=world.other_nurse, by=world.nurse)
    late = clock.now() - timedelta(hours=1)
    for kind, owner, due in (("no_team", "", late), ("still_waiting", "", None), ("drift", "buyer", None)):
        gone = casework.open_exception(
            kind=kind, request=case, owner_role=owner, detail="Look at this.", due_at=due, by=world.system
        )
    charge = Duty.objects.get_or_create(
        hospital=world.hospital,
        code="nurse_in_charge",
        department=world.ward,
        defaults={"calendar": "always"},
    )[0]
    duties.take_duty(duty=charge, user=world.ward_lead, by=world.ward_lead)
    yield "request, talked about", world.porter, _url("desk:request-detail", case)
    yield "request, looked at", world.nurse, _url("desk:request-detail", case)
    yield "say something", world.porter, _url("requests:say", case)
    yield "people", world.nurse, _url("requests:people", case)
    yield "sheet", world.nurse, _url("desk:request-print", case)
    yield "exceptions", world.service_manager, reverse("requests:exceptions")
    yield "exceptions, none", world.nurse, reverse("requests:exceptions")
    yield "an exception", world.buyer, reverse("requests:exception", args=[gone.ref])
    yield "put on record", world.service_manager, _url("requests:exception-new", case)
    yield "duties", world.nurse, reverse("accounts:duties")
    yield "hand over", world.ward_lead, reverse("accounts:hand-over", args=[charge.pk])
    yield "me, on duty", world.ward_lead, reverse("accounts:me")


def glass_pages(world: SimpleNamespace) -> Iterator[Case]:
    manager = glass.on_duty(world)
    yield "break glass", manager, _url("approvals:glass-use", journeys.sent(world, NPW_KIT=1))
    cases = [journeys.sent(world, NPW_KIT=2) for _ in range(2)]
    used = [glass.smash(case, manager) for case in cases]
    yield "break-glass refused", manager, _url("desk:request-detail", journeys.sent(world, NPW_KIT=1))
    break_glass.review(
        ref=used[0].ref, by=world.director, verdict="not_justified", words="It was there at 07:00"
    )
    reviews = reverse("approvals:glass-reviews")
    yield "request, not waited for", world.nurse, _url("desk:request-detail", cases[0])
    yield "reviews", world.finance, reviews
    yield "review", world.finance, reverse("approvals:glass-review", args=[used[1].ref])
    yield "reviewed", world.auditor, reverse("approvals:glass-review", args=[used[0].ref])
    yield "board, with reviews", world.auditor, reverse("desk:board")


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
    "deciding": deciding_pages,
    "transport": transport_pages,
    "equipment": equipment_pages,
    "work": work_pages,
    "it": it_pages,
    "types": type_pages,
    "case": case_pages,
    "glass": glass_pages,
    "watched": watched_pages,
    "other": other_pages,
    "demo": demo_pages,
}
