"""Maintenance teams and equipment: which record in Odoo carries a name or a serial number."""

from collections.abc import Iterable
from dataclasses import dataclass

from integrations.odoo.catalogue import CHUNK
from integrations.odoo.connection import OdooConnection


@dataclass(frozen=True)
class Found:
    """`company_id` is None for what belongs to every company."""

    id: int
    company_id: int | None

    def serves(self, company_id: int | None) -> bool:
        """May a hospital of this company (None: of any) use it?"""
        return None in (self.company_id, company_id) or self.company_id == company_id


def read_teams(connection: OdooConnection) -> dict[str, list[Found]]:
    """Every active team, by its name in small letters. Raises OdooError."""
    rows = connection.execute("maintenance.team", "search_read", [], fields=["name", "company_id"])
    return _by_key((row["name"].strip().casefold(), row) for row in rows)


def read_equipment(connection: OdooConnection, serials: Iterable[str]) -> dict[str, list[Found]]:
    """Active equipment by serial number. Raises OdooError."""
    wanted = sorted({serial for serial in serials if serial})
    found: dict[str, list[Found]] = {}
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        rows = connection.execute(
            "maintenance.equipment",
            "search_read",
            [["serial_no", "in", chunk]],
            fields=["serial_no", "company_id"],
        )
        for serial, there in _by_key((row["serial_no"], row) for row in rows).items():
            found.setdefault(serial, []).extend(there)
    return found


def _by_key(rows: Iterable[tuple[str, dict]]) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {}
    for key, row in rows:
        company = row["company_id"]
        found.setdefault(key, []).append(Found(row["id"], company[0] if company else None))
    return found
