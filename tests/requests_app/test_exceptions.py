"""What is out of the ordinary: whose it is, until when, who comes next, and the queue in which it stands."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal import clock
from portal.accounts import duties
from portal.accounts.duty_kinds import DUTIES
from portal.accounts.models import Duty
from portal.accounts.roles import ROLES
from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.notify.models import Notice
from requests_app import casework, exception_kinds, exception_owners
from requests_app.models import CaseException, ServiceRequest
from tests import journeys, personas
from tests.journeys import fresh
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
QUEUE = "/exceptions/"


def opened(world: SimpleNamespace, kind: str = "drift", **more: object) -> CaseException:
    request = more.pop("request", None) or journeys.approved(world, GLV_NIT_M=1)
    detail = str(more.pop("detail", f"Detail of {kind}."))
    return casework.open_exception(kind=kind, request=request, detail=detail, by=world.system, **more)


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))


def test_the_table_has_every_kind_and_names_only_roles_and_duties() -> None:
    assert set(exception_kinds.KINDS) == set(CaseException.Kind.values)
    for row in exception_kinds.KINDS.values():
        for code in (row.owner, row.then, *row.opened_by):
            assert code in ROLES or code in DUTIES


@pytest.mark.parametrize(
    ("kind", "owner", "then", "hours"),
    [
        ("needs_routing", "policy_owner", "director", 2),
        ("duty_not_covered", "service_manager", "site_manager", 0.25),
        ("policy_deviation", "finance", "executive", 72),
        ("equipment_down", "biomed_manager", "site_manager", 1),
        ("item_stopped", "compliance", "director", 4),
        ("sync_rejected", "integration_operator", "buyer", 4),
    ],
)
def test_what_is_shipped_is_what_the_defaults_say(kind: str, owner: str, then: str, hours: float) -> None:
    row = exception_kinds.KINDS[kind]
    begin = datetime(2026, 5, 15, 9, tzinfo=UTC)
    assert (row.owner, row.then) == (owner, then)
    assert row.due_at(begin, "Europe/London") - begin == timedelta(hours=hours)


def test_a_working_day_is_none_of_the_weekend() -> None:
    friday = datetime(2026, 5, 15, 15, 30, tzinfo=UTC)
    due = {
        kind: exception_kinds.KINDS[kind].due_at(friday, "Europe/London")
        for kind in ("drift", "repeat_failure")
    }
    assert due["drift"] == datetime(2026, 5, 18, 15, 30, tzinfo=UTC)
    assert due["repeat_failure"] == datetime(2026, 5, 22, 15, 30, tzinfo=UTC)
    before = datetime(2026, 3, 27, 15, 30, tzinfo=UTC)  # the clocks go forward on the Sunday
    assert exception_kinds.KINDS["drift"].due_at(before, "Europe/London") == datetime(
        2026, 3, 30, 14, 30, tzinfo=UTC
    )


def test_its_time_over_it_goes_on_once_to_whoever_comes_next(world: SimpleNamespace) -> None:
    begin = clock.now()
    exception = opened(world, "drift")
    assert told("exception_opened") == {"mark.evans"}
    assert not exception_owners.owned_by(world.procurement).exists()
    assert casework.sweep() == 0
    with clock.at(exception.due_at + timedelta(days=1)):  # nothing ran for a day
        assert casework.sweep() == 1
        assert casework.sweep() == 0
    assert fresh(exception).escalated_at == exception.due_at + timedelta(days=1)
    assert told("exception_escalated") == {"nadia.rahman"}
    for who in (world.buyer, world.procurement):
        assert exception_owners.owned_by(who).get() == exception
    assert Event.objects.get(action="exception.escalated").after == {"to": "procurement"}
    casework.close_exception(exception=exception, by=world.procurement, reason="Agreed with the supplier.")
    assert not Notice.objects.filter(kind__startswith="exception_", read_at=None).exists()
    with clock.at(begin + timedelta(days=30)):
        assert casework.sweep() == 0


def test_a_duty_owns_what_goes_to_it_and_the_lead_owns_what_is_of_the_team(world: SimpleNamespace) -> None:
    duty = Duty.objects.get_or_create(
        hospital=world.hospital, code="site_manager", department=None, defaults={"calendar": "always"}
    )[0]
    exception = opened(world, "equipment_down")
    duties.take_duty(duty=duty, user=world.service_manager, by=world.service_manager)
    assert not exception_owners.owned_by(world.service_manager).exists()
    with clock.at(exception.due_at):
        casework.sweep()
        assert exception_owners.owned_by(world.service_manager).get() == exception
        duties.give_up(duty=duty, by=world.service_manager)
        assert not exception_owners.owned_by(world.service_manager).exists()
    of_team = opened(world, "urgent_supply")
    assert exception_owners.owned_by(world.store_lead).get() == of_team
    assert not exception_owners.owned_by(world.storekeeper).exists()
    assert "rita.novak" in told("exception_opened")


def test_of_heads_it_is_that_of_the_department(world: SimpleNamespace) -> None:
    exception = opened(world, "hire_overdue", owner_role="head")
    assert exception_owners.owned_by(world.head).get() == exception
    assert not exception_owners.owned_by(world.other_head).exists()
    assert [who.username for who in exception_owners.people("head", exception)] == ["joy.okoro"]


def test_what_nobody_owns_is_told_to_who_oversees_the_hospital(world: SimpleNamespace) -> None:
    exception = opened(world, "no_team", owner_role="it_owner")
    assert told("exception_opened") == {"claire.dubois"}
    assert list(exception_owners.seen_by(world.service_manager)) == [exception]
    casework.take_exception(exception=exception, by=world.service_manager)
    assert exception_owners.may_settle(world.service_manager, exception)


def test_the_queue_is_for_owners_and_for_who_oversees_and_says_nothing_to_others(
    world: SimpleNamespace,
) -> None:
    exception = opened(world, "drift", detail="Zebrafinch-71")
    private = opened(world, "drift", detail="Zebrafinch-72")
    ServiceRequest.objects.filter(pk=private.request_id).update(private=True)
    assert "Zebrafinch-72" in signed_in(world.buyer).get(QUEUE).text
    for who, there in (
        (world.buyer, True),
        (world.service_manager, True),
        (world.nurse, False),
        (world.stranger, False),
    ):
        reader = signed_in(who)
        assert ("Zebrafinch-71" in reader.get(QUEUE).text) is there
        page = reader.get(reverse("requests:exception", args=[exception.ref]))
        assert page.status_code == (200 if there else 404)
        assert reader.get(reverse("requests:exception", args=["no-such-thing"])).status_code == 404
    overseer = signed_in(world.service_manager)
    assert "Zebrafinch-72" not in overseer.get(QUEUE).text
    assert overseer.get(reverse("requests:exception", args=[private.ref])).status_code == 404


def test_sorted_by_due_filtered_and_counted(world: SimpleNamespace) -> None:
    request = journeys.approved(world, GLV_NIT_M=1)
    for n, kind in enumerate(("drift", "drift", "no_product", "late_supply")):
        opened(world, kind, request=request, key=str(n), owner_role="buyer", detail=f"Row-{n}.",
               due_at=clock.now() + timedelta(hours=2.5 - n))  # fmt: skip
    buyer = signed_in(world.buyer)

    def rows(**query: str) -> list[str]:
        return [row.detail for row in buyer.get(QUEUE, query).context["page"].rows]

    assert rows() == ["Row-3.", "Row-2.", "Row-1.", "Row-0."]
    casework.take_exception(exception=CaseException.objects.get(detail="Row-1."), by=world.buyer)
    asked = {
        "late": {"late": "1"}, "mine": {"mine": "1"}, "technical": {"queue": "technical"},
        "hospital": {"queue": "business"}, "drift": {"kind": "drift"}, "both": {"late": "1", "queue": "technical"},
        "nobody's": {"owner": "finance"}, "nonsense": {"kind": "x", "queue": "y", "owner": "z"},
    }  # fmt: skip
    found = {name: rows(**query) for name, query in asked.items()}
    assert found == {
        "late": ["Row-3."],
        "mine": ["Row-1."],
        "technical": ["Row-2.", "Row-1.", "Row-0."],
        "hospital": ["Row-3."],
        "drift": ["Row-1.", "Row-0."],
        "both": [],
        "nobody's": [],
        "nonsense": ["Row-3.", "Row-2.", "Row-1.", "Row-0."],
    }
    filters = buyer.get(QUEUE).context["filters"]
    for one in (*filters.queues, *filters.also, *filters.kinds, *filters.owners):
        if not one.chosen:
            assert len(buyer.get(QUEUE + one.link).context["page"].rows) == one.count, one


def test_taken_by_one_given_back_and_settled(world: SimpleNamespace) -> None:
    exception = opened(world, "drift", owner_role="procurement")
    page, take = (
        reverse(f"requests:{name}", args=[exception.ref]) for name in ("exception", "exception-take")
    )
    lead = signed_in(world.procurement)
    assert "Nobody has taken it yet" in lead.get(page).text
    assert signed_in(world.service_manager).post(take).status_code == 403
    assert signed_in(world.nurse).post(take).status_code == 404
    assert lead.post(take).status_code == 302
    assert fresh(exception).assignee == world.procurement
    other = personas.person("una.other", role="procurement", place=world.hospital)
    assert signed_in(other).post(take).status_code == 409
    lead.post(take, {"back": "1"})
    assert signed_in(other).post(take).status_code == 302
    lead.post(reverse("requests:exception-settle", args=[exception.ref]), {"reason": "It is as agreed."})
    assert fresh(exception).resolution == "It is as agreed."
    with pytest.raises(WrongState):
        casework.take_exception(exception=exception, by=world.procurement)
    actions = Event.objects.filter(subject=f"exception:{exception.pk}").values_list("action", flat=True)
    assert [one.split(".")[1] for one in actions] == ["opened", "taken", "given_back", "taken", "closed"]


def test_who_oversees_puts_a_deviation_on_record(world: SimpleNamespace) -> None:
    request = journeys.approved(world, SET_PMP=2)
    new = reverse("requests:exception-new", args=[request.public_id])
    page = reverse("desk:request-detail", args=[request.public_id])
    manager = signed_in(world.service_manager)
    assert new in manager.get(page).text
    assert new not in signed_in(world.nurse).get(page).text
    assert signed_in(world.nurse).get(new).status_code == 403
    assert signed_in(world.stranger).get(new).status_code == 404
    refused = manager.post(new, {"kind": "policy_deviation", "detail": " "})
    assert (refused.status_code, "Say what is not as it should be." in refused.text) == (422, True)
    assert manager.post(new, {"kind": "drift", "detail": "x"}).status_code == 422
    said = {"kind": "policy_deviation", "detail": "Ordered by telephone first."}
    assert manager.post(new, said).status_code == 302
    assert "Ordered by telephone first." in signed_in(world.nurse).get(page).text
    assert exception_owners.owned_by(world.finance).get().kind == "policy_deviation"
    assert manager.post(new, said).status_code == 409
    with pytest.raises(NotAllowed):
        casework.open_by_hand(request=request, kind="missing_approval", detail="x", by=world.nurse)
    with pytest.raises(NotFound):
        casework.open_by_hand(request=request, kind="missing_approval", detail="x", by=world.stranger)
    with pytest.raises(Invalid):
        casework.open_by_hand(request=request, kind="missing_approval", detail="x" * 501, by=world.finance)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_costs_the_same_whatever_it_holds(
    world: SimpleNamespace, rows: int, django_assert_num_queries
) -> None:
    for n in range(rows):
        opened(world, "drift", key=str(n))
    buyer = signed_in(world.buyer)
    with django_assert_num_queries(6):
        assert buyer.get(QUEUE).text.count("Detail of drift.") == rows
    one = reverse("requests:exception", args=[CaseException.objects.first().ref])
    with django_assert_num_queries(9):
        buyer.get(one)
