"""Every page there is, in the states that matter, with somebody who may open it."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

from django.test import override_settings
from django.urls import reverse

from portal.accounts.models import User
from portal.desk.demo.stage import story_key
from requests_app import casework, drafting, fulfilment
from requests_app.models import ServiceRequest
from tests import journeys

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
    "other": other_pages,
    "demo": demo_pages,
}
