"""What is promised for each service: the table of the defaults, and whose row counts."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.errors import Invalid
from requests_app.models import Category, ServiceRequest
from requests_app.states import Priority
from sla import calendars, policies, promising
from sla.models import SlaTarget
from sla.models.target import Service, Unit, service_label

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)


def promised(place, service, priority, agreed_at=None):
    """Minutes until response and fulfilment of work sent on a Tuesday at nine."""
    category = shipped_category()
    request = ServiceRequest(
        hospital=place.hospital, department=place.ward, category=category, service=service, priority=priority,
        agreed_at=agreed_at,
    )  # fmt: skip
    request.all_lines = []
    return [round((one.due_at - TUESDAY).total_seconds() / 60) for one in policies.work(request, TUESDAY)]


def shipped_category():
    return Category.objects.get_or_create(code="help", defaults={"name": "Help"})[0]


H, DAY = 60, 24 * 60
# service, priority: minutes until response, until done (a working day of the desk, of engineers and of offices is over at night)
TABLE = {
    ("loan", "emergency"): (5, 30), ("loan", "urgent"): (15, 2 * H), ("loan", "routine"): (H, 8 * H),
    ("repair_a", "emergency"): (15, 24 * H), ("repair_a", "urgent"): (30, 24 * H),
    ("repair_a", "routine"): (4 * H, 3 * DAY),
    ("repair_b", "emergency"): (30, 2 * DAY), ("repair_b", "urgent"): (H, 2 * DAY), ("repair_b", "routine"): (DAY, 7 * DAY),
    ("repair_c", "urgent"): (4 * H, 3 * DAY), ("repair_c", "routine"): (DAY, 14 * DAY),
    ("repair_building", "emergency"): (30, 24 * H), ("repair_building", "urgent"): (4 * H, DAY),
    ("repair_building", "routine"): (2 * DAY, 14 * DAY),
    ("it_fault", "emergency"): (15, 4 * H), ("it_fault", "urgent"): (H, 8 * H), ("it_fault", "routine"): (8 * H, 3 * DAY),
    ("it_access", "urgent"): (H, 4 * H), ("it_access", "routine"): (4 * H, 2 * DAY),
    ("it_equipment", "routine"): (DAY, 10 * DAY),
    ("move_patient", "emergency"): (2, 15), ("move_patient", "urgent"): (5, 30), ("move_patient", "routine"): (15, 60),
    ("move_sample", "urgent"): (5, 25), ("move_sample", "routine"): (60, 90),
    ("move_blood", "emergency"): (2, 10), ("move_blood", "urgent"): (5, 25),
    ("move_goods", "urgent"): (15, 45), ("move_goods", "routine"): (30, 2 * H),
    ("move_after_death", "routine"): (30, 2 * H),
    ("clean_spill", "emergency"): (10, 30), ("clean_bed", "urgent"): (30, 75), ("clean_isolation", "urgent"): (45, 150),
    ("clean_other", "routine"): (4 * H, 8 * H),
    ("linen_waste", "urgent"): (H, 3 * H), ("linen_waste", "routine"): (DAY, DAY),
    ("task", "routine"): (DAY, 7 * DAY),
    ("other", "routine"): (DAY, 7 * DAY),
}  # fmt: skip


@pytest.mark.parametrize(("service", "priority"), TABLE, ids=lambda key: str(key))
def test_the_table_of_the_defaults(place, service, priority) -> None:
    assert tuple(promised(place, service, priority)) == TABLE[service, priority]


def test_the_table_is_whole(place) -> None:
    supplies = {Service.SUPPLY_STORE, Service.SUPPLY_BOUGHT}
    rows = SlaTarget.objects.exclude(service__in=supplies).exclude(priority=Priority.PLANNED)
    assert set(rows.values_list("service", "priority")) == set(TABLE)
    assert {service for service, _priority in TABLE} == set(Service.values) - supplies
    planned = SlaTarget.objects.filter(priority=Priority.PLANNED).exclude(service__in=supplies)
    assert set(planned.values_list("service", flat=True)) == {"repair_building", "move_patient", "task"}


def test_a_priority_without_a_row_has_the_next_lower_one_else_the_next_higher(place) -> None:
    assert promised(place, "repair_c", "emergency") == promised(place, "repair_c", "urgent")
    assert promised(place, "clean_spill", "routine") == promised(place, "clean_spill", "emergency")
    assert promised(place, "clean_bed", "routine") == promised(place, "clean_bed", "urgent")


def test_an_agreed_time_holds_without_a_row_of_its_own(place) -> None:
    agreed = TUESDAY + timedelta(days=3)
    response, done = promised(place, "other", "planned", agreed_at=agreed)
    assert (response, done) == (DAY, 3 * DAY)


def test_a_patient_is_fetched_ten_minutes_before_the_agreed_time(place) -> None:
    response, done = promised(place, "move_patient", "planned", agreed_at=TUESDAY + timedelta(hours=5))
    assert (response, done) == (5 * H - 10, 5 * H)


def test_a_type_has_times_of_its_own(place) -> None:
    for hours in (2, 3):
        promising.promise(
            service="letters", priority="routine", response=(hours, Unit.HOURS), fulfilment=(1, Unit.WORKING_DAYS),
            calendar="office", by=place.system,
        )  # fmt: skip
    assert promised(place, "letters", "routine") == [3 * H, DAY]
    assert SlaTarget.objects.filter(service="letters").count() == 1
    assert promising.unpromised({"letters", "songs", "other"}) == {"songs"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"service": "loan"}, "service"),
        ({"priority": "soon"}, "service"),
        ({"calendar": "never"}, "calendar"),
        ({"response": (0, "h")}, "response"),
        ({"fulfilment": (3, "years")}, "fulfilment"),
    ],
)
def test_what_cannot_be_promised_is_refused(place, changed, field) -> None:
    values = {
        "service": "letters", "priority": "routine", "response": (1, "h"), "fulfilment": (1, "wd"), "calendar": "office",
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        promising.promise(**{**values, **changed}, by=place.system)
    assert field in refused.value.errors


def test_services_have_words() -> None:
    assert service_label("clean_spill") == "Cleaning of a spill"
    assert service_label("letters") == "letters"


def test_days_are_counted_on_the_calendar_that_is_named(place) -> None:
    def days(amount: int, code: str = "office") -> datetime:
        return calendars.shifted(place.hospital, code, TUESDAY, amount=amount, unit="wd")

    assert days(4) == datetime(2027, 3, 8, 9, 0, tzinfo=UTC)
    assert days(-2) == datetime(2027, 2, 26, 9, 0, tzinfo=UTC)
    assert days(4, "no-such") == TUESDAY + timedelta(days=4)
    assert calendars.shifted(
        place.hospital, "office", TUESDAY, amount=-90, unit="min"
    ) == TUESDAY - timedelta(minutes=90)
