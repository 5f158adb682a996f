"""Drafts: who may write them, one at a time, each change on record, and nobody overwrites what they have not seen."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from approvals.governing import kept, releasing, revising
from approvals.governing.checking import problems
from approvals.governing.known import load
from approvals.models import ApprovalPolicy
from approvals.routing import Rule, StepRule
from portal.accounts.models import User
from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, NotFound, StaleState, WrongState
from requests_app.models import Category
from tests.approvals.governing.conftest import change, handed_over, published, seen

pytestmark = pytest.mark.django_db
HEAD = StepRule(20, "head", "office")
NEW = Rule("gloves", "Gloves are looked at", {"amount_from": "10"}, (HEAD,))


def differs(draft: ApprovalPolicy) -> list[str]:
    return Event.objects.filter(subject=f"policy:{draft.pk}").latest("pk").after["differs"]


def test_a_draft_begins_with_what_decides(
    world: SimpleNamespace, supply: Category, draft: ApprovalPolicy
) -> None:
    base = kept.published(supply.pk, None)
    assert base is not None and kept.version(draft) == kept.version(base)
    assert (draft.based_on, draft.version, draft.status, draft.author) == (
        base,
        2,
        "draft",
        world.policy_owner,
    )
    assert kept.version(base).rules == kept.version(kept.policy(base.pk)).rules


def test_one_at_a_time(world: SimpleNamespace, supply: Category, draft: ApprovalPolicy) -> None:
    with pytest.raises(WrongState, match="Version 2 of it is on its way"):
        revising.start(category=supply, by=world.policy_owner)
    revising.start(category=supply, hospital=world.hospital, by=world.policy_owner)
    revising.discard(policy_id=draft.pk, by=world.policy_owner)
    assert revising.start(category=supply, by=world.policy_owner).version == 2


@pytest.mark.parametrize("who", ["nurse", "head", "finance", "director", "administrator", "auditor"])
def test_only_a_policy_owner_writes(
    world: SimpleNamespace, supply: Category, draft: ApprovalPolicy, who: str
) -> None:
    by = getattr(world, who)
    for verb, more in (
        (revising.put_rule, {"policy_id": draft.pk, "rule": NEW}),
        (revising.drop_rule, {"policy_id": draft.pk, "code": "S1"}),
        (revising.move_rule, {"policy_id": draft.pk, "code": "S1"}),
        (revising.discard, {"policy_id": draft.pk}),
        (revising.start, {"category": supply}),
        (releasing.submit, {"policy_id": draft.pk, "seen": ""}),
        (releasing.take_back, {"policy_id": draft.pk}),
        (releasing.refuse, {"policy_id": draft.pk, "reason": "x"}),
        (releasing.release, {"policy_id": draft.pk, "seen": ""}),
        (releasing.roll_back, {"policy_id": draft.pk, "note": ""}),
    ):
        with pytest.raises(NotAllowed):
            verb(**more, by=by)


def test_rules_are_added_changed_moved_and_taken_out(world: SimpleNamespace, draft: ApprovalPolicy) -> None:
    by = world.policy_owner
    revising.put_rule(policy_id=draft.pk, rule=NEW, by=by)
    assert differs(draft) == ["Rule “gloves” added: When the amount is £10 or more: ask Head of department."]
    assert kept.version(draft).rules[-1] == NEW
    change(draft, "S2", by, amount_to="6000")
    assert [rule.code for rule in kept.version(draft).rules[:3]] == ["standing-order", "S1", "S2"]
    assert "up to, not including, £6,000 (was: " in differs(draft)[0]
    revising.move_rule(policy_id=draft.pk, code="S2", by=by)
    assert [rule.code for rule in kept.version(draft).rules[:3]] == ["standing-order", "S2", "S1"]
    assert differs(draft)[0].startswith("Order of the rules: ")
    revising.drop_rule(policy_id=draft.pk, code="gloves", by=by)
    assert differs(draft) == [
        "Rule “gloves” removed: When the amount is £10 or more: ask Head of department."
    ]
    with pytest.raises(NotFound):
        revising.drop_rule(policy_id=draft.pk, code="gloves", by=by)


def test_what_was_published_is_never_written(
    world: SimpleNamespace, second: User, draft: ApprovalPolicy
) -> None:
    published(draft, world.policy_owner, second)
    for verb in (revising.drop_rule, revising.move_rule):
        with pytest.raises(WrongState):
            verb(policy_id=draft.pk, code="S1", by=world.policy_owner)
    with pytest.raises(WrongState):
        revising.discard(policy_id=draft.pk, by=second)


def test_two_writers(world: SimpleNamespace, second: User, draft: ApprovalPolicy) -> None:
    """Both may write, to different rules too; who saw less than is there is told."""
    old = kept.version(draft).find("S2")
    assert old is not None
    change(draft, "S2", second, amount_to="6000")
    change(draft, "S1", world.policy_owner, amount_to="900")
    with pytest.raises(StaleState):
        revising.put_rule(
            policy_id=draft.pk,
            rule=replace(old, why="Mine"),
            instead_of="S2",
            seen=revising.rule_seen(old),
            by=world.policy_owner,
        )
    shown = seen(draft)
    change(draft, "S1", second, amount_to="1000")
    with pytest.raises(StaleState):
        revising.describe(
            policy_id=draft.pk, name="x", mode="all", note="", seen=shown, by=world.policy_owner
        )
    with pytest.raises(StaleState):
        releasing.submit(policy_id=draft.pk, seen=shown, by=world.policy_owner)


def test_a_code_stands_once(world: SimpleNamespace, draft: ApprovalPolicy) -> None:
    with pytest.raises(Invalid) as refusal:
        revising.put_rule(policy_id=draft.pk, rule=replace(NEW, code="S1"), by=world.policy_owner)
    assert refusal.value.errors == {"code": ["There is a rule with this code already."]}


WRONG = [
    (replace(NEW, why=" "), ("why",)),
    (replace(NEW, code="a b"), ("code",)),
    (replace(NEW, conditions={"amount_from": "-1"}), ("conditions", "amount_from")),
    (replace(NEW, conditions={"amount_from": "1.234"}), ("conditions", "amount_from")),
    (replace(NEW, conditions={"amount_from": "NaN"}), ("conditions", "amount_from")),
    (replace(NEW, conditions={"amount_from": 5}), ("conditions", "amount_from")),
    (replace(NEW, conditions={"amount_from": "5", "amount_to": "5"}), ("conditions", "amount_to")),
    (replace(NEW, conditions={"hospitals": []}), ("conditions", "hospitals")),
    (replace(NEW, conditions={"hospitals": ["SBG", "XX"]}), ("conditions", "hospitals", 1)),
    (replace(NEW, conditions={"departments": ["XX"]}), ("conditions", "departments", 0)),
    (replace(NEW, conditions={"locations": ["XX"]}), ("conditions", "locations", 0)),
    (replace(NEW, conditions={"any_vendor": ["XX"]}), ("conditions", "any_vendor", 0)),
    (replace(NEW, conditions={"any_exception": ["XX"]}), ("conditions", "any_exception", 0)),
    (replace(NEW, conditions={"budget_states": ["XX"]}), ("conditions", "budget_states", 0)),
    (replace(NEW, conditions={"groups": ["IT"]}), ("conditions", "groups")),
    (replace(NEW, conditions={"first_order": True}), ("conditions", "first_order")),
    (replace(NEW, conditions={"cannot_wait": "yes"}), ("conditions", "cannot_wait")),
    (replace(NEW, conditions={"moon": "full"}), ("conditions", "moon")),
    (replace(NEW, conditions={"standing_order": {"amount_below": "1"}}), ("conditions", "standing_order")),
    (
        replace(NEW, conditions={"standing_order": {"amount_below": "x", "weekly_below": "1"}}),
        ("conditions", "standing_order", "amount_below"),
    ),
    (replace(NEW, decides=True), ("decides",)),
    (replace(NEW, steps=()), ("decides",)),
    (replace(NEW, replaces=("bishop",)), ("replaces", 0)),
    (replace(NEW, steps=(HEAD, replace(HEAD, sequence=30))), ("steps", 1, "role")),
    (replace(NEW, steps=(HEAD,) * 13), ("steps",)),
    (replace(NEW, steps=(replace(HEAD, role=""),)), ("steps", 0, "role")),
    (replace(NEW, steps=(replace(HEAD, role="service_manager"),)), ("steps", 0, "role")),
    (replace(NEW, steps=(replace(HEAD, role="person:system"),)), ("steps", 0, "role")),
    (replace(NEW, steps=(replace(HEAD, calendar=""),)), ("steps", 0, "calendar")),
    (replace(NEW, steps=(replace(HEAD, escalate_to="head"),)), ("steps", 0, "escalate_to")),
    (replace(NEW, steps=(replace(HEAD, within="0wh"),)), ("steps", 0, "within")),
    (replace(NEW, steps=(replace(HEAD, sequence=0),)), ("steps", 0, "sequence")),
    (replace(NEW, steps=(replace(HEAD, needed=21),)), ("steps", 0, "needed")),
    (replace(NEW, steps=(replace(HEAD, documents=("scroll",)),)), ("steps", 0, "documents", 0)),
    (replace(NEW, steps=(replace(HEAD, why="x" * 201),)), ("steps", 0, "why")),
]


@pytest.mark.parametrize(("rule", "path"), WRONG, ids=[".".join(map(str, path)) for _rule, path in WRONG])
def test_each_problem_has_its_place(world: SimpleNamespace, rule: Rule, path: tuple) -> None:
    assert path in problems(rule, load([rule]))


def test_everything_shipped_can_be_kept(world: SimpleNamespace) -> None:
    for version in kept.versions(kept.policies().filter(status="published")).values():
        for rule in version.rules:
            assert problems(rule, load([rule])) == {}, rule.code


def test_persons_and_groups(world: SimpleNamespace) -> None:
    rule = replace(NEW, steps=(replace(HEAD, role="person:asha.menon"), replace(HEAD, role="budget_owner")))
    assert problems(rule, load([rule])) == {}


def test_nothing_to_hand_over_without_a_reason_or_rules(
    world: SimpleNamespace, draft: ApprovalPolicy
) -> None:
    with pytest.raises(Invalid) as refusal:
        releasing.submit(policy_id=draft.pk, seen=seen(draft), by=world.policy_owner)
    assert refusal.value.errors == {"policy": ["Say why it is changed."]}
    for rule in kept.version(draft).rules:
        revising.drop_rule(policy_id=draft.pk, code=rule.code, by=world.policy_owner)
    with pytest.raises(Invalid) as refusal:
        handed_over(draft, world.policy_owner)
    assert refusal.value.errors == {"policy": ["A policy needs at least one rule."]}
