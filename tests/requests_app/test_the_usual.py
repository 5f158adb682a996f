"""The usual of a ward: last quantities, counting its shelf, and lists that come again."""

import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.accounts import scopes
from portal.errors import Invalid, NotAllowed
from portal.notify.models import Notice
from requests_app.models import CaseException, ParCount, Recurring, ServiceRequest, UsualList
from requests_app.supplies import counting, drafting, recurring
from tests import journeys, personas


@pytest.fixture
def usual(world: SimpleNamespace) -> UsualList:
    return UsualList.objects.get(department=world.ward, name="Gloves and aprons")


@pytest.fixture
def nurse(world: SimpleNamespace) -> Client:
    return personas.signed_in(world.nurse)


def quantities(request: ServiceRequest) -> dict[str, int]:
    return dict(request.lines.values_list("code", "quantity"))


def ordered(world: SimpleNamespace, usual: UsualList, **lines: int) -> ServiceRequest:
    """The list sent with these numbers in place of the proposed ones."""
    draft = drafting.reorder(usual=usual, by=world.nurse, client_key=uuid.uuid4())
    wanted = {code.replace("_", "-"): number for code, number in lines.items()}
    draft = drafting.save_draft(
        by=world.nurse, client_key=draft.client_key, department=world.ward, quantities=wanted, run_out="fine"
    )
    return journeys.send(draft)


PAR = {"GLV-NIT-M": 12, "GLV-NIT-L": 6, "APR-WHT": 6, "MSK-IIR": 6}


# ---- last quantities ----


def test_the_first_time_it_is_par_and_then_what_the_ward_was_given_last(
    world: SimpleNamespace, usual: UsualList
) -> None:
    first = drafting.reorder(usual=usual, by=world.nurse, client_key=uuid.uuid4())
    assert quantities(first) == PAR
    ordered(world, usual, GLV_NIT_M=4, APR_WHT=2)
    again = drafting.reorder(usual=usual, by=world.colleague, client_key=uuid.uuid4())
    assert quantities(again) == PAR | {"GLV-NIT-M": 4, "APR-WHT": 2}
    journeys.sent(world, GLV_NIT_M=1)  # not from this list
    later = drafting.reorder(usual=usual, by=world.nurse, client_key=uuid.uuid4())
    assert quantities(later)["GLV-NIT-M"] == 4


def test_what_was_cancelled_was_not_given(world: SimpleNamespace, usual: UsualList) -> None:
    sent = ordered(world, usual, GLV_NIT_M=4)
    sent.lines.update(state="cancelled")
    again = drafting.reorder(usual=usual, by=world.nurse, client_key=uuid.uuid4())
    assert quantities(again)["GLV-NIT-M"] == PAR["GLV-NIT-M"]


def test_home_says_when_it_was_ordered_last_and_proposes_that(
    nurse: Client, world: SimpleNamespace, usual: UsualList
) -> None:
    before = nurse.get(reverse("desk:home")).text
    assert "Last ordered" not in before
    assert "12\N{NO-BREAK SPACE}boxes" in before
    ordered(world, usual, GLV_NIT_M=4)
    after = nurse.get(reverse("desk:home")).text
    assert "Last ordered" in after
    assert "4\N{NO-BREAK SPACE}boxes" in after
    assert "12\N{NO-BREAK SPACE}boxes" not in after


# ---- counting ----


def test_a_count_drafts_what_is_missing_up_to_par(
    nurse: Client, world: SimpleNamespace, usual: UsualList
) -> None:
    there = reverse("requests:usual", args=[usual.pk])
    assert "Agreed level: 12\N{NO-BREAK SPACE}boxes" in nurse.get(there).text
    press = {"client_key": str(uuid.uuid4()), "left-GLV-NIT-M": "3", "left-APR-WHT": "9", "left-MSK-IIR": ""}
    first = nurse.post(there, press)
    draft = ServiceRequest.objects.get()
    assert first["Location"] == reverse("desk:review", args=[draft.public_id])
    assert nurse.post(there, press)["Location"] == first["Location"], "a second press makes no second draft"
    assert quantities(draft) == {"GLV-NIT-M": 9}, (
        "12 agreed less 3; nothing of what is full or was not counted"
    )
    count = ParCount.objects.get()
    assert (count.left, count.by) == ({"GLV-NIT-M": 3, "APR-WHT": 9}, world.nurse)
    page = nurse.get(there).text
    assert "Last counted" in page
    assert "Asha Menon" in page


def test_nothing_missing_makes_no_draft(nurse: Client, usual: UsualList) -> None:
    there = reverse("requests:usual", args=[usual.pk])
    assert nurse.post(there, {"left-GLV-NIT-M": "12"})["Location"] == there
    assert ParCount.objects.count() == 1
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize("left", ["-1", "10000", "some", ""])
def test_a_count_that_is_none_is_said_beside_its_field(nurse: Client, usual: UsualList, left: str) -> None:
    page = nurse.post(reverse("requests:usual", args=[usual.pk]), {"left-GLV-NIT-M": left})
    assert page.status_code == 422
    assert ("Enter what is left" if left == "" else "Enter how many are left") in page.text
    assert not ParCount.objects.exists()


