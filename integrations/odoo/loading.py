"""load(): the one call of Odoo that makes a record at most once."""

from integrations.odoo.connection import OdooConnection
from integrations.odoo.errors import OdooError, from_load

# mode and noupdate together: an external id that exists is answered with its record, untouched
GET_OR_CREATE = {"mode": "update", "noupdate": True, "tz": "UTC", "lang": "en_US"}


def get_or_create(connection: OdooConnection, model: str, columns: list[str], rows: list[list[str]]) -> int:
    """The id of the record that carries the external id in the column `id`; made now if there was none.

    An empty cell is a value there: leave a column out that not every row fills. Raises OdooError; kind `busy` means that a
    parallel call is making it.
    """
    answer = connection.execute(model, "load", columns, rows, context=GET_OR_CREATE) or {}
    if not answer.get("ids"):
        raise from_load(answer.get("messages") or [])
    return int(answer["ids"][0])


def check_external_id(name: str) -> None:
    """Raises OdooError for what Odoo would not take as one: module.name, no spaces."""
    if "." not in name or " " in name:
        raise OdooError(f"{name!r} is no external id.", permanent=True, kind="data")
