"""The API as a page to read, made from its OpenAPI description: operations by group, shapes, refusals."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from portal import openapi, problems

WORDS = {
    "date-time": "time (UTC)",
    "date": "date",
    "decimal": "amount, as text",
    "uuid": "UUID",
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
}


Text = list[tuple[str, bool]]  # pieces, and whether each is code


@dataclass(frozen=True)
class Field:
    """One value: `kind` in words, `shape` the name of the shape that it has, if it has one."""

    name: str
    kind: str
    shape: str
    needed: bool
    text: Text


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    summary: str
    text: Text
    parameters: list[Field]
    body: str  # the name of its shape, or ''
    answer: str
    asks: str  # an example of the body, or ''
    hands_out: bool  # a file, not JSON
    answers: str
    refusals: list[tuple[int, list[str]]]


@dataclass(frozen=True)
class Page:
    introduction: str
    groups: dict[str, list[Operation]]
    shapes: dict[str, list[Field]]
    refusals: list[tuple[str, problems.Kind]]


@cache
def page() -> Page:
    """The page of version 1; made once in a process."""
    described = openapi.schema()
    groups: dict[str, list[Operation]] = {}
    for path, methods in described["paths"].items():
        for method in openapi.METHODS:
            if method in methods:
                found = _operation(path, method, methods[method], described)
                groups.setdefault(methods[method]["tags"][0], []).append(found)
    shapes = described["components"]["schemas"]
    return Page(
        introduction=described["info"]["description"],
        groups=groups,
        shapes={name: _fields(shapes[name]) for name in sorted(shapes)},
        refusals=sorted(problems.KINDS.items(), key=lambda pair: pair[1].status),
    )


def _operation(path: str, method: str, said: dict[str, Any], described: dict[str, Any]) -> Operation:
    answers = said["responses"].get("200", {}).get("content", {})
    good, body = answers.get("application/json", {}), said.get("requestBody", {}).get("content", {})
    body = body.get("application/json") or body.get("multipart/form-data", {})
    return Operation(
        name=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        text=_pieces(said.get("description", "")),
        parameters=[
            _field(one["name"], one["schema"], one.get("required", False), one.get("description", ""))
            for one in said.get("parameters", ())
        ],
        body=_shape(body.get("schema", {})),
        answer=_shape(good.get("schema", {})),
        asks=_pretty(body.get("example")),
        hands_out=bool(answers) and not good,
        answers=_pretty(good.get("example")),
        refusals=_refusals(said["responses"], described["components"]["responses"]),
    )


def _refusals(answers: dict[str, Any], shared: dict[str, Any]) -> list[tuple[int, list[str]]]:
    named = {status: shared[_name(said["$ref"])] for status, said in answers.items() if "$ref" in said}
    return [
        (int(status), list(refusal["content"][problems.MEDIA_TYPE]["examples"]))
        for status, refusal in sorted(named.items())
    ]


def _fields(shape: dict[str, Any]) -> list[Field]:
    needed = shape.get("required", ())
    return [
        _field(name, value, name in needed, value.get("description", ""))
        for name, value in shape.get("properties", {}).items()
    ]


def _field(name: str, value: dict[str, Any], needed: bool, text: str) -> Field:
    return Field(name, _kind(value), _shape(value), needed, _pieces(text))


def _pieces(text: str) -> Text:
    """What stands between backticks is code."""
    return [(piece, number % 2 == 1) for number, piece in enumerate(text.split("`")) if piece]


def _kind(value: dict[str, Any]) -> str:
    """The type in words; what has a shape is named by it."""
    if "enum" in value:
        return " | ".join(str(one) if one != "" else '""' for one in value["enum"])
    kinds = value.get("type", "object")
    if kinds == "array":
        return f"list of {_kind(value['items'])}" if "$ref" not in value["items"] else "list of"
    if _shape(value):
        return "" if "oneOf" not in value and "anyOf" not in value else "or null:"
    names = [kinds] if isinstance(kinds, str) else kinds
    return " or ".join(
        WORDS.get(value.get("format", ""), WORDS.get(kind, kind)) if kind != "null" else "null"
        for kind in names
    )


def _shape(value: dict[str, Any]) -> str:
    """The name of the shape of a value, or of the values of a list; '' where it has none."""
    if "$ref" in value:
        return _name(value["$ref"])
    inside = [value["items"]] if "items" in value else []
    inside += [one for kind in ("allOf", "oneOf", "anyOf") for one in value.get(kind, ())]
    return next((name for one in inside if (name := _shape(one))), "")


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def _pretty(example: Any) -> str:
    return "" if example is None else json.dumps(example, indent=2, ensure_ascii=False)
