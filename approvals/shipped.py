"""The approval matrix as shipped: bands by amount, steps added by flag, and the standing order."""

from dataclasses import replace
from typing import TYPE_CHECKING

from approvals import shipped_access, shipped_duty
from approvals.models import ApprovalPolicy
from approvals.publishing import publish
from approvals.routing import Rule, StepRule
from portal.facts import verb
from requests_app.configured.shipped import SHIPPED_TYPES
from requests_app.kinds import cost
from requests_app.models import Category

if TYPE_CHECKING:
    from portal.accounts.models import User

CODE, SUPPLY = "supply-purchases", "supply"

# Technical before head before money before direction; what shares a number is asked at once.
BIOMED = StepRule(10, "biomed_manager", "biomed")
IT_HEAD = StepRule(10, "it_head", "office")
COMPLIANCE = StepRule(10, "compliance", "finance")
PRODUCT_LEAD = StepRule(10, "product_lead", "office")
DATA_PROTECTION = StepRule(10, "data_protection", "office")
HEAD = StepRule(20, "head", "office", why="The head of department decides what the department orders")
FINANCE = StepRule(30, "finance", "finance")
PROCUREMENT = StepRule(30, "procurement", "buying")
DIRECTOR = StepRule(40, "director", "office")
EXECUTIVES = StepRule(50, "executive", "office", needed=2)
# In the bands by amount each says for itself from where on it is asked; `wording.priced` puts the currency in.
FINANCE_BAND = replace(FINANCE, why="Orders from {1000} need the finance partner")
PROCUREMENT_BAND = replace(PROCUREMENT, why="Orders from {5000} need procurement")
DIRECTOR_BAND = replace(DIRECTOR, why="Orders from {25000} need the director")
EXECUTIVES_BAND = replace(EXECUTIVES, why="Orders from {100000} need two executives")


def _band(code: str, start: str, end: str | None, why: str, *steps: StepRule) -> Rule:
    conditions = {"amount_from": start} | ({"amount_to": end} if end else {})
    return Rule(code=code, why=why, conditions=conditions, steps=steps)


def _flag(flag: str, why: str, *steps: StepRule, **more: object) -> Rule:
    return Rule(code=f"flag-{flag}", why=why, conditions={"any_flag": [flag], **more}, steps=steps)


RULES = (
    Rule(
        code="standing-order",
        why="Routine lines within the agreed list are a standing order",
        conditions={"standing_order": {"amount_below": "150", "weekly_below": "1500"}},
        decides=True,
    ),
    _band("S1", "0", "1000", "Orders under {1000}", HEAD),
    _band("S2", "1000", "5000", "Orders from {1000}", HEAD, FINANCE_BAND),
    _band("S3", "5000", "25000", "Orders from {5000}", HEAD, FINANCE_BAND, PROCUREMENT_BAND),
    _band(
        "S4", "25000", "100000", "Orders from {25000}", HEAD, FINANCE_BAND, PROCUREMENT_BAND, DIRECTOR_BAND
    ),
    _band(
        "S5",
        "100000",
        None,
        "Orders from {100000}",
        HEAD,
        FINANCE_BAND,
        PROCUREMENT_BAND,
        DIRECTOR_BAND,
        EXECUTIVES_BAND,
    ),
    Rule(
        code="flag-capital-device",
        why="A new device is checked by clinical engineering and paid from capital",
        conditions={"any_flag": ["capital"], "groups": ["equipment"]},
        steps=(BIOMED, FINANCE),
    ),
    Rule(
        code="flag-capital-it",
        why="A new IT device is checked by the head of IT and paid from capital",
        conditions={"any_flag": ["capital"], "groups": ["IT"]},
        steps=(IT_HEAD, FINANCE),
    ),
    _flag("regulated", "A regulated item needs the compliance officer", COMPLIANCE),
    _flag(
        "hazardous",
        "The first order of a hazardous item needs the compliance officer",
        COMPLIANCE,
        first_order=True,
    ),
    _flag("off_contract", "Buying off contract needs procurement", PROCUREMENT),
    _flag("new_vendor", "A new supplier needs procurement and finance", PROCUREMENT, FINANCE),
    _flag("safety_critical", "A safety-critical device needs clinical engineering", BIOMED),
    _flag("rationed", "A rationed item needs the clinical product lead", PRODUCT_LEAD),
    _flag("personal_data", "A system with personal data needs the data protection officer", DATA_PROTECTION),
    Rule(
        code="budget-over",
        why="What is bought goes beyond the budget",
        conditions={"budget_states": ["over"]},
        steps=(FINANCE,),
    ),
    _flag("hire", "A hire needs the head of department", HEAD),
    _flag("free_text", "An item outside the catalogue needs procurement", PROCUREMENT),
    *shipped_duty.RULES,
)


