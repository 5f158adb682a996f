"""Many people at real web processes, the same moment: one decision, one request."""

from collections import Counter
from collections.abc import Iterator
from time import monotonic
from types import SimpleNamespace

import pytest
from django.urls import reverse

from approvals.models import ApprovalStep, Decision, StepApprover
from integrations.models import OutboxMessage
from portal.accounts import scopes
from portal.accounts.models import User
from portal.audit.models import Event
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from sla.models import Clock
from tests.browsing import Answer, Browser, at_once, in_turn
from tests.journeys import approve, draft, fresh, link, open_steps, sent
from tests.servers import web

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(180),
]
MANY = 100
PRESSES = 20
BOUND = 45.0  # seconds for all of them, on a machine that does other things too; alone it takes a few


@pytest.fixture
def address(transactional_db: None) -> Iterator[tuple[str, int]]:
    """Two processes with 16 threads each: neither of them knows what the other does."""
    with web(processes=2, threads=16) as found:
        yield found


def buyers_in_chief(world: SimpleNamespace, count: int) -> list[User]:
    """So many people who may all take the decision of procurement."""
    people = []
    for number in range(count):
        person = User.objects.create_user(
            f"chief{number}", first_name="Chief", last_name=f"Number{number:03}"
        )
        scopes.grant(user=person, role="procurement", place=world.hospital, by=scopes.system_user())
        people.append(person)
    return people


def waiting_for_procurement(world: SimpleNamespace) -> tuple[ServiceRequest, ApprovalStep]:
    link(world)
    request = sent(world, NPW_KIT=1)
    approve(request, world.head)
    return fresh(request), open_steps(request)[0]


def within_bound(browsers: list[Browser], path: str, name: str) -> list[Answer]:
    """Press the button at `path` together; nobody waits longer than BOUND, nobody sees a broken page."""
    began = monotonic()
    answers: list[Answer] = at_once(browsers, lambda browser: browser.post(path))
    took = monotonic() - began
    print(f"{name}: {len(answers)} in {took:.1f} s, slowest {max(a.took for a in answers):.1f} s")
    assert took < BOUND
    assert not [answer for answer in answers if answer.status >= 500]
    return answers


def test_a_hundred_people_approve_one_step(world: SimpleNamespace, address: tuple[str, int]) -> None:
    people = buyers_in_chief(world, MANY)
    request, step = waiting_for_procurement(world)
    path = reverse("approvals:step-approve", args=[step.ref])
    browsers = [Browser(address, person) for person in people]
    pages = in_turn(browsers, lambda browser: browser.get(reverse("approvals:inbox")))
    assert all(page.status == 200 and path in page.body for page in pages)

    forged = browsers[0].again()
    forged.hidden.pop("csrfmiddlewaretoken")
    assert forged.post(path).status == 403  # the others go through the same guard as a person's browser

    answers = within_bound(browsers, path, "approve")

    decision = Decision.objects.get(step=step)
    winner = decision.actor.get_full_name()
    assert Counter(answer.status for answer in answers) == {302: 1, 409: MANY - 1}
    assert answers[people.index(decision.actor)].location.startswith(reverse("approvals:inbox"))
    refused = [answer.body for answer in answers if answer.status == 409]
    assert all(f"{winner} approved this first." in body for body in refused)
    assert not [body for body in refused if path in body]  # nothing left to press
    about = Event.objects.filter(case=request.public_id)
    assert about.filter(action="step.approved", subject=f"step:{step.pk}").count() == 1
    assert about.filter(action="request.approved").count() == 1
    assert OutboxMessage.objects.filter(request=request).count() == 1
    assert fresh(request).state == RequestState.APPROVED
    assert not StepApprover.objects.filter(step=step, open=True).exists()


def test_twenty_presses_of_send_make_one_request(world: SimpleNamespace, address: tuple[str, int]) -> None:
    link(world)
    request = draft(world, NPW_KIT=1)
    first = Browser(address, world.nurse)
    review = first.get(reverse("desk:review", args=[request.public_id]))
    assert review.status == 200
    tabs = [first.again() for _ in range(PRESSES)]

    answers = within_bound(tabs, reverse("requests:submit", args=[request.public_id]), "send")

    there = reverse("desk:request-detail", args=[request.public_id]) + "?sent=1"
    assert Counter((answer.status, answer.location) for answer in answers) == {(302, there): PRESSES}
    request = ServiceRequest.objects.get()
    assert request.state == RequestState.SUBMITTED
    about = Event.objects.filter(case=request.public_id)
    assert Counter(about.values_list("action", flat=True))["request.submitted"] == 1
    assert request.approvals.count() == 1
    clocks = list(Clock.objects.filter(request=request).values_list("kind", flat=True))
    assert clocks and len(clocks) == len(set(clocks))
