"""In the admin hours are edited through their verb, and clocks cannot be touched."""

import json

import pytest
from auditlog.models import LogEntry
from django.contrib import admin
from django.db import DatabaseError, transaction
from django.urls import reverse

from portal.accounts.models import User
from sla import clocks
from sla.models import BusinessCalendar, Clock, ClockEvent, Holiday


@pytest.fixture
def keeper(place, client):
    keeper = User.objects.create_superuser(username="keeper", password=None)
    client.force_login(keeper)
    return client


def test_an_edit_publishes_the_next_version(place, keeper):
    office = BusinessCalendar.objects.get(code="office")
    url = reverse("admin:sla_businesscalendar_change", args=[office.pk])
    hours = {"week": [{"days": [0], "open": [["09:00", "10:00"]]}]}
    sent = {"name": "Office", "windows": json.dumps(hours), "holidays": '"site"'}
    assert keeper.post(url, sent).status_code == 302
    office.refresh_from_db()
    assert (office.windows, office.version) == (hours, 2)
    entry = LogEntry.objects.get_for_object(office).filter(action=LogEntry.Action.UPDATE).get()
    assert (entry.actor.username, entry.changes_dict["version"]) == ("keeper", ["1", "2"])
    refused = keeper.post(url, {**sent, "windows": '{"week": [{"days": [9], "open": []}]}'})
    assert b"not a weekday: 9" in refused.content


def test_a_holiday_moves_the_calendars_that_follow_it(place, keeper):
    day = {"hospital": place.hospital.pk, "date": "2026-06-01", "name": "Founders' day"}
    assert keeper.post(reverse("admin:sla_holiday_add"), day).status_code == 302
    assert "2026-06-01" in BusinessCalendar.objects.get(code="office").days_off
    made = Holiday.objects.get(name="Founders' day")
    keeper.post(reverse("admin:sla_holiday_delete", args=[made.pk]), {"post": "yes"})
    assert "2026-06-01" not in BusinessCalendar.objects.get(code="office").days_off
    assert BusinessCalendar.objects.get(code="always").version == 1


def test_clocks_are_only_shown(place, keeper):
    made = clocks.start_approval_clock(
        request=place.send(), about="step:1", calendar="office", by=place.system
    )
    page = keeper.get(reverse("admin:sla_clock_change", args=[made.pk]))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert (
        keeper.post(reverse("admin:sla_clock_change", args=[made.pk]), {"state": "stopped"}).status_code
        == 403
    )
    assert keeper.post(reverse("admin:sla_clock_delete", args=[made.pk]), {"post": "yes"}).status_code == 403
    assert keeper.get(reverse("admin:sla_clock_add")).status_code == 403
    assert Clock.objects.get(pk=made.pk).state == "running"
    assert not admin.site.is_registered(ClockEvent)


def test_what_happened_to_a_clock_is_only_ever_added_to(place):
    clocks.start_approval_clock(request=place.send(), about="step:1", calendar="office", by=place.system)
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        ClockEvent.objects.update(kind="stopped")
