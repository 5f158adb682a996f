"""Files of a request: who adds, who reads, who removes, and what is left on record."""

import os
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.accounts import place
from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed
from requests_app import attachments, lifecycle
from requests_app.attachments import adding, intake, scanning, shelf
from requests_app.models import Attachment, ServiceRequest
from requests_app.supplies import drafting
from requests_app.templatetags.file_panels import files_panel
from tests import journeys, personas
from tests.files.conftest import pdf, photo, stored, upload


@pytest.fixture
def draft(world: SimpleNamespace) -> ServiceRequest:
    return journeys.draft(world, GLV_NIT_M=1)


@pytest.fixture
def sent(world: SimpleNamespace) -> ServiceRequest:
    """Waits for a decision."""
    return journeys.sent(world, NPW_KIT=1)


def added(request: ServiceRequest, by, name: str = "pump.jpg", content: bytes = b"") -> Attachment:
    return attachments.attach(request=request, upload=upload(name, content or photo()), by=by)


def read(browser, attachment: Attachment) -> bytes:
    answer = browser.get(reverse("requests:file", args=[attachment.ref]))
    assert answer.status_code == 200, answer.status_code
    return b"".join(answer.streaming_content)


def without_tokens(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


# ---- taking in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "ends"),
    [
        ("Pump.JPG", photo(), b"\xff\xd9"),
        ("screen.png", photo(form="PNG", mode="RGBA"), b"IEND\xaeB`\x82"),
        ("quote.pdf", pdf(), b"%%EOF\n"),
        (
            "quote.pdf",
            pdf(b"<< /OpenAction [3 0 R /Fit] /A << /S /URI /URI (https://x.example) >> >>"),
            b"%%EOF\n",
        ),
        ("error.log", b"line one\r\nline two", b"line two"),
        ("notes.txt", "pression \u00e0 z\u00e9ro".encode("cp1252"), "z\u00e9ro".encode()),
    ],
)
def test_what_wards_really_send_is_taken(world, draft, media, name, content, ends) -> None:
    kept = added(draft, world.nurse, name, content)
    (path,) = stored(media)
    held = path.read_bytes()
    assert held.endswith(ends)
    assert (kept.size, kept.path) == (len(held), str(path.relative_to(media)))
    assert path.stat().st_mode & 0o777 == 0o600
    assert not set(path.name) - set("0123456789abcdef")
    assert read(personas.signed_in(world.nurse), kept) == held


def test_a_large_photo_becomes_a_small_one(world, draft) -> None:
    kept = added(draft, world.nurse, content=photo(4000, 3000, quality=100))
    assert max(kept.width, kept.height) <= 2048 and kept.size <= 300 * 1024


def test_a_refused_file_says_why_and_nothing_is_kept(world, draft, media) -> None:
    with pytest.raises(Invalid) as refusal:
        added(draft, world.nurse, "setup.exe", b"MZ")
    (sentence,) = refusal.value.errors["files"]
    assert "setup.exe" in sentence and "PDF" in sentence
    assert not stored(media) and not Attachment.objects.exists()


def test_at_most_ten_files_fit(world, draft) -> None:
    for _ in range(attachments.MOST):
        last = added(draft, world.nurse, content=photo(40, 30))
    with pytest.raises(Invalid, match="problem"):
        added(draft, world.nurse)
    attachments.remove(attachment=last, by=world.nurse)
    assert added(draft, world.nurse)


def test_a_day_has_its_limit_and_ends(world, draft, monkeypatch) -> None:
    monkeypatch.setattr(adding, "MOST_A_DAY", 3_000)
    first = added(draft, world.nurse, "a.txt", b"x" * 2_000)
    with pytest.raises(Invalid):
        added(draft, world.nurse, "b.txt", b"x" * 1_001)
    attachments.remove(attachment=first, by=world.nurse)
    with pytest.raises(Invalid):  # what was removed counts: the day is about what came in
        added(draft, world.nurse, "b.txt", b"x" * 1_001)
    Attachment.objects.update(added_at=first.added_at - timedelta(days=1))
    assert added(draft, world.nurse, "b.txt", b"x" * 2_900)


def test_a_full_disk_stops_no_request(world, draft, media, monkeypatch) -> None:
    def full(*_args: object) -> int:
        raise OSError(28, "No space left on device")

    browser = personas.signed_in(world.nurse)
    monkeypatch.setattr(os, "fsync", full)
    answer = browser.post(
        reverse("requests:file-add", args=[draft.public_id]), {"files": upload("a.jpg", photo())}, follow=True
    )
    assert answer.status_code == 200
    assert "could not be stored just now" in answer.text
    assert not stored(media) and not Attachment.objects.exists()


