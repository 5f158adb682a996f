"""A NUL character is answered 400 with a page, wherever it stands: PostgreSQL would refuse it with an error."""

import logging
from types import SimpleNamespace

import pytest
from django.urls import reverse

from tests.personas import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sent", [{"q": "a\x00"}, {"do": "add:\x00"}, {"line-A\x00": "1"}])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nul(
    world: SimpleNamespace, caplog: pytest.LogCaptureFixture, sent: dict[str, str], method: str
) -> None:
    with caplog.at_level(logging.INFO, "django.request"):
        answer = getattr(signed_in(world.nurse), method)(reverse("requests:supply-new"), sent)
    assert answer.status_code == 400
    assert b"could not be read" in answer.content
    assert [record.exc_info for record in caplog.records if record.name == "django.request"] == [None]


def test_the_admin_has_no_door_of_its_own(world: SimpleNamespace) -> None:
    answer = signed_in(world.nurse).get("/admin/login/")
    assert answer.status_code in (302, 403)
