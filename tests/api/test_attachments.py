"""Files of a request through the API: the same verb, the same refusals and the same content as on the pages."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app import attachments
from requests_app.attachments import scanning
from requests_app.models import Attachment
from tests import journeys
from tests.api.calls import V1, Caller, caller, drafted, refused, taken
from tests.files.conftest import pdf, photo, upload
from tests.files.standin import Clamd
from tests.personas import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.VAR_DIR = tmp_path / "var" / "media", tmp_path / "var"


@pytest.fixture
def nurse(world: SimpleNamespace) -> Caller:
    return caller(world.nurse)


def post(who: Caller, public_id: str, **parts: Any) -> Any:
    return who.client.post(f"{V1}/requests/{public_id}/attachments", parts)


def added(who: Caller, public_id: str, file: SimpleUploadedFile) -> dict[str, Any]:
    return taken(post(who, public_id, file=file))


def letter(name: str = "quote.pdf") -> SimpleUploadedFile:
    return upload(name, pdf(), "application/pdf")


def test_a_photo_goes_with_a_draft_and_its_content_comes_back(world: SimpleNamespace, nurse: Caller) -> None:
    draft = drafted(nurse, world, GLV_NIT_M=1)
    file = added(nurse, draft["id"], upload("bay.jpg", photo(), "image/jpeg"))
    assert (file["name"], file["kind"], file["state"]) == ("bay.jpg", "image/jpeg", "unscanned")
    assert nurse.get(f"requests/{draft['id']}")["files"] == [file]
    nurse.post(draft["submit"], {"seen": draft["seen"]})
    [shown] = caller(world.colleague).get(f"requests/{draft['id']}")["files"]
    assert (shown["id"], shown["size"], shown["added_by"]) == (file["id"], file["size"], "Asha Menon")

    answer = nurse.send("GET", shown["href"])
    content = b"".join(answer.streaming_content)
    page = signed_in(world.nurse).get(f"/files/{file['id']}/")
    assert content == b"".join(page.streaming_content)
    assert len(content) == file["size"]
    assert answer["Content-Disposition"] == page["Content-Disposition"] == 'attachment; filename="bay.jpg"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        "application/octet-stream",
        "nosniff",
    )
    assert "no-store" in answer["Cache-Control"]


def test_the_content_is_asked_for_by_its_media_type(world: SimpleNamespace, nurse: Caller) -> None:
    request = journeys.sent(world, NPW_KIT=1)
    file = added(nurse, request.public_id, letter())
    octets = {"Accept": "application/octet-stream"}
    assert nurse.send("GET", file["href"], **octets).status_code == 200
    refused(nurse.send("GET", f"{V1}/files/nothing", **octets), 404, "not_found")
    refused(nurse.send("GET", file["href"], Accept="text/html"), 406, "not_acceptable")


def test_a_token_may_send_as_much_as_somebody_who_is_signed_in(world: SimpleNamespace, nurse: Caller) -> None:
    """A visitor may send 64 KiB; nothing may read the body before the token has said who sends it."""
    request = journeys.sent(world, NPW_KIT=1)
    assert added(nurse, request.public_id, upload("error.log", b"line\n" * 40_000))["size"] == 200_000


def test_who_may_not_see_the_request_sees_no_file_of_it(world: SimpleNamespace, nurse: Caller) -> None:
    request = journeys.sent(world, NPW_KIT=1)
    file = added(nurse, request.public_id, letter())
    stranger = caller(world.stranger)
    refused(post(stranger, request.public_id, file=letter()), 404, "not_found")
    for method in ("GET", "DELETE"):
        refused(stranger.send(method, file["href"]), 404, "not_found")
    refused(caller(world.nurse, "read").send("DELETE", file["href"]), 403, "reads_only")
    refused(post(caller(world.nurse, "read"), request.public_id, file=letter()), 403, "reads_only")
    assert Client().get(file["href"]).status_code == 401
    assert (
        Client().post(f"{V1}/requests/{request.public_id}/attachments", {"file": letter()}).status_code == 401
    )
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("parts", "field", "said"),
    [
        ({"file": ("x.exe", b"MZ")}, "file", "“x.exe” was not added. Only photos (JPEG, PNG), PDF and plain text"),
        ({"file": ("x.pdf", b"not a pdf")}, "file", "not what its name says"),
        ({"file": ("x.pdf", b"")}, "file", "The file is empty."),
        ({}, "file", "No file was submitted."),
        ({"file": "text"}, "file", "not a file"),
        ({"file": [("a.txt", b"a"), ("b.txt", b"b")]}, "file", "Send one file at a time."),
        ({"file": ("a.txt", b"a"), "name": "b"}, "name", "There is no such field."),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_beside_its_field(
    world: SimpleNamespace, nurse: Caller, parts: dict[str, Any], field: str, said: str
) -> None:
    request = journeys.sent(world, NPW_KIT=1)

    def made(value: Any) -> Any:
        return (
            [made(one) for one in value]
            if isinstance(value, list)
            else upload(*value)
            if isinstance(value, tuple)
            else value
        )

    answer = post(nurse, request.public_id, **{name: made(value) for name, value in parts.items()})
    errors = refused(answer, 422, "invalid")["errors"]
    assert list(errors) == [field]
    assert said in errors[field][0]
    assert not Attachment.objects.exists()


def test_another_kind_of_body_is_refused(world: SimpleNamespace, nurse: Caller) -> None:
    there = f"requests/{journeys.sent(world, NPW_KIT=1).public_id}/attachments"
    refused(nurse.send("POST", there, {"file": "x"}), 415, "unsupported_media_type")
    broken = nurse.client.generic("POST", f"{V1}/{there}", b"x", content_type="multipart/form-data")
    refused(broken, 400, "malformed")
    too_large = nurse.client.generic(
        "POST",
        f"{V1}/{there}",
        b"x",
        content_type="multipart/form-data; boundary=b",
        CONTENT_LENGTH=str(200 * 1024 * 1024),
    )
    refused(too_large, 413, "too_large")


def test_a_request_that_is_over_takes_no_file(world: SimpleNamespace, nurse: Caller) -> None:
    request = journeys.sent(world, NPW_KIT=1)
    file = added(nurse, request.public_id, letter())
    nurse.post(f"requests/{request.public_id}/cancel", {"reason": "found some"})
    said = refused(post(nurse, request.public_id, file=letter()), 403, "not_allowed")
    assert said["detail"] == "No file can be added to this request any more."
    refused(nurse.send("DELETE", file["href"]), 403, "not_allowed")


def test_at_most_ten(world: SimpleNamespace, nurse: Caller) -> None:
    request = journeys.sent(world, NPW_KIT=1)
    for number in range(attachments.MOST):
        added(nurse, request.public_id, upload(f"{number}.txt", b"line", "text/plain"))
    errors = refused(post(nurse, request.public_id, file=letter()), 422, "invalid")["errors"]
    assert "At most 10 files fit on one request." in errors["file"][0]


def test_one_removes_ones_own_and_the_request_says_that_it_was_there(
    world: SimpleNamespace, nurse: Caller
) -> None:
    request = journeys.sent(world, NPW_KIT=1)
    file = added(nurse, request.public_id, letter())
    refused(caller(world.colleague).send("DELETE", file["href"]), 403, "not_allowed")
    assert nurse.send("DELETE", file["href"]).status_code == 204
    [shown] = nurse.get(f"requests/{request.public_id}")["files"]
    assert shown["removed_at"]
    assert shown["href"] is None
    refused(nurse.send("GET", file["href"]), 404, "not_found")


def test_what_is_held_is_not_handed_out_before_it_was_checked(
    world: SimpleNamespace, nurse: Caller, settings: Any
) -> None:
    request = journeys.sent(world, NPW_KIT=1)
    with Clamd() as clamd:
        settings.CLAMD_URL = clamd.url
        file = added(nurse, request.public_id, letter())
        assert (file["state"], file["href"]) == ("held", None)
        refused(nurse.send("GET", f"{V1}/files/{file['id']}"), 409, "wrong_state")
        scanning.sweep()
        [shown] = nurse.get(f"requests/{request.public_id}")["files"]
        assert shown["state"] == "clean"
        assert nurse.send("GET", shown["href"]).status_code == 200


def test_a_session_needs_its_csrf_token(world: SimpleNamespace) -> None:
    request = journeys.sent(world, NPW_KIT=1)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.nurse)
    there = f"{V1}/requests/{request.public_id}/attachments"
    refused(browser.post(there, {"file": letter()}), 403, "csrf_failed")
    browser.get("/")
    secret = browser.cookies["csrftoken"].value
    answer = browser.post(there, {"file": letter()}, headers={"X-CSRFToken": secret})
    assert answer.status_code == 200, answer.content
