"""Maintenance requests in Odoo: made exactly once, read in bulk, moved to the stage where the portal stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from integrations.odoo.connection import OdooConnection
from integrations.odoo.errors import OdooError
from integrations.odoo.loading import check_external_id, get_or_create

MODEL, STAGES = "maintenance.request", "maintenance.stage"
CHUNK = 500
LISTED, BEGUN = (
    "listed",
    "begun",
)  # where an open record stands: in the first stage, in one between it and the end
OPEN, DONE, CANCELLED = "open", "done", "cancelled"


@dataclass(frozen=True)
class MaintenanceRequest:
    """`description` is HTML, escaped by its maker. `priority`: "0" to "3". Without an equipment id it is about a place."""

    external_id: str
    name: str
    description: str
    priority: str
    team_id: int
    equipment_id: int | None = None
    company_id: int | None = None
    request_date: date | None = None
    scheduled_at: datetime | None = None


@dataclass(frozen=True)
class MaintenanceState:
    """Where a record stands. `first`: nobody has begun. `external_id` is '' for a record that we did not make."""

    id: int
    external_id: str
    stage: str
    first: bool
    done: bool
    cancelled: bool

    @property
    def state(self) -> str:
        """LISTED, BEGUN, DONE or CANCELLED."""
        return CANCELLED if self.cancelled else DONE if self.done else LISTED if self.first else BEGUN

    @property
    def stands(self) -> str:
        """OPEN, DONE or CANCELLED."""
        return stands(self.state)


def stands(state: str) -> str:
    return state if state in (DONE, CANCELLED) else OPEN


@dataclass(frozen=True)
class _Stage:
    id: int
    name: str
    done: bool


def create(connection: OdooConnection, request: MaintenanceRequest) -> MaintenanceState:
    """Makes the request, or finds the one that carries its external id; call it again after any doubt.

    Never changes one that exists. The team is always sent: Odoo's default is the first team of the company, whatever the
    equipment says. Do not call it for one known as made, because one that was deleted in Odoo would be made anew.
    Raises OdooError; kind `busy` means that a parallel call is making it: try again.
    """
    check_external_id(request.external_id)
    cells = _cells(request)
    made = get_or_create(connection, MODEL, list(cells), [list(cells.values())])
    found = read_requests(connection, [made]).get(made)
    if found is None:
        raise OdooError(
            "The maintenance request is in Odoo, but this account may not read it.",
            permanent=True,
            kind="access",
        )
    return found


def _cells(request: MaintenanceRequest) -> dict[str, str]:
    """Column -> cell, for load(). A column without a value is left out, so that Odoo's default stands."""
    ids = {
        "maintenance_team_id/.id": request.team_id,
        "equipment_id/.id": request.equipment_id,
        "company_id/.id": request.company_id,
    }
    scheduled = request.scheduled_at.astimezone(UTC) if request.scheduled_at else None
    cells = {
        "id": request.external_id,
        "name": request.name,
        "description": request.description,
        "priority": request.priority,
        "maintenance_type": "corrective",
        "request_date": request.request_date.isoformat() if request.request_date else "",
        "schedule_date": f"{scheduled:%Y-%m-%d %H:%M:%S}" if scheduled else "",
        **{column: str(id_) for column, id_ in ids.items() if id_},
    }
    return {column: cell for column, cell in cells.items() if cell}


def read_requests(connection: OdooConnection, ids: Iterable[int]) -> dict[int, MaintenanceState]:
    """What Odoo says now about these requests. One that is not in the answer was deleted. Raises OdooError."""
    wanted, states = sorted(set(ids)), {}
    stages = _stages(connection) if wanted else {}
    first = next(iter(stages), None)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        rows = connection.execute(MODEL, "search_read", [["id", "in", chunk]], fields=["stage_id", "archive"])
        names = connection.execute(MODEL, "get_external_id", [row["id"] for row in rows]) if rows else {}
        for row in rows:
            stage = stages.get(row["stage_id"][0]) if row["stage_id"] else None
            states[row["id"]] = MaintenanceState(
                id=row["id"],
                external_id=names.get(str(row["id"])) or "",
                stage=stage.name if stage else "",
                first=stage is None or stage.id == first,
                done=stage is not None and stage.done,
                cancelled=bool(row["archive"]),
            )
    return states


def _stages(connection: OdooConnection) -> dict[int, _Stage]:
    """Id -> stage, in their order."""
    rows = connection.execute(STAGES, "search_read", [], fields=["name", "done"], order="sequence, id")
    return {row["id"]: _Stage(row["id"], row["name"], bool(row["done"])) for row in rows}


def bring_to(connection: OdooConnection, id_: int, wanted: str) -> MaintenanceState | None:
    """Move a request to where it should stand (OPEN, DONE, CANCELLED) and say where it is then; None if it is gone.

    Done is the first stage that counts as done, open again the first that does not. One that stands there already is not
    written, so a technician's own stage stays, and a repeat changes nothing; what was done is not cancelled. Raises OdooError.
    """
    found = read_requests(connection, [id_]).get(id_)
    if found is None or found.stands == wanted or (found.done and wanted == CANCELLED):
        return found
    values: dict[str, Any] = {"archive": wanted == CANCELLED}
    if wanted != CANCELLED and found.done != (wanted == DONE):
        values["stage_id"] = _stage_for(connection, done=wanted == DONE)
    connection.execute(MODEL, "write", [id_], values)
    return read_requests(connection, [id_]).get(id_)


def _stage_for(connection: OdooConnection, *, done: bool) -> int:
    for stage in _stages(connection).values():
        if stage.done == done:
            return stage.id
    words = "No stage of Odoo's maintenance counts as done." if done else "Every stage counts as done."
    raise OdooError(words, permanent=True, kind="refused")


def web_link(base_url: str, version: int, id_: int) -> str:
    """The address of the request's form, for people."""
    base = base_url.rstrip("/")
    if version >= 18:
        return f"{base}/odoo/{MODEL}/{id_}"
    return f"{base}/web#id={id_}&model={MODEL}&view_type=form"
