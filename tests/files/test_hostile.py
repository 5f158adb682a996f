"""Files that want more than to be looked at: none is stored that should not be, none is ever served to be run."""

import io
import json
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from requests_app.attachments import documents, intake
from requests_app.models import Attachment, ServiceRequest
from tests import journeys, personas
from tests.architecture.code import ROOT
from tests.files import corpus
from tests.files.conftest import photo, stored

SECONDS, MEGABYTES = 2.0, 100.0  # of a processor: a busy machine makes nothing expensive
HEADERS = {
    "Content-Type": "application/octet-stream",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}


def every(step: int) -> pytest.MarkDecorator:
    """All of the corpus in `make test-long`, else each `step`th: through the pages a file takes a tenth of a second."""
    return pytest.mark.parametrize("step", [step, pytest.param(1, marks=pytest.mark.long, id="all")])


def post(browser: Client, request: ServiceRequest, name: str, content: bytes) -> HttpResponse:
    """As a browser does it, with a name that Django's test client would not send."""
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return browser.post(
        reverse("requests:file-add", args=[request.public_id]),
        body,
        content_type=f"multipart/form-data; boundary={boundary}",
    )


def outside(tmp_path: Path) -> set[str]:
    """Everything under the folder of the test that is no content."""
    return {
        str(path.relative_to(tmp_path))
        for path in tmp_path.rglob("*")
        if "media" not in path.parts and path.name not in ("var", "tmp")
    }


def look_alike(answer: HttpResponse, attachment: Attachment) -> None:
    for header, value in HEADERS.items():
        assert answer[header] == value
    said = answer["Content-Disposition"]
    assert said.startswith("attachment; filename")
    assert not {"\r", "\n", "/", "\\"} & set(said)


@pytest.fixture
def draft(world: SimpleNamespace) -> ServiceRequest:
    return journeys.draft(world, GLV_NIT_M=1)


def test_the_intake_takes_none_of_them() -> None:
    files = corpus.corpus()
    assert len({one.what for one in files}) == len(files) >= 80
    assert through(files) == []


@pytest.mark.timeout(240)
@every(8)
def test_no_hostile_file_gets_through(world, draft, media: Path, tmp_path: Path, step: int) -> None:
    browser, files = personas.signed_in(world.nurse), corpus.corpus()[::step]
    browser.get(reverse("desk:home"))  # the first page of a process reads all addresses
    before, trouble = outside(tmp_path), []
    for one in files:
        began = time.process_time()
        answer = post(browser, draft, one.name, one.content)
        if (took := time.process_time() - began) > SECONDS:
            trouble.append(f"{one}: {took:.1f} s")
        if answer.status_code != 302:
            trouble.append(f"{one}: {answer.status_code}")
        kept = Attachment.objects.filter(removed_at=None).first()
        if one.refused and (kept or stored(media)):
            trouble.append(f"{one}: was stored")
        if not one.refused:
            assert kept, f"{one}: harmless, and refused"
            content = b"".join(browser.get(reverse("requests:file", args=[kept.ref])).streaming_content)
            if one.gone and one.gone in content:
                trouble.append(f"{one}: {one.gone!r} is still there")
            assert len(content) == kept.size <= 300 * 1024
            browser.post(reverse("requests:file-remove", args=[kept.ref]))
            for path in stored(
                media
            ):  # the test runs in one transaction, so nothing is deleted after its commit
                path.unlink()
    assert not trouble
    assert outside(tmp_path) == before


@pytest.mark.timeout(120)
@pytest.mark.parametrize("raw", [True, False])
@every(4)
def test_no_name_leaves_the_folder_or_the_header(
    world, draft, media: Path, tmp_path: Path, raw: bool, step: int
) -> None:
    browser, before = personas.signed_in(world.nurse), outside(tmp_path)
    for name in corpus.NAMES[::step]:
        sent = name if raw else name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        answer = post(browser, draft, sent, photo(40, 30))
        assert answer.status_code in (302, 400), name
        for kept in Attachment.objects.filter(removed_at=None):
            assert kept.name.endswith(".jpg") and len(kept.name.encode()) <= 200
            assert not set(kept.name) & set('/\\:"<>|?*\r\n\x00\u202e\u200b\u2066'), name
            assert kept.name.partition(".")[0].lower() not in ("con", "nul", "com1", "aux", "lpt\u00b9")
            assert not kept.name.startswith((".", "-", " ")), name
            shown = browser.get(reverse("requests:file", args=[kept.ref]))
            look_alike(shown, kept)
            assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")
            browser.post(reverse("requests:file-remove", args=[kept.ref]))
    assert outside(tmp_path) == before
    for path in stored(media):
        assert path.parent.parent == media and path.stat().st_mode & 0o777 == 0o600


