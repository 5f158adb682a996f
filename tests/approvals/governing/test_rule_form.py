"""The form of a rule without script: what it shows is what it keeps, what is wrong stands beside its field, nothing is lost."""

from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals import shipped, shipped_access
from approvals.governing import kept, revising
from approvals.models import ApprovalPolicy, ApproverGroup
from approvals.routing import CONDITIONS, Rule, StepRule
from portal.accounts.models import User
from requests_app.models import Category
from tests.approvals.governing.conftest import change, published

pytestmark = pytest.mark.django_db
FULL = Rule(
    "full",
    "Everything from {10}",
    {
        "amount_from": "10.50",
        "amount_to": "5000",
        "any_flag": ["hire", "hazardous"],
        "groups": ["IT"],
        "first_order": True,
        "categories": ["supply"],
        "hospitals": ["NFC", "SBG"],
        "departments": ["7B", "5C"],
        "locations": [],
        "priorities": ["urgent"],
        "services": ["it_access"],
        "any_mark": ["extra", "clinical"],
        "any_vendor": [],
        "any_vendor_state": ["new"],
        "any_requester_role": ["head", "temporary"],
        "any_exception": ["drift"],
        "budget_states": ["over"],
        "out_of_hours": False,
        "cannot_wait": True,
        "standing_order": {"amount_below": "150", "weekly_below": "1500"},
    },
    (
        StepRule(
            10,
            "group:committee",
            "office",
            0,
            "They know",
            False,
            "30min",
            "director",
            ("quotation", "tender"),
        ),
        StepRule(20, "person:asha.menon", "finance"),
        StepRule(20, "budget_owner", "buying", 3, within="2wd"),
        StepRule(30, "site_manager", "always", within="4h", escalate_to="manager_on_call"),
    ),
    replaces=("head", "finance"),
)


