"""Files that are made in the background: asked for, made by a sweep that may die, handed out once, deleted after a day.

A file is claimed with a lease: another sweep makes it anew when its maker was killed. Its keys lie beside it, so that it is
handed out only while every row is still its owner's to see.
"""

import logging
from array import array
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter
from django.conf import settings
from django.db.models import Q
from django.http import QueryDict  # noqa: TID251 (reads the address of a list)
from django.utils.translation import gettext as _

from portal import ids
from portal.accounts.place import standing_of
from portal.clock import now
from portal.errors import Invalid, NotFound, WrongState
from portal.facts import verb
from requests_app import exporting, list_page
from requests_app.models import Export, ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

log = logging.getLogger(__name__)
KEPT = timedelta(hours=24)
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS, MOST_WAITING = 3, 3
MOST_ROWS = 1_000_000  # a sheet has no more
STEP = 1000  # rows between two notes of the progress


@verb
def ask(*, query: str, by: "User") -> Export:
    """Have a file of the list at `query` made; the same one again while it waits. Raises Invalid (list: too many wait)."""
    waiting = list(Export.objects.select_for_update().filter(user=by, state=Export.State.WAITING))
    same = next((one for one in waiting if one.query == query), None)
    if same is not None:
        return same
    if len(waiting) >= MOST_WAITING:
        raise Invalid(
            {
                "list": [
                    _("%(most)d files of yours are being made. Wait for one of them.")
                    % {"most": MOST_WAITING}
                ]
            }
        )
    return Export.objects.create(user=by, query=query[:500], created_at=now())


def get(user: "User", ref: str) -> Export:
    """A file of `user`'s own. Raises NotFound to everybody else."""
    found = Export.objects.filter(user=user, ref=ref).first()
    if found is None:
        raise NotFound
    return found


def hand_out(user: "User", ref: str) -> Path:
    """Where the finished file lies. Raises NotFound, and WrongState before it is there, after a day, and where a row of it
    is no longer theirs to see."""
    found = get(user, ref)
    path = _folder() / found.path
    if found.state != Export.State.READY or not found.path or not path.exists():
        raise WrongState(_("The file is not there. Make it again from the list."))
    if not all_theirs(user, _read_keys(path)):
        raise WrongState(_("You may no longer see all that is in this file. Make it again from the list."))
    return path


def all_theirs(user: "User", wanted: "array[int]") -> bool:
    """May `user` still see every one of these? One query for each 5,000."""
    seen = ServiceRequest.objects.visible_to(user).filter(private=False).order_by()
    parts = (wanted[start : start + 900] for start in range(0, len(wanted), 900))
    return all(seen.filter(pk__in=part).distinct().count() == len(part) for part in parts)


def make_waiting() -> int:
    """Make every file that waits. Returns how many were made."""
    made = 0
    while (claimed := _claim()) is not None:
        try:
            made += _make(claimed)
        except Exception:
            log.exception("export %s could not be made", claimed.ref)
            _give_up(ref=claimed.ref, token=claimed.token, by=claimed.user)
    return made


def sweep() -> int:
    """Delete what is older than a day, and what nobody knows. Returns how many files."""
    old = Export.objects.filter(created_at__lt=now() - KEPT).exclude(state=Export.State.GONE)
    gone = list(old.values_list("path", flat=True))
    for path in filter(None, gone):
        _drop(_folder() / path)
    old.update(state=Export.State.GONE, path="")
    known = set(Export.objects.exclude(path="").values_list("path", flat=True))
    latest = (now() - LEASE * MOST_ATTEMPTS).timestamp()
    for file in _folder().glob("*"):
        if file.name.removesuffix(".keys") not in known and file.stat().st_mtime < latest:
            file.unlink(missing_ok=True)
    return len(gone)


