"""Every page there is, in the states that matter, with somebody who may open it."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

from django.urls import reverse

from portal.accounts.models import User
from requests_app import fulfilment
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


def other_pages(world: SimpleNamespace) -> Iterator[Case]:
    yield "sign in", None, reverse("account_login")
    yield "empty inbox", world.finance, reverse("approvals:inbox")
    yield "empty requests", world.nurse, reverse("requests:list")
    yield "empty home", world.nurse, reverse("desk:home")
    yield "empty pick list", world.storekeeper, reverse("requests:pick-list")
    yield "no notices", world.nurse, reverse("notify:list")
    yield "me", world.nurse, reverse("accounts:me")
    yield "sign out", world.nurse, reverse("account_logout")
    yield "not found", world.nurse, "/requests/there-is-no-such-thing/"
    yield "not allowed", world.nurse, reverse("requests:pick-list")


GROUPS: dict[str, Callable[[SimpleNamespace], Iterator[Case]]] = {
    "ward": ward_pages,
    "desk": desk_pages,
    "other": other_pages,
}
