"""How the check looks: in one moment, writing nothing, in nobody's way, at the same cost for few requests and for many."""

import threading
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.desk.consistency import cases, examine, find
from portal.desk.consistency.codes import CODES
from portal.desk.consistency.database import ADDED_TO_ONLY
from portal.desk.consistency.snapshot import one_moment
from requests_app.models import Category, StateChange
from tests.consistency.damage import set_columns
from tests.journeys import sent

pytestmark = pytest.mark.timeout(180)
# What all are judged by; one slice, the requests and 14 tables of theirs; the empty slice after it; what is of no request,
# four of them equipment, its loans and its costs, one the periods of budgets, of which there are none.
QUERIES = 8 + 15 + 1 + (28 if connection.vendor == "sqlite" else 27)


@pytest.mark.django_db
def test_every_guarded_table_is_looked_at() -> None:
    """A table that a migration guards and the check does not know could lose its guard unnoticed."""
    names = {
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    }
    with connection.cursor() as cursor:
        cursor.execute(names[connection.vendor])
        kept = {name for (name,) in cursor.fetchall() if name.endswith("_kept")}
    assert kept == {f"{table}_kept" for table in ADDED_TO_ONLY}


@pytest.mark.django_db
@pytest.mark.parametrize("count", [3, 30])
def test_a_look_costs_the_same_for_3_requests_and_for_30(world: SimpleNamespace, count: int) -> None:
    for _ in range(count):
        sent(world, NPW_KIT=1, GLV_NIT_M=2)
    with CaptureQueriesContext(connection) as queries:
        report = examine()
    assert (report.requests, report.findings) == (count, [])
    assert report.events >= count
    assert len(queries) == QUERIES, "\n".join(query["sql"][:120] for query in queries)


@pytest.mark.django_db
def test_what_is_damaged_in_a_later_slice_is_found(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "SLICE", 2)
    requests = [sent(world, NPW_KIT=1) for _ in range(5)]
    set_columns(requests[4], held_by="")
    [found] = find()
    assert (found.code, found.subject) == ("request.held_by", f"request:{requests[4].pk}")


@pytest.mark.django_db(transaction=True)
def test_others_write_meanwhile_and_are_not_seen() -> None:
    Category.objects.all().delete()

    def write() -> None:
        try:
            with transaction.atomic():
                Category.objects.create(code="written-meanwhile", name="Written meanwhile")
        finally:
            connection.close()

    with one_moment():
        assert Category.objects.count() == 0
        other = threading.Thread(target=write)
        other.start()
        other.join(timeout=10)
        assert not other.is_alive(), "the writer waited for the reader"
        assert Category.objects.count() == 0
    assert Category.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_can_be_written_while_it_looks() -> None:
    with pytest.raises(DatabaseError, match=r"read-?only"), one_moment():
        Category.objects.create(code="written", name="Written")
    Category.objects.create(code="written-afterwards", name="Written afterwards")


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit status and what was printed."""
    try:
        call_command("check_consistency", *arguments)
        status = 0
    except SystemExit as end:
        status = int(str(end.code))
    return status, capsys.readouterr().out


@pytest.mark.django_db
def test_the_command_says_that_nothing_is_wrong(
    world: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    sent(world, NPW_KIT=1)
    status, said = checked(capsys)
    assert status == 0
    assert said.startswith("Checked 1 requests and ")
    assert said.endswith(" s: nothing wrong.\n")


@pytest.mark.django_db
def test_the_command_says_what_is_wrong_what_it_means_and_what_to_do(
    world: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    requests = [sent(world, NPW_KIT=1) for _ in range(3)]
    for request in requests:
        set_columns(request, priority="urgent", held_by="")
    status, said = checked(capsys, "--most", "2", "--only", "request.priority")
    assert status == 1
    meaning = CODES["request.priority"]
    assert meaning.means in said and meaning.do in said
    assert said.count(f"{requests[0].number}: ") == 1 and f"{requests[2].number}: " not in said
    assert "and 1 more" in said
    assert said.endswith("s: 3 findings.\n")
    status, said = checked(capsys, "--json", "--only", "request")
    assert status == 1
    assert said.count('"subject"') == 6
    assert checked(capsys, "--only", "clock")[0] == 0


@pytest.mark.django_db
def test_a_damaged_value_hides_nothing_else_and_is_not_hidden_itself(
    world: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged, other = sent(world, NPW_KIT=1), sent(world, NPW_KIT=1)
    set_columns(StateChange.objects.get(request=damaged), to_state="foo")
    set_columns(other, priority="urgent")
    status, said = checked(capsys, "--only", "request.priority")
    assert status == 1
    for check in ("requests", "lines", "clocks"):
        assert f"{damaged.number}: the check “{check}” stopped at a damaged value" in said
    assert f"{other.number}: " in said
    assert said.endswith("s: 4 findings.\n")


@pytest.mark.django_db
def test_the_command_lists_what_can_be_found(capsys: pytest.CaptureFixture[str]) -> None:
    status, said = checked(capsys, "--list")
    assert status == 0
    assert all(code in said and meaning.means in said for code, meaning in CODES.items())
    with pytest.raises(CommandError, match="no clocks"):
        call_command("check_consistency", "--only", "clocks")
