"""Policies with one mistake each, and what the proof has to say: (rules, {codes of findings})."""

from dataclasses import replace
from typing import Any

from approvals.routing import Rule, RuleSet, StepRule

HEAD, FINANCE = StepRule(20, "head", "office"), StepRule(30, "finance", "finance")
DIRECTOR, PROCUREMENT = StepRule(40, "director", "office"), StepRule(30, "procurement", "buying")
COMPLIANCE, EXECUTIVES = StepRule(10, "compliance", "finance"), StepRule(50, "executive", "office", needed=2)


def rule(
    code: str, *steps: StepRule, decides: bool = False, replaces: tuple[str, ...] = (), **when: Any
) -> Rule:
    return Rule(code, code, when, steps, decides, replaces)


def low(*steps: StepRule, **when: Any) -> Rule:
    return rule("low", *(steps or (HEAD,)), **{"amount_from": "0", "amount_to": "1000"} | when)


def middle(*steps: StepRule, **when: Any) -> Rule:
    return rule("middle", *(steps or (HEAD, FINANCE)), **{"amount_from": "1000", "amount_to": "5000"} | when)


def high(*steps: StepRule, **when: Any) -> Rule:
    return rule("high", *(steps or (HEAD, FINANCE, DIRECTOR)), **{"amount_from": "5000"} | when)


def bands(*more: Rule, before: tuple[Rule, ...] = (), mode: str = "all", **instead: Rule) -> RuleSet:
    """The three bands, with others before and after, or `low`, `middle`, `high` instead."""
    three = (instead.get("low", low()), instead.get("middle", middle()), instead.get("high", high()))
    return RuleSet((*before, *three, *more), mode)


def step(role: str, **more: Any) -> StepRule:
    return StepRule(10, role, "office", **more)


def extra(*steps: StepRule, **more: Any) -> RuleSet:
    """The bands, and one rule that adds `steps`."""
    return bands(rule("extra", *steps, **{"any_flag": ["hire"]} | more))