class Form(HTMLParser):
    """What a browser would send of the page's form: fields as they are filled in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.inside, self.select, self.text = False, "", ""
        self.first: dict[str, str] = {}
        self.feed(page)
        for name, value in self.first.items():
            self.found.setdefault(name, [value])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "form":
            self.inside = said.get("class") == "pol-form"
        if not self.inside:
            return
        if tag == "select":
            self.select = name
        elif tag == "option" and "selected" in said:
            self.found.setdefault(self.select, []).append(said.get("value") or "")
        elif tag == "option":
            self.first.setdefault(self.select, said.get("value") or "")
        elif tag == "input" and name and (said.get("type") not in ("checkbox", "radio") or "checked" in said):
            self.found.setdefault(name, []).append(said.get("value") or "on" * ("checked" in said))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def address(draft: ApprovalPolicy, code: str = "") -> str:
    return (
        reverse("policies:rule", args=[draft.pk, code])
        if code
        else reverse("policies:rule-new", args=[draft.pk])
    )


def filled(client: Client, draft: ApprovalPolicy, code: str = "") -> dict[str, list[str]]:
    return Form(client.get(address(draft, code)).content.decode()).found


def post(client: Client, draft: ApprovalPolicy, code: str, data: dict[str, Any], status: int) -> Any:
    answer = client.post(address(draft, code), data)
    assert answer.status_code == status, answer.content.decode()[-4000:]
    return answer


def full(world: SimpleNamespace) -> Rule:
    """With a place and a supplier that are there."""
    ApproverGroup.objects.get_or_create(code="committee", name="Committee")
    said = {**FULL.conditions, "locations": [world.deliver_to.code], "any_vendor": sorted(world.vendors)[:2]}
    return Rule(FULL.code, FULL.why, said, FULL.steps, FULL.decides, FULL.replaces)


def test_the_full_rule_has_everything() -> None:
    assert set(FULL.conditions) == CONDITIONS
    parts = [{getattr(step, name) for step in FULL.steps} for name in StepRule.__dataclass_fields__]
    assert all(len(values) > 1 for values in parts)


@pytest.mark.parametrize(
    "rule",
    [FULL, *shipped.RULES, *shipped.COSTS, shipped.NOBODY, *shipped_access.RULES],
    ids=lambda rule: rule.code,
)
def test_what_is_shown_is_what_is_kept(
    world: SimpleNamespace, owner: Client, draft: ApprovalPolicy, rule: Rule
) -> None:
    """Each rule, opened and saved as it stands."""
    wanted = full(world) if rule is FULL else rule
    if kept.version(draft).find(rule.code) is None:
        revising.put_rule(policy_id=draft.pk, rule=wanted, by=world.policy_owner)
    before = kept.version(draft)
    data = filled(owner, draft, rule.code)
    assert len(data["steps"]) == 1
    post(owner, draft, rule.code, data, 302)
    assert kept.version(draft) == before


def test_a_new_rule(world: SimpleNamespace, owner: Client, draft: ApprovalPolicy) -> None:
    data = filled(owner, draft) | {"why": "Gloves cost £5", "amount_from": "£1,250.50", "s0-role": "head"}
    post(owner, draft, "", data, 302)
    rule = kept.version(draft).rules[-1]
    assert (rule.code, rule.conditions) == ("gloves-cost-5", {"amount_from": "1250.50"})
    assert rule.steps == (StepRule(10, "head", "office"),)
    post(owner, draft, "", data, 302)
    assert kept.version(draft).rules[-1].code == "gloves-cost-5-1"


def test_steps_come_and_go(world: SimpleNamespace, owner: Client, draft: ApprovalPolicy) -> None:
    data = filled(owner, draft, "S2")
    more = owner.post(address(draft, "S2"), data | {"more": "1", "s2-role": "director"})
    assert more.status_code == 200
    assert "There is a problem" not in more.content.decode()
    data = Form(more.content.decode()).found
    assert (data["steps"], data["s2-role"], data["s3-role"]) == (["4"], ["director"], [""])
    post(owner, draft, "S2", data | {"s0-out": "on"}, 302)
    found = kept.version(draft).find("S2")
    assert found is not None and [step.role for step in found.steps] == ["finance", "director"]


WRONG = [
    ({"why": ""}, "id_why", "Say in a sentence why it is asked"),
    ({"amount_from": "lots"}, "id_amount_from", "Enter an amount"),
    ({"amount_to": "1000"}, "id_amount_to", "No amount is from 1000 and under 1000."),
    ({"departments": "7B, XX"}, "id_departments", "“XX” is not known."),
    ({"hospitals": ["XX"]}, "id_hospitals", "Choose from the list."),
    ({"groups": ["IT"]}, "id_groups", "This counts only together with"),
    ({"standing_below": "5"}, "id_standing_below", "Enter both limits"),
    ({"standing_below": "5", "standing_weekly": "x"}, "id_standing_weekly", "Enter an amount"),
    ({"follows": "decides"}, "id_follows", "take the steps out"),
    ({"s1-role": "head"}, "id_s1-role", "This rule asks them already."),
    ({"s1-role": "person:", "s1-login": "no.one"}, "id_s1-login", "“person:no.one” is not known."),
    ({"s1-time": "0"}, "id_s1-time", "Enter at least 1."),
    ({"s1-sequence": "x"}, "id_s1-sequence", "Enter a whole number."),
    ({"s1-escalate_to": "finance"}, "id_s1-escalate_to", "They are asked already"),
]


@pytest.mark.parametrize(("typed", "where", "said"), WRONG, ids=[where for _typed, where, _said in WRONG])
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    world: SimpleNamespace,
    owner: Client,
    draft: ApprovalPolicy,
    typed: dict[str, Any],
    where: str,
    said: str,
) -> None:
    before = kept.version(draft)
    data = filled(owner, draft, "S2") | {"s2-why": "My own words", "any_mark": "mine, too"} | typed
    page = post(owner, draft, "S2", data, 422).content.decode()
    assert f'href="#{where}' in page, "the summary leads there"
    beside = page.partition(f'id="{where}_error"')[2][:900]
    assert said in beside
    again = Form(page).found
    lost = {
        name
        for name, value in data.items()
        if name in again and again[name] != ([value] if isinstance(value, str) else value)
    }
    assert lost <= {"csrfmiddlewaretoken", "hospitals"}
    assert kept.version(draft) == before


def test_somebody_else_was_first(
    world: SimpleNamespace, owner: Client, second: User, draft: ApprovalPolicy
) -> None:
    data = filled(owner, draft, "S2") | {"amount_to": "7000"}
    change(draft, "S2", second, amount_to="6000")
    page = post(owner, draft, "S2", data, 409).content.decode()
    assert "Somebody changed this rule" in page and "£6,000" in page
    again = Form(page).found
    assert again["amount_to"] == ["7000"]
    post(owner, draft, "S2", again, 302)
    found = kept.version(draft).find("S2")
    assert found is not None and found.conditions["amount_to"] == "7000"


def test_a_hospital_does_it_otherwise(
    world: SimpleNamespace, owner: Client, supply: Category, site: ApprovalPolicy
) -> None:
    data = filled(owner, site, "S2") | {"amount_to": "4000"}
    post(owner, site, "S2", data, 302)
    own = kept.version(site)
    assert [rule.code for rule in own.rules] == ["S2"]
    assert own.rules[0].conditions == {"amount_from": "1000", "amount_to": "4000"}


def test_only_drafts_have_forms(
    world: SimpleNamespace, owner: Client, second: User, draft: ApprovalPolicy
) -> None:
    assert owner.get(address(draft, "nothing")).status_code == 404
    published(draft, world.policy_owner, second)
    assert owner.get(address(draft, "S2")).status_code == 409
