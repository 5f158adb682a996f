"""Odoo over its JSON-2 API (19 and later): `POST /json/2/<model>/<method>` with an API key, and nothing else.

JSON-RPC is said to go with Odoo 22. A key belongs to one account and runs out; what it may do is what the account may.
"""

import json
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request

from integrations.odoo import http
from integrations.odoo.errors import OdooError, from_fault

FIRST_VERSION = 19
# Arguments are named there. Of a method that is not here, a first argument without a name is the ids.
NAMES = {
    "load": ("fields", "data"),
    "search": ("domain",),
    "search_read": ("domain",),
    "search_count": ("domain",),
    "create": ("vals_list",),
    "read": ("ids", "fields"),
    "write": ("ids", "vals"),
    "fields_get": ("allfields",),
    "check_object_reference": ("module", "xml_id"),
}
FAILURES = (URLError, OSError, HTTPException, ValueError, KeyError)


class Json2Connection:
    """Checks version and key at once. See connection.OdooConnection."""

    def __init__(self, url: str, db: str, key: str, timeout: float):
        scheme, host, port = http.address(url)
        self._base, self._timeout, self._opener = f"{scheme}://{host}:{port}", timeout, http.opener()
        self._headers = {
            "Authorization": f"bearer {key}",
            "Content-Type": "application/json; charset=utf-8",
            "X-Odoo-Database": db,
        }
        self.version = self._version()
        self.execute("res.users", "context_get")

    def execute(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        names = NAMES.get(method, ("ids",))
        if len(args) > len(names):
            raise OdooError(f"{method} takes {names} without names.", permanent=True, kind="data")
        body = {"context": http.CONTEXT, **dict(zip(names, args, strict=False)), **kwargs}
        answer = self._call(f"/json/2/{model}/{method}", body)
        # JSON-RPC answers one id where one record was given
        return answer[0] if method == "create" and isinstance(body.get("vals_list"), dict) else answer

    def _version(self) -> int:
        try:
            return int(self._call("/json/version", None)["version_info"][0])
        except OdooError as error:
            if error.kind == "config":
                raise OdooError(
                    f"ODOO_PROTOCOL=json2 needs Odoo {FIRST_VERSION} or later at ODOO_URL.", True, "config"
                ) from None
            raise
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise http.explain(ValueError(error)) from None

    def _call(self, path: str, body: dict[str, Any] | None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._base + path, data, self._headers if body is not None else {})  # noqa: S310 - http.address
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return json.loads(answer.read())
        except HTTPError as error:
            raise _refusal(error) from None
        except FAILURES as error:
            raise http.explain(error) from None


def _refusal(error: HTTPError) -> OdooError:
    """What a status says: Odoo's own words decide, not the number, which is 500 for most mistakes of ours."""
    try:
        fault = json.loads(error.read())
    except (ValueError, OSError, HTTPException):
        fault = None
    if not isinstance(fault, dict) or "name" not in fault:
        if error.code == 404:
            return OdooError("Odoo has no database of that name.", permanent=True, kind="config")
        return http.explain(error)
    if error.code == 401:
        return OdooError("Odoo refuses the API key; it may have run out.", permanent=True, kind="credentials")
    if error.code in http.PASSING:
        return http.explain(error)
    return from_fault(fault)
