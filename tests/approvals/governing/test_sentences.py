"""Rules in words: every condition and every part of a step has its own, and nothing is left out."""

from dataclasses import replace

import pytest

from approvals import shipped
from approvals.governing import diffing, sentences
from approvals.governing.version import Version
from approvals.governing.vocabulary import Vocabulary
from approvals.routing import CONDITIONS, Rule, StepRule

WORDS = Vocabulary(
    {
        "hospitals": {"SBG": "St Brigid's", "NFC": "Northfield"},
        "any_flag": {"hire": "Hired"},
        "roles": {"head": "Head of department", "finance": "Finance partner", "director": "Director"},
        "documents": {"quotation": "1 quotation"},
        "calendars": {"office": "Office"},
    }
)
SAID = {
    "amount_from": ("1000", "the amount is £1,000 or more"),
    "amount_to": ("12.50", "the amount is under £12.50"),
    "hospitals": (["SBG", "NFC"], "the hospital is St Brigid's or Northfield"),
    "categories": (["supply"], "the type is supply"),
    "departments": (["7B"], "the department is 7B"),
    "locations": (["7B-CU"], "it goes to 7B-CU"),
    "priorities": (["urgent"], "the priority is urgent"),
    "services": (["it_access"], "its target times are those of it_access"),
    "any_mark": (["extra"], "it is marked extra"),
    "any_vendor": (["ALB"], "a supplier is ALB"),
    "any_vendor_state": (["new"], "a supplier is new"),
    "any_requester_role": (["head"], "who asks is head"),
    "any_exception": (["drift"], "it is open that: drift"),
    "budget_states": (["over"], "of its budget over"),
    "out_of_hours": (True, "the office is closed"),
    "cannot_wait": (False, "it can wait"),
    "standing_order": (
        {"amount_below": "150", "weekly_below": "1500"},
        "all lines are routine, under £150 or within the agreed list, and under £1,500 in seven days",
    ),
    "any_flag": (["hire"], "a line is: Hired"),
}
HEAD = StepRule(20, "head", "office")


@pytest.mark.parametrize("name", SAID)
def test_each_condition_has_words(name: str) -> None:
    value, words = SAID[name]
    assert sentences.conditions({name: value}, WORDS) == [words]


def test_no_condition_is_without_words() -> None:
    with_any_flag = {"groups", "first_order"}
    assert set(SAID) | with_any_flag == CONDITIONS
    said = {"any_flag": ["hire"], "groups": ["IT"], "first_order": True}
    assert sentences.conditions(said, WORDS) == [
        "a line is: Hired (of the catalogue group IT) (for the first time in twelve months)"
    ]


def test_a_band_is_one_condition() -> None:
    said = {"amount_from": "1000", "amount_to": "5000"}
    assert sentences.conditions(said, WORDS) == ["the amount is from £1,000 up to, not including, £5,000"]
    assert sentences.conditions({**said, "amount_from": "0"}, WORDS) == ["the amount is under £5,000"]


STEPS = [
    ({}, "Head of department"),
    ({"needed": 0}, "Head of department (all of them)"),
    ({"needed": 3}, "Head of department (3 of them)"),
    ({"within": "2wh"}, "Head of department, within 2 working hours"),
    ({"within": "1wd"}, "Head of department, within 1 working day"),
    ({"within": "30min"}, "Head of department, within 30 minutes"),
    ({"escalate_to": "director"}, "Head of department, else Director"),
    ({"documents": ("quotation",)}, "Head of department, with 1 quotation attached"),
    ({"distinct": False}, "Head of department, also by who decided another step"),
]


@pytest.mark.parametrize(("more", "words"), STEPS)
def test_each_part_of_a_step_has_words(more: dict, words: str) -> None:
    assert sentences.asked(replace(HEAD, **more), WORDS) == words


def test_a_rule_is_one_sentence() -> None:
    finance = StepRule(30, "finance", "finance", needed=2)
    both = Rule("r", "why", {"amount_from": "1000"}, (finance, HEAD))
    assert sentences.whole(both, WORDS) == (
        "When the amount is £1,000 or more: ask Head of department; then ask Finance partner (2 of them)."
    )
    at_once = replace(both, conditions={}, steps=(HEAD, replace(finance, sequence=20, needed=1)))
    assert (
        sentences.whole(at_once, WORDS)
        == "Always: ask Finance partner and, at the same time, Head of department."
    )
    decides = Rule("d", "why", {"cannot_wait": True}, decides=True)
    assert sentences.whole(decides, WORDS) == "When it cannot wait: nobody needs to agree."


def test_shipped_rules_read_differently() -> None:
    said = [sentences.whole(rule, WORDS) for rule in (*shipped.RULES, *shipped.COSTS)]
    assert len(set(said)) == len(
        {(str(r.conditions), r.steps, r.decides) for r in (*shipped.RULES, *shipped.COSTS)}
    )


BASE = Version(
    "supply",
    "p",
    "Purchases",
    rules=(Rule("a", "A", {"amount_to": "10"}, (HEAD,)), Rule("b", "B", {}, (HEAD,))),
)
A, B = BASE.rules
CHANGES = [
    (replace(BASE, name="New"), ["Name: New (was: Purchases)"]),
    (replace(BASE, mode="first"), ["Which rules count: only the first that holds (was: all that hold)"]),
    (replace(BASE, withdraws=("x",)), ["Not at this hospital added: x"]),
    (BASE.without("b"), ["Rule “b” removed: Always: ask Head of department."]),
    (BASE.put(Rule("c", "C", {}, decides=True)), ["Rule “c” added: Always: nobody needs to agree."]),
    (BASE.earlier("b"), ["Order of the rules: b, a (was: a, b)"]),
    (
        BASE.put(replace(A, conditions={"amount_to": "20"}), instead_of="a"),
        ["Rule “a”, when it holds: When the amount is under £20 (was: When the amount is under £10)"],
    ),
    (BASE.put(replace(B, why="{5}"), instead_of="b"), ["Rule “b”, what people read: £5 (was: B)"]),
    (
        BASE.put(replace(B, replaces=("finance",)), instead_of="b"),
        ["Rule “b”, not asked then: Finance partner (was: nobody)"],
    ),
    (
        BASE.put(replace(B, steps=(replace(HEAD, calendar="finance"),)), instead_of="b"),
        [
            "Rule “b”, who is asked: Head of department · turn 20, hours of finance "
            "(was: Head of department · turn 20, hours of Office)"
        ],
    ),
    (
        replace(BASE, materiality=(("fall_within", "10"),)),
        ["Which changes ask again: fall_within: 10 (was: as shipped)"],
    ),
]


@pytest.mark.parametrize(("after", "said"), CHANGES)
def test_what_differs_in_words(after: Version, said: list[str]) -> None:
    assert diffing.in_words(diffing.differences(BASE, after, WORDS)) == said


def test_nothing_differs_from_itself() -> None:
    assert diffing.differences(BASE, BASE, WORDS) == []
