"""The approval matrix as shipped: bands by amount, steps added by flag, and the standing order."""

from dataclasses import replace
from typing import TYPE_CHECKING

from approvals.models import ApprovalPolicy, PolicyRule, PolicyStep
from approvals.routing import Rule, StepRule
from portal.audit import events
from portal.clock import now
from portal.facts import verb
from requests_app.models import Category

if TYPE_CHECKING:
    from portal.accounts.models import User

CODE = "supply-purchases"

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
    _flag("hire", "A hire needs the head of department", HEAD),
    _flag("free_text", "An item outside the catalogue needs procurement", PROCUREMENT),
)


@verb
def install(*, by: "User") -> ApprovalPolicy:
    """Publish the shipped matrix for supplies as version 1, unless supplies have a published policy already."""
    category = Category.objects.get(code="supply")
    published = ApprovalPolicy.objects.filter(
        category=category, status=ApprovalPolicy.Status.PUBLISHED
    ).first()
    if published:
        return published
    policy = ApprovalPolicy.objects.create(
        code=CODE,
        category=category,
        name="Purchases by amount and flag",
        status=ApprovalPolicy.Status.PUBLISHED,
        published_at=now(),
    )
    for position, rule in enumerate(RULES):
        row = PolicyRule.objects.create(
            policy=policy,
            position=position,
            code=rule.code,
            why=rule.why,
            conditions=rule.conditions,
            decides=rule.decides,
        )
        PolicyStep.objects.bulk_create(
            PolicyStep(
                rule=row, sequence=s.sequence, role=s.role, needed=s.needed, calendar=s.calendar, why=s.why
            )
            for s in rule.steps
        )
    events.record(
        action="policy.published", by=by, subject=f"policy:{policy.pk}", after={"policy": str(policy)}
    )
    return policy
