"""A NUL character in an address is answered 400 with a page: PostgreSQL would refuse it. A form loses only the NUL."""

import logging
from types import SimpleNamespace

import pytest
from django.urls import reverse

from requests_app.models import ServiceRequest
from tests.personas import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sent", [{"q": "a\x00"}, {"do": "add:\x00"}, {"line-A\x00": "1"}])
def test_nul_in_an_address(
    world: SimpleNamespace, caplog: pytest.LogCaptureFixture, sent: dict[str, str]
) -> None:
    with caplog.at_level(logging.INFO, "django.request"):
        answer = signed_in(world.nurse).get(reverse("requests:supply-new"), sent)
    assert answer.status_code == 400
    assert b"could not be read" in answer.content
    assert [record.exc_info for record in caplog.records if record.name == "django.request"] == [None]


def test_a_form_loses_nothing_but_the_nul(world: SimpleNamespace) -> None:
    code = "GLV-NIT-M"
    typed = {"department": world.ward.pk, "note": "two\x00 bays", f"line-{code}\x00": "3", "do": "save\x00"}
    answer = signed_in(world.nurse).post(reverse("requests:supply-new"), typed)
    assert answer.status_code == 302
    draft = ServiceRequest.objects.get(filed_by=world.nurse)
    assert draft.note == "two bays"
    assert [(line.code, line.quantity) for line in draft.lines.all()] == [(code, 3)]


def test_the_admin_has_no_door_of_its_own(world: SimpleNamespace) -> None:
    answer = signed_in(world.nurse).get("/admin/login/")
    assert answer.status_code in (302, 403)
