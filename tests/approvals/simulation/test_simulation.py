"""A rehearsal tells what a change would do to the past, exactly, and changes nothing."""

import hashlib
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Approval
from approvals.models.run import PRICE_RULE
from approvals.proof.drafted import by_hospital
from approvals.routing import Rule, RuleSet, StepRule
from approvals.shipped import RULES
from approvals.simulation import Report, simulate
from requests_app.models import ServiceRequest
from tests import journeys
from tests.approvals.simulation import history

pytestmark = pytest.mark.django_db
IN_FORCE = RuleSet(RULES)


def of_supplies(rules: RuleSet, **more: object) -> Report:
    return simulate(rules, category="supply", **more)


def changed(report: Report) -> set[str]:
    return {one.number for one in report.changes}


def test_the_version_in_force_reproduces_every_recorded_route(world: SimpleNamespace) -> None:
    sent = history.some(world)
    report = of_supplies(IN_FORCE)
    assert report.requests == report.of == len(sent)
    assert report.changes == [] and report.reworded == []
    assert report.decided == (1, 1), "the gloves of the usual list"
    assert report.steps[0] == report.steps[1] == sum(len(history.recorded(one.number)) for one in sent)
    assert report.people and all(one.before == one.after for one in (*report.roles, *report.people))
    assert report.hours[0] == report.hours[1]


def test_what_a_hospital_does_otherwise_is_reproduced_too(world: SimpleNamespace) -> None:
    before = history.some(world)
    own = Rule("hazardous-here", "Ours", {"any_flag": ["hazardous"]}, (StepRule(15, "director", "office"),))
    dearer = replace(
        next(rule for rule in RULES if rule.code == "S1"),
        steps=(StepRule(20, "finance", "finance", needed=0),),
    )
    site = history.at_site(world, own, dearer, withdraws=("flag-hazardous",))
    after = [
        history.of_amount(world, "500"),
        journeys.sent(world, DIS_SCO=1),
        history.of_amount(world, "7000"),
    ]
    assert [step[1] for step in history.recorded(after[0].number)] == ["finance"]
    for report in (of_supplies(IN_FORCE), simulate(by_hospital(site), category="supply", hospital="SBG")):
        assert [one for one in report.changes if one.same_version] == []
        assert not {one.number for one in after} & {*changed(report), *report.reworded}
        assert changed(report) <= {one.number for one in before}, (
            "what was planned without it goes another way"
        )
        assert before[0].number in changed(report)


def test_a_moved_threshold_changes_exactly_the_requests_between(world: SimpleNamespace) -> None:
    history.some(world)
    by_hand = ServiceRequest.objects.filter(base_amount__gte=800, base_amount__lt=1000, state="submitted")
    report = of_supplies(history.lower("800"))
    assert changed(report) == set(by_hand.values_list("number", flat=True))
    assert len(report.changes) == 3, "800, 800.01 and 999.99"
    assert all((one.added, one.removed) == (("finance",), ()) for one in report.changes)
    assert (report.added, report.removed) == (3, 0)
    finance = next(one for one in report.roles if one.code == "finance")
    assert finance.more == 3
    assert {one.code: one.more for one in report.people if one.more} == {"priya.shah": 3, "daniel.osei": 3}


@pytest.mark.parametrize(("limit", "count"), [("799.99", 4), ("800.01", 2), ("999.99", 1), ("1000", 0)])
def test_a_cent_more_or_less(world: SimpleNamespace, limit: str, count: int) -> None:
    for amount in history.AMOUNTS[:6]:
        history.of_amount(world, amount)
    assert len(of_supplies(history.lower(limit)).changes) == count


def test_what_a_rule_would_decide_and_what_it_would_not_any_more(world: SimpleNamespace) -> None:
    sent = history.some(world)
    decides = Rule("small", "Small", {"amount_to": "800"}, decides=True)
    report = of_supplies(RuleSet((decides, *RULES)))
    small = [one for one in sent if one.base_amount < 800]
    assert report.decided == (1, len(small))
    assert report.newly_decided == len(small) - 1 and report.no_longer_decided == 0
    assert report.hours[1] <= report.hours[0]
    without = of_supplies(RuleSet(RULES[1:]))
    assert (without.decided, without.no_longer_decided) == ((1, 0), 1)


