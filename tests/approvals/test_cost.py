"""What work costs outside: noted, decided by the lead or by the bands; the work waits for that and goes on by itself."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from approvals import decisions
from approvals.models import ApprovalStep
from portal.errors import Invalid, NotAllowed, WrongState
from portal.notify.models import Notice
from requests_app import costs, lifecycle, waiting, waits, work
from requests_app.kinds.cost import as_amount
from requests_app.models import CostApproval, ServiceRequest
from requests_app.states import RequestState
from sla.models import Clock
from tests import personas, repairs
from tests.journeys import approve, fresh, open_steps, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward(world: SimpleNamespace) -> SimpleNamespace:
    world = repairs.equip(world)
    world.lead = personas.person("lena.fischer", role="team_lead", place=world.teams["biomed"])
    return world


def estimated(ward: SimpleNamespace, amount: str = "420", **more: Any) -> tuple[ServiceRequest, CostApproval]:
    """A repair in hand, and what it costs."""
    case = repairs.sent(ward)
    work.take(request=case, by=ward.engineer)
    given = {"amount": amount, "what": "Mainboard", "supplier": "Thistle", "by": ward.engineer}
    cost = costs.estimate(request=case, **given | more)
    return fresh(case), fresh(cost)


def asked(cost: CostApproval) -> list[str]:
    return [step.role for step in ApprovalStep.objects.filter(approval__request=cost.decision)]


def test_a_small_one_is_noted_and_nothing_waits(ward: SimpleNamespace) -> None:
    case, cost = estimated(ward, "249.99")
    assert case.state == RequestState.IN_FULFILMENT and waits.running(case) is None
    assert (cost.outcome, cost.decision.state) == ("agreed", RequestState.CLOSED)
    assert costs.in_short(cost, cost.decision) == "£249.99 noted."
    assert not Clock.objects.filter(request=cost.decision, state="running").exists()


def test_situation_seven_the_lead_agrees_to_420_while_the_work_waits(ward: SimpleNamespace) -> None:
    case, cost = estimated(ward, "420")
    wait = waits.running(case)
    assert case.state == RequestState.ON_HOLD and wait
    assert (wait.reason, wait.charged, wait.stops_clock) == ("approval_cost", "approver", True)
    assert asked(cost) == ["team_lead"]
    assert [one.user for one in open_steps(cost.decision)[0].approvers.all()] == [ward.lead]
    approve(cost.decision, ward.lead)
    case, cost = fresh(case), fresh(cost)
    assert case.state == RequestState.IN_FULFILMENT and waits.running(case) is None
    assert (cost.outcome, cost.decided_by) == ("agreed", ward.lead)
    assert (cost.decision.state, cost.decision.outcome) == (RequestState.CLOSED, "done")
    page = personas.signed_in(ward.nurse).get(f"/requests/{case.public_id}/").content.decode()
    assert "£420.00 agreed by Lena Fischer." in page
    kinds = set(Notice.objects.filter(user=ward.engineer).values_list("kind", flat=True))
    assert "request_approved" in kinds


@pytest.mark.parametrize(
    ("amount", "roles"),
    [
        ("249.99", []),
        ("250", ["team_lead"]),
        ("499.99", ["team_lead"]),
        ("500", ["head"]),
        ("999.99", ["head"]),
        ("1000", ["head", "finance"]),
        ("5000", ["head", "finance", "procurement"]),
        ("25000", ["head", "finance", "procurement", "director"]),
        ("100000", ["head", "finance", "procurement", "director", "executive"]),
    ],
)
def test_who_decides_follows_from_the_amount(ward: SimpleNamespace, amount: str, roles: list[str]) -> None:
    _case, cost = estimated(ward, amount)
    assert sorted(asked(cost)) == sorted(roles)
    assert cost.amount == Decimal(amount) == cost.decision.base_amount


def test_who_leads_the_team_decides_under_500_by_filing_it(ward: SimpleNamespace) -> None:
    case, cost = estimated(ward, "499.99", by=ward.lead)
    assert (cost.outcome, case.state) == ("agreed", RequestState.IN_FULFILMENT)
    case, cost = estimated(ward, "500", by=ward.lead)
    assert (cost.outcome, case.state) == ("", RequestState.ON_HOLD)


def test_a_no_lets_the_work_go_on_too_with_the_reason(ward: SimpleNamespace) -> None:
    case, cost = estimated(ward)
    step = open_steps(cost.decision)[0]
    decisions.reject_step(
        step_id=step.pk, by=ward.lead, seen=seen(cost.decision), reason="Exchange it instead"
    )
    case, cost = fresh(case), fresh(cost)
    assert (cost.outcome, case.state) == ("refused", RequestState.IN_FULFILMENT)
    assert costs.in_short(cost, cost.decision) == "Lena Fischer said no to £420.00."
    assert waits.running(case) is None


def test_who_filed_it_never_decides_it(ward: SimpleNamespace) -> None:
    ward.mate = personas.person("otto.lund", role="team_lead", place=ward.teams["biomed"])
    _case, cost = estimated(ward, "600", by=ward.lead)
    assert ward.lead not in [one.user for one in open_steps(cost.decision)[0].approvers.all()]
    with pytest.raises(NotAllowed):
        approve(cost.decision, ward.lead)


def test_without_a_lead_the_head_is_asked(ward: SimpleNamespace) -> None:
    from portal.accounts import scopes

    held = ward.lead.memberships.get()
    scopes.revoke(membership=held, by=ward.system)
    _case, cost = estimated(ward)
    step = open_steps(cost.decision)[0]
    assert (step.role, step.asked_role) == ("team_lead", "head")


def test_taken_back_the_work_goes_on(ward: SimpleNamespace) -> None:
    case, cost = estimated(ward)
    lifecycle.cancel(request=cost.decision, by=ward.engineer, reason="cheaper elsewhere")
    assert (fresh(cost).outcome, fresh(case).state) == ("withdrawn", RequestState.IN_FULFILMENT)
    costs.estimate(request=case, amount="300", what="Board, used", by=ward.engineer)
    assert fresh(case).state == RequestState.ON_HOLD


def test_the_work_is_cancelled_and_nobody_decides_any_more(ward: SimpleNamespace) -> None:
    case, cost = estimated(ward)
    lifecycle.cancel(request=case, by=ward.nurse, reason="works again")
    cost = fresh(cost)
    assert (cost.outcome, cost.decision.state) == ("withdrawn", RequestState.CANCELLED)
    assert open_steps(cost.decision) == []


def test_it_is_not_done_while_its_cost_is_being_decided(ward: SimpleNamespace) -> None:
    case, cost = estimated(ward)
    with pytest.raises(WrongState, match="cost"):
        work.finish(request=case, by=ward.engineer, outcome="part_replaced")
    approve(cost.decision, ward.lead)
    work.finish(request=case, by=ward.engineer, outcome="part_replaced")


def test_what_is_asked_for_in_parts_is_decided_as_one(ward: SimpleNamespace) -> None:
    case, cost = estimated(ward, "240")
    assert cost.outcome == "agreed"
    again = costs.estimate(request=fresh(case), by=ward.engineer, amount="240", what="The same once more")
    again = fresh(again)
    assert (again.decision.amount, again.outcome) == (Decimal(480), "")
    assert asked(again) == ["team_lead"]
    assert fresh(case).state == RequestState.ON_HOLD
    with pytest.raises(WrongState, match="still being decided"):
        waiting.resume(request=fresh(case), by=ward.engineer)


def test_one_at_a_time(ward: SimpleNamespace) -> None:
    case, _cost = estimated(ward)
    with pytest.raises(WrongState, match="already"):
        costs.estimate(request=case, amount="300", what="More", by=ward.engineer)


def test_passed_on_meanwhile_the_decision_changes_nothing_but_the_record(ward: SimpleNamespace) -> None:
    case, cost = estimated(ward)
    work.pass_on(request=case, team=ward.teams["estates"], reason="theirs", by=ward.engineer)
    approve(cost.decision, ward.lead)
    assert (fresh(case).state, fresh(cost).outcome) == (RequestState.APPROVED, "agreed")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "four"}, "amount"),
        ({"amount": "1e5"}, "amount"),
        ({"amount": "420.555"}, "amount"),
        ({"amount": "\N{ARABIC-INDIC DIGIT FOUR}20"}, "amount"),
        ({"what": " "}, "what"),
        ({"what": "x" * 201}, "what"),
        ({"supplier": "x" * 81}, "supplier"),
        ({"quotation": "x" * 501}, "quotation"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(
    ward: SimpleNamespace, given: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        estimated(ward, **given)
    assert list(refused.value.errors) == [field]
    assert not CostApproval.objects.exists()


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("420", "420"),
        ("420.50", "420.50"),
        ("420,50", "420.50"),
        ("1,420.50", "1420.50"),
        ("£ 1 420", "1420"),
        ("1,420", "1420"),
    ],
)
def test_amounts_as_people_type_them(typed: str, amount: str) -> None:
    assert as_amount(typed) == Decimal(amount)


def test_only_the_team_says_what_it_costs(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward)
    for person in (ward.nurse, ward.biomed, ward.storekeeper, ward.stranger):
        with pytest.raises(NotAllowed):
            costs.estimate(request=case, amount="420", what="Board", by=person)


def test_nobody_asks_for_it_by_itself(ward: SimpleNamespace) -> None:
    estimated(ward)
    nurse = personas.signed_in(ward.nurse)
    assert nurse.get("/ask/repair_cost/").status_code == 404
    assert "Cost of a repair" not in nurse.get("/ask/").content.decode()


def test_the_lead_finds_it_in_the_inbox_and_reads_what_it_is_for(ward: SimpleNamespace) -> None:
    case, cost = estimated(ward)
    lead = personas.signed_in(ward.lead)
    shown = lead.get("/approvals/").content.decode()
    assert "£420.00" in shown and "Mainboard" in shown and "Approving lets the work go on." in shown
    page = lead.get(f"/requests/{cost.decision.public_id}/").content.decode()
    assert case.number in page
