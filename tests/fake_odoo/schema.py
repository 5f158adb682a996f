"""What models and fields exist in which version, read from the table in schema.txt."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("schema.txt")
LINE = re.compile(
    r"(?P<name>\w+)\s+(?P<kind>\w+)(?P<of>\([^)]*\))?(?P<marks>[!=~]*)"
    r"\s*(?P<when><=\d+|>=\d+)?\s*(?P<label>.*)"
)


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    label: str
    relation: str = ""
    inverse: str = ""
    selection: tuple[str, ...] = ()
    required: bool = False
    readonly: bool = False
    computed: bool = False

    def describe(self) -> dict:
        """The field as `fields_get` answers it."""
        known = {
            "type": self.kind,
            "string": self.label,
            "name": self.name,
            "required": self.required,
            "readonly": self.readonly,
            "store": not self.computed,
        }
        if self.relation:
            known["relation"] = self.relation
        if self.selection:
            known["selection"] = [[key, key.capitalize()] for key in self.selection]
        return known

    def empty(self):
        """What a record holds when nobody gave a value."""
        empties = {"float": 0.0, "monetary": 0.0, "integer": 0, "one2many": [], "many2many": []}
        return empties.get(self.kind, False)


@dataclass
class Shape:
    name: str
    label: str
    order: str
    fields: dict[str, Field] = field(default_factory=dict)


def _field(line: str, version: int) -> Field | None:
    found = LINE.fullmatch(line.strip())
    if not found:
        raise ValueError(f"schema.txt: {line!r}")
    when = found["when"]
    if when and not (version <= int(when[2:]) if when[0] == "<" else version >= int(when[2:])):
        return None
    kind, of, marks = found["kind"], (found["of"] or "()")[1:-1], found["marks"]
    label = found["label"] or found["name"].removesuffix("_id").replace("_", " ").capitalize()
    relation, _, inverse = of.partition(":") if "2" in kind else ("", "", "")
    selection = tuple(of.split("/")) if kind == "selection" else ()
    return Field(
        found["name"], kind, label, relation, inverse, selection, "!" in marks, "=" in marks, "~" in marks
    )


@cache
def shapes(version: int) -> dict[str, Shape]:
    """All models of a version by name."""
    known: dict[str, Shape] = {}
    shape = None
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            name, label, order = (part.strip() for part in line.split("|"))
            old, _, new = order.partition("/")
            shape = known[name] = Shape(name, label, (new or old if version >= 19 else old).strip())
            continue
        assert shape is not None
        if found := _field(line, version):
            shape.fields[found.name] = found
    for shape in known.values():
        for line in (
            "id integer= ID",
            "display_name char=~ Display Name",
            "create_date datetime= Created on",
            "write_date datetime= Last Updated on",
            "create_uid many2one(res.users)= Created by",
            "write_uid many2one(res.users)= Last Updated by",
        ):
            common = _field(line, version)
            assert common is not None
            shape.fields.setdefault(common.name, common)
    return known
