"""A mail scanner opens every link and every address of a form: nothing in any table changes, signed in or not."""

import re
from html import unescape
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from portal.notify.models import Notice
from tests.hurrying import on_duty
from tests.journeys import open_steps, sent
from tests.personas import person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(240)]
LINK = re.compile(r'(?:href|action|hx-post|hx-get)="((?:/approvals/|/requests/)[^"#]*)"')
STATUSES = {200, 302, 403, 404, 405}


def stored() -> dict[str, tuple[object, ...]]:
    """Every row of every table but those of sessions: keys and all values."""
    models = [
        one for one in apps.get_models(include_auto_created=True) if one._meta.managed and one is not Session
    ]
    return {
        one._meta.label: tuple(one._base_manager.order_by("pk").values_list())
        for one in models
        if one._meta.app_label not in ("contenttypes", "auth", "guardian", "auditlog")
    }


def opened(browser: Client, first: set[str], most: int = 60) -> set[str]:
    """Open these addresses and what they lead to, with everything that reads."""
    seen: set[str] = set()
    todo = sorted(first)
    while todo and len(seen) < most:
        there = todo.pop(0)
        seen.add(there)
        answer = browser.get(there)
        for found in (answer, browser.head(there), browser.options(there)):
            assert found.status_code in STATUSES, (there, found.status_code)
        if answer.status_code == 200:
            found = {unescape(one) for one in LINK.findall(answer.content.decode())}
            todo += sorted(found - seen - set(todo), key=lambda one: "/approvals/" not in one)
    return seen


@pytest.mark.parametrize("who", ["head", "nobody"])
def test_a_scanner_that_opens_everything_changes_nothing(world: SimpleNamespace, settings, who: str) -> None:
    settings.APPROVE_CONFIRM_FROM = 300
    person("anna.holt", role="head", place=world.ward)
    on_duty(world, "site_manager", world.service_manager)
    small, large = sent(world, NPW_KIT=1), sent(world, note="many", NPW_KIT=6)
    refs = [open_steps(one)[0].ref for one in (small, large)]
    links = set(Notice.objects.filter(user=world.head).exclude(url="").values_list("url", flat=True))
    assert any("open=" in one or "case=" in one for one in links), links
    names = ("approve", "confirm", "undo", "reject", "return", "adjust", "ask", "pass")
    routes = {f"/approvals/{ref}/{name}/" for ref in refs for name in names}
    routes |= {reverse("approvals:batch"), reverse("approvals:cover"), reverse("approvals:glass-reviews")}
    routes |= {reverse("approvals:glass-use", args=[one.public_id]) for one in (small, large)}
    browser = Client() if who == "nobody" else signed_in(world.head)
    before = stored()
    seen = opened(browser, links | routes)
    after = stored()
    assert len(seen) >= len(links | routes)
    assert [label for label in before if before[label] != after[label]] == []
