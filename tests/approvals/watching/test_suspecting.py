"""A suspected split on record: linked, owned, routed to who decides the whole, and cleared by somebody independent."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from approvals.in_force import of_run
from approvals.models import Approval, SplitSuspicion
from approvals.routing import RoutingCase, plan_steps
from approvals.watching import looking, suspecting
from portal import clock
from portal.accounts.models import User
from portal.audit.models import Event
from portal.desk.consistency import find
from portal.errors import Invalid, NotAllowed, WrongState
from requests_app.models import CaseException, ServiceRequest, Vendor
from requests_app.states import RequestState
from tests import journeys
from tests.journeys import approve, approved, draft, open_steps, send
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
SAID = "For the new room"
WHY = "Two different machines for two rooms, agreed in the plan for May"


def sent(world: SimpleNamespace, by: User | None = None, **lines: int) -> ServiceRequest:
    return journeys.sent(world, by, note=SAID, **lines)


def roles(request: ServiceRequest) -> list[str]:
    return list(Approval.objects.get(request=request, status="open").steps.values_list("role", flat=True))


def exceptions(request: ServiceRequest) -> list[tuple[str, str]]:
    found = request.exceptions.filter(kind="split_suspected", closed_at=None)
    return list(found.values_list("kind", "owner_role"))


@pytest.fixture
def halves(world: SimpleNamespace) -> list[ServiceRequest]:
    """Two kits and then one more by a colleague: each under 1,000, together over it."""
    return [sent(world, SPO_SEN=6), sent(world, world.colleague, SPO_SEN=6)]


def test_two_halves_are_linked_owned_and_routed_up(
    world: SimpleNamespace, halves: list[ServiceRequest]
) -> None:
    assert [roles(one) for one in halves] == [["head"], ["head"]]
    assert looking.look_lately() == 1
    suspicion = SplitSuspicion.objects.get()
    assert (suspicion.axis, suspicion.days, suspicion.threshold) == ("colleagues", 1, 1000)
    assert suspicion.total == sum(one.lines.get().amount for one in halves)
    for one in halves:
        assert roles(one) == ["head", "finance"]
        assert exceptions(one) == [("split_suspected", "procurement")]
        step = Approval.objects.get(request=one).steps.get(role="finance")
        assert "With others that belong to it" in step.why
        approve(one, world.head)
        assert ServiceRequest.objects.get(pk=one.pk).state == RequestState.SUBMITTED
        approve(one, world.finance)
        assert ServiceRequest.objects.get(pk=one.pk).state == RequestState.APPROVED
    assert Event.objects.filter(action="approval.routed_up").count() == 2
    assert not find()


def test_looking_again_says_nothing_new(world: SimpleNamespace, halves: list[ServiceRequest]) -> None:
    assert [looking.look_lately(), looking.look_lately(), looking.look_at_all()] == [1, 0, 0]
    assert SplitSuspicion.objects.count() == 1
    assert CaseException.objects.filter(kind="split_suspected").count() == 2


def test_a_third_part_joins_it(world: SimpleNamespace, halves: list[ServiceRequest]) -> None:
    looking.look_lately()
    third = sent(world, SPO_SEN=2)
    assert looking.look_lately() == 1
    suspicion = SplitSuspicion.objects.get()
    assert set(suspicion.parts.values_list("request", flat=True)) == {one.pk for one in [*halves, third]}
    assert suspicion.total == sum(one.lines.get().amount for one in [*halves, third])
    assert roles(third) == ["head", "finance"]


def test_what_the_night_finds_a_day_later(world: SimpleNamespace) -> None:
    first = sent(world, SPO_SEN=6)
    with clock.at(clock.now() + timedelta(days=5)):
        second = sent(world, SPO_SEN=6)
    with clock.at(clock.now() + timedelta(days=5, hours=12)):
        assert looking.look_lately() == 0  # nothing was sent in the last minutes
        assert looking.look_at_all() == 1
    assert SplitSuspicion.objects.get().days == 7
    assert roles(first) == roles(second) == ["head", "finance"]


def test_a_supplier_by_two_names_is_one(world: SimpleNamespace) -> None:
    mine, other = world.items["SPO-SEN"], world.items["PMP-SYR"]
    alias = Vendor.objects.create(code="ALIAS", name=f"{mine.vendor.name} Limited")
    other.vendor, other.price, other.flags, other.group = alias, 500, [], "another family"
    other.save()
    pair = [sent(world, SPO_SEN=6), sent(world, PMP_SYR=1)]
    assert looking.look_lately() == 1
    assert {one.request_id for one in SplitSuspicion.objects.get().parts.all()} == {one.pk for one in pair}


def test_standing_orders_and_top_ups_are_none(world: SimpleNamespace) -> None:
    for _time in range(5):
        with clock.at(clock.now() + timedelta(hours=_time)):
            sent(world, GLV_NIT_M=12)
    world.items["GLV-NIT-M"].price = 40
    world.items["GLV-NIT-M"].save()
    for _time in range(3):
        sent(world, GLV_NIT_M=12)
    assert looking.look_at_all() == 0


def test_who_decided_it_already_is_not_asked_again(world: SimpleNamespace) -> None:
    first = approved(world, note=SAID, SPO_SEN=6)
    second = sent(world, SPO_SEN=6)
    approve_before = Event.objects.filter(case=first.public_id).count()
    looking.look_lately()
    assert exceptions(first) == [
        ("split_suspected", "procurement")
    ]  # linked, and nothing of it is taken back
    assert Event.objects.filter(case=first.public_id).count() == approve_before + 1
    assert roles(second) == ["head", "finance"]


def test_it_is_routed_up_in_the_middle_of_deciding(world: SimpleNamespace) -> None:
    lines = {"SPO_SEN": 12}  # from 1,000: head, then finance
    one = sent(world, **lines)
    assert roles(one) == ["head", "finance"]
    approve(one, world.head)
    more = [sent(world, world.colleague, SPO_SEN=n) for n in (12, 12, 12, 12)]
    looking.look_lately()
    assert SplitSuspicion.objects.get().threshold == 5000
    assert roles(one) == ["head", "finance", "procurement"]
    assert {step.role for step in open_steps(one)} == {
        "finance",
        "procurement",
    }  # asked at once, as the whole would be
    assert roles(more[0]) == ["head", "finance", "procurement"]
    approve(one, world.finance, "finance")
    approve(one, world.procurement, "procurement")
    assert ServiceRequest.objects.get(pk=one.pk).state == RequestState.APPROVED
    assert not find()


def test_what_was_planned_is_what_the_rules_say_of_the_whole(
    world: SimpleNamespace, halves: list[ServiceRequest]
) -> None:
    """The run can be explained afterwards: its rules on its case give its steps."""
    looking.look_lately()
    run = Approval.objects.get(request=halves[0])
    plan = plan_steps(of_run(run), RoutingCase.from_json(run.case))
    assert run.rules == list(plan.rules) == ["S2"]
    planned = [(step.sequence, step.role, step.needed) for step in plan.steps]
    assert planned == list(run.steps.values_list("sequence", "role", "needed"))


def test_sent_again_it_still_goes_to_who_decides_the_whole(
    world: SimpleNamespace, halves: list[ServiceRequest]
) -> None:
    from approvals.decisions import return_step
    from tests.journeys import seen

    looking.look_lately()
    step = open_steps(halves[0])[0]
    return_step(step_id=step.pk, by=world.head, seen=seen(halves[0]), reason="Which room is it for?")
    send(ServiceRequest.objects.get(pk=halves[0].pk), world.nurse)
    assert roles(halves[0]) == ["head", "finance"]


def test_only_somebody_independent_clears_it_and_says_why(
    world: SimpleNamespace, halves: list[ServiceRequest]
) -> None:
    looking.look_lately()
    pk = SplitSuspicion.objects.get().pk
    for user in (world.nurse, world.head, world.auditor, world.stranger, world.service_manager):
        with pytest.raises(NotAllowed):
            suspecting.clear(suspicion_id=pk, reason=WHY, by=user)
    for reason in ("", "not a split", "x" * 301):
        with pytest.raises(Invalid):
            suspecting.clear(suspicion_id=pk, reason=reason, by=world.procurement)
    approve(halves[0], world.head)
    approve(halves[0], world.finance)
    with pytest.raises(NotAllowed, match="decided about it"):
        suspecting.clear(suspicion_id=pk, reason=WHY, by=world.finance)
    suspecting.clear(suspicion_id=pk, reason=WHY, by=world.procurement)
    suspicion = SplitSuspicion.objects.get()
    assert (suspicion.cleared_by, suspicion.cleared_why) == (world.procurement, WHY)
    assert not CaseException.objects.filter(kind="split_suspected", closed_at=None).exists()
    assert roles(halves[1]) == ["head", "finance"]  # a step that is there stays
    with pytest.raises(WrongState):
        suspecting.clear(suspicion_id=pk, reason=WHY, by=world.procurement)
    assert looking.look_at_all() == 0


def test_the_exception_is_not_settled_around_it(world: SimpleNamespace, halves: list[ServiceRequest]) -> None:
    looking.look_lately()
    exception = halves[0].exceptions.get()
    assert exception.kind not in exception.BY_HAND


def page(user: User, name: str, *args: Any) -> Any:
    return signed_in(user).get(reverse(name, args=args))


def test_the_pages(world: SimpleNamespace, halves: list[ServiceRequest]) -> None:
    looking.look_lately()
    pk = SplitSuspicion.objects.get().pk
    shown = page(world.procurement, "approvals:watch-splits").content.decode()
    there = reverse("approvals:watch-split", args=[pk])
    assert there in shown
    one = page(world.procurement, "approvals:watch-split", pk).content.decode()
    for request in halves:
        assert request.number in one
        assert (
            "part of a larger order"
            in page(world.nurse, "desk:request-detail", request.public_id).content.decode()
        )
    browser = signed_in(world.procurement)
    assert browser.post(there, {"reason": "no"}).status_code == 422
    assert browser.post(there, {"reason": WHY}).status_code == 302
    assert WHY in page(world.auditor, "approvals:watch-split", pk).content.decode()
    assert WHY in page(world.nurse, "desk:request-detail", halves[0].public_id).content.decode()
    assert there not in page(world.procurement, "approvals:watch-splits").content.decode()
    assert there in browser.get(reverse("approvals:watch-splits") + "?cleared").content.decode()


def test_who_does_not_look_after_it_finds_nothing(
    world: SimpleNamespace, halves: list[ServiceRequest]
) -> None:
    looking.look_lately()
    pk = SplitSuspicion.objects.get().pk
    for user in (world.nurse, world.head, world.stranger):
        assert page(user, "approvals:watch-splits").status_code == 403
        assert page(user, "approvals:watch-split", pk).status_code == 404
        assert (
            signed_in(user).post(reverse("approvals:watch-split", args=[pk]), {"reason": WHY}).status_code
            == 404
        )


@pytest.mark.parametrize("many", [1, 3])
def test_queries_of_the_list(world: SimpleNamespace, many: int, django_assert_num_queries: Any) -> None:
    for number in range(many):
        with clock.at(clock.now() + timedelta(days=100 * number)):
            sent(world, SPO_SEN=6)
            sent(world, SPO_SEN=6)
            looking.look_lately()
    assert SplitSuspicion.objects.count() == many
    browser = signed_in(world.procurement)
    with django_assert_num_queries(6):
        browser.get(reverse("approvals:watch-splits"))


def test_nothing_lately_costs_one_query(world: SimpleNamespace, django_assert_num_queries: Any) -> None:
    draft(world, SPO_SEN=6)
    with django_assert_num_queries(1):
        looking.look_lately()
