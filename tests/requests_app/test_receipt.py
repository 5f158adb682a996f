"""What arrived and what is not right: who is told, what goes back to be picked or bought, and what is kept beside it."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import ids
from portal.errors import Invalid, NotAllowed, WrongState
from portal.notify.models import Notice
from requests_app.models import CaseException, ReceiptDifference, RequestItem, ServiceRequest
from requests_app.states import LineState, RequestState
from requests_app.supplies import counting, differing, fulfilment
from requests_app.supplies.differing import Difference
from tests.api.calls import caller
from tests.journeys import approved, fresh, link
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
L = LineState
KINDS = [kind for kind in ReceiptDifference.Kind.values if kind in differing.FEWER]


def on_the_way(world: SimpleNamespace, **lines: int) -> ServiceRequest:
    request = approved(world, **lines)
    pks = list(request.lines.values_list("pk", flat=True))
    fulfilment.pick(request=request, line_ids=pks, by=world.storekeeper)
    fulfilment.send_on_the_way(request=request, line_ids=pks, by=world.storekeeper)
    return fresh(request)


def at_goods_in(world: SimpleNamespace, count: int, of: int) -> ServiceRequest:
    link(world)
    request = approved(world, SPO_SEN=of, note="a new bay")
    pk = request.lines.get().pk
    fulfilment.ordered(request=request, line_ids=[pk], by=world.system, order_name="P1", placed=True)
    fulfilment.goods_in(request=request, quantities={pk: count}, by=world.system, order_name="P1")
    return fresh(request)


def receive(request: ServiceRequest, by: Any, count: int, kind: str = "", note: str = "") -> RequestItem:
    line = request.lines.get()
    said = {line.pk: Difference(kind, note)} if kind else {}
    fulfilment.receive(request=fresh(request), quantities={line.pk: count}, differences=said, by=by)
    return fresh(line)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_right_from_the_store_is_picked_again(world: SimpleNamespace, kind: str) -> None:
    line = receive(request := on_the_way(world, GLV_NIT_M=6), world.colleague, 4, kind, "one box was open")
    assert (line.state, line.received_quantity, line.to_pick) == (L.TO_PICK, 4, 2)
    difference = ReceiptDifference.objects.get()
    assert (difference.kind, difference.quantity, difference.by) == (kind, 2, world.colleague)
    exception = difference.exception
    assert exception.owner_role == "team_lead"
    assert "one box was open" in exception.detail
    assert ("Put aside" in exception.detail) == (kind in differing.PUT_ASIDE)
    owners = Notice.objects.filter(kind="exception_opened").values_list("user__username", flat=True)
    assert list(owners) == [world.store_lead.username]
    assert fresh(request).state == RequestState.IN_FULFILMENT


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_right_from_a_supplier_is_still_to_come(world: SimpleNamespace, kind: str) -> None:
    line = receive(at_goods_in(world, 2, of=3), world.colleague, 1, kind)
    assert (line.state, line.received_quantity, line.outstanding) == (L.PART_RECEIVED, 1, 2)
    assert CaseException.objects.get(kind="receipt_difference").owner_role == "buyer"


def test_nothing_of_it_can_be_used(world: SimpleNamespace) -> None:
    line = receive(on_the_way(world, GLV_NIT_M=6), world.nurse, 0, "cold_chain")
    assert (line.state, line.received_quantity, line.sent_quantity, line.to_pick) == (L.TO_PICK, 0, 0, 6)
    bought = receive(at_goods_in(world, 2, of=2), world.colleague, 0, "damaged")
    assert (bought.state, bought.received_quantity, bought.expected) == (L.AT_GOODS_IN, 0, 2)


def test_more_than_agreed_is_kept_beside_it(world: SimpleNamespace) -> None:
    line = receive(request := on_the_way(world, GLV_NIT_M=6), world.nurse, 9, "over")
    assert (line.state, line.received_quantity) == (L.RECEIVED, 6)
    assert ReceiptDifference.objects.get().quantity == 3
    assert fresh(request).state == RequestState.CLOSED
    assert fresh(CaseException.objects.get()).closed_at is None  # somebody fetches them


def test_the_paper_is_missing_and_everything_is_here(world: SimpleNamespace) -> None:
    line = receive(on_the_way(world, GLV_NIT_M=6), world.nurse, 6, "no_paper")
    assert line.state == L.RECEIVED
    assert ReceiptDifference.objects.get().quantity == 0


@pytest.mark.parametrize(
    ("count", "kind", "field"),
    [
        (6, "damaged", "line"),
        (6, "over", "line"),
        (10_000, "over", "line"),
        (-1, "short", "line"),
        (7, "no_paper", "line"),
        (4, "nonsense", "what"),
        (6, "not_ordered", "what"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_line(
    world: SimpleNamespace, count: int, kind: str, field: str
) -> None:
    request = on_the_way(world, GLV_NIT_M=6)
    with pytest.raises(Invalid) as refusal:
        receive(request, world.nurse, count, kind)
    assert list(refusal.value.errors) == [f"{field}-{request.lines.get().pk}"]
    assert not ReceiptDifference.objects.exists()


def test_fewer_is_a_difference_by_itself_and_settled_when_the_rest_is_here(world: SimpleNamespace) -> None:
    receive(request := on_the_way(world, GLV_NIT_M=6), world.colleague, 5)
    exception = CaseException.objects.get(kind="receipt_difference")
    pks = [request.lines.get().pk]
    fulfilment.pick(request=fresh(request), line_ids=pks, by=world.storekeeper)
    fulfilment.send_on_the_way(request=fresh(request), line_ids=pks, by=world.storekeeper)
    receive(request, world.colleague, 1)
    assert fresh(exception).closed_at is not None
    assert fresh(request).state == RequestState.CLOSED


def test_again_not_right_joins_what_is_open_and_is_told(world: SimpleNamespace) -> None:
    request = on_the_way(world, GLV_NIT_M=6)
    pks = [request.lines.get().pk]
    for kind in ("damaged", "damaged"):
        receive(request, world.colleague, 0, kind)
        fulfilment.pick(request=fresh(request), line_ids=pks, by=world.storekeeper)
        fulfilment.send_on_the_way(request=fresh(request), line_ids=pks, by=world.storekeeper)
    assert CaseException.objects.get().differences.count() == 2
    assert Notice.objects.filter(kind="receipt_differed", user=world.store_lead).count() == 1


def test_said_too_late(world: SimpleNamespace) -> None:
    request = on_the_way(world, GLV_NIT_M=6)
    receive(request, world.colleague, 6)
    with pytest.raises(NotAllowed):
        receive(request, world.storekeeper, 0, "damaged")
    with pytest.raises(WrongState):
        receive(request, world.colleague, 0, "damaged")


# ---- the page ----


def there(request: ServiceRequest) -> str:
    return reverse("requests:receive", args=[request.public_id])


@pytest.fixture
def nurse(world: SimpleNamespace) -> Client:
    return signed_in(world.nurse)


def test_the_page_takes_a_difference_with_a_picture(
    world: SimpleNamespace, nurse: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    request = on_the_way(world, GLV_NIT_M=6)
    pk = request.lines.get().pk
    page = nurse.get(there(request)).text
    assert "Too warm" in page
    form = {f"line-{pk}": "4", f"what-{pk}": "damaged", f"note-{pk}": "wet"}
    paper = SimpleUploadedFile("note.txt", b"delivery note 4711", content_type="text/plain")
    answer = nurse.post(there(request), form | {"files": paper}, follow=True)
    assert "Put it aside" in answer.text
    assert "Damaged" in answer.text
    assert request.attachments.count() == 1
    assert ReceiptDifference.objects.get().note == "wet"


def test_all_here_never_throws_a_mark_away(world: SimpleNamespace, nurse: Client) -> None:
    request = on_the_way(world, GLV_NIT_M=6)
    pk = request.lines.get().pk
    marked = {f"line-{pk}": "5", f"what-{pk}": "damaged", f"note-{pk}": "smashed", "all": "1"}
    assert nurse.post(there(request), marked).status_code == 302
    assert ReceiptDifference.objects.get().note == "smashed"
    assert fresh(request).state == RequestState.IN_FULFILMENT


def test_what_was_typed_stays_with_a_sentence_beside_it(world: SimpleNamespace, nurse: Client) -> None:
    request = on_the_way(world, GLV_NIT_M=6)
    pk = request.lines.get().pk
    wrong = nurse.post(there(request), {f"line-{pk}": "6", f"what-{pk}": "damaged", f"note-{pk}": "wet box"})
    assert wrong.status_code == 422
    assert "fewer than 6" in wrong.text
    assert 'value="wet box"' in wrong.text
    warned = nurse.post(
        there(request), {f"line-{pk}": "5", f"what-{pk}": "short", f"note-{pk}": "NHS 943 476 5919"}
    )
    assert warned.status_code == 422
    assert not ReceiptDifference.objects.exists()


@pytest.mark.parametrize("lines", [{"GLV_NIT_M": 1}, {"GLV_NIT_M": 1, "CAN_20": 1, "APR_WHT": 1}])
def test_what_receiving_costs(world: SimpleNamespace, nurse: Client, lines: dict[str, int]) -> None:
    request = on_the_way(world, **lines)
    nurse.get(there(request))
    with CaptureQueriesContext(connection) as page:
        nurse.get(there(request))
    with CaptureQueriesContext(connection) as receipt:
        nurse.post(there(request), {"all": "1"})
    own = [query for query in receipt if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVE", "RELEASE"))]
    assert (len(page), len(own)) == (PAGE, RECEIPT)


PAGE, RECEIPT = 6, 24


# ---- programs ----


def test_a_program_picks_a_part_and_says_what_is_not_right(world: SimpleNamespace) -> None:
    request = approved(world, GLV_NIT_M=6)
    line = request.lines.get().public_id
    store, ward = caller(world.storekeeper), caller(world.nurse)
    store.post(
        f"requests/{request.public_id}/pick",
        {"lines": [line], "picked": [{"id": line, "quantity": 4}], "expected_on": None},
    )
    [waiting] = store.get("picks")["results"]
    assert waiting["follow"][0]["to_follow"] == 2
    store.post(f"requests/{request.public_id}/send", {"lines": [line]})
    said = {"id": line, "quantity": 3, "difference": "expired", "note": "last month"}
    ward.post(f"requests/{request.public_id}/receive", {"lines": [said]})
    shown = ward.get(f"requests/{request.public_id}")["lines"][0]
    assert (shown["sent"], shown["arrived"], shown["to_follow"], shown["state"]) == (3, 3, 2, "to_pick")
    assert ReceiptDifference.objects.get().kind == "expired"


# ---- the store counts for the ward ----


def counted(world: SimpleNamespace) -> Any:
    return world.ward.usual_lists.get(name="Gloves and aprons")


def test_the_store_counts_and_what_is_missing_is_asked_for_at_once(world: SimpleNamespace) -> None:
    store = signed_in(world.storekeeper)
    wards = store.get(reverse("requests:counts")).text
    assert world.ward.name in wards
    assert "Dressings" not in wards  # the ward counts those
    usual = counted(world)
    page = store.get(reverse("requests:count", args=[usual.pk]))
    key = page.context["count"].initial["client_key"]
    form = {"client_key": key, "left-GLV-NIT-M": "8", "left-APR-WHT": "6"}
    for _press in range(2):
        assert store.post(reverse("requests:count", args=[usual.pk]), form).status_code == 302
    request = ServiceRequest.objects.get()
    assert (request.state, request.department, request.filed_by) == (
        RequestState.APPROVED,
        world.ward,
        world.storekeeper,
    )
    assert [(line.code, line.quantity) for line in request.lines.all()] == [("GLV-NIT-M", 4)]
    assert (
        signed_in(world.nurse).get(reverse("desk:request-detail", args=[request.public_id])).status_code
        == 200
    )
    assert "Last counted" in store.get(reverse("requests:counts")).text


def test_who_filed_it_for_the_ward_does_not_confirm_it_for_the_ward(world: SimpleNamespace) -> None:
    topped = counting.top_up(
        usual=counted(world), left={"GLV-NIT-M": 8}, by=world.storekeeper, client_key=ids.key()
    )
    request = topped.request
    assert request is not None
    pks = list(request.lines.values_list("pk", flat=True))
    fulfilment.pick(request=request, line_ids=pks, by=world.storekeeper)
    fulfilment.send_on_the_way(request=fresh(request), line_ids=pks, by=world.storekeeper)
    with pytest.raises(NotAllowed):
        receive(request, world.storekeeper, 4)
    assert receive(request, world.nurse, 4).state == L.RECEIVED


@pytest.mark.parametrize("persona", ["nurse", "stranger", "buyer"])
def test_only_the_store_has_the_stores_lists(world: SimpleNamespace, persona: str) -> None:
    client = signed_in(getattr(world, persona))
    assert client.get(reverse("requests:count", args=[counted(world).pk])).status_code == 404


def test_the_list_that_the_ward_counts_is_not_the_stores(world: SimpleNamespace) -> None:
    usual = counted(world)
    type(usual).objects.filter(pk=usual.pk).update(counted_on="")
    assert signed_in(world.storekeeper).get(reverse("requests:count", args=[usual.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        counting.count_shelf(
            usual=fresh(usual), left={"GLV-NIT-M": 1}, by=world.storekeeper, client_key=ids.key()
        )
