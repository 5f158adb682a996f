"""Emergencies: told at once, told again while nobody takes them, each rung once."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.accounts.models import DutyHolder, User
from portal.audit.models import Event
from portal.desk import emergencies
from portal.desk.tasks import sweep_emergencies
from portal.errors import NotAllowed
from portal.notify.mailing import send_waiting
from portal.notify.models import Notice
from requests_app import lifecycle, work
from requests_app.models import CaseException, EmergencyCall, ServiceRequest
from tests import it_desk, personas
from tests.it_desk import EMERGENCY, FAULT

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(world: SimpleNamespace) -> SimpleNamespace:
    return it_desk.add(world)


def sent(world: SimpleNamespace, **answers: str) -> ServiceRequest:
    return it_desk.sent(world, "it", **EMERGENCY | answers)


def told(kind: str = "") -> list[str]:
    """Who was told, in order."""
    rows = Notice.objects.filter(kind__startswith=kind or "emergency").order_by("pk")
    return [notice.user.username for notice in rows]


def off_duty(code: str) -> None:
    DutyHolder.objects.filter(duty__code=code, until=None).delete()


def swept(request: ServiceRequest, after: timedelta) -> int:
    with clock.at(started(request) + after):
        return emergencies.sweep()


def started(request: ServiceRequest) -> datetime:
    return EmergencyCall.objects.get(request=request).raised_at


# ---- at once ----


def test_whoever_is_on_duty_for_the_team_is_told_in_the_same_transaction(desk: SimpleNamespace) -> None:
    request = sent(desk)
    assert request.priority == "emergency"
    assert told() == [desk.technician.username]
    notice = Notice.objects.get(kind="emergency_sent")
    assert (
        notice.text
        == f"Emergency from Ward 7B, Acute Medicine: Electronic patient record: will not open, {request.number}. Take it now."
    )
    assert notice.url == reverse("desk:request-detail", args=[request.public_id])
    assert Event.objects.get(action="emergency.called").after["told"] == [f"user:{desk.technician.pk}"]


@override_settings(EMAIL_URL="memory://", EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_the_mail_goes_with_the_next_sweep_of_mail_without_waiting(desk: SimpleNamespace) -> None:
    sent(desk)
    send_waiting()
    to_duty = [message for message in mail.outbox if message.to == [desk.technician.email]]
    assert [message.subject.startswith("Emergency from Ward 7B") for message in to_duty] == [True]


def test_what_is_no_emergency_calls_nobody(desk: SimpleNamespace) -> None:
    it_desk.sent(desk, "it", **FAULT)
    assert told() == []
    assert not EmergencyCall.objects.exists()


@pytest.mark.parametrize(
    ("team", "duty"),
    [
        ("it", "it_on_call"),
        ("porters", "porter_control"),
        ("biomed", "biomed_on_call"),
        ("estates", "estates_on_call"),
        ("stores", "site_manager"),
    ],
)
def test_the_duty_follows_from_the_team(desk: SimpleNamespace, team: str, duty: str) -> None:
    request = sent(desk)
    ServiceRequest.objects.filter(pk=request.pk).update(team=desk.teams[team])
    Notice.objects.all().delete()
    call = emergencies.raise_call(request=ServiceRequest.objects.get(pk=request.pk), by=desk.nurse)
    holder = DutyHolder.objects.get(duty__hospital=desk.hospital, duty__code=duty, until=None)
    assert call.duty_code == duty
    assert told() == [holder.user.username]


def test_nobody_on_duty_is_an_owned_exception_and_the_site_manager_is_told(desk: SimpleNamespace) -> None:
    off_duty("it_on_call")
    request = sent(desk)
    exception = CaseException.objects.get(kind="duty_not_covered")
    assert (exception.request, exception.owner_role, exception.key) == (
        request,
        "service_manager",
        "it_on_call",
    )
    assert "IT on call" in exception.detail
    assert told() == [desk.site_manager.username]
    assert request.state == "approved"


def test_without_anybody_at_all_it_is_still_sent_and_on_record(desk: SimpleNamespace) -> None:
    off_duty("it_on_call")
    off_duty("site_manager")
    request = sent(desk)
    assert told() == []
    assert swept(request, 11 * MINUTE) == 2
    assert set(CaseException.objects.filter(kind="duty_not_covered").values_list("key", flat=True)) == {
        "it_on_call",
        "site_manager",
    }
    assert swept(request, 20 * MINUTE) == 0
    assert CaseException.objects.filter(kind="duty_not_covered").count() == 2


def test_emergency_supplies_go_to_the_site_manager(desk: SimpleNamespace) -> None:
    request = emergency_supplies(desk)
    assert request.priority == "emergency"
    assert told() == [desk.site_manager.username]


def emergency_supplies(world: SimpleNamespace) -> ServiceRequest:
    """Filed on the page of supplies, as somebody does who has run out."""
    nurse = personas.signed_in(world.nurse)
    page = {
        "client_key": "5b0a2b2e-8c62-4f5f-9c5b-8a4f5c2f9f11",
        "department": world.ward.pk,
        "line-GLV-NIT-M": "2",
        "run_out": "now",
        "note": "",
        "answered_by": "Stores",
        "emergency_reason": "no_stock",
        "q-answered_by": "Stores",
        "q-emergency_reason": "no_stock",
        "do": "save",
    }
    nurse.post(reverse("requests:supply-new"), page)
    draft = ServiceRequest.objects.get(filed_by=world.nurse, category__code="supply")
    draft.answers = draft.answers | {"answered_by": "Stores", "emergency_reason": "no_stock"}
    draft.save(update_fields=["answers"])
    from tests.journeys import send

    return send(draft)


# ---- while nobody takes it ----


def test_after_five_minutes_the_holder_again_after_ten_the_site_manager_each_once(
    desk: SimpleNamespace,
) -> None:
    request = sent(desk)
    technician, manager = desk.technician.username, desk.site_manager.username
    assert swept(request, 5 * MINUTE - timedelta(seconds=1)) == 0
    assert told("emergency_unanswered") == []
    assert [swept(request, 5 * MINUTE), swept(request, 5 * MINUTE)] == [1, 0]
    assert told("emergency_unanswered") == [technician]
    assert [swept(request, 9 * MINUTE), swept(request, 10 * MINUTE), swept(request, 10 * MINUTE)] == [0, 1, 0]
    assert told("emergency_unanswered") == [technician, manager]
    assert swept(request, timedelta(days=3)) == 0
    assert told() == [technician, technician, manager]
    actions = (
        Event.objects.filter(action__startswith="emergency.").order_by("pk").values_list("action", flat=True)
    )
    assert list(actions) == ["emergency.called", "emergency.again", "emergency.manager"]


def test_a_worker_that_was_down_for_a_day_tells_each_rung_once(desk: SimpleNamespace) -> None:
    requests = [sent(desk) for _each in range(3)]
    with clock.at(started(requests[0]) + timedelta(days=1)):
        assert emergencies.sweep() == 6
        for _tick in range(3):
            sweep_emergencies.run()
    assert len(told("emergency_unanswered")) == 6
    assert len(told()) == 9


def test_a_new_holder_is_told_what_the_former_one_did_not_take(desk: SimpleNamespace) -> None:
    from portal.accounts import duties

    request = sent(desk)
    duty = DutyHolder.objects.get(duty__code="it_on_call", duty__hospital=desk.hospital, until=None).duty
    duties.take_duty(duty=duty, user=desk.it_lead, by=desk.it_lead)
    swept(request, 5 * MINUTE)
    assert told("emergency_unanswered") == [desk.it_lead.username]


def test_taking_it_stops_everything(desk: SimpleNamespace) -> None:
    request = sent(desk)
    work.take(request=request, by=desk.it_lead)
    call = EmergencyCall.objects.get()
    assert call.ended_by == desk.it_lead
    assert swept(request, timedelta(hours=1)) == 0
    assert not Notice.objects.filter(kind="emergency_sent", read_at=None).exists()


def test_cancelling_it_stops_everything(desk: SimpleNamespace) -> None:
    request = sent(desk)
    lifecycle.cancel(request=request, by=desk.nurse, reason="It works again")
    assert swept(request, timedelta(hours=1)) == 0


def test_a_new_call_after_it_came_back_begins_at_the_beginning(desk: SimpleNamespace) -> None:
    request = sent(desk)
    first = started(request)
    swept(request, 11 * MINUTE)
    with clock.at(first + 30 * MINUTE):
        emergencies.raise_call(request=request, by=desk.nurse)
    call = EmergencyCall.objects.get()
    assert (call.again_at, call.manager_at, call.raised_at) == (None, None, first + 30 * MINUTE)
    assert swept(request, 5 * MINUTE) == 1
    assert told().count(desk.technician.username) == 4


# ---- who has it ----


def test_the_team_and_whoever_is_on_duty_say_that_they_have_it_and_nobody_else(desk: SimpleNamespace) -> None:
    request = sent(desk)
    for who in (desk.nurse, desk.head, desk.storekeeper, desk.porter, desk.stranger):
        with pytest.raises(NotAllowed):
            emergencies.answer(request=request, by=who)
        address = reverse("desk:emergency-answer", args=[request.public_id])
        assert personas.signed_in(who).post(address).status_code == 404
    assert EmergencyCall.objects.get().ended_at is None
    assert personas.signed_in(desk.site_manager).post(address).status_code == 302
    assert EmergencyCall.objects.get().ended_by == desk.site_manager
    assert personas.signed_in(desk.site_manager).post(address).status_code == 404
    assert Event.objects.filter(action="emergency.answered").count() == 1
    assert swept(request, timedelta(hours=1)) == 0


def seers(request: ServiceRequest, people: list[User], after: timedelta) -> list[bool]:
    with clock.at(started(request) + after):
        return [bool(emergencies.unanswered(who)) for who in people]


def test_the_banner_stands_from_the_fifth_minute_for_those_whom_it_concerns(desk: SimpleNamespace) -> None:
    request = sent(desk)
    people = [
        desk.nurse,
        desk.technician,
        desk.it_lead,
        desk.site_manager,
        desk.porter,
        desk.colleague,
        desk.stranger,
    ]
    assert seers(request, people, 4 * MINUTE) == [False] * 7
    assert seers(request, people, 5 * MINUTE) == [True, True, True, True, False, False, False]
    with clock.at(started(request) + 6 * MINUTE):
        text = personas.signed_in(desk.nurse).get(reverse("desk:home")).text
        assert "Nobody has taken this emergency yet" in text
        assert "ring 3333" in text
        assert "I have it" not in text
        assert "I have it" in personas.signed_in(desk.technician).get(reverse("desk:home")).text
        emergencies.answer(request=request, by=desk.technician)
        assert "Nobody has taken" not in personas.signed_in(desk.nurse).get(reverse("desk:home")).text


def test_an_emergency_of_another_hospital_concerns_nobody_here(desk: SimpleNamespace) -> None:
    request = sent(desk)
    other = personas.person("femke.other", role="service_manager", place=desk.other_hospital)
    assert seers(request, [other, desk.stranger], timedelta(hours=1)) == [False, False]


def test_asking_for_the_banner_costs_the_same_for_one_and_three(desk: SimpleNamespace) -> None:
    counts = []
    for _more in range(2):
        requests = [sent(desk) for _each in range(1 if not counts else 2)]
        with clock.at(started(requests[-1]) + 6 * MINUTE), CaptureQueriesContext(connection) as asked:
            assert emergencies.unanswered(desk.technician)
        counts.append(len(asked))
    assert counts == [1, 1]
