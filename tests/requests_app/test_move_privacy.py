"""Bed and initials of a patient find them, and stand nowhere but on the page of the request: a canary in every place."""

import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import models
from django.urls import reverse

from approvals import publishing
from approvals.decisions import reject_step
from approvals.routing import Rule
from approvals.shipped import NOBODY, asked
from portal import clock
from portal.accounts import duties, scopes
from portal.accounts.models import Duty, User
from portal.audit.models import Event
from portal.notify.mailing import send_waiting
from portal.notify.models import Notice
from requests_app import asking, lifecycle, releasing, work
from requests_app.models import Category, Move, ServiceRequest
from requests_app.transport import carrying, control
from sla import escalation
from tests import configuring, journeys, moving
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
BED, INITIALS = "Z9X8", "ŁØŻ"  # no id, token or hash of the portal looks like the second
MAY_HOLD = {(ServiceRequest, "answers"), (Move, "bed"), (Move, "initials")}


def betrays(text: str) -> bool:
    escaped = INITIALS.encode("ascii", "backslashreplace").decode()
    return any(canary in text for canary in (BED, INITIALS, escaped))


def decided_by(rule: Rule) -> None:
    publishing.publish(
        category=Category.objects.get(code="transport"),
        code="transport",
        name="Move",
        rules=(rule,),
        by=scopes.system_user(),
    )


@pytest.fixture
def lived(world: SimpleNamespace, settings: Any) -> SimpleNamespace:
    """Moves of one patient that met with everything: taken, late, done, sent back, cancelled, said no, waiting, drafted."""
    settings.EMAIL_URL = "smtp://mail.example"
    porters = moving.porters(world)
    for person in User.objects.all():
        person.email = f"{person.username}@example.org"
        person.save(update_fields=["email"])
    who = {"bed": BED, "initials": INITIALS, "precautions": ["contact"]}
    draft = moving.draft(porters, **who)
    done = moving.sent(porters, back="yes", **who)
    configuring.crew(porters)
    work.take(request=done, by=porters.porter)
    carrying.not_ready(request=done, reason="patient_not_ready", by=porters.porter)
    carrying.ready(request=done, by=porters.colleague)
    carrying.pick_up(request=done, by=porters.porter, wristband=True, scanned=done.number)
    carrying.deliver(request=done, by=porters.porter, handed_to="radiographer")
    lifecycle.reopen(request=journeys.fresh(done), by=porters.nurse, reason="Brought to the wrong room")
    back = ServiceRequest.objects.get(move__return_of__request=done)
    releasing.release_return(request=back, by=porters.radiographer)
    cancelled = moving.sent(porters, **who)
    lifecycle.cancel(request=cancelled, by=porters.colleague, reason="Discharged")
    taken = moving.sent(porters, when="now", **who)
    work.take(request=taken, by=porters.porter)
    carrying.not_ready(request=taken, reason="escort_not_free", by=porters.porter)
    escorted = moving.sent(porters, escort="nurse", **who | {"precautions": ["airborne"]})
    carrying.ready(request=escorted, by=porters.nurse)
    work.take(request=escorted, by=porters.other_porter)
    carrying.pick_up(request=escorted, by=porters.other_porter, wristband=True)
    carrying.deliver(request=escorted, by=porters.other_porter, handed_to="nurse")
    assert journeys.fresh(escorted).move.cleaning
    unaccompanied = moving.sent(porters, escort="nurse", **who)
    porters.duty = Duty.objects.create(hospital=porters.hospital, code="porter_control", calendar="always")
    duties.take_duty(duty=porters.duty, user=porters.other_porter, by=porters.other_porter)
    control.reorder(request=unaccompanied, where="first", by=porters.other_porter)
    decided_by(asked("head", "The head agrees", "head"))
    undecided = moving.sent(porters, **who)
    withdrawn = moving.sent(porters, **who)
    lifecycle.withdraw(request=withdrawn, by=porters.nurse)
    refused = moving.sent(porters, **who)
    (step,) = journeys.open_steps(refused)
    reject_step(step_id=step.pk, by=porters.head, reason="The scan was done", seen=journeys.seen(refused))
    with clock.at(clock.now() + timedelta(hours=20)):
        escalation.sweep()
        send_waiting()
    porters.moves = [done, back, cancelled, taken, escorted, unaccompanied, undecided, withdrawn, refused]
    porters.draft = draft
    return porters


def pages(world: SimpleNamespace) -> list[str]:
    named = ("desk:home", "desk:home-rows", "requests:list", "requests:ask", "requests:work", "requests:work-news",
             "requests:porter-control", "requests:porter-news", "requests:pick-list", "approvals:inbox", "notify:list", "desk:tour", "accounts:me")  # fmt: skip
    api = ("api:requests", "api:drafts", "api:picks", "api:types")
    listed = [reverse(name) for name in (*named, *api)]
    return [
        *listed,
        f"{reverse('requests:list')}?tab=closed",
        f"{reverse('requests:list')}?tab=needs",
        reverse("requests:ask-new", args=["transport"]),
    ]