def test_the_list_of_another_ward_is_not_there(world: SimpleNamespace, usual: UsualList) -> None:
    for somebody in (world.other_nurse, world.stranger, world.storekeeper):
        client = personas.signed_in(somebody)
        assert client.get(reverse("requests:usual", args=[usual.pk])).status_code == 404
        assert (
            client.post(
                reverse("requests:usual-repeat", args=[usual.pk]), {"weekdays": "0", "hour": 7}
            ).status_code
            == 404
        )
        if somebody != world.storekeeper:  # the store counts its own lists, on a page of its own
            with pytest.raises(NotAllowed):
                counting.count_shelf(usual=usual, left={"GLV-NIT-M": 1}, by=somebody, client_key=uuid.uuid4())
        with pytest.raises(NotAllowed):
            recurring.repeat(usual=usual, weekdays="0", hour=7, by=somebody)


# ---- again and again ----

SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_the_next_time_is_on_the_clock_of_the_hospital() -> None:
    def after(moment: datetime, weekdays: str, hour: int) -> datetime:
        return recurring.next_after(moment, weekdays=weekdays, hour=hour, zone="Europe/London")

    assert after(SUNDAY, "024", 7) == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert after(datetime(2026, 11, 23, 7, tzinfo=UTC), "0", 7) == datetime(2026, 11, 30, 7, tzinfo=UTC)
    assert after(datetime(2027, 3, 27, 12, tzinfo=UTC), "6", 7) == datetime(2027, 3, 28, 6, tzinfo=UTC), (
        "summer time"
    )


def test_a_draft_is_ready_at_that_time_and_nothing_is_sent(
    nurse: Client, world: SimpleNamespace, usual: UsualList
) -> None:
    there = reverse("requests:usual", args=[usual.pk])
    with clock.at(SUNDAY):
        answer = nurse.post(
            reverse("requests:usual-repeat", args=[usual.pk]), {"weekdays": ["0", "3"], "hour": "7"}
        )
        assert answer["Location"] == there
        assert "The next draft comes" in nurse.get(there).text
        assert recurring.run_due(by=world.system) == 0
    monday = datetime(2026, 11, 23, 7, 0, 5, tzinfo=UTC)
    with clock.at(monday):
        assert recurring.run_due(by=world.system) == 1
        assert recurring.run_due(by=world.system) == 0, "once"
    draft = ServiceRequest.objects.get()
    assert (draft.state, draft.filed_by, draft.title, draft.department) == (
        "draft",
        world.nurse,
        usual.name,
        world.ward,
    )
    assert quantities(draft) == PAR
    notice = Notice.objects.get(kind="list_drafted")
    assert (notice.user, notice.url) == (world.nurse, reverse("desk:review", args=[draft.public_id]))
    assert Recurring.objects.get().next_at == datetime(2026, 11, 26, 7, tzinfo=UTC)


def test_a_worker_that_was_away_makes_up_for_one_day_only(world: SimpleNamespace, usual: UsualList) -> None:
    with clock.at(SUNDAY):
        recurring.repeat(usual=usual, weekdays="0123456", hour=7, by=world.nurse)
    with clock.at(SUNDAY + timedelta(days=4)):
        assert recurring.run_due(by=world.system) == 1
    assert Recurring.objects.get().next_at > SUNDAY + timedelta(days=4)


def test_of_who_has_left_it_is_paused_and_somebody_is_asked(world: SimpleNamespace, usual: UsualList) -> None:
    with clock.at(SUNDAY):
        recurring.repeat(usual=usual, weekdays="0", hour=7, by=world.nurse)
    for held in world.nurse.memberships.all():
        scopes.revoke(membership=held, by=world.system)
    with clock.at(datetime(2026, 11, 23, 8, tzinfo=UTC)):
        assert recurring.run_due(by=world.system) == 0
    assert not ServiceRequest.objects.exists()
    assert not Recurring.objects.get().active
    trouble = CaseException.objects.get(kind="recurring_paused")
    assert trouble.owner_role == "service_manager"
    assert "Asha Menon" in trouble.detail


def test_it_ends_when_its_owner_says_so(nurse: Client, world: SimpleNamespace, usual: UsualList) -> None:
    repeat = reverse("requests:usual-repeat", args=[usual.pk])
    assert nurse.post(repeat, {"hour": "7"}).status_code == 422, "on no day"
    nurse.post(repeat, {"weekdays": ["0"], "hour": "7"})
    nurse.post(repeat, {"do": "end"})
    with clock.at(clock.now() + timedelta(days=9)):
        assert recurring.run_due(by=world.system) == 0
    with pytest.raises(Invalid):
        recurring.repeat(usual=usual, weekdays="9", hour=7, by=world.nurse)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_one_line_and_for_three(
    nurse: Client, world: SimpleNamespace, usual: UsualList, rows: int
) -> None:
    keep = list(usual.lines.values_list("pk", flat=True))[:rows]
    usual.lines.exclude(pk__in=keep).delete()
    nurse.get(reverse("desk:home"))
    with CaptureQueriesContext(connection) as queries:
        assert nurse.get(reverse("requests:usual", args=[usual.pk])).status_code == 200
    assert len(queries) == 8
