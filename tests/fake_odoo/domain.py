"""Search domains: Polish notation of leaves, as far as the portal and its tests ask."""

import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fake_odoo import errors

if TYPE_CHECKING:
    from tests.fake_odoo.orm import Model

Test = Callable[[dict], bool]
COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
KNOWN = {*COMPARE, "in", "not in", "like", "ilike", "not like", "not ilike", "=like", "=ilike"}
LARGEST_ID = 2**31 - 1


def compile_domain(model: "Model", domain: list) -> Test:
    """A test for rows of the model. Raises ValueError for unknown fields and operators."""
    stack: list[Test] = []
    for token in reversed(domain):
        if token == "!":
            one = stack.pop()
            stack.append(lambda row, one=one: not one(row))
        elif token in ("&", "|"):
            one, two = stack.pop(), stack.pop()
            join = all if token == "&" else any
            stack.append(lambda row, one=one, two=two, join=join: join(test(row) for test in (one, two)))
        else:
            stack.append(_leaf(model, token))
    return lambda row: all(test(row) for test in stack)


def _leaf(model: "Model", leaf: Any) -> Test:
    path, op, value = tuple(leaf)
    new = model.env.version >= 19
    if op not in KNOWN:
        raise ValueError(f"Invalid {'operator in condition' if new else 'leaf'} {tuple(leaf)!r}")
    head, _, rest = path.partition(".")
    if head not in model.shape.fields:
        kind = "condition" if new else "leaf"
        raise ValueError(f"Invalid field {model.name}.{head} in {kind} {tuple(leaf)!r}")
    field = model.shape.fields[head]
    if rest:
        target = model.env[field.relation]
        test = _leaf(target, (rest, op, value))
        return lambda row: any(test(target.row(id_)) for id_ in _ids(row.get(head)))
    if head == "id" and not new:
        for id_ in value if isinstance(value, list | tuple) else [value]:
            if isinstance(id_, int) and id_ > LARGEST_ID:
                raise errors.IntegerOutOfRange(id_)
    if field.kind == "datetime" and isinstance(value, str):
        value = value.replace("T", " ")
    return lambda row: _holds(model, field, row, op, value)


def _ids(value: Any) -> list[int]:
    return value if isinstance(value, list) else [value] if value else []


def _holds(model: "Model", field: Any, row: dict, op: str, value: Any) -> bool:
    have = model.raw(row, field)
    if field.kind in ("one2many", "many2many"):
        wanted = value if isinstance(value, list) else [value]
        return bool(set(have) & set(wanted)) != op.startswith(("not", "!"))
    if field.kind == "datetime" and have and isinstance(value, str):
        have, value = _moments(model.env.version, have, value)
    if op in ("in", "not in"):
        return (have in value) == (op == "in")
    if op in COMPARE:
        if have is False and value is not False and op not in ("=", "!="):
            return False
        return COMPARE[op](have, value)
    return _like(str(have or ""), op, str(value))


def _moments(version: int, have: str, value: str) -> tuple[str, str]:
    """19 compares whole seconds; before, the microseconds that nobody sees count too."""
    if version >= 19:
        return have[:19], value[:19]
    return f"{have}.000000"[:26], f"{value}.000000"[:26]


def _like(have: str, op: str, value: str) -> bool:
    if "ilike" in op:
        have, value = have.lower(), value.lower()
    if op.startswith("="):
        pattern = re.escape(value).replace("%", ".*").replace("_", ".")
        return re.fullmatch(pattern, have, re.S) is not None
    return (value in have) != op.startswith("not")
