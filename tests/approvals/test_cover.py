"""Rights that are lent: for a time, within limits, never further, and never more than their owner has at that moment."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from approvals import cover
from approvals.decisions import approve_step
from approvals.models import Absence, Decision, Delegation
from portal import clock
from portal.accounts import scopes
from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.notify.models import Notice
from tests import personas
from tests.journeys import approve, open_steps, seen, sent

pytestmark = pytest.mark.django_db
MONDAY = datetime(2030, 5, 13, 9, tzinfo=UTC)  # 10:00 in London
H, D = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def place(world: SimpleNamespace) -> SimpleNamespace:
    with clock.at(MONDAY):
        scopes.grant(user=world.colleague, role="ward_lead", place=world.ward, by=world.system)
        yield world


def lend(world: SimpleNamespace, to: object = None, grantor: object = None, **more: object) -> Delegation:
    grantor = grantor or world.head
    period = {"starts_at": MONDAY, "ends_at": MONDAY + 7 * D} | more
    return cover.delegate(grantor=grantor, to=to or world.ward_lead, by=grantor, **period)


def may(request: object, user: object) -> bool:
    try:
        approve(request, user)
    except NotAllowed:
        return False
    return True


def test_a_delegate_decides_in_the_name_of_who_lent_it_and_both_are_on_record(place: SimpleNamespace) -> None:
    lent = lend(place)
    request = sent(place, NPW_KIT=1)
    asked = set(open_steps(request)[0].approvers.values_list("user__username", flat=True))
    assert asked == {place.head.username, place.ward_lead.username}
    approve(request, place.ward_lead)
    decision = Decision.objects.get(step__approval__request=request)
    assert (decision.actor, decision.authority, decision.delegation) == (place.ward_lead, place.head, lent)
    event = Event.objects.get(case=request.public_id, action="step.approved")
    assert (event.actor, event.on_behalf_of) == (place.ward_lead, place.head)
    assert Notice.objects.get(kind="decided_for_you").user == place.head
    assert Notice.objects.filter(kind="cover_given", user=place.ward_lead).count() == 1


def test_who_lent_it_may_still_decide_and_both_together_count_once(place: SimpleNamespace) -> None:
    lend(place)
    scopes.grant(user=place.ward_lead, role="procurement", place=place.hospital, by=place.system)
    request = sent(place, NPW_KIT=1)
    approve(request, place.head)
    assert not may(request, place.head)
    lend(place, place.head, place.procurement)
    assert not may(request, place.head)  # neither in person nor through what procurement lent


def test_only_within_its_time(place: SimpleNamespace) -> None:
    lend(place, starts_at=MONDAY + H, ends_at=MONDAY + 2 * H)
    request = sent(place, NPW_KIT=1)
    for moment in (MONDAY, MONDAY + H - timedelta(seconds=1), MONDAY + 2 * H):
        with clock.at(moment):
            assert not may(request, place.ward_lead), moment
    with clock.at(MONDAY + H):
        assert may(request, place.ward_lead)


@pytest.mark.parametrize(("cents", "allowed"), [("-0.01", False), ("0.00", False), ("0.01", True)])
def test_only_below_its_limit(place: SimpleNamespace, cents: str, allowed: bool) -> None:
    request = sent(place, NPW_KIT=1)
    lend(place, limit=request.base_amount + Decimal(cents))
    assert may(request, place.ward_lead) is allowed


def test_only_its_types(place: SimpleNamespace) -> None:
    request = sent(place, NPW_KIT=1)
    lend(place, categories=["access"])
    assert not may(request, place.ward_lead)
    lend(place, categories=["supply", "access"])
    assert may(request, place.ward_lead)


def test_what_is_lent_is_not_lent_on(place: SimpleNamespace) -> None:
    lend(place)
    lend(place, place.colleague, place.ward_lead)
    request = sent(place, NPW_KIT=1)
    assert not may(request, place.colleague)
    assert not open_steps(request)[0].approvers.filter(user=place.colleague).exists()


def test_two_who_lend_to_each_other_do_not_get_the_right_twice(place: SimpleNamespace) -> None:
    lend(place, place.finance)
    lend(place, place.head, place.finance)
    request = sent(place, place.finance, NPW_KIT=1)
    assert not may(request, place.finance)  # the own request, not even through the head
    approve(request, place.head)
    assert Decision.objects.get(step__approval__request=request).delegation is None


@pytest.mark.parametrize("how", ["revoked role", "closed account", "moved", "revoked"])
def test_it_ends_with_the_rights_of_who_lent_it(place: SimpleNamespace, how: str) -> None:
    lent = lend(place)
    request = sent(place, NPW_KIT=1)
    held = place.head.memberships.get(role="head")
    if how == "revoked":
        cover.revoke(ref=lent.ref, by=place.head)
    elif how == "closed account":
        place.head.is_active = False
        place.head.save()
    else:
        scopes.revoke(membership=held, by=place.system)
    if how == "moved":
        scopes.grant(user=place.head, role="head", place=place.other_ward, by=place.system)
    assert not may(request, place.ward_lead)


def test_a_subject_gets_nothing_from_what_was_lent_after_sending(place: SimpleNamespace) -> None:
    request = sent(place, place.ward_lead, NPW_KIT=1)
    lend(place)
    assert not may(request, place.ward_lead)


def test_who_lent_it_has_a_part_in_it_so_the_delegate_has_no_say(place: SimpleNamespace) -> None:
    lend(place)
    request = sent(place, place.head, NPW_KIT=1)
    assert open_steps(request)[0].asked_role == "director"
    assert not may(request, place.ward_lead)


def test_a_second_account_of_the_requester_gets_nothing(place: SimpleNamespace) -> None:
    for user in (place.nurse, place.colleague):
        user.person_key = "4711"
        user.save()
    lend(place, place.colleague)
    request = sent(place, NPW_KIT=1)
    assert not may(request, place.colleague)


def refused(world: SimpleNamespace, **more: object) -> set[str]:
    with pytest.raises(Invalid) as refusal:
        lend(world, **more)
    return set(refusal.value.errors)


def test_what_cannot_be_lent(place: SimpleNamespace) -> None:
    assert refused(place, to=place.head) == {"to"}
    assert refused(place, to=place.stranger) == {"to"}
    assert refused(place, to=place.system) == {"to"}
    assert refused(place, to=place.auditor) == {"to"}
    assert refused(place, to=personas.person("no.work")) == {"to"}
    assert refused(place, starts_at=MONDAY - timedelta(minutes=6)) == {"starts_at"}
    assert refused(place, ends_at=MONDAY) == {"ends_at"}
    assert refused(place, ends_at=MONDAY + 28 * D + timedelta(seconds=1)) == {"ends_at"}
    assert refused(place, limit=Decimal(0)) == {"limit"}
    assert refused(place, categories=["nothing"]) == {"categories"}
    place.ward_lead.is_active = False
    place.ward_lead.save()
    assert refused(place) == {"to"}
    assert not Delegation.objects.exists()
    lend(place, place.colleague, ends_at=MONDAY + 28 * D, starts_at=MONDAY - timedelta(minutes=5))


def test_nobody_lends_the_right_of_somebody_else(place: SimpleNamespace) -> None:
    period = {"starts_at": MONDAY, "ends_at": MONDAY + D}
    for by in (place.ward_lead, place.administrator, place.director):
        with pytest.raises(NotAllowed):
            cover.delegate(grantor=place.head, to=place.ward_lead, by=by, **period)
        with pytest.raises(NotAllowed):
            cover.declare_absence(user=place.head, by=by, **period)
        with pytest.raises(NotAllowed):
            cover.name_alternate(user=place.head, to=place.ward_lead, by=by)


def test_both_sides_may_end_it_and_nobody_else(place: SimpleNamespace) -> None:
    lent = lend(place)
    with pytest.raises(NotFound):
        cover.revoke(ref=lent.ref, by=place.director)
    cover.revoke(ref=lent.ref, by=place.ward_lead)
    assert cover.revoke(ref=lent.ref, by=place.head).revoked_by == place.ward_lead
    assert Event.objects.filter(action="delegation.revoked").count() == 1
    assert Notice.objects.get(kind="cover_given_back").user == place.head
    other = lend(place)
    with clock.at(MONDAY + 8 * D), pytest.raises(WrongState):
        cover.revoke(ref=other.ref, by=place.head)


def test_an_absence_lends_for_its_time_and_calling_it_off_ends_both(place: SimpleNamespace) -> None:
    away = cover.declare_absence(
        user=place.head, starts_at=MONDAY, ends_at=MONDAY + 60 * D, by=place.head, delegate=place.ward_lead
    )
    lent = away.delegations.get()
    assert (lent.starts_at, lent.ends_at) == (MONDAY, MONDAY + 28 * D)
    request = sent(place, NPW_KIT=1)
    asked = open_steps(request)[0].approvers.values_list("user__username", flat=True)
    assert list(asked) == [place.ward_lead.username]
    with pytest.raises(Invalid):
        cover.declare_absence(user=place.head, starts_at=MONDAY + D, ends_at=MONDAY + 2 * D, by=place.head)
    with clock.at(MONDAY + D):
        cover.call_off(absence=away, by=place.head)
        cover.call_off(absence=away, by=place.head)
        assert Absence.objects.get().called_off_at == MONDAY + D
        assert not may(request, place.ward_lead)
        assert may(request, place.head)


def test_an_alternate_counts_while_away_and_when_late_and_at_no_other_time(place: SimpleNamespace) -> None:
    cover.name_alternate(user=place.head, to=place.colleague, by=place.head)
    named = cover.name_alternate(user=place.head, to=place.ward_lead, by=place.head)
    assert cover.name_alternate(user=place.head, to=place.ward_lead, by=place.head) == named
    assert Delegation.objects.filter(standing=True, revoked_at=None).count() == 1
    request = sent(place, NPW_KIT=1)
    assert not may(request, place.ward_lead)
    step = open_steps(request)[0]
    step.late = True
    step.save()
    assert not may(request, place.colleague)
    away = cover.declare_absence(user=place.head, starts_at=MONDAY, ends_at=MONDAY + D, by=place.head)
    second = sent(place, NPW_KIT=1)
    assert list(open_steps(second)[0].approvers.values_list("user", flat=True)) == [place.ward_lead.pk]
    assert may(request, place.ward_lead)
    cover.call_off(absence=away, by=place.head)
    assert not may(second, place.ward_lead)
    cover.name_alternate(user=place.head, to=None, by=place.head)
    assert not Delegation.objects.filter(revoked_at=None).exists()


def test_without_deputy_the_colleagues_are_asked_then_the_next_authority(place: SimpleNamespace) -> None:
    cover.declare_absence(user=place.head, starts_at=MONDAY, ends_at=MONDAY + D, by=place.head)
    assert open_steps(sent(place, NPW_KIT=1))[0].asked_role == "director"
    scopes.grant(user=place.colleague, role="head", place=place.ward, by=place.system)
    step = open_steps(sent(place, NPW_KIT=1))[0]
    assert (step.asked_role, list(step.approvers.values_list("user", flat=True))) == (
        "head",
        [place.colleague.pk],
    )


def test_a_delegate_who_is_away_is_not_asked(place: SimpleNamespace) -> None:
    lend(place)
    cover.declare_absence(user=place.ward_lead, starts_at=MONDAY, ends_at=MONDAY + D, by=place.ward_lead)
    step = open_steps(sent(place, NPW_KIT=1))[0]
    assert list(step.approvers.values_list("user", flat=True)) == [place.head.pk]


def test_the_same_decision_sent_again_by_the_delegate_changes_nothing(place: SimpleNamespace) -> None:
    lend(place)
    request = sent(place, NPW_KIT=1)
    step, shown = open_steps(request)[0], seen(request)
    for _again in range(3):
        approve_step(step_id=step.pk, by=place.ward_lead, seen=shown)
    assert Decision.objects.count() == 1


def test_sent_twice_it_is_lent_once(place: SimpleNamespace) -> None:
    assert lend(place) == lend(place)
    assert Delegation.objects.count() == 1
    assert lend(place, limit=Decimal(500)) != lend(place)


def test_nothing_is_lent_to_whose_requests_come_back(place: SimpleNamespace) -> None:
    with pytest.raises(Invalid) as refused:
        lend(place, to=place.nurse)
    assert refused.value.errors == {
        "to": ["Choose somebody who decides or leads something at your hospital."]
    }
