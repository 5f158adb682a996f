"""Policies as text: export, import, export is byte-equal; what is not known is refused with its line."""

import json
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from approvals.governing import bundle, exporting, importing, kept, located, releasing, revising
from approvals.governing.bundle import Refused
from approvals.governing.version import Version
from approvals.models import ApprovalPolicy, ApproverGroup
from approvals.routing import Rule, StepRule
from portal.accounts.models import User
from portal.errors import NotAllowed, WrongState
from requests_app.models import Category
from tests.approvals.governing.conftest import change, published, seen

pytestmark = pytest.mark.django_db


def rewritten(change: dict[str, str]) -> str:
    text = exporting.in_force("supply")
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new, 1)
    return text


def line_of(text: str, words: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), start=1) if words in line)


def test_export_import_export_is_byte_equal(world: SimpleNamespace, supply: Category, second: User) -> None:
    """A changed policy, and one of a hospital, taken away, undone here, and brought in again."""
    by = world.policy_owner
    group = revising.start(category=supply, by=by)
    change(group, "S2", by, amount_to="6000")
    published(group, by, second)
    site = revising.start(category=supply, hospital=world.hospital, by=by)
    revising.withdraw(policy_id=site.pk, code="flag-hire", by=by)
    published(site, by, second)
    taken = exporting.in_force()
    empty_again(world, second, supply)
    assert exporting.in_force() != taken
    made = importing.import_bundle(text=taken, note="From elsewhere", by=by)
    assert [one.hospital for one in made] == [None, world.hospital]
    assert exporting.drafts() == bundle.write(kept.versions(made).values())
    for one in made:
        releasing.submit(policy_id=one.pk, seen=seen(one), by=by)
        releasing.release(policy_id=one.pk, seen=seen(one), by=second)
    assert exporting.in_force().encode() == taken.encode()


def empty_again(world: SimpleNamespace, second: User, supply: Category) -> None:
    """Back to what was shipped; the hospital does nothing otherwise."""
    first = ApprovalPolicy.objects.get(category=supply, hospital=None, version=1)
    back = releasing.roll_back(policy_id=first.pk, note="", by=world.policy_owner)
    releasing.release(policy_id=back.pk, seen=seen(back), by=second)
    site = revising.start(category=supply, hospital=world.hospital, by=world.policy_owner)
    revising.restore(policy_id=site.pk, code="flag-hire", by=world.policy_owner)
    published(site, world.policy_owner, second)


def test_the_same_rules_make_no_draft(world: SimpleNamespace) -> None:
    assert importing.import_bundle(text=exporting.in_force(), note="x", by=world.policy_owner) == []
    assert not kept.policies().filter(status__in=kept.OPEN).exists()


