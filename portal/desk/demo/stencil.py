"""One case of the database as a stencil: its rows as text, with a blank wherever a copy is different.

A blank is a key, an unguessable id, a number, a moment, a date, or the hash of what was decided on. Everything else of
a copy is as the verbs left it, so that what agreed in the case agrees in its copies.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from hashlib import sha256
from itertools import count
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import ForeignKey, JSONField, Model

from approvals.content import shown
from approvals.models import Decision
from integrations.models import ExternalReference
from portal import ids
from portal.desk.notices import in_words
from portal.notify.models import Notice
from requests_app.models import RequestItem, ServiceRequest
from sla.models import Clock

Rows = dict[type[Model], list[Any]]
BLANK = re.compile("\ue000(\\d+)\ue001")
MOMENT = r"(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))"
DAY = r"(?P<day>\b\d{4}-\d\d-\d\d\b)"
ROW_NAMES = {
    "servicerequest": "request",
    "requestitem": "line",
    "approvalstep": "step",
    "outboxmessage": "message",
    "caseexception": "exception",
    "externalreference": "reference",
}
ROW = rf"(?P<row>\b(?:approval|clock|{'|'.join(ROW_NAMES.values())}):\d+(?![\w-]))"  # as in 'step:12'
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass
class Copy:
    """What sets one copy apart: the first key of its rows in each table, how much later everything happened, its number,
    and the first of the numbers that its records elsewhere have."""

    keys: dict[type[Model], int]
    shift: timedelta
    number: str
    record: int


def _key(model: type[Model], place: int, copy: Copy, _values: list[str]) -> str:
    return str(copy.keys[model] + place)


@dataclass
class Stencil:
    """`rows` of one case; `public_id` and the rest are found by reading them once."""

    rows: Rows
    makers: list[Callable[[Copy, list[str]], str]] = field(default_factory=list)
    _known: dict[Any, str] = field(default_factory=dict)
    _parts: list[tuple[type[Model], str, Callable[[list[str]], Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.request: ServiceRequest = self.rows[ServiceRequest][0]
        self._zone = ZoneInfo(self.request.hospital.time_zone)
        self._records = count()
        self._name_everything()
        for model, rows in ((model, rows) for model, rows in self.rows.items() if rows):
            lines = "".join("\t".join(self._cells(row)) + "\n" for row in rows)
            wanted = [int(one) for one in BLANK.findall(lines)]
            self._parts.append((model, BLANK.sub("%s", lines.replace("%", "%%")), itemgetter(*wanted)))

    def fill(self, copy: Copy) -> Iterable[tuple[type[Model], str]]:
        """The rows of one copy, table by table, in the text format of COPY."""
        values: list[str] = []
        for make in self.makers:
            values.append(make(copy, values))
        return [(model, text % wanted(values)) for model, text, wanted in self._parts]

    # --- blanks -----------------------------------------------------------------------------------------------------
    def _blank(self, key: Any, make: Callable[[Copy, list[str]], str]) -> str:
        """The mark of the blank for `key`, which is filled the same wherever it stands."""
        if key not in self._known:
            self._known[key] = f"\ue000{len(self.makers)}\ue001"
            self.makers.append(make)
        return self._known[key]

    def _name_everything(self) -> None:
        for model, rows in self.rows.items():
            name = str(model._meta.model_name)
            for place, row in enumerate(rows):
                mark = self._blank((model, row.pk), partial(_key, model, place))
                self._known[f"{ROW_NAMES.get(name, name)}:{row.pk}"] = f"{ROW_NAMES.get(name, name)}:{mark}"
                for token in (getattr(row, "public_id", ""), getattr(row, "ref", "")):
                    if token:
                        self._blank(token, lambda *_: ids.token())
        if self.request.number:
            self._blank(self.request.number, lambda c, _: c.number)
        tokens = [re.escape(key) for key in self._known if isinstance(key, str) and ":" not in key]
        self._text = re.compile("|".join([f"(?P<token>{'|'.join(tokens)})", ROW]))
        self._json = re.compile("|".join([self._text.pattern, MOMENT, DAY]))

    def _moment(self, moment: datetime) -> str:
        plain = moment.astimezone(UTC).replace(tzinfo=None)
        return self._blank(plain, lambda c, _: str(plain + c.shift))

    def _day(self, day: date) -> str:
        noon = datetime.combine(day, time(12))
        return self._blank(day, lambda c, _: str((noon + c.shift).date()))

    def _decided_on(self) -> str:
        known = shown(self.request, self.rows[RequestItem])
        before, after = known.split(self.request.public_id)
        own = int(BLANK.findall(self._known[self.request.public_id])[0])
        return self._blank(
            "decided on", lambda _, values: sha256(f"{before}{values[own]}{after}".encode()).hexdigest()
        )

    # --- cells ------------------------------------------------------------------------------------------------------
    def _cells(self, row: Any) -> list[str]:
        return [self._cell(row, one, getattr(row, one.attname)) for one in row._meta.concrete_fields]

    def _cell(self, row: Any, column: Any, value: Any) -> str:
        if value is None:
            return "\\N"
        if column.primary_key:
            return self._known[type(row), value]
        if isinstance(column, ForeignKey):
            return self._known.get((column.related_model, value), str(value))
        if isinstance(row, Decision) and column.name == "content_hash":
            return self._decided_on()
        if isinstance(row, ExternalReference) and column.name == "record_id":
            place = next(self._records)
            return self._blank((row, "record"), lambda c, _: str(c.record + place))
        if column.name == "client_key":
            return self._blank(value, lambda *_: ids.key().hex)
        if isinstance(column, JSONField):
            said = self._until(row, value) if isinstance(row, Notice) else value
            text = json.dumps(said, cls=column.encoder or DjangoJSONEncoder, ensure_ascii=False)
            return self._json.sub(self._found, text.translate(ESCAPES))
        return self._plain(value)

    def _plain(self, value: Any) -> str:
        if isinstance(value, datetime):
            return self._moment(value)
        if isinstance(value, date):
            return self._day(value)
        if isinstance(value, bool):
            return str(int(value))
        return self._text.sub(self._found, str(value).translate(ESCAPES))

    def _found(self, match: re.Match[str]) -> str:
        text = match.group()
        if match.lastgroup == "moment":
            moment = datetime.fromisoformat(text)
            return self._blank(("said", moment), lambda c, _: (moment + c.shift).isoformat())
        if match.lastgroup == "day":
            return self._day(date.fromisoformat(text))
        return self._known.get(text, text)

    def _until(self, notice: Notice, params: dict[str, Any]) -> dict[str, Any]:
        """A notice about a clock says in words when it is due."""
        about = [one for one in self.rows[Clock] if notice.key.endswith(f":{one.kind}:{one.about}")]
        if "until" not in params or not about:
            return params
        due = about[0].due_at
        mark = self._blank(("until", due), lambda c, _: in_words(due + c.shift, self._zone))
        return {**params, "until": mark}
