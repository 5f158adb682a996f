"""The questions of a configured type as a JSON-Schema form definition (2020-12), read and written. PURE.

What JSON Schema has no word for stands beside it: `x-order` (jsonb keeps no order), `x-ask`, `x-detail`, `x-only-if`,
`x-means`, and on an option `x-priority`, `x-emergency`, `x-service`, `x-team`, `x-icon`. `write(read(schema))` is its plain form.
`requests_app.configured.schema_rules` says whether one may be published.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from requests_app import questions
from requests_app.questions import LONGEST_LONG, LONGEST_TEXT, Answers, Ask, Choice, Question
from requests_app.states import Priority

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LARGEST = 999_999
NAMED = (Ask.EQUIPMENT, Ask.PLACE, Ask.WARD, Ask.PERSON)  # answers that name a row of the hospital
PICKED = (Ask.ONE, Ask.SEVERAL)
EFFECTS = ("priority", "service", "team")
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """One question with what its answer is for.

    `means`: 'due' (needed by then), 'start' (a bundle counts from it), 'until' (its last day), 'person' (for whom),
    'precautions', or ''.
    `effects`: what an option leads to, by code: {'priority': ..., 'service': ..., 'team': ...}.
    """

    question: Question
    means: str = ""
    effects: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.question.key


@dataclass(frozen=True)
class Form:
    """All questions of one version, in order."""

    asked: tuple[Asked, ...] = ()

    @property
    def questions(self) -> list[Question]:
        return [one.question for one in self.asked]

    def find(self, key: str) -> Asked | None:
        return next((one for one in self.asked if one.key == key), None)

    def meaning(self, means: str) -> Question | None:
        return next((one.question for one in self.asked if one.means == means), None)

    def effect(self, what: str, answers: Answers) -> str:
        """The first `what` ('priority', 'service', 'team') that a chosen option leads to, or ''."""
        for one in self.asked:
            if one.effects and questions.applies(one.question, answers):
                for code in questions.several(answers, one.key):
                    if found := one.effects.get(code, {}).get(what):
                        return found
        return ""

    def put(self, asked: Asked, *, instead_of: str = "") -> "Form":
        """With `asked` in the place of the question `instead_of`, or at the end."""
        if self.find(instead_of) is None:
            return Form((*self.asked, asked))
        return Form(tuple(asked if one.key == instead_of else one for one in self.asked))

    def without(self, key: str) -> "Form":
        return Form(tuple(one for one in self.asked if one.key != key))

    def earlier(self, key: str) -> "Form":
        """With the question one place further up."""
        rows = list(self.asked)
        at = next((n for n, one in enumerate(rows) if one.key == key), 0)
        if at:
            rows[at - 1], rows[at] = rows[at], rows[at - 1]
        return Form(tuple(rows))


def read(schema: Schema) -> Form:
    """The questions of a definition; only of one that `schema_rules.check` lets pass, or that `write` made."""
    properties = schema.get("properties", {})
    required = set(schema.get("required", ()))
    for rule in schema.get("allOf", ()):
        required |= set(rule.get("then", {}).get("required", ()))
    order = schema.get("x-order") or list(properties)
    return Form(tuple(_asked(key, properties[key], key in required) for key in order))


def _asked(key: str, row: Schema, required: bool) -> Asked:
    options = (row.get("items", row)).get("oneOf", ())
    only_if = row.get("x-only-if")
    question = Question(
        key=key,
        label=row["title"],
        ask=_ask(row),
        choices=tuple(_choice(option) for option in options),
        required=required,
        hint=row.get("description", ""),
        least=row.get("minimum"),
        most=row.get("maximum", row.get("maxLength")),
        only_if=(only_if["key"], tuple(only_if["codes"])) if only_if else None,
        detail=row.get("x-detail", False),
    )
    effects = {option["const"]: _effects(option) for option in options if _effects(option)}
    return Asked(question, row.get("x-means", ""), effects)


def _ask(row: Schema) -> Ask:
    if row.get("type") == "integer":
        return Ask.NUMBER
    if row.get("type") == "array":
        return Ask.SEVERAL
    if "oneOf" in row:
        return Ask.ONE
    if "format" in row:
        return Ask.DATE if row["format"] == "date" else Ask.MOMENT
    return Ask(row.get("x-ask", Ask.TEXT))


def _choice(option: Schema) -> Choice:
    emergency = option.get("x-emergency", False) or option.get("x-priority") == Priority.EMERGENCY
    return Choice(
        code=option["const"],
        label=option["title"],
        hint=option.get("description", ""),
        icon=option.get("x-icon", ""),
        emergency=emergency,
    )


def _effects(option: Schema) -> dict[str, str]:
    return {what: option[f"x-{what}"] for what in EFFECTS if option.get(f"x-{what}")}


def write(form: Form) -> dict[str, Any]:
    """The definition of these questions: a valid JSON Schema of the values that `values` makes of answers."""
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "type": "object",
        "x-order": [one.key for one in form.asked],
        "properties": {one.key: _property(one) for one in form.asked},
        "required": [q.key for q in form.questions if q.required and q.only_if is None],
    }
    conditional = [_condition(form, q) for q in form.questions if q.required and q.only_if]
    return schema | ({"allOf": conditional} if conditional else {})


def _property(one: Asked) -> dict[str, Any]:
    question = one.question
    row: dict[str, Any] = {**_shape(one), "title": str(question.label)}
    if question.hint:
        row["description"] = str(question.hint)
    if question.detail:
        row["x-detail"] = True
    if question.only_if:
        row["x-only-if"] = {"key": question.only_if[0], "codes": list(question.only_if[1])}
    if one.means:
        row["x-means"] = one.means
    return row


def _shape(one: Asked) -> dict[str, Any]:
    question = one.question
    options = [_option(choice, one.effects.get(choice.code, {})) for choice in question.choices]
    match question.ask:
        case Ask.NUMBER:
            most = LARGEST if question.most is None else question.most
            return {"type": "integer", "minimum": question.least or 0, "maximum": most}
        case Ask.DATE:
            return {"type": "string", "format": "date"}
        case Ask.MOMENT:
            return {"type": "string", "format": "date-time"}
        case Ask.ONE:
            return {"type": "string", "oneOf": options}
        case Ask.SEVERAL:
            return {"type": "array", "items": {"type": "string", "oneOf": options}}
        case Ask.TEXT:
            return {"type": "string", "maxLength": question.most or LONGEST_TEXT}
        case Ask.LONG:
            return {"type": "string", "maxLength": question.most or LONGEST_LONG, "x-ask": "long"}
    return {"type": "string", "maxLength": LONGEST_TEXT, "x-ask": str(question.ask)}


def _option(choice: Choice, effects: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {"const": choice.code, "title": str(choice.label)}
    if choice.hint:
        row["description"] = str(choice.hint)
    if choice.icon:
        row["x-icon"] = choice.icon
    if choice.emergency:
        row["x-emergency"] = True
    return row | {f"x-{what}": effects[what] for what in EFFECTS if effects.get(what)}


def _condition(form: Form, question: Question) -> dict[str, Any]:
    """Needed only while it is asked, in JSON Schema's own words."""
    assert question.only_if
    key, codes = question.only_if
    on = form.find(key)
    chosen: dict[str, Any] = {"enum": list(codes)}
    if on and on.question.ask == Ask.SEVERAL:
        chosen = {"contains": chosen}
    return {
        "if": {"properties": {key: chosen}, "required": [key]},
        "then": {"required": [question.key]},
    }


