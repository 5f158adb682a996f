"""The editor of policies in the browser: a threshold changed, proven, rehearsed and published by two people."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from approvals.governing import kept, releasing, revising
from approvals.models import Approval, ApprovalPolicy
from portal.accounts.models import User
from requests_app.models import Category, ServiceRequest
from tests import journeys, personas
from tests.browser.conftest import DESK, PHONE, Person
from tests.browser.test_every_page import violations

pytestmark = pytest.mark.browser
MOST_TABS = 400


@pytest.fixture
def second(people: SimpleNamespace) -> User:
    return personas.person("ruth.castell", role="policy_owner")


def supply() -> Category:
    return Category.objects.get(code="supply")


def draft_of(people: SimpleNamespace, note: str = "") -> ApprovalPolicy:
    made = revising.start(category=supply(), by=people.policy_owner)
    if note:
        revising.describe(
            policy_id=made.pk,
            name=made.name,
            mode="all",
            note=note,
            seen=kept.seen(kept.policy(made.pk)),
            by=people.policy_owner,
        )
    return made


def asked(request: ServiceRequest) -> set[str]:
    return set(Approval.objects.get(request=request).steps.values_list("role", flat=True))


def sideways(page: Page) -> int:
    beyond: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return max(beyond, 0)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("size", "js"), [(DESK, True), (PHONE, True), (DESK, False)], ids=["desk", "phone", "no script"]
)
def test_a_threshold_changed_proven_rehearsed_and_published_by_two(
    meet: Callable[..., Person], people: SimpleNamespace, second: User, size: dict[str, int], js: bool
) -> None:
    before = journeys.sent(people, NPW_KIT=1)
    author = meet(people.policy_owner, size=size, js=js)
    page = author.go(reverse("accounts:me"))
    page.get_by_role("link", name="Policies").click()
    page.get_by_label("Type of request").select_option("supply")
    page.get_by_role("button", name="Begin a new version").click()
    page.get_by_role("link", name="Name and reason").click()
    page.get_by_label("Why is it changed?").fill("Prices rose")
    page.get_by_role("button", name="Save", exact=True).last.click()
    for rule, field, amount in (("S1", "up to", "200"), ("S2", "from", "200")):
        page.get_by_role("link", name=f"Change {rule}", exact=True).click()
        page.get_by_label(field).first.fill(amount)
        page.get_by_role("button", name="Save", exact=True).last.click()
        expect(page.get_by_role("heading", name="Rules, in the order")).to_be_visible()
    page.get_by_role("button", name="Hand over for review").click()
    expect(page.get_by_text("A second policy owner publishes it.")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    other = meet(second, size=size, js=js)
    page = other.go(reverse("policies:list"))
    page.get_by_role("link", name="Version 2 for the whole group").click()
    page.get_by_role("link", name="Review").click()
    expect(page.get_by_text("the amount is under £200", exact=False).first).to_be_visible()
    expect(page.get_by_role("heading", name="Proof")).to_be_visible()
    expect(page.get_by_text("1 of 1 request would go another way")).to_be_visible()
    assert sideways(page) == 0
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Published", exact=True).first).to_be_visible()
    decides = kept.published(supply().pk, None)
    assert decides is not None and (decides.version, decides.author, decides.published_by) == (
        2, people.policy_owner, second,
    )  # fmt: skip
    after = journeys.sent(people, NPW_KIT=1)
    assert asked(after) - asked(before) == {"finance"}


def focus_on(page: Page, selector: str) -> None:
    """With the tab key, as somebody without a mouse does."""
    for _press in range(MOST_TABS):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not reach {selector}")


def entered(page: Page) -> None:
    """The key that opens what has the focus, or sends its form."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def chosen(page: Page, selector: str) -> None:
    focus_on(page, selector)
    entered(page)


