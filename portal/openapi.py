"""The OpenAPI description: what the doors say of themselves, and beside it every refusal, in one place.

drf-spectacular reads the doors. `document_refusals` adds to each operation the ways in which it may refuse, from
`portal.problems` and from what the operation names in `x-refuses`, and examples that were recorded from real calls.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from portal import problems
from portal.drf import Body

EXAMPLES = Path(__file__).with_name("api_examples.json")
METHODS = ("get", "put", "post", "delete")
SAFE = ("get",)
SAYS = {
    "400": "It cannot be read: not JSON, or a character that no text has.",
    "401": "Nobody is signed in, or the token is unknown, expired or revoked.",
    "403": "You may see it and may not do this; `detail` says why.",
    "404": "It does not exist, or you may not know that it does: the two look the same.",
    "406": "The answer is JSON and nothing else.",
    "409": "It has moved on since you looked; `detail` says to where.",
    "413": "The body is larger than 256 KiB; where a file is sent, than a post with files may be.",
    "415": "The body is not sent as application/json (a file: as multipart/form-data).",
    "422": "It was read and cannot be taken: `errors` has sentences for each field.",
}
INTRODUCTION = (
    "The way of a request from the draft to the ward, for programs. The same rules as on the pages: what the portal refuses "
    "there it refuses here, in the same sentence. Every refusal is `application/problem+json` with a stable `code`."
)
PROBLEM = {
    "type": "object",
    "description": "Why it was refused (RFC 9457). Some codes bring more fields than are listed here.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "description": "address of the page that explains this code"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "a sentence for people"},
        "code": {"type": "string", "enum": sorted(problems.KINDS)},
        "errors": {
            "type": "object",
            "description": "sentences by field; a line is line-<code> or line-<id>",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "winner": {"type": "string", "description": "who decided first"},
        "outcome": {"type": "string", "description": "what they decided"},
        "at": {"type": "string", "format": "date-time"},
        "public_id": {"type": "string", "description": "id of the request that the draft became"},
    },
}


class Token(OpenApiAuthenticationExtension):
    target_class = "portal.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A personal token, from /me/tokens/."}


class Session(OpenApiAuthenticationExtension):
    target_class = "portal.accounts.authentication.BrowserAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        said = "The session of a browser; calls that change something also need the header X-CSRFToken."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": said}


@cache
def schema() -> dict[str, Any]:
    """The description of version 1, as plain values; read once in a process."""
    return SchemaGenerator(urlconf=None, api_version=None).get_schema(request=None, public=True)


def of_version_one(endpoints: list[tuple[str, ...]], **_kwargs: Any) -> list[tuple[str, ...]]:
    """Hook of drf-spectacular: nothing but the addresses of version 1 is described."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(f"{problems.PAGE}v1/")]


def document_refusals(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Hook of drf-spectacular: refusals and examples for every operation, and bodies that take no other field."""
    result["info"]["description"] = INTRODUCTION
    schemas = result["components"]["schemas"]
    schemas["Problem"] = PROBLEM
    for name in _bodies(Body):
        if name in schemas:
            schemas[name]["additionalProperties"] = False
    refusals: dict[str, Any] = {}
    result["components"]["responses"] = refusals
    recorded = json.loads(EXAMPLES.read_text())
    for path in result["paths"].values():
        for method in METHODS:
            if method in path:
                _document(method, path[method], refusals, recorded.get(path[method]["operationId"], {}))
    return _plain(result)


def _document(
    method: str, operation: dict[str, Any], refusals: dict[str, Any], recorded: dict[str, Any]
) -> None:
    for answer in operation["responses"].values():
        answer["description"] = answer["description"] or "As asked."
    codes = _codes(method, operation)
    for status in sorted({str(problems.KINDS[code].status) for code in codes}):
        of_status = sorted(code for code in codes if str(problems.KINDS[code].status) == status)
        name = "".join(word.title() for code in of_status for word in code.split("_"))
        refusals.setdefault(name, _refusal(status, of_status))
        operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    if "request" in recorded:
        content = operation["requestBody"]["content"]["application/json"]
        content["example"] = recorded["request"]
    for status, value in recorded.get("responses", {}).items():
        operation["responses"][status]["content"]["application/json"]["example"] = value


def _codes(method: str, operation: dict[str, Any]) -> list[str]:
    """The codes with which an operation may refuse."""
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    codes = ["malformed", "not_signed_in", "not_acceptable"]
    if method not in SAFE:
        codes += ["not_allowed", "reads_only", "csrf_failed"]
    if "path" in places:
        codes.append("not_found")
    if "requestBody" in operation:
        codes += ["too_large", "unsupported_media_type", "invalid"]
    if "query" in places:
        codes.append("invalid")
    return list(dict.fromkeys([*codes, *operation.pop("x-refuses", ())]))


def _refusal(status: str, codes: list[str]) -> dict[str, Any]:
    kinds = {code: problems.KINDS[code] for code in codes}
    examples = {
        code: {"summary": str(kind.title), "value": kind.sample(code)} for code, kind in kinds.items()
    }
    shown = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}
    return {"description": SAYS[status], "content": {problems.MEDIA_TYPE: shown}}


def _plain(value: Any) -> Any:
    """Without the marks that drf-spectacular leaves for a hook that is not used here."""
    if isinstance(value, dict):
        return {key: _plain(inside) for key, inside in value.items() if key != "x-spec-enum-id"}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _bodies(kind: type[serializers.Serializer]) -> set[str]:
    return {kind.__name__}.union(*(_bodies(one) for one in kind.__subclasses__()))
