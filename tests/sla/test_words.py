"""What people read: ward words, the hospital's time, and no query."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from portal import clock
from portal.accounts import scopes
from requests_app import lifecycle
from requests_app.models import Category, ServiceRequest
from requests_app.states import RequestState
from sla import clocks, escalation, words
from sla.models import BusinessCalendar

from .conftest import TUESDAY, build_place

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FORBIDDEN = ("breach", "SLA", "%", "approval", "fulfilment", "None")


def render(tag, request, at=TUESDAY):
    template = Template("{% load sla_panels %}{% " + tag + " request %}")
    with clock.at(at):
        return template.render(Context({"request": request}))


def waiting(place, **times):
    """A sent request, as a list loads it, with these times in memory."""
    request = ServiceRequest.objects.select_related("hospital").get(pk=place.send().pk)
    for name, value in times.items():
        setattr(request, name, value)
    return request


@pytest.mark.parametrize(
    ("ahead", "warned", "tone", "said"),
    [
        (22 * MINUTE, 5 * MINUTE, "risk", "Due in 22 min"),
        (5 * HOUR, -5 * MINUTE, "ok", "Due in 5 h"),
        (5 * HOUR + 7 * MINUTE, -5 * MINUTE, "ok", "Due in 5 h 7 min"),
        (30 * MINUTE / 60, 5 * MINUTE, "risk", "Due in 1 min"),
        (24 * HOUR, -MINUTE, "ok", "Due Wed 13 May, 09:00"),
        (75 * HOUR, -MINUTE, "ok", "Due Fri 15 May, 12:00"),
        (0 * HOUR, 5 * MINUTE, "risk", "Due in 1 min"),
        (-18 * MINUTE, HOUR, "late", "Late by 18 min"),
        (-3 * HOUR, HOUR, "late", "Late by 3 h"),
        (-24 * HOUR, HOUR, "late", "Late by 1 day"),
        (-80 * HOUR, HOUR, "late", "Late by 3 days"),
    ],
)
def test_the_chip_says_how_it_stands(place, django_assert_num_queries, ahead, warned, tone, said):
    request = waiting(place, due_at=TUESDAY + ahead, warn_at=TUESDAY - warned)
    with django_assert_num_queries(0):
        html = render("due_chip", request)
    assert f'class="sla sla-{tone}"' in html
    assert f">{said}</time>" in html
    assert (
        f'<time datetime="{(TUESDAY + ahead).astimezone(words.ZoneInfo("Europe/London")).isoformat()}"'
        in html
    )
    assert "<svg" in html
    assert 'aria-hidden="true"' in html


def test_the_chip_without_a_due_time(place):
    request = waiting(place)
    assert "sla-hold" in (html := render("due_chip", request))
    assert "No time set yet" in html
    for kind, said in (("supply", "All here"), ("it", "Done"), ("bundle", "Done")):
        for state in (RequestState.CLOSED, RequestState.FULFILLED):
            chip = words.request_chip(ServiceRequest(state=state, category=Category(kind=kind)), TUESDAY)
            assert (chip.tone, chip.icon, chip.words) == ("met", "check", said)
    for state in (RequestState.DRAFT, RequestState.REJECTED, RequestState.CANCELLED):
        assert words.request_chip(ServiceRequest(state=state), TUESDAY) is None


def test_the_chip_speaks_the_time_of_its_hospital(db, tuesday):
    scopes.sync_roles()
    request = waiting(build_place("SAK", "Europe/Berlin"), due_at=TUESDAY + 75 * HOUR, warn_at=TUESDAY + HOUR)
    assert "Due Fri 15 May, 13:00" in render("due_chip", request)
    with translation.override("de"):
        assert "Fr" in render("due_chip", request)


def test_the_panel_says_who_does_what_by_when(place, django_assert_num_queries):
    request = place.send()
    clocks.start_approval_clock(request=request, about="step:1", calendar="office", by=place.system)
    with django_assert_num_queries(1):
        html = render("clocks_panel", request)
    assert "Somebody decides" in html
    assert "Due Wed 13 May, 09:00" in html
    with clock.at(TUESDAY + HOUR):
        request = lifecycle.approve(request=request, by=place.system)
    with django_assert_num_queries(1):
        html = render("clocks_panel", request, TUESDAY + HOUR)
    for said in (
        "Decided",
        "Tue 12 May, 10:00",
        "Somebody takes it",
        "Due in 4 h",
        "On the ward",
        "Due Wed 13 May, 10:00",
    ):
        assert said in html, said
    assert not [word for word in FORBIDDEN if word in html]


def test_the_panel_says_what_was_late_and_leaves_out_what_is_not_needed(place):
    request = place.send()
    clocks.start_approval_clock(request=request, about="step:1", calendar="office", by=place.system)
    with clock.at(TUESDAY + 26 * HOUR):
        escalation.sweep()
        assert "Late by 2 h" in render("clocks_panel", request, TUESDAY + 26 * HOUR)
        lifecycle.approve(request=request, by=place.system)
    assert "Wed 13 May, 11:00, 2 h late" in render("clocks_panel", request, TUESDAY + 27 * HOUR)
    other = place.send()
    clocks.start_approval_clock(request=other, about="step:2", calendar="office", by=place.system)
    lifecycle.cancel(request=other, by=place.nurse, reason="Not needed")
    assert render("clocks_panel", other).strip() == ""


def test_out_of_hours_the_true_start_is_said(place):
    friday_evening = datetime(2026, 5, 15, 18, tzinfo=UTC)
    with clock.at(friday_evening):
        request = place.send()
        clocks.start_approval_clock(request=request, about="step:1", calendar="office", by=place.system)
    assert "Starts 08:00 Monday" in render("clocks_panel", request, friday_evening)
    assert "Starts" not in render("clocks_panel", request, friday_evening + 64 * HOUR)
    assert "Goes on 08:00 Tuesday" in render("clocks_panel", request, friday_evening + 72 * HOUR)
    BusinessCalendar.objects.update(windows={"week": []})
    assert "Starts" not in render("clocks_panel", request, friday_evening)