STANDING = {"amount_below": "150", "weekly_below": "1500"}
GOOD = {
    "bands": bands(),
    "bands and a flag": extra(COMPLIANCE),
    "a standing order": bands(before=(rule("standing", decides=True, standing_order=STANDING),)),
    "the first of them": bands(mode="first"),
    "limits that add up": RuleSet((rule("all", HEAD), rule("more", FINANCE, amount_from="1000"))),
    "duty": bands(
        rule("duty", step("site_manager"), replaces=("head",), out_of_hours=True, amount_to="1000", amount_from="0")
    ),
}  # fmt: skip
BROKEN: dict[str, tuple[RuleSet, set[str]]] = {
    # --- amounts
    "a gap between two bands": (bands(middle=middle(amount_from="2000")), {"gap"}),
    "a gap below the first band": (bands(low=low(amount_from="100")), {"gap"}),
    "a gap above the last band": (bands(high=high(amount_to="100000")), {"gap"}),
    "a gap of one cent": (bands(low=low(amount_to="999.99")), {"gap"}),
    "a gap in one ward": (bands(low=low(departments=["7B"])), {"gap"}),
    "a gap at night": (bands(low=low(out_of_hours=False)), {"gap"}),
    "a gap for what is urgent": (bands(low=low(priorities=["routine", "planned"])), {"gap"}),
    "a gap where a rule leaves everybody out": (
        bands(rule("silent", replaces=("head",), any_flag=["hire"])), {"gap"},
    ),
    "a gap where the first rule is empty": (bands(before=(rule("empty", any_flag=["hire"]),), mode="first"), {"gap"}),
    "bands that overlap": (bands(middle=middle(amount_from="500")), {"overlap"}),
    "bands that overlap by a cent": (bands(low=low(amount_to="1000.01")), {"overlap"}),
    "another band across two": (
        bands(rule("across", PROCUREMENT, amount_from="500", amount_to="2000")), {"overlap"},
    ),
    "a band without amounts": (bands(rule("none", COMPLIANCE, amount_from="700", amount_to="700")), {"empty_band"}),
    "a band upside down": (bands(rule("none", COMPLIANCE, amount_from="900", amount_to="700")), {"empty_band"}),
    "a standing order above its own week": (
        bands(before=(rule("standing", decides=True, standing_order=STANDING, amount_from="1500"),)),
        {"limits_never_meet"},
    ),
    "a duty above its limit": (
        bands(rule("duty", step("site_manager"), any_flag=["hire"], amount_from="1000")), {"limits_never_meet"},
    ),
    # --- never
    "out of hours what can wait": (extra(COMPLIANCE, out_of_hours=True, cannot_wait=False), {"never_holds"}),
    "routine that cannot wait": (extra(COMPLIANCE, priorities=["routine"], cannot_wait=True), {"never_holds"}),
    "a ward of another hospital": (extra(COMPLIANCE, hospitals=["SBG"], departments=["RHB"]), {"never_holds"}),
    "everything is decided before": (
        bands(before=(rule("all", decides=True),)), {"unreachable_rule", "control_goods"},
    ),
    "everything is decided behind": (
        bands(rule("all", decides=True)),
        {"unreachable_rule", "control_goods"},
    ),
    "a rule behind a wider one": (
        bands(rule("late", COMPLIANCE, amount_to="100"), mode="first"), {"unreachable_rule"},
    ),
    "a rule behind two that cover it": (
        bands(rule("late", COMPLIANCE, amount_from="500", amount_to="3000"), mode="first"), {"unreachable_rule"},
    ),
    "a step that is always left out": (
        bands(rule("more", PROCUREMENT, any_flag=["hire"]), rule("less", COMPLIANCE, replaces=("procurement",))),
        {"unreachable_step"},
    ),
    "a rule that decides and asks": (
        bands(before=(rule("standing", HEAD, decides=True, standing_order=STANDING),)), {"unreachable_step"},
    ),
    "a rule that does nothing": (bands(rule("idle", any_flag=["hire"])), {"asks_nobody"}),
    # --- decided without a person
    "small goods decided, whatever they are": (
        bands(before=(rule("small", decides=True, amount_to="50"),)), {"control_goods"},
    ),
    "hire decided by a flag": (bands(before=(rule("hire", decides=True, any_flag=["hire"]),)), {"control_goods"}),
    "heads decide by what they are": (
        bands(before=(rule("rank", decides=True, any_requester_role=["head"], standing_order=STANDING),)),
        {"self_approval"},
    ),
    # --- what is not there
    "a condition that is misspelt": (extra(COMPLIANCE, amount_form="5"), {"unknown_condition"}),
    "an amount that is none": (bands(low=low(amount_to="1.000,00")), {"bad_value"}),
    "a role that is misspelt": (extra(step("fiance")), {"unknown_role"}),
    "a group that is not there": (extra(step("group:committee")), {"unknown_group"}),
    "a person who is not there": (extra(step("person:no.body")), {"unknown_person"}),
    "hours that are not there": (extra(replace(COMPLIANCE, calendar="sundays")), {"unknown_calendar"}),
    "a flag that is not there": (extra(COMPLIANCE, any_flag=["hazardos"]), {"unknown_value"}),
    "a ward that is not there": (extra(COMPLIANCE, departments=["9Z"]), {"unknown_value"}),
    "a next authority that is not there": (extra(step("finance", escalate_to="chief")), {"unknown_role"}),
    # --- people
    "four executives of three": (extra(step("executive", needed=4)), {"nobody"}),
    "three finance partners of two": (extra(step("finance", needed=3)), {"too_few"}),
    "a group without members": (extra(step("group:empty")), {"no_holder"}),
    "a role that nobody holds": (extra(step("data_protection")), {"no_holder"}),
    "a duty above its limit and nobody after": (
        bands(rule("duty", step("exec_on_call", escalate_to="exec_on_call"), out_of_hours=True)), {"nobody"},
    ),
    "the head again after the head": (extra(step("head", escalate_to="head")), {"self_approval", "one_person"}),
    "one compliance officer and nobody after": (
        extra(step("compliance", escalate_to="compliance")), {"self_approval", "one_person"},
    ),
    "one person and the same one after": (
        extra(step("person:priya.shah", escalate_to="person:priya.shah")), {"self_approval", "one_person"},
    ),
    "all three executives": (extra(step("executive", needed=3)), {"self_approval", "one_person"}),
    "who asks stands in for the only member of a group": (
        extra(step("group:lent", escalate_to="group:lent")), {"self_approval"},
    ),
    "two steps of one pair of eyes": (
        extra(step("finance"), replace(step("group:partners", distinct=False), sequence=20)), {"same_eyes"},
    ),
}  # fmt: skip
