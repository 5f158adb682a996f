"""Odoo over JSON-RPC (14 to 21) with odoorpc; the only file that knows odoorpc.

Only `execute_kw`: `env[model]` costs 100 KB of fields_get for each object, and adds a context of its own.
"""

import logging
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

import odoorpc
from odoorpc.error import InternalError, RPCError

from integrations.odoo import http
from integrations.odoo.errors import OdooError, from_fault

# What odoorpc lets through: replies without `result` or `data` are KeyErrors, pages instead of JSON are ValueErrors.
FAILURES = (RPCError, InternalError, URLError, OSError, HTTPException, ValueError, KeyError)


class JsonRpcConnection:
    """Signs in at once. See connection.OdooConnection."""

    def __init__(self, url: str, db: str, user: str, password: str, timeout: float):
        # at DEBUG odoorpc logs whole calls, and the password travels in each of them
        logging.getLogger("odoorpc").setLevel(logging.WARNING)
        scheme, host, port = http.address(url)
        protocol = "jsonrpc+ssl" if scheme == "https" else "jsonrpc"
        try:
            self._odoo = odoorpc.ODOO(host, protocol, port, timeout, opener=http.opener())
            self.version = int(odoorpc.tools.v(self._odoo.version)[0])
            self._odoo.login(db, user, password)
        except FAILURES as error:
            raise explain(error) from None

    def execute(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("context", http.CONTEXT)
        try:
            return self._odoo.execute_kw(model, method, list(args), kwargs)
        except FAILURES as error:
            # from None: the cause carries Odoo's whole server traceback
            raise explain(error) from None


def explain(error: BaseException) -> OdooError:
    """The OdooError for anything that odoorpc raised."""
    if isinstance(error, RPCError):
        info = getattr(error, "info", None)
        if not isinstance(info, dict):
            return OdooError("Odoo refuses the user name or password.", permanent=True, kind="credentials")
        return from_fault(info.get("data") or {})
    if isinstance(error, InternalError):
        return OdooError("Not signed in to Odoo.", permanent=True, kind="config")
    return http.explain(error)
