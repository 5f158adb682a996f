"""Stops and recalls: who may, what follows, who is told."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, WrongState
from portal.notify.models import Notice
from requests_app.models import CaseException, ItemStop, ServiceRequest
from requests_app.supplies import fulfilment, stops
from tests import journeys, personas
from tests.requests_app.test_pages_supply import edit

PAGE = "/stops/"
WHY = "Holes in the fingers. Put them aside."


def delivered(world: SimpleNamespace, **lines: int) -> ServiceRequest:
    """A request whose lines are on their way to the ward."""
    request = journeys.approved(world, **lines)
    keys = list(request.lines.values_list("pk", flat=True))
    fulfilment.pick(request=request, line_ids=keys, by=world.storekeeper)
    fulfilment.send_on_the_way(request=request, line_ids=keys, by=world.storekeeper)
    return journeys.fresh(request)


def told(world: SimpleNamespace) -> set[str]:
    return set(Notice.objects.filter(kind="item_stopped").values_list("user__username", flat=True))


def test_every_ward_that_had_it_is_told_and_compliance_owns_what_follows(world: SimpleNamespace) -> None:
    delivered(world, GLV_NIT_M=6)
    draft = journeys.draft(world, GLV_NIT_M=2)
    stop = stops.stop(item=world.items["GLV-NIT-M"], reason=WHY, lots="24K", by=world.compliance)
    assert stop.wards == 1
    assert {"asha.menon", "tom.reid", "joy.okoro"} <= told(world)
    assert not {"ben.carter", "nora.finch"} & told(world), "a ward that never had it"
    notice = Notice.objects.filter(kind="item_stopped").first()
    assert notice is not None
    assert "Put them aside. Lots 24K." in notice.text
    trouble = CaseException.objects.get(kind="item_stopped")
    assert (trouble.owner_role, trouble.hospital, trouble.closed_at) == ("compliance", world.hospital, None)
    assert (trouble.due_at - trouble.opened_at) == timedelta(hours=4)
    assert Event.objects.get(action="item.stopped").after["wards"] == ["7B"]
    nurse = personas.signed_in(world.nurse)
    assert "Lots 24K" in nurse.get("/requests/supply/new/", {"q": "GLV-NIT-M"}).text
    review = nurse.get(reverse("desk:review", args=[draft.public_id])).text
    assert "This can no longer be ordered" in review
    with pytest.raises(Invalid):
        journeys.send(draft)


def test_what_was_only_asked_for_or_long_ago_tells_nobody(world: SimpleNamespace) -> None:
    journeys.sent(world, NPW_KIT=1)
    request = delivered(world, GLV_NIT_M=6)
    ServiceRequest.objects.filter(pk=request.pk).update(submitted_at=clock.now() - timedelta(days=91))
    for code in ("NPW-KIT", "GLV-NIT-M"):
        assert stops.stop(item=world.items[code], reason=WHY, by=world.compliance).wards == 0
    assert told(world) == set()


def test_lifted_it_is_sold_again_and_the_exception_ends(world: SimpleNamespace) -> None:
    item = world.items["GLV-NIT-M"]
    stops.stop(item=item, reason=WHY, by=world.compliance, alternative=world.items["APR-WHT"])
    assert world.items["APR-WHT"] in [one.other for one in item.substitutes.all()]
    with pytest.raises(WrongState):
        stops.stop(item=item, reason=WHY, by=world.compliance)
    stops.lift(item=item, reason="The maker checked the lot.", by=world.administrator)
    assert journeys.fresh(item).is_sold
    assert CaseException.objects.get(kind="item_stopped").resolution == "The maker checked the lot."
    row = ItemStop.objects.get()
    assert (row.lifted_by, row.lifted_because) == (world.administrator, "The maker checked the lot.")
    with pytest.raises(WrongState):
        stops.lift(item=item, reason="Again.", by=world.compliance)


def test_nobody_else_stops_anything(world: SimpleNamespace) -> None:
    for somebody in (world.nurse, world.head, world.buyer, world.stranger, world.director):
        with pytest.raises(NotAllowed):
            stops.stop(item=world.items["GLV-NIT-M"], reason=WHY, by=somebody)
        assert personas.signed_in(somebody).get(PAGE).status_code == 403
    with pytest.raises(NotAllowed):
        stops.stop(item=world.foreign_items["GLV-NIT-M"], reason=WHY, by=world.compliance)
    assert not ItemStop.objects.exists()


def test_the_page_stops_and_lifts(world: SimpleNamespace) -> None:
    officer = personas.signed_in(world.compliance)
    assert "Suction catheter" in officer.get(PAGE).text, "stopped by the seed"
    typed = {
        "hospital": world.hospital.pk,
        "code": "glv-nit-m",
        "reason": WHY,
        "lots": "",
        "alternative": "APR-WHT",
    }
    assert officer.post(PAGE, typed).status_code == 302
    page = officer.get(PAGE).text
    assert WHY in page
    assert "0 wards were told" in page
    again = officer.post(PAGE, typed)
    assert again.status_code == 422
    assert "It is stopped already." in again.text
    lift = reverse("requests:stop-lift")
    refused = officer.post(lift, {"hospital": world.hospital.pk, "code": "GLV-NIT-M", "reason": ""})
    assert refused.status_code == 422
    assert officer.post(lift, typed | {"reason": "Checked."})["Location"] == PAGE
    assert WHY not in officer.get(PAGE).text
    assert journeys.fresh(world.items["GLV-NIT-M"]).is_sold


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"code": "NO-SUCH"}, "There is no “NO-SUCH”"),
        ({"code": ""}, "Enter the code of the item."),
        ({"reason": ""}, "Say why"),
        ({"alternative": "NO-SUCH"}, "There is no “NO-SUCH”"),
        ({"alternative": "GLV-NIT-M"}, "Choose another item"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    world: SimpleNamespace, typed: dict[str, str], said: str
) -> None:
    good = {"hospital": str(world.hospital.pk), "code": "GLV-NIT-M", "reason": WHY}
    page = personas.signed_in(world.compliance).post(PAGE, good | typed)
    assert page.status_code == 422
    assert said in page.text
    assert not ItemStop.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_however_many_are_stopped(world: SimpleNamespace, rows: int) -> None:
    for code in ("GLV-NIT-M", "APR-WHT", "CAN-20")[:rows]:
        stops.stop(item=world.items[code], reason=WHY, by=world.compliance)
    officer = personas.signed_in(world.compliance)
    officer.get(reverse("desk:home"))
    with CaptureQueriesContext(connection) as queries:
        assert officer.get(PAGE).text.count(WHY) == rows
    assert len(queries) == 8


def test_a_draft_that_holds_it_says_so_beside_the_line(world: SimpleNamespace) -> None:
    draft = journeys.draft(world, GLV_NIT_M=2)
    stops.stop(item=world.items["GLV-NIT-M"], reason=WHY, by=world.compliance)
    nurse = personas.signed_in(world.nurse)
    typed = {
        "client_key": str(draft.client_key), "department": world.ward.pk, "run_out": "fine", "do": "review",
        "line-GLV-NIT-M": 2,
    }  # fmt: skip
    page = nurse.post(edit(draft), typed)
    assert page.status_code == 422
    assert 'id="id_line-GLV-NIT-M_error"' in page.text
    assert 'name="take-GLV-NIT-M" value="GLV-NIT-L"' in page.text, "what may be had in its place"
