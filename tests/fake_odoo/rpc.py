"""The JSON-RPC services: common (version, login) and object (execute_kw)."""

import traceback
from typing import TYPE_CHECKING, Any

from tests.fake_odoo import errors
from tests.fake_odoo.orm import Env, Model

if TYPE_CHECKING:
    from tests.fake_odoo.instance import FakeOdoo

NOTHING = object()


def version_info(version: int) -> dict:
    return {
        "server_version": f"{version}.0",
        "server_version_info": [version, 0, 0, "final", 0, ""],
        "server_serie": f"{version}.0",
        "protocol_version": 1,
    }


def method_of(params: dict) -> str:
    """What a call is about, for the fault switches: `login`, `load`, `version` ..."""
    args = params.get("args") or []
    return str(args[4]) if params.get("service") == "object" and len(args) > 4 else str(params.get("method"))


def answer(odoo: "FakeOdoo", call: dict, since: int) -> dict:
    """The whole JSON-RPC reply. A method that returns None has no `result` at all."""
    reply: dict[str, Any] = {"jsonrpc": "2.0", "id": call.get("id")}
    try:
        result = dispatch(odoo, call.get("params") or {}, since)
    except Exception as error:  # noqa: BLE001 - a server answers every error
        reply["error"] = {
            "code": 0 if odoo.version >= 19 else 200,
            "message": "Odoo Server Error",
            "data": errors.error_data(error, traceback.format_exc()),
        }
    else:
        if result is not None:
            reply["result"] = result
    return reply


def dispatch(odoo: "FakeOdoo", params: dict, since: int) -> Any:
    if "method" not in params or "args" not in params:
        owner = "JSONRPC" if odoo.version >= 19 else "RPC"
        missing = [name for name in ("method", "args") if name not in params]
        raise TypeError(
            f"{owner}.jsonrpc() missing {len(missing)} required positional "
            f"argument{'s' * (len(missing) > 1)}: " + " and ".join(f"'{name}'" for name in missing)
        )
    service, method, args = params.get("service"), params["method"], params["args"]
    if service == "common":
        return common(odoo, method, args)
    if service == "object":
        return execute(odoo, method, args, since)
    raise KeyError(service)


def common(odoo: "FakeOdoo", method: str, args: list) -> Any:
    if method == "version":
        return version_info(odoo.version)
    if method in ("login", "authenticate"):
        db, login, password = args[:3]
        if db != odoo.db:
            raise errors.UnknownDatabase(db)
        return odoo.accounts.uid(login, password) or False
    raise AttributeError(f"module 'odoo.service.common' has no attribute 'exp_{method}'")


def execute(odoo: "FakeOdoo", method: str, args: list, since: int) -> Any:
    db, uid, password, model, name, *rest = args
    positional, named = (
        (rest[0] if rest else [], dict(rest[1]) if len(rest) > 1 else {})
        if method == "execute_kw"
        else (rest, {})
    )
    if db != odoo.db:
        raise errors.UnknownDatabase(db)
    odoo.accounts.check(uid, password)
    with odoo.store.transaction():
        env = Env(odoo.store, odoo.version, odoo.clock.now(), uid, named.pop("context", None) or {}, since)
        return call(env[model], name, positional, named)


def call(model: Model, name: str, positional: list, named: dict) -> Any:
    """Runs a public method; the errors for private and unknown ones are the version's own."""
    new = model.env.version >= 19
    if name.startswith("_"):
        shown = f"'{model.name}.{name}'" if new else name
        raise errors.AccessError(f"Private methods (such as {shown}) cannot be called remotely.")
    if name not in model.on_model | model.on_records:
        raise AttributeError(
            f"The method '{model.name}.{name}' does not exist"
            if new
            else f"The method '{name}' does not exist on the model '{model.name}'"
        )
    if name in model.on_records and not positional and "ids" not in named:
        raise IndexError(f"{'list' if new else 'tuple'} index out of range")
    if name == "create" and not positional and "vals_list" not in named:
        named = {"vals_list": named.pop("values", {})}
    return getattr(model, name)(*positional, **named)