TEAM_LEAD = StepRule(
    10, "team_lead", "office", why="Costs under {500} are decided by who leads the team that does the work"
)
COSTS = (
    Rule(
        code="cost-noted",
        why="Costs under {250} are noted, nobody has to agree",
        conditions={"amount_to": "250"},
        decides=True,
    ),
    Rule(
        code="cost-lead",
        why="Who leads the team decides costs under {500}, and filed this one",
        conditions={"amount_to": "500", "any_mark": [cost.BY_LEAD]},
        decides=True,
    ),
    _band("C0", "0", "500", "Costs under {500}", TEAM_LEAD),
    _band("C1", "500", "1000", "Costs from {500}", HEAD),
    _band("C2", "1000", "5000", "Costs from {1000}", HEAD, FINANCE_BAND),
    _band("C3", "5000", "25000", "Costs from {5000}", HEAD, FINANCE_BAND, PROCUREMENT_BAND),
    _band("C4", "25000", "100000", "Costs from {25000}", HEAD, FINANCE_BAND, PROCUREMENT_BAND, DIRECTOR_BAND),
    _band(
        "C5",
        "100000",
        None,
        "Costs from {100000}",
        HEAD,
        FINANCE_BAND,
        PROCUREMENT_BAND,
        DIRECTOR_BAND,
        EXECUTIVES_BAND,
    ),
    Rule(
        code="budget-over",
        why="The cost goes beyond the budget",
        conditions={"budget_states": ["over"]},
        steps=(FINANCE,),
    ),
    *shipped_duty.RULES,
)
NOBODY = Rule(code="no-approval", why="Nobody needs to agree to this kind of request", decides=True)


def asked(code: str, why: str, *roles: str) -> Rule:
    """A rule without conditions: these roles decide, one after the other."""
    known = {step.role: step for step in (HEAD, FINANCE, PROCUREMENT, COMPLIANCE, BIOMED, IT_HEAD, DIRECTOR)}
    steps = tuple(StepRule(10 * at, role, known[role].calendar) for at, role in enumerate(roles, start=1))
    return Rule(code=code, why=why, steps=steps)


# Types without a row here are not decided by anybody: repairs, faults, moves, cleaning, loans and other help.
RULES_OF_TYPES: dict[str, tuple[Rule, ...]] = {
    "access": shipped_access.RULES,
    "minor_works": (
        asked("head-finance", "The head and the finance partner agree to minor works", "head", "finance"),
    ),
    "new_supplier": (
        asked("procurement-finance", "A new supplier is checked by two", "procurement", "finance"),
    ),
    "pass_key": (asked("head", "The head agrees to passes, keys and lockers", "head"),),
    cost.CODE: COSTS,
    "new_starter": (asked("head", "The head says who starts", "head"),),
}


@verb
def install(*, by: "User") -> ApprovalPolicy:
    """Publish what is shipped, as version 1, for every type that has no policy yet. Returns the one of supplies."""
    served = set(
        ApprovalPolicy.objects.filter(status=ApprovalPolicy.Status.PUBLISHED).values_list(
            "category", flat=True
        )
    )
    for category in Category.objects.exclude(pk__in=served):
        if category.code == SUPPLY:
            publish(category=category, code=CODE, name="Purchases by amount and flag", rules=RULES, by=by)
        elif category.code in RULES_OF_TYPES or category.code in SHIPPED_TYPES:
            rules = RULES_OF_TYPES.get(category.code, (NOBODY,))
            publish(category=category, code=category.code, name=category.name, rules=rules, by=by)
    return ApprovalPolicy.objects.get(category__code=SUPPLY, status=ApprovalPolicy.Status.PUBLISHED)