@pytest.mark.parametrize(
    "who",
    ["nurse", "colleague", "head", "service_manager", "porter", "radiographer", "auditor", "administrator"],
)
def test_no_list_shows_them(lived: SimpleNamespace, who: str) -> None:
    client = signed_in(getattr(lived, who))
    answered = 0
    for address in pages(lived):
        answer = client.get(address, follow=True)
        shown = answer.content.decode()
        assert not betrays(shown), address
        answered += answer.status_code == 200
    assert answered >= 8


@pytest.mark.parametrize("who", ["nurse", "porter"])
def test_nobody_finds_a_move_by_them(lived: SimpleNamespace, who: str) -> None:
    client = signed_in(getattr(lived, who))
    for name in ("requests:ask", "requests:supply-new"):
        for word in (BED, INITIALS):
            shown = client.get(reverse(name), {"q": word}).content.decode()
            assert not [
                request for request in lived.moves if request.public_id in shown or request.number in shown
            ]


def test_the_porter_sees_them_on_the_page_of_the_move(lived: SimpleNamespace) -> None:
    """The control: where they belong, they are."""
    for person in (lived.porter, lived.nurse):
        where = reverse("desk:request-detail", args=[lived.moves[0].public_id])
        shown = signed_in(person).get(where).content.decode()
        assert BED in shown
        assert INITIALS in shown
    assert signed_in(lived.storekeeper).get(where).status_code == 404


def test_the_card_shows_them_to_porters_and_to_nobody_else(lived: SimpleNamespace) -> None:
    """On the card itself, not on the rows of what comes next, and not where control gives it out."""
    card = reverse("requests:porter")
    shown = signed_in(lived.porter).get(card, {"job": lived.moves[3].public_id}).content.decode()
    assert betrays(shown.partition("</article>")[0])
    assert not betrays(shown.partition("</article>")[2])
    for who in (
        "nurse",
        "head",
        "service_manager",
        "radiographer",
        "auditor",
        "administrator",
        "storekeeper",
    ):
        answer = signed_in(getattr(lived, who)).get(card, {"job": lived.moves[3].public_id})
        assert answer.status_code == 403
        assert not betrays(answer.content.decode())
    lived.porter_control = signed_in(lived.other_porter).get(reverse("requests:porter-control"))
    assert lived.porter_control.status_code == 200
    assert not betrays(lived.porter_control.content.decode())


def test_no_other_column_of_the_database_holds_them(lived: SimpleNamespace) -> None:
    found, looked_at = set(), 0
    for model in apps.get_models():
        if model is Session or not model._meta.managed:
            continue
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.BinaryField)]
        for row in model._default_manager.values_list(*(field.attname for field in fields)):
            looked_at += 1
            found |= {
                (model, field.name) for field, value in zip(fields, row, strict=True) if betrays(str(value))
            }
    assert looked_at > 300
    assert found == MAY_HOLD


def test_notices_mails_and_the_record_were_looked_at(lived: SimpleNamespace) -> None:
    """The control of the test above: there is something in which they could have stood."""
    cases = [request.public_id for request in lived.moves]
    assert {event.action for event in Event.objects.filter(case__in=cases)} >= {
        "request.submitted", "request.approved", "request.rejected", "request.cancelled", "request.taken",
        "request.reopened", "request.withdrawn", "request.released", "clock.breached",
    }  # fmt: skip
    assert Notice.objects.filter(case__in=cases).count() >= 5
    assert len(mail.outbox) >= 3
    for letter in mail.outbox:
        assert not betrays(f"{letter.subject} {letter.body}")
    assert {request.title for request in lived.moves} == {
        "Patient to CT room",
        "Patient to Ward 7B, Acute Medicine",
    }


def test_a_copy_is_for_another_patient(lived: SimpleNamespace) -> None:
    copy = asking.copy(request=lived.moves[3], by=lived.nurse, client_key=uuid.uuid4())
    assert copy.answers["how"] == "chair"
    assert not betrays(str(copy.answers))


def test_after_death_stands_on_no_list_of_others(lived: SimpleNamespace) -> None:
    decided_by(NOBODY)
    request = moving.sent(lived, what="after_death", precautions=["standard"])
    number = request.number
    for who in ("colleague", "head", "service_manager", "auditor", "radiographer", "storekeeper"):
        client = signed_in(getattr(lived, who))
        for address in pages(lived):
            assert number not in client.get(address, follow=True).content.decode(), (who, address)
        assert client.get(reverse("desk:request-detail", args=[request.public_id])).status_code == 404
    assert number in signed_in(lived.nurse).get(reverse("requests:list")).content.decode()