def test_what_fails_after_it_was_stored_leaves_nothing(world, draft, media, monkeypatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(adding.events, "record", broken)
    with pytest.raises(RuntimeError):
        added(draft, world.nurse)
    assert not stored(media)


def test_a_link_in_the_media_folder_is_not_followed(world, draft, media: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    media.mkdir(parents=True)
    for first in range(256):
        (media / f"{first:02x}").symlink_to(elsewhere)
    with pytest.raises(Invalid):
        added(draft, world.nurse)
    assert not list(elsewhere.iterdir())
    with pytest.raises(FileNotFoundError):
        shelf.open_("../../../etc/passwd")


# ---- who ------------------------------------------------------------------------------------------------------------


def test_a_draft_and_its_files_are_its_writers_alone(world, draft) -> None:
    kept = added(draft, world.nurse)
    for other in (world.colleague, world.ward_lead, world.stranger, world.storekeeper):
        assert personas.signed_in(other).get(reverse("requests:file", args=[kept.ref])).status_code == 404
        with pytest.raises(NotAllowed):
            added(draft, other)


def test_a_file_is_seen_by_whoever_sees_the_request(world, sent) -> None:
    kept = added(sent, world.nurse)
    for person in (world.nurse, world.colleague, world.head):
        assert read(personas.signed_in(person), kept)
    for person in (world.stranger, world.other_nurse):
        browser = personas.signed_in(person)
        unknown = browser.get(reverse("requests:file", args=["x" * 22]))
        answer = browser.get(reverse("requests:file", args=[kept.ref]))
        assert answer.status_code == unknown.status_code == 404
        assert without_tokens(answer.text) == without_tokens(unknown.text)


def test_signed_out_leads_to_the_sign_in(world, sent, client) -> None:
    kept = added(sent, world.nurse)
    for address in (reverse("requests:file", args=[kept.ref]), f"/media/{kept.path}", f"/static/{kept.path}"):
        assert client.get(address).status_code in (302, 404)


def test_the_ward_adds_while_it_is_open_and_not_after(world, sent) -> None:
    assert added(sent, world.colleague)
    with pytest.raises(NotAllowed):
        added(sent, world.stranger)
    lifecycle.cancel(request=sent, by=world.nurse, reason="no longer needed")
    with pytest.raises(NotAllowed):
        added(journeys.fresh(sent), world.colleague)


def test_only_who_added_it_removes_it_and_a_tombstone_stays(
    world, sent, media, django_capture_on_commit_callbacks
) -> None:
    kept = added(sent, world.nurse)
    colleague, nurse = personas.signed_in(world.colleague), personas.signed_in(world.nurse)
    remove = reverse("requests:file-remove", args=[kept.ref])
    assert colleague.post(remove).status_code == 403
    assert nurse.get(remove).status_code == 405
    with django_capture_on_commit_callbacks(execute=True):
        assert nurse.post(remove).status_code == 302
    assert not stored(media)
    assert nurse.get(reverse("requests:file", args=[kept.ref])).status_code == 404
    (row,) = attachments.shown(sent)
    assert row.removed_by == world.nurse and not row.path
    page = colleague.get(reverse("desk:request-detail", args=[sent.public_id])).text
    assert world.nurse.get_full_name() in page and "A file was here" in page


def test_a_file_removed_before_sending_was_nobodys_business(world, draft) -> None:
    attachments.remove(attachment=added(draft, world.nurse), by=world.nurse)
    assert attachments.shown(journeys.fresh(draft)) == []


def test_a_thrown_away_draft_leaves_nothing_for_long(world, draft, media, monkeypatch) -> None:
    added(draft, world.nurse)
    kept = added(journeys.draft(world, GLV_NIT_M=2), world.nurse)
    drafting.discard(request=draft, by=world.nurse)
    assert len(stored(media)) == 2
    assert scanning.tidy() == 0  # it may be in the middle of being added
    monkeypatch.setattr(scanning, "STRAY_AFTER", -1)
    assert scanning.tidy() == 1
    assert [str(path.relative_to(media)) for path in stored(media)] == [kept.path]


def test_it_is_on_record_without_its_name(world, sent) -> None:
    kept = added(sent, world.nurse, "Mrs Smith bed 4.jpg")
    attachments.remove(attachment=kept, by=world.nurse)
    events = list(Event.objects.filter(subject=f"file:{kept.ref}").order_by("pk"))
    assert [(one.action, one.case) for one in events] == [
        ("attachment.added", sent.public_id),
        ("attachment.removed", sent.public_id),
    ]
    assert events[0].after["sha256"] == kept.digest
    assert "Smith" not in str([one.after for one in events])


# ---- forms ----------------------------------------------------------------------------------------------------------


def test_a_form_takes_its_files_and_says_what_is_wrong_with_the_others(world, draft, rf) -> None:
    files = rf.post(
        "/", {"files": [upload("a.jpg", photo()), upload("b.exe", b"MZ"), upload("c.pdf", pdf())]}
    ).FILES
    told = attachments.take_from(files, draft=draft, by=world.nurse)
    assert len(told) == 1 and "b.exe" in told[0]
    assert [row.name for row in attachments.shown(draft)] == ["a.jpg", "c.pdf"]
    first = attachments.shown(draft)[0]
    assert attachments.take_from(rf.post("/").FILES, draft=draft, by=world.nurse, drop=first.ref) == []
    assert [row.name for row in attachments.shown(draft)] == ["c.pdf"]
    assert attachments.take_from(rf.post("/").FILES, draft=draft, by=world.nurse, drop="nobody") != []


def test_of_eleven_files_at_once_the_last_is_refused_with_a_sentence(world, draft) -> None:
    many = {"files": [upload(f"{n}.jpg", photo(10, 10)) for n in range(11)]}
    add = reverse("requests:file-add", args=[draft.public_id])
    answer = personas.signed_in(world.nurse).post(add, many, follow=True)
    assert draft.attachments.count() == 10
    assert "10 files" in answer.text


def test_a_visitor_sends_no_large_file(client, media: Path) -> None:
    large = {"files": upload("a.jpg", bytes(200_000)), "login": "x", "password": "y"}
    assert client.post(reverse("account_login"), large).status_code == 400
    assert not (media.parent / "tmp").exists() or not list((media.parent / "tmp").iterdir())


def test_no_file_at_all_is_no_error(world, sent) -> None:
    answer = personas.signed_in(world.nurse).post(
        reverse("requests:file-add", args=[sent.public_id]), {}, follow=True
    )
    assert answer.status_code == 200 and "Choose a file first" in answer.text


@pytest.mark.parametrize("many", [1, 3])
def test_the_request_page_asks_once_for_any_number_of_files(
    world, sent, many, rf, django_assert_num_queries
) -> None:
    for number in range(many):
        added(sent, world.nurse, f"photo {number}.jpg", photo(40, 30))
    for person, own in ((world.nurse, many), (world.colleague, 0), (world.head, 0)):
        case, page = journeys.fresh(sent), rf.get("/")
        page.user, page.session = person, {}
        with timezone.override(None):  # as the middleware does: it is the zone of this reader only
            place.standing(page), case.department.hospital, case.team  # every page has read these
        with django_assert_num_queries(1):
            found = files_panel({"request": page}, case, person)
        assert (len(found["files"]), len(found["own"])) == (many, own)


def test_the_page_offers_adding_to_whom_the_verb_allows_it(world, rf) -> None:
    """Two ways to the same answer: the page reads no rows for it."""
    open_, over = journeys.sent(world, NPW_KIT=1), journeys.sent(world, NPW_KIT=1)
    lifecycle.cancel(request=over, by=world.nurse, reason="no longer needed")
    draft, private = journeys.draft(world, NPW_KIT=1), journeys.sent(world, NPW_KIT=1)
    team = world.teams["stores"] if "stores" in world.teams else next(iter(world.teams.values()))
    ServiceRequest.objects.filter(pk=private.pk).update(private=True, team=team)
    people = [getattr(world, name) for name in personas.PEOPLE] + [world.stranger]
    answers = set()
    for case in map(journeys.fresh, (open_, over, draft, private)):
        for person in people:
            page = rf.get("/")
            page.user, page.session = person, {}
            with timezone.override(None):
                shown = files_panel({"request": page}, case, person)["may_add"]
            assert shown == attachments.may_add(person, case), (case.state, person.username)
            answers.add(shown)
    assert answers == {True, False}


def test_a_sent_request_keeps_the_files_of_its_draft(world, draft) -> None:
    kept = added(draft, world.nurse)
    request = journeys.send(draft)
    page = (
        personas.signed_in(world.colleague).get(reverse("desk:request-detail", args=[request.public_id])).text
    )
    assert reverse("requests:file", args=[kept.ref]) in page and "pump.jpg" in page


def test_the_list_of_endings_is_short() -> None:
    assert set(intake.READERS) == {"jpg", "jpeg", "png", "pdf", "txt", "log"}
