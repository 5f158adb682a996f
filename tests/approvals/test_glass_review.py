"""The review of a broken glass: independent, once, in time; none is lost."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from approvals import break_glass, glass_reviews, glass_rules
from approvals.models import BreakGlass, Delegation
from portal import clock
from portal.accounts import scopes
from portal.accounts.models import User
from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.notify.models import Notice
from requests_app.models import ServiceRequest
from tests.glass import on_duty, smash
from tests.journeys import approve, fresh, open_steps, sent
from tests.racing import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(world: SimpleNamespace) -> BreakGlass:
    return smash(sent(world, NPW_KIT=2), on_duty(world))


def review(broken: BreakGlass, by: User, verdict: str = "justified", words: str = "") -> BreakGlass:
    return break_glass.review(ref=broken.ref, by=by, verdict=verdict, words=words)


def lend(grantor: User, delegate: User, *, days: int = 5) -> Delegation:
    moment = clock.now()
    return Delegation.objects.create(
        grantor=grantor,
        delegate=delegate,
        starts_at=moment - timedelta(days=1),
        ends_at=moment + timedelta(days=days),
        made_at=moment - timedelta(days=1),
    )


@pytest.mark.parametrize("who", ["finance", "director", "executive"])
def test_somebody_independent_says_what_they_think(
    world: SimpleNamespace, broken: BreakGlass, who: str
) -> None:
    by = world.executives[0] if who == "executive" else getattr(world, who)
    done = review(broken, by)
    assert (done.verdict, done.reviewed_by) == ("justified", by)
    event = Event.objects.get(case=broken.request.public_id, action="approval.glass_reviewed")
    assert event.actor == by
    assert not broken.request.exceptions.filter(kind="policy_deviation", closed_at=None).exists()
    told = Notice.objects.get(kind="glass_reviewed", user=broken.by)
    assert by.get_full_name() in str(told.params)


@pytest.mark.parametrize("who", ["nurse", "head", "service_manager", "auditor", "procurement", "other_head"])
def test_nobody_else_reviews(world: SimpleNamespace, broken: BreakGlass, who: str) -> None:
    with pytest.raises(NotAllowed):
        review(broken, getattr(world, who))
    assert fresh(broken).reviewed_at is None


def test_not_at_another_hospital(world: SimpleNamespace, broken: BreakGlass) -> None:
    with pytest.raises(NotAllowed):
        review(broken, world.stranger)


def test_not_who_broke_it(world: SimpleNamespace) -> None:
    broken = smash(sent(world, NPW_KIT=2), on_duty(world, world.director, "manager_on_call"))
    with pytest.raises(NotAllowed, match="yourself"):
        review(broken, world.director)
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.filter(pk=broken.pk).update(
            reviewed_at=clock.now(), reviewed_by=world.director, verdict="justified"
        )


def test_not_their_other_account(world: SimpleNamespace, broken: BreakGlass) -> None:
    User.objects.filter(pk__in=[broken.by_id, world.finance.pk]).update(person_key="staff-9")
    with pytest.raises(NotAllowed, match="yourself"):
        review(broken, fresh(world.finance))


def test_not_who_has_a_part_in_the_request(world: SimpleNamespace, broken: BreakGlass) -> None:
    ServiceRequest.objects.filter(pk=broken.request_id).update(editors=[world.finance.pk])
    with pytest.raises(NotAllowed, match="part"):
        review(broken, world.finance)


def test_not_who_decided_the_request(world: SimpleNamespace) -> None:
    request = sent(world, PMP_SYR=1)
    ServiceRequest.objects.filter(pk=request.pk).update(base_amount=900)
    request.lines.update(flags=[])
    decider = None
    for step in open_steps(request):
        decider = step.approvers.first().user
        approve(request, decider, step.asked_role)
    assert decider is not None
    scopes.grant(user=decider, role="finance", place=world.hospital, by=world.system)
    broken = smash(fresh(request), on_duty(world))
    with pytest.raises(NotAllowed, match="decided"):
        review(broken, decider)


@pytest.mark.parametrize("way", ["to the actor", "of the actor", "to the requester", "of the requester"])
def test_not_who_lends_to_them_or_borrows_theirs(
    world: SimpleNamespace, broken: BreakGlass, way: str
) -> None:
    other = broken.by if way.endswith("actor") else broken.request.requester
    pair = (world.finance, other) if way.startswith("to") else (other, world.finance)
    right = lend(*pair)
    with pytest.raises(NotAllowed, match="decide for somebody"):
        review(broken, world.finance)
    Delegation.objects.filter(pk=right.pk).update(revoked_at=broken.used_at - timedelta(minutes=1))
    review(broken, world.finance)


def test_a_right_that_was_over_before_is_nothing(world: SimpleNamespace) -> None:
    right = lend(world.finance, world.service_manager, days=1)
    with clock.at(right.ends_at + timedelta(minutes=1)):
        review(smash(sent(world, NPW_KIT=2), on_duty(world)), world.finance)


def test_words_are_needed_where_it_was_not_right(world: SimpleNamespace, broken: BreakGlass) -> None:
    for wrong in ({"verdict": "not_justified"}, {"verdict": "not_justified", "words": " "}):
        with pytest.raises(Invalid) as refused:
            review(broken, world.finance, **wrong)
        assert set(refused.value.errors) == {"words"}
    for verdict in ("", "fine"):
        with pytest.raises(Invalid):
            review(broken, world.finance, verdict)
    review(broken, world.finance, "not_justified", "The ward had two spare pumps")


def test_it_is_written_once(world: SimpleNamespace, broken: BreakGlass) -> None:
    review(broken, world.finance)
    assert review(broken, world.finance).reviewed_by == world.finance
    for by, verdict in ((world.finance, "not_justified"), (world.director, "justified")):
        with pytest.raises(WrongState, match=world.finance.get_full_name()):
            review(broken, by, verdict, "why")
    assert Event.objects.filter(action="approval.glass_reviewed").count() == 1
    with pytest.raises(NotFound):
        break_glass.review(ref="nothing", by=world.finance, verdict="justified")


def test_an_overdue_review_is_told_once(world: SimpleNamespace, broken: BreakGlass) -> None:
    with clock.at(broken.review_due_at - timedelta(seconds=1)):
        assert break_glass.tell_overdue() == 0
    with clock.at(broken.review_due_at):
        assert break_glass.tell_overdue() == 1
        assert break_glass.tell_overdue() == 0
        assert glass_reviews.counts([world.hospital]) == (1, 1)
    told = Notice.objects.filter(kind="glass_overdue")
    heard = set(told.values_list("user", flat=True))
    assert {world.director.pk, *(one.pk for one in world.executives)} <= heard
    assert not heard & {broken.by_id, world.finance.pk, world.head.pk}
    assert Event.objects.filter(action="approval.glass_overdue").count() == 1


def test_what_was_reviewed_in_time_is_told_to_nobody(world: SimpleNamespace, broken: BreakGlass) -> None:
    review(broken, world.finance)
    with clock.at(broken.review_due_at + timedelta(days=1)):
        assert break_glass.tell_overdue() == 0


def test_the_list_has_what_waits_for_me_and_nothing_of_others(
    world: SimpleNamespace, broken: BreakGlass
) -> None:
    assert break_glass.to_review(world.finance) == [broken]
    assert break_glass.to_review(world.director) == [broken]
    for user in (world.nurse, world.stranger, world.service_manager, world.auditor, world.head):
        assert break_glass.to_review(user) == []
    assert [card.yours for card in glass_reviews.open_cards(world.auditor)] == [False]
    assert glass_reviews.open_cards(world.stranger) == []
    review(broken, world.finance)
    assert break_glass.to_review(world.director) == []


def test_uses_are_always_reviews_and_open_reviews(world: SimpleNamespace) -> None:
    one = on_duty(world)
    two = on_duty(world, world.director, "manager_on_call")
    for by, reviewed in ((one, True), (two, True), (one, False), (two, False), (one, False)):
        broken = smash(sent(world, NPW_KIT=2), by)
        if reviewed:
            review(broken, world.finance)
        everything = BreakGlass.objects.count()
        ended = BreakGlass.objects.exclude(verdict="").count()
        waiting, _overdue = break_glass.counts([world.hospital])
        assert everything == ended + waiting
        used, _waiting, _late = glass_reviews.figures([world.hospital])
        assert used == everything == Event.objects.filter(action="approval.break_glass").count()
    assert break_glass.counts([world.other_hospital]) == (0, 0)


@pytest.mark.parametrize("many", [1, 3])
def test_queries_of_the_list(world: SimpleNamespace, many: int, django_assert_num_queries: object) -> None:
    for number in range(many):
        by = on_duty(world, (world.service_manager, world.director, world.ward_lead)[number])
        smash(sent(world, NPW_KIT=2), by)
    with django_assert_num_queries(5):  # type: ignore[operator]
        assert len(glass_reviews.open_cards(world.finance)) == many


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_reviews_at_once_are_one(world: SimpleNamespace) -> None:
    broken = smash(sent(world, NPW_KIT=2), on_duty(world))
    results = race(
        [
            lambda: review(broken, world.finance),
            lambda: review(broken, world.director, "not_justified", "It could wait"),
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["BreakGlass", "WrongState"]
    assert Event.objects.filter(action="approval.glass_reviewed").count() == 1


def test_who_may_review_is_what_the_list_says(world: SimpleNamespace, broken: BreakGlass) -> None:
    for user in User.objects.filter(kind=User.Kind.PERSON):
        why = glass_rules.not_to_review(broken, user)
        assert (why == "") == (broken in break_glass.to_review(user)), user
