"""One exception for everything that Odoo, or the way to it, can refuse."""

from collections.abc import Sequence
from typing import Any

LONGEST = 500
TRANSIENT = {
    "psycopg2.errors.SerializationFailure",
    "psycopg2.errors.DeadlockDetected",
    "psycopg2.errors.LockNotAvailable",
    "psycopg2.errors.AdminShutdown",
    "psycopg2.errors.CannotConnectNow",
    "psycopg2.errors.TooManyConnections",
    "psycopg2.extensions.TransactionRollbackError",
    "psycopg2.OperationalError",
    "psycopg2.InterfaceError",
    "psycopg2.pool.PoolError",
    "odoo.sql_db.PoolError",
    "odoo.exceptions.LockError",
    "odoo.exceptions.ConcurrencyError",
}
PERMANENT = {
    "odoo.exceptions.AccessDenied": "credentials",
    "odoo.exceptions.AccessError": "access",
    "odoo.exceptions.MissingError": "missing",
    "odoo.exceptions.UserError": "refused",
    "odoo.exceptions.ValidationError": "refused",
    "odoo.exceptions.RedirectWarning": "refused",
}
# load() tells about a race in words only; the third is the same race lost one statement later.
CONTENTION = (
    "could not serialize access",
    "deadlock detected",
    "ir_model_data_module_name_uniq",
    "could not obtain lock",
)


class OdooError(Exception):
    """Why Odoo did not do it.

    `permanent`: trying the same again cannot help, somebody has to change something.
    `kind`: transport | busy (both pass), credentials | access | refused | missing | data | config (all permanent).
    `message` is Odoo's own sentence or ours, never a traceback, SQL or an address inside Odoo's network.
    """

    def __init__(self, message: str, permanent: bool, kind: str):
        super().__init__(message)
        self.message, self.permanent, self.kind = message, permanent, kind


def from_fault(data: dict[str, Any]) -> OdooError:
    """The error for `error.data` of a reply. Decides by its name: the code differs between versions."""
    name, message = str(data.get("name") or ""), str(data.get("message") or "")
    if name == "psycopg2.OperationalError" and "does not exist" in message:
        return OdooError("Odoo has no database of that name.", permanent=True, kind="config")
    if name in TRANSIENT:
        return OdooError("Odoo's database is busy.", permanent=False, kind="busy")
    if name in PERMANENT:
        return OdooError(shorten(message), permanent=True, kind=PERMANENT[name])
    first_line = next(iter(message.splitlines()), "")  # the following ones quote SQL
    return OdooError(shorten(f"{name.rpartition('.')[2]}: {first_line}"), permanent=True, kind="data")


def from_load(messages: Sequence[dict[str, Any]]) -> OdooError:
    """The error for a load() that answered `ids: false`."""
    told = list(dict.fromkeys(str(message.get("message") or "").strip() for message in messages))
    if any(sign in text for text in told for sign in CONTENTION):
        return OdooError("The same record is being written by another call.", permanent=False, kind="busy")
    return OdooError(
        shorten("\n".join(told)) or "Odoo refused it without a reason.", permanent=True, kind="refused"
    )


def shorten(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
