"""The scanner: what is not known to be clean is never handed out, whatever the scanner does."""

import io
import socket
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal.audit.models import Event
from portal.errors import Invalid
from portal.notify.models import Notice
from requests_app import attachments
from requests_app.attachments import clamd as scanner_of
from requests_app.attachments import scanning
from requests_app.models import Attachment, ServiceRequest
from tests import journeys, personas
from tests.files.conftest import photo, stored, upload
from tests.files.standin import EICAR, Clamd

State = Attachment.State


@pytest.fixture
def sent(world: SimpleNamespace) -> ServiceRequest:
    return journeys.sent(world, GLV_NIT_M=1)


def added(request: ServiceRequest, by, content: bytes = b"", name: str = "pump.jpg") -> Attachment:
    return attachments.attach(request=request, upload=upload(name, content or photo(200, 100)), by=by)


def status(by, attachment: Attachment) -> int:
    return personas.signed_in(by).get(reverse("requests:file", args=[attachment.ref])).status_code


def test_a_file_waits_until_it_is_clean(world, sent, clamd: Clamd) -> None:
    kept = added(sent, world.nurse)
    assert (kept.state, status(world.nurse, kept), status(world.colleague, kept)) == (State.HELD, 409, 409)
    assert scanning.sweep() == 1
    kept = journeys.fresh(kept)
    assert kept.state == State.CLEAN and kept.scanned_at
    assert (status(world.nurse, kept), clamd.scans) == (200, 1)
    assert scanning.sweep() == 0 and clamd.scans == 1  # what was judged is not asked about again


def test_a_virus_is_deleted_its_owner_is_told_and_it_is_on_record(
    world, sent, clamd: Clamd, media: Path, django_capture_on_commit_callbacks
) -> None:
    bad = added(sent, world.nurse, b"report: " + EICAR, "error.txt")
    good = added(sent, world.nurse)
    with django_capture_on_commit_callbacks(execute=True):
        assert scanning.sweep() == 2
    bad = journeys.fresh(bad)
    assert (bad.state, bad.path, status(world.nurse, bad)) == (State.INFECTED, "", 404)
    assert [str(path.relative_to(media)) for path in stored(media)] == [journeys.fresh(good).path]
    told = Notice.objects.get(kind="file_infected")
    assert told.user == world.nurse
    event = Event.objects.get(action="attachment.infected")
    assert (event.case, event.after["found"]) == (sent.public_id, "Eicar-Signature")
    page = personas.signed_in(world.nurse).get(reverse("desk:request-detail", args=[sent.public_id])).text
    assert "Deleted: it carried a virus" in page


def test_over_a_unix_socket(world, sent, settings, tmp_path: Path) -> None:
    with Clamd(unix=str(tmp_path / "clamd.sock")) as running:
        settings.CLAMD_URL = running.url
        kept = added(sent, world.nurse)
        assert scanning.sweep() == 1
    assert journeys.fresh(kept).state == State.CLEAN


@pytest.mark.parametrize("fault", ["down", "cut", "garbage", "error", "hang"])
def test_while_the_scanner_fails_a_file_stays_held_and_goes_on_by_itself(
    world, sent, clamd: Clamd, fault: str
) -> None:
    kept, working = added(sent, world.nurse), clamd.url
    clamd.fault = fault
    scanner = scanner_of.Clamd(free_address() if fault == "down" else working, timeout=0.3)
    assert scanning.sweep(scanner) == 0
    assert (journeys.fresh(kept).state, status(world.nurse, kept)) == (State.HELD, 409)
    clamd.fault = ""
    assert scanning.sweep(scanner_of.Clamd(working, timeout=20)) == 1
    assert journeys.fresh(kept).state == State.CLEAN


def free_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"


def test_a_slow_scanner_is_waited_for(world, sent, clamd: Clamd) -> None:
    clamd.delay = 1.0
    kept = added(sent, world.nurse)
    assert scanning.sweep() == 1
    assert journeys.fresh(kept).state == State.CLEAN