@pytest.mark.timeout(300)
def test_by_keyboard_alone(meet: Callable[..., Person], people: SimpleNamespace, second: User) -> None:
    draft = draft_of(people)
    page = meet(people.policy_owner, size=DESK).go(reverse("policies:policy", args=[draft.pk]))
    chosen(page, 'a[href$="/describe/"]')
    focus_on(page, "#id_note")
    page.keyboard.type("By keyboard")
    chosen(page, "main .btn-primary")
    chosen(page, 'a[href$="/rules/S2/"]')
    focus_on(page, "#id_amount_to")
    page.keyboard.press("Control+a")
    page.keyboard.type("5500")
    entered(page)
    chosen(page, 'a[href$="/rules/S3/"]')
    focus_on(page, "#id_amount_from")
    page.keyboard.press("Control+a")
    page.keyboard.type("5500")
    entered(page)
    chosen(page, "main form .btn-primary")
    expect(page.get_by_text("A second policy owner publishes it.")).to_be_visible()
    page = meet(second, size=DESK).go(reverse("policies:review", args=[draft.pk]))
    chosen(page, 'form[action$="/publish/"] .btn-primary')
    expect(page.get_by_role("heading", name="Rules, in the order")).to_be_visible()
    assert kept.policy(draft.pk).status == "published"
    conditions = {rule.code: rule.conditions for rule in kept.version(draft).rules}
    assert (conditions["S2"]["amount_to"], conditions["S3"]["amount_from"]) == ("5500", "5500")


@pytest.mark.timeout(300)
def test_what_is_wrong_is_marked_and_nothing_is_lost(
    meet: Callable[..., Person], people: SimpleNamespace
) -> None:
    draft = draft_of(people)
    page = meet(people.policy_owner).go(reverse("policies:rule", args=[draft.pk, "S2"]))
    page.locator("#id_amount_to").fill("500")
    page.locator("#id_s1-time").fill("3")
    page.get_by_text("Where, and how soon").click()
    page.locator("#id_departments").fill("7B, 9Z")
    page.get_by_label("What people read when this rule asks").fill("Mine")
    page.get_by_role("button", name="Save", exact=True).last.click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="“9Z” is not known.").click()
    expect(page.locator("#id_departments")).to_be_focused()
    expect(page.locator("#id_amount_to_error")).to_contain_text("No amount is from 1000 and under 500.")
    for field, typed in (("amount_to", "500"), ("s1-time", "3"), ("departments", "7B, 9Z"), ("why", "Mine")):
        expect(page.locator(f"#id_{field}")).to_have_value(typed)
    assert not violations(page) and sideways(page) == 0
    page.locator("#id_amount_to").fill("5000")
    page.locator("#id_departments").fill("7B")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("the department is Ward 7B", exact=False)).to_be_visible()
    rule = kept.version(draft).find("S2")
    assert rule is not None and (rule.why, rule.conditions["departments"]) == ("Mine", ["7B"])


@pytest.mark.timeout(400)
def test_no_axe_violation_and_nothing_sideways(
    meet: Callable[..., Person], people: SimpleNamespace, second: User
) -> None:
    by = people.policy_owner
    draft = draft_of(people, "To look at")
    releasing.submit(policy_id=draft.pk, seen=kept.seen(kept.policy(draft.pk)), by=by)
    site = revising.start(category=supply(), hospital=people.hospital, by=by)
    revising.withdraw(policy_id=site.pk, code="flag-hire", by=by)
    addresses = [
        reverse("policies:list"),
        reverse("policies:import"),
        *(reverse(f"policies:{name}", args=[draft.pk]) for name in ("policy", "review", "versions")),
        *(
            reverse(f"policies:{name}", args=[site.pk])
            for name in ("policy", "describe", "rule-new", "roll-back")
        ),
        reverse("policies:rule", args=[site.pk, "S2"]),
    ]
    person = meet(second)
    found = {}
    for address in addresses:
        page = person.go(address)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for size in (PHONE, DESK):
                page.set_viewport_size(size)  # type: ignore[arg-type]
                if wrong := [*violations(page), *(["sideways"] if sideways(page) else [])]:
                    found[f"{address} {size['width']} {scheme}"] = wrong
        page.set_viewport_size({"width": 320, "height": 700})
        if sideways(page):
            found[f"{address} 320"] = ["sideways"]
    assert not found
