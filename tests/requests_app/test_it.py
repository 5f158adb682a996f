"""IT faults: what is asked, what follows from it; outages that are known, and who has them too."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.audit.models import Event
from portal.desk.seed.it import sow_outages, sow_systems
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.notify.models import Notice
from requests_app import asking, questions
from requests_app.it import outages
from requests_app.it.it_services import SERVICES, service_of_class
from requests_app.kinds import kind_of
from requests_app.models import Category, Equipment, Outage, OutageReport, ServiceRequest
from requests_app.states import Priority
from tests import it_desk, personas
from tests.it_desk import FAULT

ASK = reverse("requests:ask-new", args=["it"])


@pytest.fixture
def desk(world: SimpleNamespace) -> SimpleNamespace:
    return it_desk.add(world, duties=False)


def looked_at(world: SimpleNamespace, **answers: str) -> ServiceRequest:
    """A form that was only looked at."""
    category = Category.objects.get(code="it")
    return asking.empty_draft(
        by=world.nurse, category=category, department=world.ward, client_key=None, answers=answers
    )


def opened(world: SimpleNamespace, **more: object) -> Outage:
    values = {"service_code": "patient_record", "title": "Patient record is slow", "hospital": world.hospital}
    return outages.open_outage(by=world.technician, **(values | more))


# ---- the form ----


def test_at_most_five_questions_are_seen_and_the_telephone_of_the_ward_is_filled_in(
    desk: SimpleNamespace,
) -> None:
    draft = looked_at(desk, service="printer")
    kind = kind_of(draft)
    assert len(questions.visible(kind.questions(draft))) <= questions.MOST_VISIBLE
    assert kind.prefill(draft, {})["contact"] == desk.ward.phone
    page = personas.signed_in(desk.nurse).get(ASK)
    assert page.status_code == 200
    assert f'value="{desk.ward.phone}"' in page.text
    assert not ServiceRequest.objects.exists()


def test_a_label_brings_its_service_along(desk: SimpleNamespace) -> None:
    Equipment.objects.create(
        hospital=desk.hospital, tag="WOW-7", name="Workstation", class_code="workstation", criticality="C"
    )
    assert service_of_class("workstation") == "computer"
    page = personas.signed_in(desk.nurse).get(ASK, {"equipment": "WOW-7"})
    assert "Screen, keyboard or mouse" in page.text
    draft = looked_at(desk)
    assert kind_of(draft).prefill(draft, {"equipment": "WOW-7"})["service"] == "computer"
    assert "service" not in kind_of(draft).prefill(draft, {"equipment": "unknown"})


@pytest.mark.parametrize(
    ("answers", "priority"),
    [
        ({"service": "office", "stops": "unsafe"}, Priority.EMERGENCY),
        ({"service": "office", "stops": "slowed"}, Priority.URGENT),
        ({"service": "office", "stops": "one_person"}, Priority.ROUTINE),
        ({"service": "office", "stops": "nuisance"}, Priority.ROUTINE),
        ({"service": "patient_record", "stops": "one_person"}, Priority.URGENT),
        ({"service": "patient_record", "stops": "nuisance"}, Priority.ROUTINE),
        ({"service": "bleep", "stops": "one_person"}, Priority.URGENT),
        ({"service": "telephone", "stops": "one_person"}, Priority.URGENT),
        ({"service": "computer", "stops": "one_person"}, Priority.ROUTINE),
        ({"service": "network", "stops": "one_person", "reach": "one"}, Priority.ROUTINE),
        ({"service": "network", "stops": "one_person", "reach": "ward"}, Priority.URGENT),
        ({}, Priority.ROUTINE),
    ],
)
def test_priority_follows_from_what_it_stops_and_what_depends_on_the_service(
    desk: SimpleNamespace, answers: dict[str, str], priority: Priority
) -> None:
    draft = looked_at(desk, **answers)
    assert kind_of(draft).likely_priority(draft) == priority


def test_a_raised_priority_says_why(desk: SimpleNamespace) -> None:
    request = it_desk.sent(desk, "it", **FAULT | {"stops": "one_person"})
    assert request.priority == Priority.URGENT
    assert request.priority_reason == "One person cannot work; much depends on “Electronic patient record”"


def test_a_fault_goes_to_the_it_team_without_anybody_deciding(desk: SimpleNamespace) -> None:
    request = it_desk.sent(desk, "it", **FAULT)
    assert (request.state, request.team, request.service) == ("approved", desk.teams["it"], "it_fault")
    assert request.title == "Electronic patient record: slow"
    assert request.held_by == desk.teams["it"].name
    assert request.clocks.filter(kind="response").count() == 1


def test_what_is_missing_is_said_beside_the_question(desk: SimpleNamespace) -> None:
    with pytest.raises(Invalid) as refused:
        it_desk.sent(
            desk, "it", service="printer", symptom="open", equipment="nothing-of-ours", contact="4100"
        )
    assert set(refused.value.errors) == {"symptom", "equipment", "stops"}
    with pytest.raises(Invalid) as refused:
        it_desk.sent(desk, "it", **FAULT | {"symptom": "else"})
    assert set(refused.value.errors) == {"words"}


def test_a_fault_is_filed_on_the_page_without_script(desk: SimpleNamespace) -> None:
    nurse = personas.signed_in(desk.nurse)
    typed = {f"q-{key}": value for key, value in FAULT.items()} | {"department": desk.ward.pk, "do": "send"}
    answer = nurse.post(ASK, typed)
    request = ServiceRequest.objects.get()
    assert answer["Location"] == reverse("desk:request-detail", args=[request.public_id]) + "?sent=1"
    page = nurse.get(answer["Location"])
    assert "Electronic patient record" in page.text
    assert "We can, but slowly or on paper" in page.text


def test_every_service_has_symptoms_that_end_with_something_else() -> None:
    assert all(service.symptoms[-1].code == "else" for service in SERVICES.values())
    assert all(len(service.symptoms) <= 8 for service in SERVICES.values())


# ---- known outages ----


def test_the_form_shows_what_is_known_with_what_fits_first(desk: SimpleNamespace) -> None:
    opened(desk)
    opened(desk, service_code="printer", title="Printers of level 7", what_to_do="Use those of 5C")
    nurse = personas.signed_in(desk.nurse)
    text = nurse.get(ASK, {"service": "patient_record"}).text
    assert text.index("Patient record is slow") < text.index("Printers of level 7")
    assert "Use those of 5C" in text
    home = nurse.get(reverse("desk:home")).text
    assert "Already reported" in home
    assert "Patient record is slow" in home


def test_me_too_counts_each_person_once_and_makes_no_request(desk: SimpleNamespace) -> None:
    outage = opened(desk)
    nurse, other = personas.signed_in(desk.nurse), personas.signed_in(desk.other_nurse)
    for browser in (nurse, nurse, other):
        assert browser.post(reverse("requests:outage-join", args=[outage.ref])).status_code == 302
    assert OutageReport.objects.count() == 2
    assert not ServiceRequest.objects.exists()
    known = outages.known(desk.hospital, desk.nurse)[0]
    assert (known.wards, known.people, known.mine) == (2, 2, True)
    text = nurse.get(reverse("desk:home")).text
    assert "2 wards have it" in text
    assert "You have it too" in text
    assert Event.objects.filter(action="outage.joined").count() == 2


def test_whoever_joined_is_told_once_when_it_works_again(desk: SimpleNamespace) -> None:
    outage = opened(desk)
    outages.join(by=desk.nurse, ref=outage.ref, department=desk.ward)
    technician = personas.signed_in(desk.technician)
    for _again in range(2):
        assert technician.post(reverse("requests:outage-end", args=[outage.ref])).status_code == 302
    told = Notice.objects.filter(kind="outage_ended")
    assert [(notice.user, notice.text) for notice in told] == [
        (desk.nurse, "It works again: Patient record is slow")
    ]
    assert outages.known(desk.hospital, desk.nurse) == []
    with pytest.raises(WrongState):
        outages.join(by=desk.colleague, ref=outage.ref, department=desk.ward)
    assert list(
        Event.objects.filter(action__startswith="outage.").values_list("action", flat=True).order_by("pk")
    ) == [
        "outage.opened",
        "outage.joined",
        "outage.ended",
    ]


def test_only_the_it_team_of_the_hospital_says_what_does_not_work(desk: SimpleNamespace) -> None:
    outage = opened(desk)
    for who in (desk.nurse, desk.head, desk.storekeeper):
        with pytest.raises(NotAllowed):
            outages.open_outage(by=who, hospital=desk.hospital, service_code="printer", title="Mine")
        with pytest.raises(NotAllowed):
            outages.end_outage(by=who, ref=outage.ref)
    with pytest.raises(NotAllowed):
        outages.open_outage(
            by=desk.technician, hospital=desk.other_hospital, service_code="printer", title="Mine"
        )
    with pytest.raises(NotFound):
        outages.end_outage(by=desk.stranger, ref=outage.ref)
    assert personas.signed_in(desk.nurse).get(reverse("requests:outages")).status_code == 403


def test_another_hospital_learns_nothing_of_an_outage(desk: SimpleNamespace) -> None:
    outage = opened(desk, title="Canary of St Brigid's")
    stranger = personas.signed_in(desk.stranger)
    assert "Canary" not in stranger.get(reverse("desk:home")).text
    assert "Canary" not in stranger.get(ASK).text
    assert stranger.post(reverse("requests:outage-join", args=[outage.ref])).status_code == 404
    assert not OutageReport.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"service_code": "coffee"}, "service_code"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"what_to_do": "x" * 501}, "what_to_do"),
        ({"expected_at": "past"}, "expected_at"),
        ({"started_at": "future"}, "started_at"),
    ],
)
def test_an_outage_that_says_nothing_useful_is_refused(
    desk: SimpleNamespace, wrong: dict, field: str
) -> None:
    shift = {"past": -1, "future": 1}
    values = {
        key: clock.now() + timedelta(hours=shift[value]) if value in shift else value
        for key, value in wrong.items()
    }
    with pytest.raises(Invalid) as refused:
        opened(desk, **values)
    assert set(refused.value.errors) == {field}


def test_it_opens_an_outage_on_its_page_on_the_clock_of_the_hospital(desk: SimpleNamespace) -> None:
    technician = personas.signed_in(desk.technician)
    typed = {"service_code": "network", "title": "No Wi-Fi on 7B", "expected_at": "2099-07-01T10:00"}
    assert technician.post(reverse("requests:outage-new"), typed).status_code == 302
    outage = Outage.objects.get()
    assert outage.expected_at.isoformat() == "2099-07-01T09:00:00+00:00"
    refused = technician.post(reverse("requests:outage-new"), typed | {"expected_at": "soon", "title": ""})
    assert refused.status_code == 422
    assert "Enter a day and a time." in refused.text
    assert "No Wi-Fi on 7B" in technician.get(reverse("requests:outages")).text


def test_the_seed_opens_an_outage_once_and_knows_the_systems(desk: SimpleNamespace) -> None:
    assert (sow_outages(hospital=desk.hospital), sow_outages(hospital=desk.hospital)) == (1, 0)
    assert outages.known(desk.hospital, desk.nurse)[0].wards == 2
    assert sow_systems(hospital=desk.hospital) == 0
    assert not desk.hospital.it_systems.filter(owner=None).exists()


def test_the_list_of_outages_costs_the_same_for_one_and_three(desk: SimpleNamespace) -> None:
    technician = personas.signed_in(desk.technician)
    counts = []
    for rows in (1, 3):
        while Outage.objects.count() < rows:
            opened(desk)
        with CaptureQueriesContext(connection) as asked:
            assert technician.get(reverse("requests:outages")).status_code == 200
        counts.append(len(asked))
    assert counts == [6, 6]
