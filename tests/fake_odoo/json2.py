"""The JSON-2 API of 19: one method of one model per address, arguments by name, errors by HTTP status."""

import json
import traceback
from typing import TYPE_CHECKING, Any

from tests.fake_odoo import errors, rpc
from tests.fake_odoo.orm import Env, Model
from tests.fake_odoo.schema import shapes

if TYPE_CHECKING:
    from tests.fake_odoo.instance import FakeOdoo

Reply = tuple[int, str, str]
JSON, HTML = "application/json; charset=utf-8", "text/html; charset=utf-8"
NO_DATABASE = (
    "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No database is selected and the requested URL "
    "was not found in the server-wide controllers.</p>\n<p>Please verify the hostname, <a href=/web/login>login</a> and try "
    "again.</p>\n\n<!-- Alternatively, use the X-Odoo-Database header. -->\n"
)
NOT_JSON = (
    "<!doctype html>\n<html lang=en>\n<title>415 Unsupported Media Type</title>\n<h1>Unsupported Media Type</h1>\n<p>Request "
    "inferred type is compatible with [&#39;http&#39;] but &#39;/json/2/&lt;__model__&gt;/&lt;__method__&gt;&#39; is "
    "type=&#39;json2&#39;.<br><br>Please verify the Content-Type request header and try again.</p>\n"
)
NEEDED = {
    "search": ("domain",),
    "search_count": ("domain",),
    "create": ("vals_list",),
    "write": ("vals",),
    "load": ("fields", "data"),
}
NO_KEY = "User not authenticated, use an API Key with a Bearer Authorization header."
STATUS: dict[type[Exception], int] = {
    errors.AccessError: 403,
    errors.MissingError: 404,
    errors.UserError: 422,
    errors.ValidationError: 422,
}


class Refused(Exception):
    """What the door itself refuses, before any model is asked."""

    def __init__(self, status: int, name: str, message: str):
        super().__init__(message)
        self.status, self.name, self.message = status, name, message


def answer(odoo: "FakeOdoo", path: str, headers: dict[str, str], body: bytes, since: int) -> Reply:
    given = {name.lower(): value for name, value in headers.items()}
    if given.get("x-odoo-database", odoo.db) != odoo.db:
        return 404, NO_DATABASE, HTML
    if not given.get("content-type", "").startswith("application/json"):
        return 415, NOT_JSON, HTML
    try:
        return 200, json.dumps(_call(odoo, path, given, body, since)), JSON
    except Refused as error:
        return error.status, json.dumps(_told(error.name, error.message, [error.message, error.status])), JSON
    except Exception as error:  # noqa: BLE001 - a server answers every error
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        return status, json.dumps(errors.error_data(error, traceback.format_exc())), JSON


def not_called() -> Reply:
    """GET, or an address without a method."""
    words = "Did you mean POST /json/2/<model>/<method>?"
    return 404, json.dumps(_told("werkzeug.exceptions.NotFound", words, [words, 404])), JSON


def _told(name: str, message: str, arguments: list[Any]) -> dict[str, Any]:
    return {"name": name, "message": message, "arguments": arguments, "context": {}, "debug": ""}


def _call(odoo: "FakeOdoo", path: str, headers: dict[str, str], body: bytes, since: int) -> Any:
    parts = path.split("/")
    if len(parts) != 5:
        raise Refused(404, "werkzeug.exceptions.NotFound", "Did you mean POST /json/2/<model>/<method>?")
    uid = _account(odoo, headers.get("authorization", ""))
    named = _arguments(body)
    model, method = parts[3:]
    if model not in shapes(odoo.version):
        raise Refused(404, "werkzeug.exceptions.NotFound", f"the model '{model}' does not exist")
    with odoo.store.transaction():
        context = named.pop("context", None) or {}
        env = Env(odoo.store, odoo.version, odoo.clock.now(), uid, context, since)
        companies = context.get("allowed_company_ids") or []
        if not set(companies) <= set(env.company_ids):
            raise errors.AccessError("Access to unauthorized or invalid companies.")
        result = _run(env[model], method, named)
    return [result] if method == "create" and isinstance(result, int) else result


def _account(odoo: "FakeOdoo", authorization: str) -> int:
    kind, _, key = authorization.partition(" ")
    if kind.lower() != "bearer":
        raise Refused(401, "werkzeug.exceptions.Unauthorized", NO_KEY)
    for user in odoo.store.rows["res.users"].values():
        if key and user["api_key"] == key and user["active"]:
            return int(user["id"])
    raise Refused(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey")


def _arguments(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body) if body.strip() else {}
    except ValueError as error:
        raise Refused(
            400, "werkzeug.exceptions.BadRequest", f"could not parse the body as json: {error}"
        ) from None
    return dict(given) if isinstance(given, dict) else {}


def _run(model: Model, method: str, named: dict[str, Any]) -> Any:
    known = model.on_model | model.on_records
    if not method.startswith("_") and method not in known:
        words = f"The method '{model.name}.{method}' does not exist"
        raise Refused(404, "werkzeug.exceptions.NotFound", words)
    unprocessable = "werkzeug.exceptions.UnprocessableEntity"
    if method in model.on_model and "ids" in named:
        raise Refused(422, unprocessable, f"cannot call {model.name}.{method} with ids")
    for name in NEEDED.get(method, ()):
        if name not in named:
            raise Refused(422, unprocessable, f"missing a required argument: '{name}'")
    positional = [named.pop("ids")] if method in model.on_records and "ids" in named else []
    return rpc.call(model, method, positional, named)
