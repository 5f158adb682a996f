"""Twenty people at one list of sixty (TEST_DEEP: of two hundred): every piece is taken once, nobody sees a broken page, who was second is told."""

import os
import random
import re
from collections.abc import Iterator
from html import unescape
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.urls import reverse

from portal.audit.models import Event
from requests_app import work
from requests_app.models import ServiceRequest, StateChange
from requests_app.states import RequestState
from tests import personas, repairs
from tests.browsing import Answer, Browser, at_once, in_turn
from tests.servers import web

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
PEOPLE = 20
JOBS = 200 if os.environ.get("TEST_DEEP") else 60
WORK = reverse("requests:work")
TAKE = re.compile(r'action="(/work/[\w-]+/take/)')
NEAR = 20  # of those on top, one is taken


@pytest.fixture
def address(transactional_db: None) -> Iterator[tuple[str, int]]:
    with web(processes=2, threads=16) as found:
        yield found


def queue_of(world: SimpleNamespace, count: int) -> list[ServiceRequest]:
    """So many repairs, really sent."""
    repairs.equip(world)
    return [repairs.sent(world) for _ in range(count)]


def test_twenty_people_take_each_piece_once(world: SimpleNamespace, address: tuple[str, int]) -> None:
    jobs = queue_of(world, JOBS)
    team = world.teams["biomed"]
    people = [personas.person(f"taker{n:02}.x", role="fulfiller", place=team) for n in range(PEOPLE)]
    browsers = [Browser(address, person) for person in people]
    pages = in_turn(browsers, lambda browser: browser.get(WORK))
    assert {page.status for page in pages} == {200}

    answers = [answer for found in at_once(browsers, until_nothing_is_free) for answer in found]

    assert {answer.status for answer in answers} <= {200, 302}
    rows = ServiceRequest.objects.filter(pk__in=[job.pk for job in jobs])
    assert set(rows.values_list("state", flat=True)) == {RequestState.IN_FULFILMENT}
    taken = StateChange.objects.filter(request__in=jobs, to_state=RequestState.IN_FULFILMENT)
    assert taken.count() == JOBS
    refs = [job.public_id for job in jobs]
    assert Event.objects.filter(action="request.taken", case__in=refs).count() == JOBS
    by = dict(taken.values_list("request_id", "by"))
    assert by == dict(rows.values_list("pk", "assignee"))
    presses = sum(answer.status == 302 for answer in answers)
    told = sum("took it before you." in answer.body for answer in answers)
    slowest = max(answer.took for answer in answers)
    print(
        f"{JOBS} taken by {len(set(by.values()))} people in {presses} presses, slowest answer {slowest:.1f} s"
    )
    assert presses > JOBS, "they never met at the same one: this proves nothing"
    assert told == presses - JOBS  # each of those who came second


def until_nothing_is_free(browser: Browser) -> list[Answer]:
    """Look at what nobody has, press *Take it* at one of the first, look again: as people at a list do."""
    dice, found = random.Random(browser.cookies[settings.SESSION_COOKIE_NAME]), []
    while True:
        page = browser.get(f"{WORK}?show=free")
        found.append(page)
        free = TAKE.findall(page.body)
        if not free:
            return found
        found.append(browser.post(dice.choice(free[:NEAR])))


def test_each_of_twenty_who_press_together_is_told_who_was_first(
    world: SimpleNamespace, address: tuple[str, int]
) -> None:
    [job] = queue_of(world, 1)
    team = world.teams["biomed"]
    people = [personas.person(f"taker{n:02}.x", role="fulfiller", place=team) for n in range(PEOPLE)]
    browsers = [Browser(address, person) for person in people]
    in_turn(browsers, lambda browser: browser.get(WORK))
    there = reverse("requests:take", args=[job.public_id])
    answers = at_once(browsers, lambda browser: (browser.post(there), browser.get(WORK)))
    winner = ServiceRequest.objects.select_related("assignee").get(pk=job.pk).assignee
    assert winner in people
    for person, (pressed, page) in zip(people, answers, strict=True):
        assert (pressed.status, page.status) == (302, 200)
        told = f"{winner.get_full_name()} took it before you."
        said = unescape(page.body.partition('id="toasts"')[2])
        assert (told in said) == (person != winner), (person, pressed.location, said[:900])
    with pytest.raises(Exception, match="took it before you"):
        work.take(request=job, by=next(one for one in people if one != winner))
