"""An administrator makes a type of request and a bundle in the browser; people ask for them; teams do them."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from requests_app.models import Category, ServiceRequest
from requests_app.states import RequestState
from tests.browser.conftest import DESK, Person
from tests.configuring import crew
from tests.journeys import fresh

pytestmark = pytest.mark.browser
TIMES = {
    "response": "4", "response_unit": "wh", "fulfilment": "2", "fulfilment_unit": "wd", "calendar": "office",
}  # fmt: skip


def add(page: Page, what: str, **fields: str) -> None:
    """Fill in and save the page behind the link `what`."""
    page.get_by_role("link", name=what).click()
    for name, value in fields.items():
        field = page.locator(f'[name="{name}"]').first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        elif field.evaluate("field => field.type") == "radio":
            page.locator(f'[name="{name}"][value="{value}"]').check()
        else:
            field.fill(value)
    page.get_by_role("button", name="Save", exact=True).click()


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publish", exact=True).click()


def make(admin: Person, name: str, kind: str) -> Page:
    page = admin.go(reverse("desk:type-new"))
    page.get_by_label("What is it called?").fill(name)
    page.locator(f'[name="kind"][value="{kind}"]').check()
    page.get_by_role("button", name="Save", exact=True).click()
    return page


def asked_for(nurse: Person, name: str, **answers: str) -> ServiceRequest:
    page = nurse.go(reverse("requests:ask"))
    page.get_by_role("link", name=name).first.click()
    for key, value in answers.items():
        page.locator(f'[name="q-{key}"]').fill(value)
    page.get_by_role("button", name="Send", exact=True).last.click()
    expect(page.get_by_text("Its number is")).to_be_visible()
    return ServiceRequest.objects.exclude(submitted_at=None).filter(parent=None).latest("pk")


def agree(head: Person) -> None:
    head.go(reverse("approvals:inbox")).get_by_role("button", name="Approve", exact=True).first.click()
    expect(head.page.locator("#toasts")).to_contain_text(" approved")


def work_on(member: Person) -> None:
    """Everything that waits for the team of this person: taken, and done."""
    page = member.go(reverse("requests:work"))
    page.get_by_role("button", name="Take").first.click()
    done = page.get_by_role("button", name="Done")
    expect(done).to_have_count(1)
    done.click()
    expect(done).to_have_count(0)


@pytest.mark.timeout(240)
def test_a_type_made_asked_agreed_taken_done(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    team = crew(people)
    page = make(meet(people.administrator, size=DESK), "Document request", "form")
    add(page, "Add a question", label="Which document?", ask="text")
    add(page, "Change team, policy and times", team="hr", **TIMES)
    publish(page)
    expect(page.get_by_role("heading", name="It cannot be published yet")).to_be_visible()
    expect(page.get_by_text("Nobody is named who decides").first).to_be_visible()
    assert not Category.objects.get(name="Document request").active
    add(page, "Change team, policy and times", route="head")
    publish(page)
    expect(page.get_by_text("Published").first).to_be_visible()

    request = asked_for(meet(people.nurse), "Document request", which_document="A letter")
    assert request.state == RequestState.SUBMITTED
    agree(meet(people.head))
    assert fresh(request).held_by == "People team"
    work_on(meet(team["hr"], size=DESK))
    assert fresh(request).state == RequestState.CLOSED


@pytest.mark.timeout(300)
def test_a_bundle_of_three_made_asked_and_done(meet: Callable[..., Person], people: SimpleNamespace) -> None:
    team = crew(people)
    page = make(meet(people.administrator, size=DESK), "Ward outing", "bundle")
    add(page, "Add a question", label="Where to?", ask="text")
    for title, whose in (
        ("Book a coach", "estates"),
        ("Pack linen", "linen"),
        ("Lend wheelchairs", "library"),
    ):
        add(page, "Add a task", title=title, whose=f"team:{whose}", amount="2", unit="wd", calendar="office")
    add(page, "Change team, policy and times", route="nobody", **TIMES)
    publish(page)
    expect(page.get_by_text("Published").first).to_be_visible()

    parent = asked_for(meet(people.nurse), "Ward outing", where_to="The sea")
    tasks = ServiceRequest.objects.filter(parent=parent)
    assert {task.team.code for task in tasks.select_related("team")} == {"estates", "linen", "library"}
    for code in ("estates", "linen", "library"):
        assert fresh(parent).state != RequestState.CLOSED
        work_on(meet(team[code], size=DESK))
    assert set(tasks.values_list("state", flat=True)) == {RequestState.CLOSED}
    assert fresh(parent).state == RequestState.CLOSED