def values(form: Form, answers: Answers) -> dict[str, Any]:
    """The answers as JSON values: numbers as numbers, without what was not asked or not answered.

    What cannot be read as a value of its kind is None, which no definition allows.
    """
    found = {}
    for question in questions.asked(form.questions, answers):
        if question.ask == Ask.SEVERAL:
            if chosen := questions.several(answers, question.key):
                found[question.key] = chosen
        elif answer := questions.text(answers, question.key):
            found[question.key] = _value(question, answer)
    return found


def _value(question: Question, answer: str) -> Any:
    if question.ask == Ask.NUMBER:
        return questions.as_number(answer)
    if question.ask == Ask.DATE:
        day = questions.as_date(answer)
        return day.isoformat() if day else None
    if question.ask == Ask.MOMENT:
        moment = questions.as_moment(answer)
        return f"{moment.isoformat()}Z" if moment else None
    return answer


def refused(schema: Schema, answers: Answers) -> set[str]:
    """Keys of the answers that the JSON Schema itself does not allow: the second opinion to `questions.problems`."""
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    found = set()
    for error in validator.iter_errors(values(read(schema), answers)):
        found |= _about(error)
    return found


def _about(error: Any) -> set[str]:
    if error.absolute_path:
        return {str(error.absolute_path[0])}
    return {key for key in error.validator_value if key not in error.instance}
