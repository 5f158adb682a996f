"""Lists as files: exactly the rows that somebody may see, no cell that calculates, on record, theirs alone, gone after a day."""

import csv
import io
import re
import shutil
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from portal import clock
from portal.accounts.models import Membership, User
from portal.audit.models import Event
from portal.errors import Invalid, NotFound, WrongState
from requests_app import export_files, exporting
from requests_app.models import Export, ServiceRequest
from tests import journeys, moving, personas

EXPORT = reverse("requests:export")
HOSTILE = [
    f"{before}{sign}{after}"
    for sign in ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t=", "\r=", "\n=", "\0=", "﹦", "−")
    for before, after in (
        ("", "1+1"),
        (" ", "cmd|' /C calc'!A0"),
        ("'", 'HYPERLINK("http://x")'),
        ('"', "SUM(A1)"),
        ("a;", "1+1"),
        ("\ufeff", "1"),
    )
]
FORMULA = re.compile(r"(?:^|[;\t\r\n])[\s'\"]*[=+\-@＝＋－＠﹦−]")


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Path) -> Any:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield


@pytest.fixture
def busy(world: SimpleNamespace) -> SimpleNamespace:
    """Requests of three wards and two hospitals, one of them a transfer after death with a bed and initials near it."""
    moving.porters(world)
    world.mine = journeys.sent(world, SET_PMP=1)
    for ward, who, code in (
        (world.other_ward, world.other_nurse, "SET_PMP"),
        (world.foreign_ward, world.stranger, "GLV_NIT_M"),
    ):
        journeys.sent(SimpleNamespace(ward=ward, nurse=who), **{code: 3})
    world.move = moving.sent(world, bed="ZZ9", initials="QXJ")
    world.death = moving.sent(world, what="after_death", bed="ZY8", initials="QWV")
    journeys.draft(world, GLV_NIT_M=1)
    return world


def as_csv(client: Client, query: str = "", **more: Any) -> list[dict[str, str]]:
    answer = client.post(EXPORT, {"query": query, "form": "csv", **more})
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/csv")
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def oracle(user: User) -> set[str]:
    """Numbers of the open requests that they may see, less what is private."""
    seen = ServiceRequest.objects.visible_to(user).filter(
        private=False, closed_at=None, submitted_at__isnull=False
    )
    return set(seen.values_list("number", flat=True))


def as_xlsx(user: User, query: str = "tab=open") -> Export:
    made = export_files.ask(query=query, by=user)
    assert export_files.make_waiting() == 1
    return Export.objects.get(pk=made.pk)


def sheet(path: Path) -> str:
    with zipfile.ZipFile(path) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def test_exactly_the_rows_that_they_may_see(busy: SimpleNamespace) -> None:
    for user in (
        busy.nurse,
        busy.colleague,
        busy.head,
        busy.porter,
        busy.finance,
        busy.auditor,
        busy.stranger,
        busy.operator,
    ):
        rows = as_csv(personas.signed_in(user))
        assert {row["Number"] for row in rows} == oracle(user), user.username
        assert len(rows) == len({row["Number"] for row in rows})
        assert busy.death.number not in {row["Number"] for row in rows}


def test_as_filtered_and_as_chosen(busy: SimpleNamespace) -> None:
    nurse = personas.signed_in(busy.nurse)
    assert [row["Number"] for row in as_csv(nurse, "type=supply")] == [busy.mine.number]
    assert [row["Number"] for row in as_csv(nurse, f"q={busy.mine.number}")] == [busy.mine.number]
    foreign = ServiceRequest.objects.get(department=busy.foreign_ward)
    chosen = as_csv(nurse, ref=[busy.mine.public_id, foreign.public_id, busy.death.public_id, "nonsense"])
    assert [row["Number"] for row in chosen] == [busy.mine.number]
    assert as_csv(nurse, "tab=closed") == []


