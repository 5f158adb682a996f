"""Everybody is told once, in words, and may read it later."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from types import SimpleNamespace
from unittest import mock

import pytest
from django.core import mail
from django.urls import reverse

from portal import clock
from portal.accounts.models import User
from portal.notify.models import Notice
from portal.notify.notices import mark_read, notify, settle, unread_count
from portal.notify.tasks import send_mail
from portal.notify.texts import ICONS, KINDS, sentence
from portal.undo import UNDO
from tests import journeys
from tests.personas import signed_in

PARAMS = {
    "number": "SR-2026-000001",
    "title": "Gloves",
    "who": "Joy Okoro",
    "reason": "enough left",
    "until": "14:30",
}


def _tell(*users: User, key: str = "k", **more: object) -> int:
    return notify(
        users=[user.pk for user in users],
        kind="request_approved",
        case="c1",
        params=PARAMS,
        url="/requests/c1/",
        key=key,
        **more,
    )


def test_the_same_key_tells_a_person_once(world: SimpleNamespace, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        _tell(world.nurse, world.head, world.nurse)
    _tell(world.nurse, world.colleague)
    assert [unread_count(user) for user in (world.nurse, world.head, world.colleague)] == [1, 1, 1]
    assert notify(users=[], kind="late", key="none") == 0


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_sentence_with_and_without_its_words(kind: str) -> None:
    assert "Gloves" in sentence(kind, PARAMS)
    assert "%" not in sentence(kind, PARAMS)
    assert "None" not in sentence(kind, {})
    assert kind in ICONS


def test_a_sentence_takes_percent_signs_from_people() -> None:
    assert sentence("request_rejected", {**PARAMS, "reason": "50 % is enough %(x)s"}).endswith(
        "50 % is enough %(x)s"
    )


def test_reading_is_ones_own(world: SimpleNamespace) -> None:
    _tell(world.nurse, world.head)
    _tell(world.nurse, key="second")
    theirs = Notice.objects.get(user=world.head)
    first = Notice.objects.get(user=world.nurse, key="k")
    assert mark_read(by=world.nurse, ids=[first.pk, theirs.pk]) == 1
    assert (unread_count(world.nurse), unread_count(world.head)) == (1, 1)
    assert mark_read(by=world.nurse) == 1
    assert mark_read(by=world.nurse) == 0


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_page_shows_the_own_notices(
    world: SimpleNamespace, count: int, django_assert_num_queries
) -> None:
    for number in range(count):
        _tell(world.nurse, key=f"k{number}")
    notify(users=[world.head.pk], kind="late", params={"title": "Not for Asha"}, key="h")
    browser = signed_in(world.nurse)
    with django_assert_num_queries(6):  # session, user, notices, unread; frame: memberships, unread
        page = browser.get(reverse("notify:list"))
    assert page.content.decode().count("Agreed: Gloves, SR-2026-000001") == min(count, 25)
    assert b"Not for Asha" not in page.content
    assert (b"Older notices" in page.content) == (count > 25)


def test_reading_on_the_page(world: SimpleNamespace) -> None:
    _tell(world.nurse)
    browser = signed_in(world.nurse)
    assert browser.get(reverse("notify:read")).status_code == 405
    assert browser.post(reverse("notify:read"), {"id": "x"}).status_code == 302
    assert unread_count(world.nurse) == 1
    assert browser.post(reverse("notify:read"), follow=True).status_code == 200
    assert unread_count(world.nurse) == 0
    assert "No notices" in signed_in(world.colleague).get(reverse("notify:list")).content.decode()


def test_without_a_server_nothing_is_mailed(world: SimpleNamespace, settings) -> None:
    settings.EMAIL_URL = ""
    _tell(world.nurse)
    send_mail.run()
    assert mail.outbox == []
    assert Notice.objects.get().mailed_at is None


def test_mail_goes_once_to_those_who_have_not_read_it(world: SimpleNamespace, settings) -> None:
    settings.EMAIL_URL = "smtp://mail.example"
    with clock.at(clock.now() - UNDO):
        _tell(world.nurse, world.head, world.colleague)
    mark_read(by=world.head)
    world.colleague.email = ""
    world.colleague.save()
    send_mail.run()
    send_mail.run()
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["asha.menon@sbg.example"], "Agreed: Gloves, SR-2026-000001")
    ]


def test_what_can_still_be_taken_back_is_not_mailed_and_an_emergency_is(
    world: SimpleNamespace, settings
) -> None:
    settings.EMAIL_URL = "smtp://mail.example"
    told = clock.now()
    _tell(world.nurse)
    with clock.at(told + UNDO - timedelta(seconds=1)):
        send_mail.run()
    assert mail.outbox == []
    notify(users=[world.colleague.pk], kind="emergency_sent", key="emergency")
    send_mail.run()
    assert [letter.to for letter in mail.outbox] == [[world.colleague.email]]
    with clock.at(clock.now() + UNDO):
        send_mail.run()
    assert len(mail.outbox) == 2


def test_old_news_is_not_mailed(world: SimpleNamespace, settings) -> None:
    settings.EMAIL_URL = "smtp://mail.example"
    with clock.at(clock.now() - timedelta(days=2)):
        _tell(world.nurse)
    send_mail.run()
    assert mail.outbox == []


def test_a_server_that_fails_gets_it_at_the_next_sweep(world: SimpleNamespace, settings) -> None:
    settings.EMAIL_URL = "smtp://mail.example"
    with clock.at(clock.now() - UNDO):
        _tell(world.nurse, world.head)
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=SMTPServerDisconnected("gone")) as send:
        send_mail.run()
        assert send.call_count == 1
    assert Notice.objects.filter(mailed_at=None).count() == 2
    send_mail.run()
    assert len(mail.outbox) == 2


def test_what_was_asked_for_is_read_by_everybody_once_it_is_done(
    world: SimpleNamespace, django_assert_num_queries
) -> None:
    _tell(world.nurse, world.head, key="done")
    _tell(world.nurse, key="other")
    with django_assert_num_queries(1):
        assert settle(key="done") == 2
    assert [unread_count(user) for user in (world.nurse, world.head)] == [1, 0]
    assert settle(key="done") == 0


def test_who_decided_is_not_asked_any_more(world: SimpleNamespace) -> None:
    request, other = journeys.sent(world, SET_PMP=2), journeys.sent(world, SET_PMP=1)
    assert unread_count(world.head) == 2
    journeys.approve(request, world.head)
    waiting = Notice.objects.filter(kind="step_waiting", read_at=None)
    assert set(waiting.values_list("case", flat=True)) == {other.public_id}