def test_who_would_be_asked_about_what_is_their_own_and_what_would_find_nobody(
    world: SimpleNamespace,
) -> None:
    mine = history.of_amount(world, "500")
    report = of_supplies(history.with_rule("person:asha.menon"))
    assert report.conflicts == [(mine.number, "person:asha.menon")]
    assert report.nobody == [], "the director is asked in her place"
    alone = of_supplies(history.with_rule("person:asha.menon", escalate_to="person:asha.menon"))
    assert alone.nobody == [(mine.number, "person:asha.menon")]
    nothing = of_supplies(RuleSet())
    assert nothing.nobody == [(mine.number, "")]
    assert nothing.steps == (1, 0)


def test_facts_that_nobody_recorded_are_counted(world: SimpleNamespace) -> None:
    history.of_amount(world, "500")
    asked = Rule(
        "nurses", "Nurses", {"any_requester_role": ["requester"]}, (StepRule(10, "director", "office"),)
    )
    report = of_supplies(RuleSet((*RULES, asked)))
    assert report.assumed == {"any_requester_role": 1}
    assert report.changes == []
    assert of_supplies(IN_FORCE).assumed == {}


def test_only_first_rounds_that_a_policy_planned(world: SimpleNamespace) -> None:
    first, price, unplanned = (history.of_amount(world, amount) for amount in ("500", "600", "700"))
    Approval.objects.filter(request=price).update(rules=[PRICE_RULE])
    Approval.objects.filter(request=unplanned).update(policy=None)
    returned = Approval.objects.get(request=first)
    Approval.objects.filter(pk=returned.pk).update(status="returned")
    Approval.objects.create(
        request=first, policy=returned.policy, rules=["S5"], case=returned.case, round=2, opened_at=returned.opened_at
    )  # fmt: skip
    report = of_supplies(IN_FORCE)
    assert (report.requests, report.changes) == (1, [])


def test_the_latest_only_and_since_a_day(world: SimpleNamespace) -> None:
    numbers = [history.of_amount(world, amount).number for amount in ("900", "901", "902")]
    seen: list[tuple[int, int]] = []
    report = of_supplies(history.lower("800"), most=2, say=lambda done, of: seen.append((done, of)))
    assert (report.requests, report.of, report.partial) == (2, 3, True)
    assert changed(report) == set(numbers[1:])
    assert seen == [(2, 2)]
    opened = Approval.objects.get(request__number=numbers[2]).opened_at
    assert changed(of_supplies(history.lower("800"), since=opened)) == {numbers[2]}


def test_old_cases_know_less(world: SimpleNamespace) -> None:
    request = history.of_amount(world, "500")
    approval = Approval.objects.get(request=request)
    later = ("budget", "vendor_states", "beside", "touched")
    old = {name: value for name, value in approval.case.items() if name not in later}
    Approval.objects.filter(pk=approval.pk).update(case=old)
    asked = Rule("off", "Off", {"any_vendor_state": ["new"]}, (StepRule(10, "director", "office"),))
    report = of_supplies(RuleSet((*RULES, asked)))
    assert (report.changes, report.assumed["any_vendor_state"]) == ([], 1)


def test_a_rehearsal_writes_nothing(world: SimpleNamespace) -> None:
    history.some(world)
    before, letters = everything(), len(mail.outbox)
    report = of_supplies(history.lower("800"))
    assert report.changes
    assert everything() == before
    assert len(mail.outbox) == letters


def test_the_same_queries_for_one_and_for_three(world: SimpleNamespace) -> None:
    counts = []
    for amounts in (("500",), ("600", "700")):
        for amount in amounts:
            history.of_amount(world, amount)
        with CaptureQueriesContext(connection) as asked:
            of_supplies(IN_FORCE)
        counts.append(len(asked))
    assert counts == [QUERIES, QUERIES]


QUERIES = 26


def everything() -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a hash of all that stands in them; outbox and notices among them."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            rows = sorted(repr(row) for row in model._base_manager.values_list())
            found[model._meta.label] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


def test_the_look_at_everything_sees_a_change(world: SimpleNamespace) -> None:
    request = history.of_amount(world, "500")
    before = everything()
    ServiceRequest.objects.filter(pk=request.pk).update(base_amount=Decimal("500.01"))
    after = everything()
    assert {label for label in after if after[label] != before[label]} == {"requests_app.ServiceRequest"}