def test_no_bed_and_no_initials(busy: SimpleNamespace) -> None:
    for user in (busy.nurse, busy.porter, busy.auditor):
        answer = personas.signed_in(user).post(EXPORT, {"query": "", "form": "csv"})
        text = b"".join(answer.streaming_content).decode()
        assert not [said for said in ("ZZ9", "QXJ", "ZY8", "QWV", busy.death.title) if said in text]
        made = as_xlsx(user)
        said = sheet(export_files.hand_out(user, made.ref))
        assert not [one for one in ("ZZ9", "QXJ", "ZY8", "QWV", busy.death.title) if one in said]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    assert FORMULA.search(text.replace("\0", " ").replace("\ufeff", " ")) and not FORMULA.search(_shown(text))
    assert not re.search(r"[\x00-\x1f]", exporting.safe(text))
    assert exporting.safe("Gloves, nitrile - medium (-20 °C)") == "Gloves, nitrile - medium (-20 °C)"


def _shown(text: str) -> str:
    """The cell behind the apostrophe that makes it text: what begins with one is no formula."""
    return re.sub(r"(^|[;])'.?", r"\1x", exporting.safe(text))


def test_hostile_titles_stay_text_and_numbers_stay_numbers(world: SimpleNamespace) -> None:
    for text in HOSTILE[::7]:
        case = journeys.sent(world, SET_PMP=1)
        ServiceRequest.objects.filter(pk=case.pk).update(title=text.replace("\0", ""))
    rows = as_csv(personas.signed_in(world.nurse))
    assert all(row["What"][0] not in "=+-@＝＋－＠\t\r" for row in rows)
    assert {float(row["Amount"]) for row in rows} == {float(case.amount)}
    said = sheet(export_files.hand_out(world.nurse, as_xlsx(world.nurse).ref))
    assert "<f>" not in said and "<f " not in said and 't="f"' not in said
    assert f"<v>{float(case.amount):g}</v>" in said


def test_it_is_on_record(busy: SimpleNamespace) -> None:
    rows = as_csv(personas.signed_in(busy.nurse), "type=supply&evil=1")
    begun, ended = Event.objects.filter(action__startswith="list.export").order_by("pk")
    assert (begun.action, ended.action, ended.actor) == ("list.export_begun", "list.exported", busy.nurse)
    assert ended.after == {"list": "tab=open&type=supply", "form": "csv", "rows": len(rows)}
    as_xlsx(busy.nurse)
    assert Event.objects.get(after__form="xlsx").after["rows"] == len(oracle(busy.nurse))


def test_a_file_is_its_owners_alone(busy: SimpleNamespace) -> None:
    made = as_xlsx(busy.nurse)
    nurse, colleague = personas.signed_in(busy.nurse), personas.signed_in(busy.colleague)
    assert (
        "100" in nurse.get(reverse("requests:export-progress", args=[made.ref])).text or made.percent == 100
    )
    assert nurse.get(reverse("requests:export-file", args=[made.ref])).status_code == 200
    for name in ("requests:export-progress", "requests:export-file"):
        assert colleague.get(reverse(name, args=[made.ref])).status_code == 404
    with pytest.raises(NotFound):
        export_files.hand_out(busy.auditor, made.ref)


def test_a_file_with_a_row_that_is_no_longer_theirs_is_not_handed_out(busy: SimpleNamespace) -> None:
    made = as_xlsx(busy.head)
    Membership.objects.filter(user=busy.head).update(valid_until=clock.now() - timedelta(seconds=1))
    with pytest.raises(WrongState):
        export_files.hand_out(busy.head, made.ref)
    assert (
        personas.signed_in(busy.head).get(reverse("requests:export-file", args=[made.ref])).status_code == 409
    )


def test_rights_are_those_of_the_moment_when_it_is_made(busy: SimpleNamespace) -> None:
    made = export_files.ask(query="tab=open", by=busy.head)
    Membership.objects.filter(user=busy.head).update(valid_until=clock.now() - timedelta(seconds=1))
    export_files.make_waiting()
    assert Export.objects.get(pk=made.pk).total == 0


