"""Odoo over JSON-RPC (14 to 21) with odoorpc; the only file that knows odoorpc.

Only `execute_kw`: `env[model]` costs 100 KB of fields_get for each object, and adds a context of its own.
"""

import http.client
import logging
import ssl
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import odoorpc
from odoorpc.error import InternalError, RPCError

from integrations.odoo.errors import OdooError, from_fault

CONTEXT = {"lang": "en_US", "tz": "UTC"}
# What odoorpc lets through: replies without `result` or `data` are KeyErrors, pages instead of JSON are ValueErrors.
FAILURES = (RPCError, InternalError, URLError, OSError, http.client.HTTPException, ValueError, KeyError)
PASSING = {408, 425, 429}


class NoRedirect(HTTPRedirectHandler):
    """A redirected POST silently becomes a GET without its body; better a plain error about the address."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class JsonRpcConnection:
    """Signs in at once. See connection.OdooConnection."""

    def __init__(self, url: str, db: str, user: str, password: str, timeout: float):
        # at DEBUG odoorpc logs whole calls, and the password travels in each of them
        logging.getLogger("odoorpc").setLevel(logging.WARNING)
        host, port, protocol = _address(url)
        try:
            self._odoo = odoorpc.ODOO(host, protocol, port, timeout, opener=build_opener(NoRedirect()))
            self.version = int(odoorpc.tools.v(self._odoo.version)[0])
            self._odoo.login(db, user, password)
        except FAILURES as error:
            raise explain(error) from None

    def execute(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("context", CONTEXT)
        try:
            return self._odoo.execute_kw(model, method, list(args), kwargs)
        except FAILURES as error:
            # from None: the cause carries Odoo's whole server traceback
            raise explain(error) from None


def _address(url: str) -> tuple[str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise OdooError(
            "ODOO_URL must be http(s)://host or http(s)://host:port.", permanent=True, kind="config"
        )
    secure = parts.scheme == "https"
    return parts.hostname, port or (443 if secure else 80), "jsonrpc+ssl" if secure else "jsonrpc"


def explain(error: BaseException) -> OdooError:
    """The OdooError for anything that odoorpc raised."""
    if isinstance(error, RPCError):
        info = getattr(error, "info", None)
        if not isinstance(info, dict):
            return OdooError("Odoo refuses the user name or password.", permanent=True, kind="credentials")
        return from_fault(info.get("data") or {})
    if isinstance(error, InternalError):
        return OdooError("Not signed in to Odoo.", permanent=True, kind="config")
    if isinstance(error, HTTPError):
        passing = error.code >= 500 or error.code in PASSING
        return OdooError(
            f"Odoo's address answers HTTP {error.code}.", not passing, "transport" if passing else "config"
        )
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return OdooError("The certificate of Odoo's address is not trusted.", permanent=True, kind="config")
    if isinstance(reason, TimeoutError):
        return OdooError("Odoo did not answer in time.", permanent=False, kind="transport")
    if isinstance(reason, ValueError | KeyError):
        return OdooError(
            "Odoo's address answers something else than Odoo.", permanent=False, kind="transport"
        )
    return OdooError(f"Odoo cannot be reached ({type(reason).__name__}).", permanent=False, kind="transport")