UNKNOWN = {
    "group": ({'"role": "compliance"': '"role": "group:nobody"'}, '"group:nobody"'),
    "person": ({'"role": "compliance"': '"role": "person:no.one"'}, '"person:no.one"'),
    "role": ({'"role": "compliance"': '"role": "bishop"'}, '"bishop"'),
    "calendar": ({'"calendar": "finance"': '"calendar": "lunar"'}, '"lunar"'),
    "category": ({'"category": "supply"': '"category": "gifts"'}, '"gifts"'),
    "hospital": ({'"hospital": ""': '"hospital": "XXX"'}, '"XXX"'),
    "condition": ({'"amount_from": "1000"': '"amount_above": "1000"'}, '"amount_above"'),
    "flag": ({'"rationed"': '"golden"'}, '"golden"'),
    "amount": ({'"amount_to": "5000"': '"amount_to": "lots"'}, '"lots"'),
    "band": ({'"amount_to": "5000"': '"amount_to": "900"'}, '"amount_to": "900"'),
    "time": ({'"within": "2h"': '"within": "2 moons"'}, '"2 moons"'),
    "escalation": ({'"escalate_to": ""': '"escalate_to": "pope"'}, '"pope"'),
    "document": ({'"documents": []': '"documents": ["scroll"]'}, '"scroll"'),
    "name": ({'"decides": true': '"decide": true'}, '"decide"'),
    "kind of value": ({'"needed": 2': '"needed": "2"'}, '"needed": "2"'),
    "mode": ({'"mode": "all"': '"mode": "last"'}, '"last"'),
    "format": ({"approval-policies/1": "approval-policies/9"}, "approval-policies/9"),
    "comma": ({'"decides": true,': '"decides": true'}, '"replaces"'),
    "twice": ({'"decides": true,': '"decides": true, "decides": true,'}, '"decides": true, '),
    "float": ({'"needed": 2': '"needed": 2.5'}, '"needed": 2.5'),
    "table": ({'"materiality": {}': '"materiality": {"asks": {"x": "y"}}'}, '"materiality"'),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_is_not_known_is_refused_with_its_line(world: SimpleNamespace, what: str) -> None:
    changed, there = UNKNOWN[what]
    text = rewritten(changed)
    with pytest.raises(Refused) as refusal:
        importing.import_bundle(text=text, note="x", by=world.policy_owner)
    assert line_of(text, there) in [line for line, _said in refusal.value.found], refusal.value.lines
    assert not kept.policies().filter(status__in=kept.OPEN).exists()


def test_a_group_that_is_known_is_taken(world: SimpleNamespace) -> None:
    ApproverGroup.objects.create(code="committee", name="Medicines committee")
    text = rewritten({'"role": "compliance"': '"role": "group:committee"'})
    (made,) = importing.import_bundle(text=text, note="x", by=world.policy_owner)
    assert (made.status, made.author, made.note) == ("draft", world.policy_owner, "x")


def test_all_or_nothing(world: SimpleNamespace) -> None:
    """The first policy of the text could be taken, the second could not."""
    data = json.loads(exporting.in_force())
    data["policies"][0]["name"] = "Otherwise"
    data["policies"][1]["rules"][0]["code"] = "not a code"
    with pytest.raises(Refused):
        importing.import_bundle(text=json.dumps(data), note="x", by=world.policy_owner)
    assert not kept.policies().filter(status__in=kept.OPEN).exists()


def test_not_over_a_draft_and_not_by_anybody(world: SimpleNamespace, draft: ApprovalPolicy) -> None:
    text = rewritten({'"amount_to": "5000"': '"amount_to": "4000"'})
    with pytest.raises(WrongState):
        importing.import_bundle(text=text, note="x", by=world.policy_owner)
    with pytest.raises(NotAllowed):
        importing.import_bundle(text=text, note="x", by=world.administrator)


def test_commands(world: SimpleNamespace, tmp_path: Path) -> None:
    out, file = StringIO(), tmp_path / "policies.json"
    call_command("export_policies", "--category", "supply", stdout=out)
    assert out.getvalue() == exporting.in_force("supply")
    call_command("export_policies", "-o", str(file))
    assert file.read_bytes() == exporting.in_force().encode()
    file.write_text(rewritten({'"amount_to": "5000"': '"amount_to": "4000"'}))
    out = StringIO()
    call_command("import_policies", str(file), by="peter.hansen", note="x", stdout=out)
    assert out.getvalue() == "Draft: supply-purchases v2 (Purchases by amount and flag)\n"
    file.write_text(rewritten({'"role": "compliance"': '"role": "group:nobody"'}))
    with pytest.raises(CommandError, match=r"Line \d+: Rule “flag-regulated”: “group:nobody” is not known."):
        call_command("import_policies", str(file), by="peter.hansen", note="x")
    for wrong in ({"by": "nobody"}, {"by": "asha.menon"}):
        with pytest.raises(CommandError):
            call_command("import_policies", str(file), note="x", **wrong)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
step_rules = st.builds(
    StepRule,
    sequence=st.integers(1, 99),
    role=texts,
    calendar=texts,
    needed=st.integers(0, 9),
    why=texts,
    distinct=st.booleans(),
    within=texts,
    escalate_to=texts,
    documents=st.lists(texts).map(tuple),
)
rules = st.builds(
    Rule,
    code=st.from_regex(r"\A[-a-z0-9_]{1,9}\Z"),
    why=texts,
    conditions=st.dictionaries(
        texts, st.booleans() | texts | st.lists(texts) | st.dictionaries(texts, texts)
    ),
    steps=st.lists(step_rules, max_size=2).map(tuple),
    decides=st.booleans(),
    replaces=st.lists(texts).map(tuple),
)
versions = st.builds(
    Version,
    category=texts,
    code=st.from_regex(r"\A[-a-z0-9_]{1,9}\Z"),
    name=texts.filter(bool),
    hospital=texts,
    mode=st.sampled_from(["all", "first"]),
    rules=st.lists(rules, max_size=3).map(tuple),
    withdraws=st.lists(texts).map(tuple),
)


@given(st.lists(versions, max_size=3))
def test_what_is_written_is_read(wanted: list[Version]) -> None:
    text = bundle.write(wanted)
    found = [version for version, _node in bundle.read(text)]
    assert sorted(found, key=repr) == sorted(wanted, key=repr)
    assert bundle.write(found) == text


values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(texts, inside, max_size=3),
    max_leaves=10,
)


@given(values, st.sampled_from([None, 0, 3]))
def test_located_json_is_json(value: object, indent: int | None) -> None:
    """Against the reader of the standard library; where every value has a line of its own, the lines are counted."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    found = located.read(text)
    assert found.plain() == json.loads(text)
    assert found.line == 1


@given(st.lists(st.integers(), min_size=1))
def test_lines_are_counted(numbers: list[int]) -> None:
    found = located.read(json.dumps({"a": numbers}, indent=1))
    assert [found.at("a", at) for at in range(len(numbers))] == [3 + at for at in range(len(numbers))]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1,]", '{"a" 1}', "nope", '"\\u0000"', '"\\ud800"', "1 2", "[" * 50, "1e5", "NaN", "{1: 2}"],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(located.Unreadable):
        located.read(text)