def test_after_a_day_it_is_gone(busy: SimpleNamespace) -> None:
    made = as_xlsx(busy.nurse)
    path = export_files.hand_out(busy.nurse, made.ref)
    assert export_files.sweep() == 0 and path.exists()
    with clock.at(clock.now() + timedelta(hours=25)):
        assert export_files.sweep() == 1
    assert not list(path.parent.iterdir())
    with pytest.raises(WrongState):
        export_files.hand_out(busy.nurse, made.ref)


def test_a_maker_that_dies_is_followed_by_another_and_three_are_enough(
    busy: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = export_files.ask(query="tab=open", by=busy.nurse)
    claimed = export_files._claim()  # and killed
    assert claimed is not None and export_files.make_waiting() == 0
    with clock.at(clock.now() + export_files.LEASE * 2):
        assert export_files.make_waiting() == 1
        assert not export_files._finish(ref=made.ref, token=claimed.token, path="x", count=9, by=busy.nurse)
    bad = export_files.ask(query="tab=closed", by=busy.nurse)
    monkeypatch.setattr(export_files, "write_xlsx", lambda *_: 1 / 0)
    for _try in range(4):
        assert export_files.make_waiting() == 0
    assert Export.objects.get(pk=bad.pk).state == Export.State.FAILED


def test_the_same_list_is_made_once_and_few_at_a_time(world: SimpleNamespace) -> None:
    first = export_files.ask(query="tab=open", by=world.nurse)
    assert export_files.ask(query="tab=open", by=world.nurse).pk == first.pk
    for query in ("tab=closed", "tab=open&late=1"):
        export_files.ask(query=query, by=world.nurse)
    with pytest.raises(Invalid):
        export_files.ask(query="tab=open&waiting=1", by=world.nurse)
    nurse = personas.signed_in(world.nurse)
    assert nurse.post(EXPORT, {"query": "waiting=1", "form": "xlsx"})["Location"].startswith(
        reverse("requests:list")
    )


def test_the_page_says_how_far_it_is(world: SimpleNamespace) -> None:
    nurse = personas.signed_in(world.nurse)
    page = nurse.post(EXPORT, {"query": "", "form": "xlsx"})["Location"]
    Export.objects.update(total=200, done=50)
    assert "25 %: 50 of 200 rows" in nurse.get(page).text
    assert "<html" not in nurse.get(page, headers={"HX-Request": "true"}).text
    export_files.make_waiting()
    assert "Save the file" in nurse.get(page).text


def test_reading_a_file_takes_few_queries(world: SimpleNamespace, django_assert_num_queries) -> None:
    nurse = personas.signed_in(world.nurse)
    for rows in (1, 3):
        while ServiceRequest.objects.filter(submitted_at__isnull=False).count() < rows:
            journeys.sent(world, SET_PMP=1)
        with django_assert_num_queries(13):  # nine, and the savepoints of the two entries of the record
            assert len(as_csv(nurse)) == rows


@pytest.mark.long
@pytest.mark.skipif(
    not shutil.which("soffice"),
    reason="LOUD: no LibreOffice here, so nobody else read the files; apt install libreoffice-calc",
)
def test_libreoffice_finds_no_formula(world: SimpleNamespace, tmp_path: Path) -> None:
    for text in HOSTILE:
        case = journeys.sent(world, SET_PMP=1)
        ServiceRequest.objects.filter(pk=case.pk).update(title=text.replace("\0", ""))
    made = tmp_path / "list.xlsx"
    shutil.copy(export_files.hand_out(world.nurse, as_xlsx(world.nurse).ref), made)
    answer = personas.signed_in(world.nurse).post(EXPORT, {"query": "", "form": "csv"})
    (tmp_path / "list.csv").write_bytes(b"".join(answer.streaming_content))
    for name in ("list.xlsx", "list.csv"):
        subprocess.run(
            [
                "soffice",
                "--headless",
                f"-env:UserInstallation=file://{tmp_path}/office",
                "--convert-to",
                "fods",
                "--outdir",
                tmp_path / name[5:],
                tmp_path / name,
            ],
            check=True,
            capture_output=True,
            timeout=170,
        )
        read = (tmp_path / name[5:] / "list.fods").read_text()
        assert case.number in read and "table:formula" not in read