@pytest.mark.long
def test_most_of_the_names_are_taken(world, draft) -> None:
    """Otherwise the test above would prove nothing."""
    browser = personas.signed_in(world.nurse)
    for name in corpus.NAMES:
        post(
            browser, draft, name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A"), photo(40, 30)
        )
        for kept in Attachment.objects.filter(removed_at=None):
            browser.post(reverse("requests:file-remove", args=[kept.ref]))
    assert Attachment.objects.count() >= len(corpus.NAMES) - 4
    assert not Attachment.objects.filter(
        name__contains="943"
    )  # what looks like a patient's number is no name


@pytest.mark.timeout(180)
@every(8)
def test_no_file_costs_more_than_two_seconds_and_100_mb(tmp_path: Path, step: int) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    files = [*corpus.corpus()[::step], corpus.Hostile("25 megapixels", "photo.jpg", photo(6_200, 4_000))]
    files.append(
        corpus.Hostile(
            "10 megapixels, progressive", "photo.jpg", photo(3_600, 2_770, progressive=True, subsampling=0)
        )
    )
    files.append(
        corpus.Hostile("10 megapixels as png", "photo.png", corpus.png(3_600, 2_770, depth=8, colour=6))
    )
    files.append(corpus.Hostile("10 MB of pdf", "quote.pdf", corpus.pdf(b"/#41" * 2_500_000)))
    files.append(corpus.Hostile("10 MB of slashes", "quote.pdf", corpus.pdf(b"/" * 9_000_000)))
    files.append(corpus.Hostile("10 MB of streams", "quote.pdf", corpus.pdf(b"/ObjStm stream\n" * 600_000)))
    files.append(corpus.Hostile("10 MB of text", "log.txt", b"a < b \n" * 1_400_000))
    for number, one in enumerate(files):
        (folder / f"{number:03}~{one.name}".replace("\0", "%00")).write_bytes(one.content[: 11 * corpus.MB])
    done = subprocess.run(
        [sys.executable, "-m", "tests.files.measure", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    costs = json.loads(done.stdout)
    assert len(costs) == len(files)
    named = [[files[int(name[:3])].what, *rest] for name, *rest in costs]
    slow, large = max(named, key=lambda one: one[2]), max(named, key=lambda one: one[3])
    print(f"slowest {slow}, largest {large}")
    assert not [one for one in named if one[2] > SECONDS or one[3] > MEGABYTES]
    taken = {what for what, outcome, *_ in named if outcome.startswith("taken")}
    assert {"25 megapixels", "10 megapixels as png", "10 megapixels, progressive"} <= taken


# ---- controls: a guard that is off is seen by the same corpus -------------------------------------------------------


def through(files: Iterable[corpus.Hostile]) -> list[str]:
    """What the intake takes although it should not."""
    taken = []
    for one in files:
        if one.refused:
            upload = SimpleNamespace(name=one.name, size=len(one.content))
            upload.seek, upload.read = (stream := io.BytesIO(one.content)).seek, stream.read
            upload.tell = stream.tell
            try:
                intake.accept(upload)
            except intake.NotTaken:
                continue
            taken.append(one.what)
    return taken


def test_without_the_list_of_endings_html_gets_through(monkeypatch) -> None:
    def anything(name: str, upload: SimpleNamespace) -> intake.Taken:
        return intake.Taken(name, "text/html", upload.read())

    class Everything(dict):
        def get(self, key: str, default: object = None) -> object:
            return (("", "application/zip"), anything)

    monkeypatch.setattr(intake, "READERS", Everything())
    assert "html as html" in through(corpus.markup())


def test_without_the_look_for_actions_pdfs_get_through(monkeypatch) -> None:
    assert through(corpus.of("pdf: ")) == []
    monkeypatch.setattr(documents, "_check_names", lambda content: None)
    found = through(corpus.of("pdf: "))
    assert {"pdf: script", "pdf: launch", "pdf: locked", "pdf: packed script"} <= set(found)


def test_without_unpacking_a_packed_script_gets_through(monkeypatch) -> None:
    monkeypatch.setattr(documents, "_check_packed", lambda content: None)
    assert {"pdf: packed script", "pdf: packed and escaped"} <= set(through(corpus.of("pdf: ")))


def test_without_putting_escapes_back_an_escaped_script_gets_through(monkeypatch) -> None:
    monkeypatch.setattr(documents, "_unescaped", lambda content: content)
    assert "pdf: all escaped" in through(corpus.of("pdf: "))


def test_without_the_look_for_markup_html_is_a_text(monkeypatch) -> None:
    monkeypatch.setattr(documents, "MARKUP", re.compile("(?!)"))
    assert "html as txt" in through(corpus.markup())


def test_a_photo_is_turned_upright_and_says_nothing_of_its_place(world, draft) -> None:
    browser = personas.signed_in(world.nurse)
    content = corpus.with_gps()
    assert b"SecretCamera" in content
    post(browser, draft, "photo.jpg", content)
    kept = Attachment.objects.get()
    assert (kept.width, kept.height) == (300, 400)  # it was 400 x 300 and lay on its side
    with Image.open(io.BytesIO(b"".join(browser.get(f"/files/{kept.ref}/").streaming_content))) as seen:
        assert dict(seen.getexif()) == {} and seen.size == (300, 400)
