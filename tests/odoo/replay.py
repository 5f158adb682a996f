"""Asks the stand-in what a real server was asked, and says where the answers differ.

Ids of records that the recording made itself are translated: its 27th order may be our second. Times become
`<moment>` and `<day>`, order and receipt numbers `<order>` and `<receipt>`. Everything else must be equal.
"""

import http.client
import json
import re
from typing import Any
from urllib.parse import urlsplit

from tests.fake_odoo.instance import FakeOdoo

MODELS = ("purchase.order", "purchase.order.line", "stock.picking", "maintenance.request")
PATTERNS = [
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "<moment>"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "<day>"),
    (re.compile(r"\bP\d{5}\b"), "<order>"),
    (re.compile(r"WH/IN/\d{5}"), "<receipt>"),
    # where in its own SQL PostgreSQL found the mistake
    (re.compile(r"LINE 1: .*", re.S), "LINE 1: ...\n"),
]


class Replay:
    def __init__(self, odoo: FakeOdoo, recordings: dict[str, dict]):
        self.odoo, self.recordings = odoo, recordings
        self.ids: dict[str, dict[int, int]] = {model: {} for model in MODELS}

    def ask(self, key: str) -> str:
        """Sends the recorded question. Returns '' or what is different."""
        recorded = self.recordings[key]
        body = recorded["request"]["body"]
        params = body.get("params", {}) if isinstance(body, dict) else {}
        model, method, _ = _call(params)
        if isinstance(body, dict):
            body = json.loads(json.dumps(body))
            self._translate_question(body.get("params") or {}, model, method)
        status, text = self._send(recorded["request"], body)
        if status != recorded["status"]:
            return f"HTTP {status} instead of {recorded['status']}: {text[:200]}"
        if "response" not in recorded:
            wanted = recorded["response_text"]
            return "" if wanted in (None, text) else f"{text!r} instead of {wanted!r}"
        ours = json.loads(text)
        self._learn(recorded["response"], ours, model, method)
        wanted = self._as_ours(recorded["response"], model)
        ours, wanted = self._normal(ours), self._normal(wanted)
        return "" if ours == wanted else f"answers {json.dumps(ours)}\ninstead of {json.dumps(wanted)}"

    def _send(self, request: dict, body: Any) -> tuple[int, str]:
        address = urlsplit(self.odoo.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        text = body if isinstance(body, str) else None if body is None else json.dumps(body)
        try:
            connection.request(
                request["method"], request["path"], text, {"Content-Type": request["content_type"]}
            )
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def _translate_question(self, params: dict, model: str, method: str) -> None:
        args = params.get("args") or []
        for number, value in enumerate(args[:4]):
            secrets = {"PASSWORD": self.odoo.password, "<APIKEY:portal_sync>": self.odoo.api_key}
            args[number] = secrets.get(value, value) if isinstance(value, str) else value
        if args and args[0] == f"odoo{self.odoo.version}":
            args[0] = self.odoo.db
        if not model or method in ("create", "load") or not args[5]:
            return
        if method in ("search", "search_read"):
            for leaf in args[5][0]:
                if leaf[0] == "id" and isinstance(leaf[2], list):
                    leaf[2] = self.known(model, leaf[2])
        elif model in MODELS:
            args[5][0] = self.known(model, args[5][0])

    def known(self, model: str, ids: list[int]) -> list[int]:
        return [self.ids.get(model, {}).get(id_, id_) for id_ in ids]

    def _learn(self, recorded: Any, ours: Any, model: str, method: str) -> None:
        theirs, mine = recorded.get("result"), ours.get("result")
        if not theirs or not mine or model not in MODELS:
            return
        if method == "create":
            self._pair(model, theirs, mine)
        elif method == "load" and theirs["ids"] and mine["ids"]:
            self._pair(model, theirs["ids"], mine["ids"])
        elif method in ("read", "search_read"):
            for one, two in zip(theirs, mine, strict=False):
                self._pair("stock.picking", one.get("picking_ids", []), two.get("picking_ids", []))

    def _pair(self, model: str, theirs: Any, mine: Any) -> None:
        theirs, mine = ([value] if isinstance(value, int) else value for value in (theirs, mine))
        for one, two in zip(theirs, mine, strict=False):
            self.ids[model].setdefault(one, two)

    def _as_ours(self, value: Any, model: str) -> Any:
        """The recorded answer with our ids."""
        if model not in MODELS and model != "ir.model.data":
            return value
        value = json.loads(json.dumps(value))
        known = self.ids.get(model, {})
        result = value.get("result")
        if isinstance(result, dict) and isinstance(result.get("ids"), list):
            result["ids"] = [known.get(id_, id_) for id_ in result["ids"]]
        elif isinstance(result, dict) and all(key.isdigit() for key in result):
            value["result"] = {str(known.get(int(key), key)): one for key, one in result.items()}
        elif isinstance(result, int) and not isinstance(result, bool):
            value["result"] = known.get(result, result)
        elif isinstance(result, list):
            value["result"] = self._rows_as_ours(result, model, known)
        if data := value.get("error", {}).get("data"):
            for old, new in known.items():
                if f"{model}({old},)" in data["message"]:
                    data["message"] = data["message"].replace(f"{model}({old},)", f"{model}({new},)")
                    data["arguments"] = [data["message"]]
                    break
        return value

    def _rows_as_ours(self, rows: list, model: str, known: dict[int, int]) -> list:
        if model == "ir.model.data":
            return [rows[0], self.ids[rows[0]].get(rows[1], rows[1])]
        for row in rows:
            if isinstance(row, dict):
                row["id"] = known.get(row["id"], row["id"])
                if "picking_ids" in row:
                    row["picking_ids"] = self.known("stock.picking", row["picking_ids"])
        return [known.get(row, row) if isinstance(row, int) else row for row in rows]

    def _normal(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._normal(one) for key, one in value.items() if key != "debug"}
        if isinstance(value, list):
            return [self._normal(one) for one in value]
        if isinstance(value, str):
            for pattern, word in PATTERNS:
                value = pattern.sub(word, value)
        return value


def _call(params: dict) -> tuple[str, str, list]:
    args = params.get("args") or []
    return (
        (args[3], args[4], args[5]) if params.get("service") == "object" and len(args) > 5 else ("", "", args)
    )
