"""Break-glass: who, for what, how much, who is told at once, and that there is one outcome."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from approvals import break_glass, glass_rules, opening
from approvals.decisions import approve_step, reject_step
from approvals.models import Approval, ApprovalStep, BreakGlass, StepApprover
from integrations.models import OutboxMessage
from portal import clock
from portal.accounts import duties, scopes
from portal.accounts.models import Duty, DutyHolder, User
from portal.audit.models import Event
from portal.errors import AlreadyDecided, DomainError, Invalid, NotAllowed, WrongState
from portal.facts import verb
from portal.notify.models import Notice
from requests_app import lifecycle, permissions
from requests_app.models import CaseException, RequestItem, ServiceRequest
from requests_app.states import LineState, RequestState
from tests.glass import WORDS, on_duty, smash
from tests.journeys import approve, draft, fresh, link, open_steps, seen, sent
from tests.racing import race

pytestmark = pytest.mark.django_db
UTILITIES = BreakGlass.Reason.UTILITIES


def priced(request: ServiceRequest, amount: str) -> ServiceRequest:
    """The request as if it had cost so much when it was sent."""
    ServiceRequest.objects.filter(pk=request.pk).update(amount=Decimal(amount), base_amount=Decimal(amount))
    return fresh(request)


def test_it_is_agreed_at_once_and_nobody_is_waited_for(world: SimpleNamespace) -> None:
    link(world)
    request = sent(world, NPW_KIT=2)
    manager = on_duty(world)
    broken = smash(request, manager)
    request = fresh(request)
    assert request.state == RequestState.APPROVED
    assert set(request.lines.values_list("state", flat=True)) == {LineState.WITH_BUYER}
    approval = Approval.objects.get(request=request)
    assert (approval.status, approval.broken) == (Approval.Status.APPROVED, broken)
    assert set(approval.steps.values_list("state", flat=True)) == {ApprovalStep.State.WITHDRAWN}
    assert not StepApprover.objects.filter(step__approval=approval, open=True).exists()
    assert OutboxMessage.objects.filter(request=request).count() == 1
    assert (broken.duty, broken.amount, broken.ceiling) == (
        "site_manager",
        request.base_amount,
        Decimal(5_000),
    )
    assert broken.content_hash == seen(request)
    assert broken.ends_at - broken.used_at == timedelta(hours=4)
    assert broken.review_due_at - broken.used_at == timedelta(hours=72)


def test_the_record_has_one_event_with_all_of_it(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    broken = smash(request, on_duty(world))
    event = Event.objects.get(case=request.public_id, action="approval.break_glass")
    assert event.actor == world.service_manager
    assert event.reason == WORDS
    assert event.policy.startswith("break-glass")
    assert event.after["duty"] == "site_manager"
    assert event.after["reason"] == UTILITIES
    assert event.after["not_asked"] == ["head", "procurement"]
    assert event.after["ceiling"] == "5000.00"
    assert set(event.after["told"]) == {User.objects.get(pk=pk).get_full_name() for pk in broken.told}
    agreed = Event.objects.get(case=request.public_id, action="request.approved")
    assert agreed.policy.startswith("break-glass")


def test_head_and_finance_are_told_at_once_and_finance_owns_the_exception(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    broken = smash(request, on_duty(world))
    assert {world.head.pk, world.finance.pk} <= set(broken.told)
    told = Notice.objects.filter(kind="glass_broken", case=request.public_id)
    assert set(told.values_list("user", flat=True)) == set(broken.told)
    exception = CaseException.objects.get(request=request, kind="policy_deviation")
    assert (exception.owner_role, exception.due_at) == ("finance", broken.review_due_at)


def test_two_different_people_are_told_though_one_has_both_roles(world: SimpleNamespace) -> None:
    for role, place in (("head", world.ward), ("finance", world.hospital)):
        for person in scopes.users_with(f"approve_as_{role}", place).exclude(pk=world.head.pk):
            scopes.revoke(membership=person.memberships.filter(role=role).latest("pk"), by=world.system)
    scopes.grant(user=world.head, role="finance", place=world.hospital, by=world.system)
    broken = smash(sent(world, NPW_KIT=2), on_duty(world))
    assert world.head.pk in broken.told
    assert world.director.pk in broken.told
    assert len(set(broken.told)) == len(broken.told) >= 2


def test_neither_who_broke_it_nor_who_has_a_part_in_it_counts_as_told(world: SimpleNamespace) -> None:
    manager = on_duty(world, world.head)
    broken = smash(sent(world, NPW_KIT=2), manager)
    assert manager.pk not in broken.told
    assert world.director.pk in broken.told


def test_where_fewer_than_two_could_be_told_it_stays_whole(world: SimpleNamespace) -> None:
    manager = on_duty(world)
    request = sent(world, NPW_KIT=2)
    User.objects.exclude(pk__in=[manager.pk, world.nurse.pk, world.finance.pk]).update(is_active=False)
    with pytest.raises(NotAllowed, match="told"):
        smash(request, manager)
    assert fresh(request).state == RequestState.SUBMITTED


@pytest.mark.parametrize("who", ["nurse", "head", "director", "finance", "service_manager", "administrator"])
def test_who_has_no_duty_may_not(world: SimpleNamespace, who: str) -> None:
    request = sent(world, NPW_KIT=2)
    with pytest.raises(NotAllowed, match="on duty"):
        smash(request, getattr(world, who))
    assert not BreakGlass.objects.exists()


def test_a_duty_that_was_given_up_or_is_of_another_hospital_gives_nothing(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    manager = on_duty(world)
    duties.give_up(duty=Duty.objects.get(hospital=world.hospital, code="site_manager"), by=manager)
    with pytest.raises(NotAllowed, match="on duty"):
        smash(request, manager)
    elsewhere = Duty.objects.create(hospital=world.other_hospital, code="site_manager")
    DutyHolder.objects.create(duty=elsewhere, user=manager, since=clock.now())
    with pytest.raises(NotAllowed, match="on duty"):
        smash(request, manager)


@pytest.mark.parametrize(
    ("code", "amount", "may"),
    [
        ("site_manager", "4999.99", True),
        ("site_manager", "5000.00", False),
        ("site_manager", "5000.01", False),
        ("manager_on_call", "4999.99", True),
        ("manager_on_call", "5000.00", False),
        ("exec_on_call", "5000.00", True),
        ("exec_on_call", "24999.99", True),
        ("exec_on_call", "25000.00", False),
        ("exec_on_call", "25000.01", False),
    ],
)
def test_the_ceiling_belongs_to_what_is_above(
    world: SimpleNamespace, code: str, amount: str, may: bool
) -> None:
    request = priced(sent(world, NPW_KIT=2), amount)
    by = on_duty(world, world.executives[0] if code == "exec_on_call" else None, code)
    if may:
        assert smash(request, by).amount == Decimal(amount)
    else:
        with pytest.raises(NotAllowed, match=r"Ring|ring"):
            smash(request, by)


def test_the_database_refuses_an_amount_at_the_ceiling(world: SimpleNamespace) -> None:
    broken = smash(sent(world, NPW_KIT=2), on_duty(world))
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.filter(pk=broken.pk).update(amount=broken.ceiling)


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": "short"},
        {"words": "x" * 19},
        {"words": " " * 40},
        {"words": "x" * 501},
        {"reason": "because"},
        {"reason": ""},
    ],
)
def test_reason_and_words_are_needed(world: SimpleNamespace, wrong: dict[str, str]) -> None:
    request, manager = sent(world, NPW_KIT=2), on_duty(world)
    with pytest.raises(Invalid) as refused:
        break_glass.use(request=request, by=manager, **{"reason": UTILITIES, "words": WORDS, **wrong})
    assert set(refused.value.errors) == set(wrong)
    smash(request, manager, "x" * 20)


@pytest.mark.parametrize("flag", ["capital", "personal_data", "new_vendor"])
def test_some_items_always_wait_and_it_says_which(world: SimpleNamespace, flag: str) -> None:
    request = sent(world, NPW_KIT=2)
    line = RequestItem.objects.get(request=request)
    RequestItem.objects.filter(pk=line.pk).update(flags=[*line.flags, flag])
    with pytest.raises(NotAllowed, match=line.name):
        smash(fresh(request), on_duty(world))


@pytest.mark.parametrize(("amount", "may"), [("149.99", True), ("150.00", False), ("150.01", False)])
def test_for_oneself_only_below_the_petty_limit(world: SimpleNamespace, amount: str, may: bool) -> None:
    request = priced(sent(world, NPW_KIT=2), amount)
    on_duty(world, world.nurse)
    if may:
        assert smash(request, world.nurse).by == world.nurse
    else:
        with pytest.raises(NotAllowed, match="part in this request"):
            smash(request, world.nurse)


def test_neither_who_wrote_it_nor_their_other_account(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    ServiceRequest.objects.filter(pk=request.pk).update(editors=[world.nurse.pk, world.service_manager.pk])
    with pytest.raises(NotAllowed, match="part in this request"):
        smash(fresh(request), on_duty(world))
    User.objects.filter(pk__in=[world.nurse.pk, world.director.pk]).update(person_key="staff-17")
    ServiceRequest.objects.filter(pk=request.pk).update(editors=[])
    with pytest.raises(NotAllowed, match="part in this request"):
        smash(fresh(request), on_duty(world, fresh(world.director)))


def test_what_is_decided_or_cancelled_has_nothing_to_break(world: SimpleNamespace) -> None:
    manager = on_duty(world)
    at_once = sent(world, GLV_NIT_M=6)
    cancelled = sent(world, NPW_KIT=2)
    lifecycle.cancel(request=cancelled, by=world.nurse, reason="found some")
    for request in (at_once, fresh(cancelled), draft(world, NPW_KIT=2)):
        with pytest.raises(WrongState):
            smash(request, manager)


def test_what_nobody_can_decide_is_let_go_and_needs_no_routing_any_more(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    approval = Approval.objects.get(request=request)

    @verb
    def lose() -> None:
        opening.needs_routing(approval, request, by=world.system, why="nobody")

    lose()
    smash(fresh(request), on_duty(world))
    assert fresh(request).state == RequestState.APPROVED
    assert not request.exceptions.filter(kind="needs_routing", closed_at=None).exists()


def test_the_same_person_sending_it_again_gets_the_first(world: SimpleNamespace) -> None:
    request, manager = sent(world, NPW_KIT=2), on_duty(world)
    assert smash(request, manager) == smash(fresh(request), manager)
    assert BreakGlass.objects.count() == 1
    assert Event.objects.filter(action="approval.break_glass").count() == 1


def test_the_second_reads_who_was_first(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    smash(request, on_duty(world))
    with pytest.raises(AlreadyDecided, match=world.service_manager.get_full_name()):
        smash(fresh(request), on_duty(world, world.director, "manager_on_call"))


def test_two_open_reviews_stop_the_next_use(world: SimpleNamespace) -> None:
    manager = on_duty(world)
    first = smash(sent(world, NPW_KIT=2), manager)
    smash(sent(world, NPW_KIT=1), manager)
    third = sent(world, NPW_KIT=1)
    with pytest.raises(NotAllowed, match="Two reviews"):
        smash(third, manager)
    break_glass.review(ref=first.ref, by=world.finance, verdict="justified")
    smash(fresh(third), manager)


def test_an_overdue_review_stops_the_next_use(world: SimpleNamespace) -> None:
    manager = on_duty(world)
    broken = smash(sent(world, NPW_KIT=2), manager)
    request = sent(world, NPW_KIT=1)
    with clock.at(broken.review_due_at - timedelta(seconds=1)):
        assert break_glass.not_to_use(request, manager) == ""
    with clock.at(broken.review_due_at), pytest.raises(NotAllowed, match="overdue"):
        smash(fresh(request), manager)


def test_reviews_of_an_other_account_count_as_well(world: SimpleNamespace) -> None:
    manager = on_duty(world)
    for quantity in (2, 1):
        smash(sent(world, NPW_KIT=quantity), manager)
    User.objects.filter(pk__in=[manager.pk, world.director.pk]).update(person_key="staff-18")
    with pytest.raises(NotAllowed, match="Two reviews"):
        smash(sent(world, NPW_KIT=1), on_duty(world, fresh(world.director), "manager_on_call"))


def test_who_broke_it_does_not_confirm_what_arrives(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    smash(request, on_duty(world, world.ward_lead))
    assert permissions.decided(world.ward_lead, fresh(request))


def test_after_four_hours_what_is_left_needs_the_usual_approval(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    broken = smash(request, on_duty(world))
    with clock.at(broken.ends_at - timedelta(seconds=1)):
        assert break_glass.too_late(request) == ""
    with clock.at(broken.ends_at):
        assert "four hours" in break_glass.too_late(request)
    assert break_glass.too_late(sent(world, NPW_KIT=1)) == ""


def test_what_the_page_offers_is_what_the_verb_does(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    on_duty(world)
    for user in User.objects.filter(kind=User.Kind.PERSON):
        why = break_glass.not_to_use(fresh(request), user)
        assert why == _refused(fresh(request), user), user


def _refused(request: ServiceRequest, user: User) -> str:
    """What the verb says; nothing of it stays."""
    with transaction.atomic():
        try:
            smash(request, user)
        except DomainError as refused:
            return refused.message
        finally:
            transaction.set_rollback(True)
    return ""


def test_queries(world: SimpleNamespace, django_assert_num_queries: object) -> None:
    request, manager = sent(world, NPW_KIT=2), on_duty(world)
    for user, count in ((world.nurse, 3), (manager, 7)):
        found = ServiceRequest.objects.select_related("category", "hospital", "department").get(pk=request.pk)
        with django_assert_num_queries(count):  # type: ignore[operator]
            break_glass.not_to_use(found, user)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two who do something about one request, or one person with two requests."""

    def test_two_break_it_one_did(self, world: SimpleNamespace) -> None:
        one, two = on_duty(world), on_duty(world, world.director, "manager_on_call")
        for _ in range(5):
            request = sent(world, NPW_KIT=2)
            results = race([lambda: smash(request, one), lambda: smash(request, two)])
            assert [type(result) for result in results].count(BreakGlass) == 1
            assert [type(result) for result in results].count(AlreadyDecided) == 1
            assert BreakGlass.objects.filter(request=request).count() == 1
            assert Event.objects.filter(case=request.public_id, action="request.approved").count() == 1
            broken = BreakGlass.objects.get(request=request)
            break_glass.review(ref=broken.ref, by=world.finance, verdict="justified")

    @pytest.mark.parametrize("other", ["approve", "reject", "cancel"])
    def test_against_a_decision_one_outcome(self, world: SimpleNamespace, other: str) -> None:
        manager = on_duty(world)
        for _ in range(5):
            request = sent(world, NPW_KIT=1)
            approve(request, world.head)
            (step,) = open_steps(request)
            shown = seen(request)
            act = {
                "approve": lambda s=step, h=shown: approve_step(step_id=s.pk, by=world.procurement, seen=h),
                "reject": lambda s=step, h=shown: reject_step(
                    step_id=s.pk, by=world.procurement, seen=h, reason="no"
                ),
                "cancel": lambda r=request: lifecycle.cancel(request=r, by=world.nurse, reason="found some"),
            }[other]
            glass, decision = race([lambda r=request: smash(r, manager), act])
            assert isinstance(glass, DomainError) != isinstance(decision, DomainError)
            broke = BreakGlass.objects.filter(request=request)
            assert broke.exists() == (not isinstance(glass, DomainError))
            wanted = {"approve": "approved", "reject": "rejected", "cancel": "cancelled"}[other]
            assert fresh(request).state == ("approved" if broke.exists() else wanted)
            ended = Event.objects.filter(
                case=request.public_id,
                action__in=["request.approved", "request.rejected", "request.cancelled"],
            )
            assert ended.count() == 1
            for one in broke:
                break_glass.review(ref=one.ref, by=world.finance, verdict="justified")

    def test_one_person_with_two_requests_keeps_to_two_reviews(self, world: SimpleNamespace) -> None:
        manager = on_duty(world)
        smash(sent(world, NPW_KIT=2), manager)
        others = [sent(world, NPW_KIT=1), sent(world, NPW_KIT=1)]
        results = race([lambda r=request: smash(r, manager) for request in others])
        assert [type(result) for result in results].count(NotAllowed) == 1
        assert BreakGlass.objects.filter(by=manager).count() == glass_rules.MOST_OPEN
