"""A request that is sent again asks those again whom the change concerns; the others' agreement stands, visibly."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from approvals import publishing
from approvals.decisions import approve_step, return_step
from approvals.in_force import in_force
from approvals.models import Approval, ApprovalPolicy, ApprovalStep, Decision
from portal.accounts import scopes
from portal.accounts.models import Membership
from portal.audit.models import Event
from portal.errors import NotAllowed, StaleState
from portal.notify.models import Notice
from requests_app import lifecycle
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from requests_app.supplies import adding, drafting
from tests import journeys, personas

pytestmark = pytest.mark.django_db
NOTE = "For the theatre list"  # more than usual needs one


def edited(request: ServiceRequest, **lines: int) -> ServiceRequest:
    """What its sender makes of what came back, sent again."""
    drafting.save_draft(
        by=request.filed_by,
        client_key=request.client_key,
        department=request.department,
        quantities={code.replace("_", "-"): quantity for code, quantity in lines.items()},
        run_out="fine",
        note=NOTE,
    )
    return journeys.fresh(journeys.send(journeys.fresh(request)))


def returned_by_procurement(world: SimpleNamespace, **lines: int) -> ServiceRequest:
    """Agreed to by the head, then given back to its sender by procurement."""
    request = journeys.sent(world, note=NOTE, **lines)
    journeys.approve(request, world.head)
    [step] = journeys.open_steps(request)
    return_step(step_id=step.pk, by=world.procurement, seen=journeys.seen(request), reason="Why so many?")
    return journeys.fresh(request)


def states(request: ServiceRequest) -> dict[str, tuple[str, bool]]:
    """Of the latest round: state by role, and whether it stands from before."""
    latest = request.approvals.order_by("-pk").first()
    return {step.role: (step.state, step.carried_from_id is not None) for step in latest.steps.all()}


KEPT, ASKED, LATER = ("approved", True), ("open", False), ("waiting", False)


def test_less_of_the_same_keeps_the_agreement_of_the_head(world: SimpleNamespace) -> None:
    request = edited(returned_by_procurement(world, NPW_KIT=3), NPW_KIT=2)
    assert states(request) == {"head": KEPT, "procurement": ASKED}
    kept = ApprovalStep.objects.get(approval__round=2, role="head")
    assert (kept.carried_from.approval.round, kept.opened_at) == (1, None)
    assert Decision.objects.filter(actor=world.head).count() == 1
    told = Notice.objects.get(user=world.head, kind="step_kept")
    assert ": 3 → 2 " in told.params["reason"]
    event = Event.objects.get(case=request.public_id, action="step.kept")
    assert event.after["rule"] == "materiality"
    assert event.after["changes"] == ["amount_down", "quantity_down"]
    journeys.approve(request, world.procurement)
    assert journeys.fresh(request).state == RequestState.APPROVED
    assert Approval.objects.filter(request=request, status="returned").count() == 1


def test_more_of_it_asks_everybody_again(world: SimpleNamespace) -> None:
    request = edited(returned_by_procurement(world, NPW_KIT=2), NPW_KIT=3)
    assert states(request) == {"head": ASKED, "procurement": LATER}
    assert not Notice.objects.filter(kind="step_kept").exists()


def test_another_line_asks_everybody_again_although_it_costs_less(world: SimpleNamespace) -> None:
    request = edited(returned_by_procurement(world, NPW_KIT=3), NPW_KIT=1, TON_BLK=1)
    assert states(request)["head"] == ASKED


def test_who_agreed_is_not_asked_for_another_step_of_the_new_round(world: SimpleNamespace) -> None:
    scopes.grant(user=world.head, role="procurement", place=world.hospital, by=world.system)
    request = edited(returned_by_procurement(world, NPW_KIT=3), NPW_KIT=2)
    [step] = journeys.open_steps(request)
    assert world.head.pk not in step.approvers.values_list("user", flat=True)
    with pytest.raises(NotAllowed):
        journeys.approve(request, world.head)


def test_who_may_no_longer_decide_has_not_agreed(world: SimpleNamespace) -> None:
    request = returned_by_procurement(world, NPW_KIT=3)
    personas.person("new.head", role="head", place=world.ward)
    for membership in world.head.memberships.filter(role="head"):
        scopes.revoke(membership=membership, by=world.system)
    request = edited(request, NPW_KIT=2)
    assert states(request) == {"head": ASKED, "procurement": LATER}


def test_who_got_a_part_in_it_has_not_agreed(world: SimpleNamespace) -> None:
    request = returned_by_procurement(world, NPW_KIT=3)
    ServiceRequest.objects.filter(pk=request.pk).update(beneficiary=world.head)
    request = edited(request, NPW_KIT=2)
    assert states(request) == {"head": ASKED, "procurement": LATER}


def test_another_version_of_the_policy_asks_everybody(world: SimpleNamespace) -> None:
    request = returned_by_procurement(world, NPW_KIT=3)
    force = in_force(request.category_id, request.hospital_id)
    publishing.publish(
        category=request.category,
        code=force.policy.code,
        name="As before",
        rules=force.rules.rules,
        by=world.system,
    )
    request = edited(request, NPW_KIT=2)
    assert states(request) == {"head": ASKED, "procurement": LATER}


def test_a_policy_may_say_that_a_small_fall_only_keeps_it(world: SimpleNamespace) -> None:
    ApprovalPolicy.objects.filter(category__code="supply").update(materiality={"fall_within": "40"})
    request = returned_by_procurement(world, NPW_KIT=4)
    request = edited(request, NPW_KIT=3)
    assert states(request)["head"] == KEPT
    [step] = journeys.open_steps(request)
    return_step(step_id=step.pk, by=world.procurement, seen=journeys.seen(request), reason="Still many")
    request = edited(journeys.fresh(request), NPW_KIT=2)
    assert states(request)["head"] == ASKED, "against what was agreed to, half of it is gone"


def test_who_asked_for_more_sees_it_again_below_their_band(world: SimpleNamespace) -> None:
    request = journeys.sent(world, MON_PAT=1)
    first = [step.role for step in request.approvals.get().steps.all()]
    assert "finance" in first
    while "finance" not in {step.role for step in journeys.open_steps(request)}:
        journeys.approve(request, journeys.open_steps(request)[0].approvers.first().user)
    step = next(step for step in journeys.open_steps(request) if step.role == "finance")
    person = step.approvers.first().user
    return_step(step_id=step.pk, by=person, seen=journeys.seen(request), reason="Is there a cheaper one?")
    request = edited(journeys.fresh(request), GLV_NIT_M=6)
    assert request.state == RequestState.SUBMITTED, "a standing order would have decided this alone"
    assert "finance" in states(request)


def test_what_its_sender_took_back_before_anybody_decided_starts_afresh(world: SimpleNamespace) -> None:
    request = journeys.sent(world, note=NOTE, NPW_KIT=3)
    lifecycle.withdraw(request=request, by=world.nurse)
    request = edited(journeys.fresh(request), GLV_NIT_M=6)
    assert request.state == RequestState.APPROVED, "nobody decided yet, so the standing order may"


def test_no_round_ends_without_anybody_looking(world: SimpleNamespace) -> None:
    request = journeys.sent(world, note=NOTE, NPW_KIT=1, TON_BLK=1)
    gone = Membership.objects.filter(role__in=["procurement", "director", "executive"])
    for membership in list(gone):
        scopes.revoke(membership=membership, by=world.system)
    journeys.approve(request, world.head)
    assert request.approvals.get().status == Approval.Status.NEEDS_ROUTING
    lifecycle.withdraw(request=journeys.fresh(request), by=world.nurse)
    request = edited(journeys.fresh(request), TON_BLK=1)
    assert request.state == RequestState.SUBMITTED
    assert states(request) == {"head": ASKED}, "it would be all that is needed, and nobody saw this content"


def test_a_third_round_stands_on_the_decision_of_the_first(world: SimpleNamespace) -> None:
    request = edited(returned_by_procurement(world, NPW_KIT=4), NPW_KIT=3)
    [step] = journeys.open_steps(request)
    return_step(step_id=step.pk, by=world.procurement, seen=journeys.seen(request), reason="Still many")
    request = edited(journeys.fresh(request), NPW_KIT=2)
    kept = ApprovalStep.objects.get(approval__round=3, role="head")
    assert kept.carried_from.approval.round == 1
    request = journeys.fresh(request)
    journeys.approve(request, world.procurement)
    assert journeys.fresh(request).state == RequestState.APPROVED


def test_adding_to_it_once_somebody_agreed_asks_them_again(world: SimpleNamespace) -> None:
    request = journeys.sent(world, note=NOTE, NPW_KIT=2)
    journeys.approve(request, world.head)
    adding.add_to(request=journeys.fresh(request), code="NPW-KIT", quantity=1, by=world.colleague)
    request = journeys.fresh(request)
    assert states(request) == {"head": ASKED, "procurement": LATER}
    assert request.approvals.get(round=1).steps.get(role="head").state == "approved", "history stays"


def test_a_decision_on_what_it_was_before_says_what_changed(world: SimpleNamespace) -> None:
    request = journeys.sent(world, note=NOTE, NPW_KIT=2)
    seen = journeys.seen(request)
    adding.add_to(request=request, code="NPW-KIT", quantity=1, by=world.colleague)
    [step] = journeys.open_steps(request)
    with pytest.raises(StaleState) as refused:
        approve_step(step_id=step.pk, by=world.head, seen=seen)
    first, last = refused.value.fields["changes"]
    assert ": 2 → 3 boxes." in first
    assert last.startswith("£210.00 more: now £")
    with pytest.raises(StaleState) as unknown:
        approve_step(step_id=step.pk, by=world.head, seen="0" * 64)
    assert unknown.value.fields["changes"] == []


def test_the_card_says_what_changed_under_a_decision_that_came_too_late(world: SimpleNamespace) -> None:
    request = journeys.sent(world, note=NOTE, NPW_KIT=2)
    seen = journeys.seen(request)
    adding.add_to(request=request, code="NPW-KIT", quantity=1, by=world.colleague)
    [step] = journeys.open_steps(request)
    browser = personas.signed_in(world.head)
    page = browser.post(reverse("approvals:step-approve", args=[step.ref]), {"seen": seen})
    assert page.status_code == 409
    assert "Changed since you opened it" in page.text
    assert ": 2 → 3 boxes." in page.text
    answer = browser.post(
        reverse("api:step-approve", args=[step.ref]), {"seen": seen}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert ": 2 → 3 boxes." in answer.json()["changes"][0]