def test_a_file_too_large_for_the_scanner_holds_up_no_other(world, sent, clamd: Clamd) -> None:
    large, small = (
        added(sent, world.nurse, b"line\n" * 100_000, "a.txt"),
        added(sent, world.nurse, b"x", "b.txt"),
    )
    clamd.largest = 10_000
    assert scanning.sweep() == 1
    assert (journeys.fresh(large).state, journeys.fresh(small).state) == (State.HELD, State.CLEAN)
    last = added(sent, world.nurse, b"y", "c.txt")
    waiting = list(Attachment.objects.filter(state=State.HELD))
    assert {one.pk for one in waiting} == {large.pk, last.pk}
    assert scanning.sweep() == 1  # what was tried waits behind what was not
    assert journeys.fresh(last).state == State.CLEAN


def test_a_file_whose_content_is_gone_holds_up_no_other(world, sent, clamd: Clamd, media: Path) -> None:
    lost = added(sent, world.nurse)
    (media / lost.path).unlink()
    kept = added(sent, world.nurse)
    assert scanning.sweep() == 1
    assert (journeys.fresh(lost).state, journeys.fresh(kept).state) == (State.HELD, State.CLEAN)


def test_none_set_is_off(world, sent, settings) -> None:
    assert settings.CLAMD_URL == ""
    kept = added(sent, world.nurse)
    assert (kept.state, status(world.colleague, kept), scanning.sweep()) == (State.UNSCANNED, 200, 0)


def test_one_that_is_set_later_looks_at_what_came_before(world, sent, settings) -> None:
    kept = added(sent, world.nurse)
    with Clamd() as running:
        settings.CLAMD_URL = running.url
        assert status(world.nurse, kept) == 409
        assert scanning.sweep() == 1
        assert status(world.nurse, kept) == 200


def test_one_that_is_taken_away_sets_nothing_free(world, sent, settings, clamd: Clamd) -> None:
    kept = added(sent, world.nurse)
    settings.CLAMD_URL = ""
    assert status(world.nurse, kept) == 409


def test_removed_while_it_is_being_looked_at(world, sent, clamd: Clamd) -> None:
    kept = added(sent, world.nurse)
    attachments.remove(attachment=kept, by=world.nurse)
    scanning.judge(attachment=kept, found="", by=world.system)
    assert journeys.fresh(kept).state == State.HELD and not journeys.fresh(kept).path


def test_a_sweep_asks_no_more_for_a_hundred_than_it_may(world, sent, clamd: Clamd, monkeypatch) -> None:
    monkeypatch.setattr(scanning, "BATCH", 2)
    for number in range(3):
        added(sent, world.nurse, b"x", f"{number}.txt")
    assert [scanning.sweep(), scanning.sweep(), scanning.sweep()] == [2, 1, 0]


def test_a_program_that_is_no_scanner_is_never_believed() -> None:
    for answer in (b"", b"OK\0", b"stream: OK", b"PONG\0", b"HTTP/1.1 200 OK\r\n\0", b"stream: OK FOUND"):
        with pytest.raises((scanner_of.ScannerDown, scanner_of.NotScanned)):
            scanner_of._verdict(answer)
    assert scanner_of._verdict(b"stream: OK\0") == ""
    assert scanner_of._verdict(b"stream: X FOUND\0") == "X"


def test_the_whole_content_reaches_the_scanner() -> None:
    with Clamd() as running:
        assert scanner_of.Clamd(running.url).scan(io.BytesIO(bytes(300_000) + EICAR)) == "Eicar-Signature"
        began = time.monotonic()
        assert scanner_of.Clamd(running.url).scan(io.BytesIO(bytes(10_000_000))) == ""
        assert time.monotonic() - began < 20


def test_a_refused_file_never_reaches_the_scanner(world, sent, clamd: Clamd) -> None:
    with pytest.raises(Invalid):
        added(sent, world.nurse, EICAR, "virus.com")
    assert (scanning.sweep(), clamd.scans) == (0, 0)