@verb
def _claim_one(*, ref: str) -> Export | None:
    free = Q(lease_until=None) | Q(lease_until__lt=now())
    waiting = Export.objects.select_for_update(of=("self",)).filter(free, ref=ref, state=Export.State.WAITING)
    found = waiting.select_related("user").first()
    if found is None:
        return None
    if found.attempts >= MOST_ATTEMPTS:
        found.state = Export.State.FAILED
        found.save(update_fields=["state"])
        return None
    found.attempts, found.token, found.lease_until = found.attempts + 1, ids.hex_token(), now() + LEASE
    found.save(update_fields=["attempts", "token", "lease_until"])
    return found


def _claim() -> Export | None:
    free = Q(lease_until=None) | Q(lease_until__lt=now())
    waiting = Export.objects.filter(free, state=Export.State.WAITING).order_by("created_at", "pk")
    for ref in waiting.values_list("ref", flat=True)[:20]:
        if (found := _claim_one(ref=ref)) is not None:
            return found
    return None


def _make(export: Export) -> bool:
    """Write the file; False where another maker took over meanwhile."""
    user, where = export.user, standing_of(export.user)
    asked = list_page.asked(QueryDict(export.query), where)
    only = QueryDict(export.query).getlist("ref")
    wanted = exporting.keys(user, asked, list_page.held_by(user, where), only)[:MOST_ROWS]
    name = f"{export.token}.xlsx"
    place = _folder() / name

    def note(done: int) -> bool:
        mine = Export.objects.filter(pk=export.pk, token=export.token, state=Export.State.WAITING)
        return bool(mine.update(total=len(wanted), done=done, lease_until=now() + LEASE))

    try:
        if not note(0):
            return False
        written = write_xlsx(place, wanted, note)
    except BaseException:
        _drop(place)
        raise
    if written is None:
        _drop(place)
        return False
    with open(f"{place}.keys", "wb") as file:
        wanted.tofile(file)
    return _finish(ref=export.ref, token=export.token, path=name, count=written, by=user)


@verb
def _finish(*, ref: str, token: str, path: str, count: int, by: "User") -> bool:
    export = Export.objects.select_for_update().get(ref=ref)
    if export.token != token or export.state != Export.State.WAITING:
        return False
    export.state, export.path, export.done, export.total = Export.State.READY, path, count, count
    export.ready_at = now()
    export.save(update_fields=["state", "path", "done", "total", "ready_at"])
    exporting.record(query=export.query, form="xlsx", count=count, ref=ref, by=by)
    return True


@verb
def _give_up(*, ref: str, token: str, by: "User") -> None:
    """Free it for the next try; the last one failed for good."""
    export = Export.objects.select_for_update().filter(ref=ref, token=token).first()
    if export is not None and export.state == Export.State.WAITING:
        export.lease_until = None
        if export.attempts >= MOST_ATTEMPTS:
            export.state = Export.State.FAILED
        export.save(update_fields=["lease_until", "state"])


def write_xlsx(place: Path, wanted: "array[int]", note: Callable[[int], bool]) -> int | None:
    """Write the rows to `place`, one row in memory; `note` hears the progress and says whether to go on. None: it did not."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "tmpdir": str(place.parent),
    }
    with xlsxwriter.Workbook(str(place), options) as book:
        sheet, moment = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for column, (heading, _value) in enumerate(exporting.columns()):
            sheet.write_string(0, column, exporting.safe(heading))
        done = 0
        for done, row in enumerate(exporting.rows_of(wanted), start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(done, column, cell, moment)
                elif isinstance(cell, int | Decimal):
                    sheet.write_number(done, column, float(cell))
                else:
                    sheet.write_string(done, column, exporting.safe(str(cell or "")))
            if not done % STEP and not note(done):
                return None
    return done


def _folder() -> Path:
    place = Path(settings.MEDIA_ROOT) / "exports"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _read_keys(path: Path) -> "array[int]":
    found = array("q")
    file = Path(f"{path}.keys")
    found.frombytes(file.read_bytes())
    return found


def _drop(path: Path) -> None:
    for one in (path, Path(f"{path}.keys")):
        one.unlink(missing_ok=True)
