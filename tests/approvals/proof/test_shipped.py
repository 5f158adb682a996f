"""What is shipped, with the people of the seed: nothing is wrong with it. What a hospital does otherwise is looked at there."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

import approvals.shipped
import requests_app.configured.shipped
from approvals.in_force import in_force
from approvals.models import ApprovalPolicy, PolicyRule, PolicyStep
from approvals.proof import prove, read_world
from approvals.proof.drafted import by_hospital, prove_version
from approvals.publishing import draft, release
from approvals.routing import Rule, StepRule
from portal.accounts import scopes
from portal.accounts.models import Hospital
from portal.desk.seed.catalogue import sow_catalogue
from portal.desk.seed.duties import sow_duties
from portal.desk.seed.people import sow_people
from portal.desk.seed.places import sow_places
from requests_app.models import Category
from tests import kept_rows

pytestmark = [pytest.mark.django_db, pytest.mark.thorough, pytest.mark.timeout(180)]
HEAD, OFFICER = StepRule(20, "head", "office"), StepRule(10, "compliance", "finance")


@pytest.fixture
def seeded(db: None) -> None:
    """Three hospitals with everybody, the catalogue, and every policy that is shipped."""
    if not kept_rows.put_back("everybody"):
        by = scopes.system_user()
        for code in ("SBG", "NFC", "SAK"):
            hospital, _places = sow_places(code=code)
            sow_people(hospital=hospital, password="x", by=by)
            sow_duties(hospital=hospital, by=by)
            sow_catalogue(hospital=hospital)
        requests_app.configured.shipped.install(by=by)
        approvals.shipped.install(by=by)
        kept_rows.keep("everybody")


def test_nothing_is_wrong_with_any_policy_that_is_shipped(seeded: None) -> None:
    hospital = Hospital.objects.get(code="SBG")
    policies = ApprovalPolicy.objects.filter(status="published").select_related("category")
    assert policies.count() >= 17
    for policy in policies:
        rules = in_force(policy.category_id, hospital.pk).rules
        assert prove(rules, read_world(policy.category)) == [], policy
        assert prove_version(policy) == [], policy


def group_draft(*rules: Rule) -> ApprovalPolicy:
    supply = Category.objects.get(code="supply")
    return draft(
        category=supply, code="supply-purchases", name="Purchases", rules=rules, by=scopes.system_user()
    )


def at_northfield(*rules: Rule, withdraws: tuple[str, ...] = ()) -> ApprovalPolicy:
    site = ApprovalPolicy.objects.create(
        code="purchases-nfc", category=Category.objects.get(code="supply"), name="Ours", withdraws=list(withdraws),
        hospital=Hospital.objects.get(code="NFC"),
    )  # fmt: skip
    for at, rule in enumerate(rules):
        row = PolicyRule.objects.create(
            policy=site, position=at, code=rule.code, why=rule.why, conditions=rule.conditions
        )
        for step in rule.steps:
            PolicyStep.objects.create(
                rule=row, sequence=step.sequence, role=step.role, calendar=step.calendar
            )
    return site


def test_a_draft_is_proven_with_what_hospitals_do_otherwise(seeded: None) -> None:
    all_of_it = Rule("all", "All", {}, (HEAD,))
    policy = group_draft(all_of_it, Rule("here", "Here", {"hospitals": ["NFC"]}, (OFFICER,)))
    assert prove_version(policy) == []
    site = at_northfield(withdraws=("all",))
    release(policy=site, by=scopes.system_user())
    assert prove_version(policy) == [], "what is left at Northfield asks the officer, and counts nowhere else"
    ApprovalPolicy.objects.filter(pk=site.pk).update(withdraws=["all", "here"])
    found = prove_version(policy)
    assert [(one.code, one.case.hospital) for one in found] == [("gap", "NFC"), ("never_holds", "SAK")]


def test_a_draft_of_a_hospital_is_proven_there(seeded: None) -> None:
    site = at_northfield(Rule("S1", "Ours", {"amount_from": "0", "amount_to": "900"}, (HEAD,)))
    assert list(by_hospital(site)) == ["NFC"]
    found = prove_version(site)
    assert [(one.code, one.case.hospital, one.case.amount) for one in found] == [("gap", "NFC", 900)]
    assert "900" in found[0].sentence and "1,000" in found[0].sentence
    assert found[0].example == "NFC/ADM; amount 900; budget: none"


class TestCommand:
    def told(self, *arguments: str) -> tuple[str, int]:
        out, status = StringIO(), 0
        try:
            call_command("prove_policy", *arguments, stdout=out)
        except SystemExit as ended:
            status = int(ended.code or 0)
        return out.getvalue(), status

    def test_what_is_in_force(self, seeded: None) -> None:
        said, status = self.told("supply-purchases")
        assert (said, status) == ("supply-purchases v1: 0 findings\n", 0)

    def test_a_draft_with_a_gap(self, seeded: None) -> None:
        group_draft(Rule("low", "Low", {"amount_to": "500"}, (HEAD,)))
        said, status = self.told("supply-purchases", "2")
        assert status == 1
        assert "supply-purchases v2: 1 findings" in said and "amount 500" in said

    def test_a_policy_that_is_not_there(self, seeded: None) -> None:
        with pytest.raises(CommandError, match="supply-purchases"):
            call_command("prove_policy", "purchases")

    def test_a_rehearsal_of_nothing(self, seeded: None) -> None:
        out = StringIO()
        call_command("simulate_policy", "supply-purchases", stdout=out, verbosity=0)
        assert "0 requests" in out.getvalue() and "0 would go another way" in out.getvalue()
