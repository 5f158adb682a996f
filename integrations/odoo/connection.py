"""The way to Odoo: one signed-in connection, whatever protocol it speaks."""

from typing import Any, Protocol

from integrations.odoo import json2, jsonrpc
from integrations.odoo.errors import OdooError

JSONRPC, JSON2 = "jsonrpc", "json2"


class OdooConnection(Protocol):
    """Not for sharing between threads."""

    version: int

    def execute(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Calls a public method of a model. Without a `context` among the kwargs it runs in en_US and UTC.

        Raises OdooError, and nothing else.
        """


def connect(
    *,
    url: str | None = None,
    db: str | None = None,
    user: str | None = None,
    password: str | None = None,
    timeout: float | None = None,
    protocol: str | None = None,
) -> OdooConnection:
    """Signs in; what is not given comes from ODOO_URL, ODOO_DB, ODOO_USER, ODOO_PASSWORD, ODOO_TIMEOUT (seconds), ODOO_PROTOCOL.

    With `json2` the password is an API key of the user. Raises OdooError: `config` when a setting is missing or wrong,
    `credentials` when Odoo refuses them.
    """
    if None in (url, db, user, password):
        from django.conf import settings

        url, db = url or settings.ODOO_URL, db or settings.ODOO_DB
        user, password = user or settings.ODOO_USER, password or settings.ODOO_PASSWORD
        timeout, protocol = timeout or settings.ODOO_TIMEOUT, protocol or settings.ODOO_PROTOCOL
    if not (url and db and user and password):
        raise OdooError(
            "ODOO_URL, ODOO_DB, ODOO_USER and ODOO_PASSWORD are needed.", permanent=True, kind="config"
        )
    if protocol == JSON2:
        return json2.Json2Connection(url, db, password, timeout or 30)
    return jsonrpc.JsonRpcConnection(url, db, user, password, timeout or 30)
