"""What both ways to Odoo share: no redirects, addresses, and what a broken way means."""

import ssl
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, build_opener

from integrations.odoo.errors import OdooError

CONTEXT = {"lang": "en_US", "tz": "UTC"}  # of a call that brings none
PASSING = {408, 425, 429}


class NoRedirect(HTTPRedirectHandler):
    """A redirected POST silently becomes a GET without its body; better a plain error about the address."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def opener() -> OpenerDirector:
    return build_opener(NoRedirect())


def address(url: str) -> tuple[str, str, int]:
    """Scheme, host and port. Raises OdooError for what is no plain address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise OdooError(
            "ODOO_URL must be http(s)://host or http(s)://host:port.", permanent=True, kind="config"
        )
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


def explain(error: BaseException) -> OdooError:
    """The OdooError for a way to Odoo that broke."""
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
