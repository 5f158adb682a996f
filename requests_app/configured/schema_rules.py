"""Whether a form definition may be published: a valid JSON Schema, and what a form on a ward has to keep to. PURE."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, SchemaError

from requests_app import questions
from requests_app.configured import schema
from requests_app.configured.schema import EFFECTS, NAMED, PICKED, Form
from requests_app.questions import LONGEST_LONG, MOST_VISIBLE, Ask
from requests_app.states import Priority

MOST_OPTIONS = 12
MOST_QUESTIONS = 30
LONGEST_LABEL = 120
LONGEST_ANSWER = 100  # characters of one answer of a list
KEY = re.compile(r"[a-z][a-z0-9_]{0,29}")
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")
# Names of what every form has beside its questions.
TAKEN = frozenset(
    "note department requester client_key category do rung answered_by emergency_reason csrfmiddlewaretoken".split()
)
MEANS = {
    "due": (Ask.DATE, Ask.MOMENT),
    "start": (Ask.DATE, Ask.MOMENT),
    "until": (Ask.DATE, Ask.MOMENT),
    "person": (Ask.PERSON,),
    "precautions": PICKED,
}
# A request is read by many: what identifies a patient is asked nowhere (bed and initials belong to moves alone).
PATIENT_WORDS = re.compile(
    r"\b(nhs number|hospital number|mrn|date of birth|d\.?o\.?b|patient'?s? (?:full )?name|name of (?:the )?patient"
    r"|patient'?s? address|diagnos[ie]s|surname of (?:the )?patient|patient (?:id|identifier|number))\b",
    re.IGNORECASE,
)
ROOT_WORDS = {"$schema", "$id", "title", "description", "type", "x-order", "properties", "required", "allOf"}
COMMON_WORDS = {"title", "description", "type", "x-ask", "x-detail", "x-only-if", "x-means"}
WORDS_OF_TYPE = {
    "string": {"maxLength", "format", "oneOf"},
    "integer": {"minimum", "maximum"},
    "array": {"items"},
}
OPTION_WORDS = {"const", "title", "description", "x-icon", "x-emergency", *(f"x-{what}" for what in EFFECTS)}


def check(definition: Any) -> list[str]:
    """Sentences that say what keeps this definition from being published; [] when nothing does."""
    found = list(_malformed(definition))
    if found:
        return found
    form = schema.read(definition)
    return [*_whole(form), *(sentence for one in form.asked for sentence in _one(one, form))]


def _malformed(definition: Any) -> Iterator[str]:
    """What keeps it from being read at all."""
    if not isinstance(definition, dict):
        yield _("A form definition is a JSON object.")
        return
    try:
        Draft202012Validator.check_schema(definition)
    except SchemaError as error:
        yield _("This is not a JSON Schema: %(why)s") % {"why": error.message[:200]}
        return
    yield from _strange(_("the definition"), definition, ROOT_WORDS)
    rows, order = definition.get("properties", {}), definition.get("x-order")
    if definition.get("type") != "object":
        yield _("A form definition has the type “object”.")
    if order is not None and (not isinstance(order, list) or sorted(map(str, order)) != sorted(rows)):
        yield _("The order names each question once, and no other.")
    for key in definition.get("required", ()):
        if key not in rows:
            yield _("“%(key)s” is needed, but there is no such question.") % {"key": key}
    for rule in definition.get("allOf", ()):
        if not _is_condition(rule):
            yield _("Only conditions made from “asked only if” may stand in “allOf”.")
    for key, row in rows.items():
        yield from _malformed_row(key, row)


def _is_condition(rule: Any) -> bool:
    then = rule.get("then") if isinstance(rule, dict) and set(rule) == {"if", "then"} else None
    return isinstance(then, dict) and set(then) == {"required"}


def _malformed_row(key: str, row: Any) -> Iterator[str]:
    if not isinstance(row, dict) or row.get("type") not in tuple(WORDS_OF_TYPE):
        yield _("“%(key)s” has to be a string, an integer or an array.") % {"key": key}
        return
    yield from _strange(key, row, COMMON_WORDS | WORDS_OF_TYPE[row["type"]])
    if not isinstance(row.get("title"), str):
        yield _("“%(key)s” has no label.") % {"key": key}
    if not isinstance(row.get("x-detail", False), bool) or not isinstance(row.get("x-means", ""), str):
        yield _("“%(key)s”: a mark has the wrong kind of value.") % {"key": key}
    if row.get("format", "date") not in ("date", "date-time"):
        yield _("“%(key)s” has a format that is not known here: %(format)s.") % {
            "key": key,
            "format": row["format"],
        }
    if row.get("x-ask", "text") not in (*map(str, NAMED), "text", "long"):
        yield _("“%(key)s” is asked in a way that is not known here.") % {"key": key}
    if sum(word in row for word in ("format", "oneOf", "x-ask")) > 1:
        yield _("“%(key)s” is answered in two ways at once.") % {"key": key}
    only_if = row.get("x-only-if")
    if only_if is not None and not _is_only_if(only_if):
        yield _("“%(key)s”: “asked only if” names a question and its answers.") % {"key": key}
    if any(type(row.get(word, 0)) is not int for word in ("minimum", "maximum", "maxLength")):
        yield _("“%(key)s”: its bounds are whole numbers.") % {"key": key}
    options = row.get("items", row) if row["type"] == "array" else row
    if not isinstance(options, dict):
        yield _("“%(key)s”: several answers are chosen from a list.") % {"key": key}
        return
    if row["type"] == "array" and (set(options) != {"type", "oneOf"} or options.get("type") != "string"):
        yield _("“%(key)s”: several answers are chosen from a list.") % {"key": key}
        return
    for option in options.get("oneOf", ()):
        yield from _malformed_option(key, option)


def _is_only_if(only_if: Any) -> bool:
    return (
        isinstance(only_if, dict)
        and set(only_if) == {"key", "codes"}
        and isinstance(only_if["key"], str)
        and isinstance(only_if["codes"], list)
        and all(isinstance(code, str) for code in only_if["codes"])
    )


def _malformed_option(key: str, option: Any) -> Iterator[str]:
    if not isinstance(option, dict) or not all(
        isinstance(option.get(word), str) for word in ("const", "title")
    ):
        yield _("“%(key)s”: each answer of the list has a code and a label.") % {"key": key}
        return
    yield from _strange(key, option, OPTION_WORDS)
    marks = [option.get(word, "") for word in ("x-icon", *(f"x-{what}" for what in EFFECTS))]
    if not all(isinstance(mark, str) for mark in marks) or not isinstance(
        option.get("x-emergency", False), bool
    ):
        yield _("“%(key)s”: a mark has the wrong kind of value.") % {"key": key}


def _strange(where: str, row: dict[str, Any], known: set[str]) -> Iterator[str]:
    for word in sorted(set(row) - known):
        yield _("“%(where)s” uses “%(word)s”, which is not known here.") % {"where": where, "word": word}


def _whole(form: Form) -> Iterator[str]:
    if not form.asked:
        yield _("Add at least one question.")
    if len(form.asked) > MOST_QUESTIONS:
        yield _("Keep it to %(most)s questions.") % {"most": MOST_QUESTIONS}
    seen = len(questions.visible(form.questions))
    if seen > MOST_VISIBLE:
        yield _("%(seen)s questions are seen at once; keep it to %(most)s and put the others behind details.") % {
            "seen": seen, "most": MOST_VISIBLE,
        }  # fmt: skip
    if sum(_has_priority(one) for one in form.asked) > 1:
        yield _("Only one question may say how soon it is needed.")
    for means in MEANS:
        if sum(one.means == means for one in form.asked) > 1:
            yield _("Two questions have the same meaning: %(means)s.") % {"means": means}


def _has_priority(one: schema.Asked) -> bool:
    return any("priority" in effect for effect in one.effects.values())


def _one(one: schema.Asked, form: Form) -> Iterator[str]:
    question, label = one.question, str(one.question.label).strip()
    said = {"key": one.key, "label": label or one.key}
    if not KEY.fullmatch(one.key) or one.key in TAKEN:
        yield (
            _(
                "“%(key)s” cannot be the name of a question: small letters, digits and _, not used by every form."
            )
            % said
        )
    if not label:
        yield _("“%(key)s” has no label.") % said
    if len(label) > LONGEST_LABEL:
        yield _("The label of “%(key)s” is too long.") % said
    words = [label, str(question.hint), *(str(choice.label) for choice in question.choices)]
    if any(PATIENT_WORDS.search(text) for text in words):
        yield _("“%(label)s” asks for what identifies a patient. Ask for it on the telephone.") % said
    if one.means and question.ask not in MEANS.get(one.means, ()):
        yield _("“%(label)s” cannot mean that with this kind of answer.") % said
    least, most = question.least or 0, question.most
    if (
        question.ask == Ask.NUMBER
        and not 0 <= least <= (schema.LARGEST if most is None else most) <= schema.LARGEST
    ):
        yield _("“%(label)s”: the smallest number is above the largest, or out of range.") % said
    if question.ask in (Ask.TEXT, Ask.LONG) and most is not None and not 1 <= most <= LONGEST_LONG:
        yield _("“%(label)s”: its length is out of range.") % said
    if question.ask in PICKED:
        yield from _options(one, said)
    yield from _asked_if(one, form, said)


def _options(one: schema.Asked, said: dict[str, str]) -> Iterator[str]:
    codes = [choice.code for choice in one.question.choices]
    labels = [str(choice.label).strip() for choice in one.question.choices]
    if len(codes) < 2:
        yield _("“%(label)s” needs at least two answers to choose from.") % said
    if len(codes) > MOST_OPTIONS:
        yield _("“%(label)s” has too many answers to choose from.") % said
    if len(set(codes)) < len(codes) or not all(CODE.fullmatch(code) for code in codes):
        yield _("“%(label)s”: each answer needs a code of its own.") % said
    if not all(labels):
        yield _("“%(label)s”: an answer has no label.") % said
    if len({text.casefold() for text in labels}) < len(labels):
        yield _("“%(label)s”: two answers read the same.") % said
    if any(len(text) > LONGEST_ANSWER for text in labels):
        yield _("“%(label)s”: an answer is too long.") % said
    for effect in one.effects.values():
        if effect.get("priority", Priority.ROUTINE) not in Priority.values:
            yield _("“%(label)s”: “%(priority)s” is no priority.") % (said | {"priority": effect["priority"]})


def _asked_if(one: schema.Asked, form: Form, said: dict[str, str]) -> Iterator[str]:
    """The question that it depends on comes first, is always asked, and has those answers."""
    if one.question.only_if is None:
        return
    key, codes = one.question.only_if
    before = form.asked[: form.asked.index(one)]
    on = next((other.question for other in before if other.key == key), None)
    if on is None or on.only_if or not codes or not all(on.choice(code) for code in codes):
        yield _("“%(label)s” is asked only after an answer that is not there or not always asked for.") % said
