"""Questions of configured types: read from JSON Schema and back, judged alike by us and by jsonschema."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from requests_app import questions
from requests_app.configured import schema, schema_rules, shipped
from requests_app.configured.schema import Asked, Form
from requests_app.questions import Ask, Choice, Question

CODES = ["a", "b", "c-1"]
CHOICES = tuple(Choice(code, f"Answer {code}") for code in CODES)
KEYS = ["one", "two", "three", "four"]


@st.composite
def asked(draw: Any, key: str, on: Asked | None) -> Asked:
    ask = draw(st.sampled_from(list(Ask)))
    least = draw(st.integers(0, 5)) if ask == Ask.NUMBER else None
    most = {Ask.NUMBER: 9, Ask.TEXT: 8, Ask.LONG: 12}.get(ask)
    depends = on is not None and draw(st.booleans())
    return Asked(
        Question(
            key=key,
            label=f"Question {key}",
            ask=ask,
            choices=CHOICES if ask in schema.PICKED else (),
            required=draw(st.booleans()),
            hint=draw(st.sampled_from(["", "A hint"])),
            least=least,
            most=most if draw(st.booleans()) else None,
            only_if=(on.key, tuple(draw(st.lists(st.sampled_from(CODES), min_size=1, unique=True))))
            if depends and on
            else None,
            detail=draw(st.booleans()),
        ),
        effects={"a": {"priority": "urgent", "team": "stores"}} if ask == Ask.ONE and key == "one" else {},
    )


@st.composite
def forms(draw: Any) -> Form:
    rows: list[Asked] = []
    for key in KEYS[: draw(st.integers(1, len(KEYS)))]:
        picked = [row for row in rows if row.question.ask in schema.PICKED and row.question.only_if is None]
        rows.append(draw(asked(key, picked[0] if picked else None)))
    return Form(tuple(rows))


TYPED = st.one_of(
    st.sampled_from(
        [
            "",
            "  ",
            "a",
            "b",
            "z",
            "c-1",
            "3",
            "12",
            "007",
            "-1",
            "1.5",
            "٣",
            "999999999999",
            "2027-05-14",
            "2027-02-30",
            "2027-W01-1",
            "14.05.2027",
            "2027-05-14T15:30",
            "2027-05-14 15:30",
            "2027-05-14T15:30:00Z",
            "2027-05-14T25:00",
            "a text that is longer than most",
            "x" * 201,
            "x" * 1001,
        ]
    ),
    st.text(max_size=14),
)
ANSWERS = st.dictionaries(
    st.sampled_from([*KEYS, "strange"]), st.one_of(TYPED, st.lists(st.sampled_from([*CODES, "z", ""]), max_size=4))
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(form=forms(), answers=ANSWERS)
def test_what_we_refuse_is_what_json_schema_refuses(form: Form, answers: dict[str, Any]) -> None:
    # A list where one value is meant counts as no answer, but a question that hangs on it is asked: no form sends that.
    on = {question.only_if[0] for question in form.questions if question.only_if}
    assume(
        not any(
            isinstance(answers.get(q.key), list) for q in form.questions if q.ask == Ask.ONE and q.key in on
        )
    )
    assert set(questions.problems(form.questions, answers)) == schema.refused(schema.write(form), answers)


@settings(max_examples=200, deadline=None)
@given(form=forms())
def test_a_form_survives_being_written(form: Form) -> None:
    definition = schema.write(form)
    Draft202012Validator.check_schema(definition)
    assert schema.write(schema.read(definition)) == definition
    again = schema.read(
        dict(sorted(definition.items()))
    )  # as a database gives it back: keys in another order
    assert [one.key for one in again.asked] == [one.key for one in form.asked]
    assert schema.read(definition).questions == schema.read(schema.write(schema.read(definition))).questions


@pytest.mark.parametrize("code", shipped.FORMS)
def test_what_is_shipped_may_be_published(code: str) -> None:
    assert schema_rules.check(schema.write(shipped.FORMS[code]())) == []


def good() -> dict[str, Any]:
    one = Asked(Question("what", "What?", Ask.ONE, CHOICES))
    return schema.write(Form((one, Asked(Question("more", "More?", only_if=("what", ("a",)))))))


def without(definition: dict[str, Any], *path: str) -> dict[str, Any]:
    at = definition
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return definition


def having(definition: dict[str, Any], value: Any, *path: str | int) -> dict[str, Any]:
    at: Any = definition
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return definition


def many(count: int, ask: Ask = Ask.TEXT) -> dict[str, Any]:
    return schema.write(Form(tuple(Asked(Question(f"q{n}", f"Question {n}", ask)) for n in range(count))))


def options(*rows: dict[str, Any]) -> dict[str, Any]:
    return having(good(), list(rows), "properties", "what", "oneOf")


WRONG: dict[str, tuple[Any, str]] = {
    "no object": ([], "JSON object"),
    "no JSON Schema": (having(good(), "five", "properties", "more", "maxLength"), "not a JSON Schema"),
    "no questions": (schema.write(Form()), "at least one question"),
    "six at once": (many(6), "6 questions are seen at once"),
    "a word that we do not judge": (having(good(), "^x", "properties", "more", "pattern"), "“pattern”"),
    "no label": (without(good(), "properties", "what", "title"), "has no label"),
    "an empty label": (having(good(), " ", "properties", "what", "title"), "has no label"),
    "an unknown format": (
        having(having(good(), "email", "properties", "more", "format"), "text", "properties", "more", "title"),
        "not known here: email",
    ),
    "an unknown way to ask": (having(good(), "colour", "properties", "more", "x-ask"), "not known here"),
    "one option": (options({"const": "a", "title": "A"}), "at least two answers"),
    "thirteen options": (options(*({"const": f"c{n}", "title": f"C {n}"} for n in range(13))), "too many answers"),
    "the same code twice": (options({"const": "a", "title": "A"}, {"const": "a", "title": "B"}), "code of its own"),
    "an option without a label": (options({"const": "a"}, {"const": "b", "title": "B"}), "a code and a label"),
    "no such priority": (
        options({"const": "a", "title": "A", "x-priority": "asap"}, {"const": "b", "title": "B"}),
        "no priority",
    ),
    "needed but not asked": (having(good(), ["what", "gone"], "required"), "no such question"),
    "an order that forgets one": (having(good(), ["what"], "x-order"), "The order names"),
    "asked after itself": (having(good(), ["more", "what"], "x-order"), "asked only after"),
    "a name of every form": (
        schema.write(Form((Asked(Question("note", "Anything else?")),))), "cannot be the name"
    ),
    "a number turned round": (
        schema.write(Form((Asked(Question("n", "How many?", Ask.NUMBER, least=9, most=2)),))),
        "smallest number",
    ),
    "a person that is a date": (
        schema.write(Form((Asked(Question("n", "When?", Ask.DATE), means="person"),))), "cannot mean"
    ),
    "a condition of their own": (having(good(), [{"not": {}}], "allOf"), "allOf"),
    "the number of a patient": (
        schema.write(Form((Asked(Question("n", "NHS number")),))), "identifies a patient"
    ),
    "the name of a patient": (
        schema.write(Form((Asked(Question("n", "Who?", hint="The patient's full name")),))),
        "identifies a patient",
    ),
    "a diagnosis": (schema.write(Form((Asked(Question("n", "Diagnosis")),))), "identifies a patient"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_may_not_be_published_is_said(name: str) -> None:
    definition, said = WRONG[name]
    assert any(said in sentence for sentence in schema_rules.check(definition)), schema_rules.check(
        definition
    )


def test_the_good_one_may() -> None:
    assert schema_rules.check(good()) == []


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["type", "properties", "required", "x-order", "title", "oneOf", "const", "allOf", "q"]
                ),
                inner | st.sampled_from(["object", "string", "array"]),
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_is_pasted_is_answered_with_sentences(pasted: Any) -> None:
    assert all(isinstance(sentence, str) for sentence in schema_rules.check(pasted))


def test_what_an_answer_leads_to() -> None:
    form = shipped.FORMS["clean"]()
    answers = {"what": "isolation", "when": "bed"}
    assert form.effect("service", answers) == "clean_isolation"
    assert form.effect("priority", answers) == "urgent"
    assert form.effect("team", answers) == ""


EDGES = [
    (Question("q", "How many?", Ask.NUMBER, least=2, most=4), {"1": False, "2": True, "4": True, "5": False}),
    (Question("q", "What?", Ask.TEXT, most=3), {"abc": True, "abcd": False}),
    (Question("q", "Which?", Ask.ONE, CHOICES), {"a": True, "d": False}),
    (Question("q", "When?", Ask.DATE), {"2028-02-29": True, "2027-02-29": False}),
]


@pytest.mark.parametrize(("asks", "answers"), EDGES, ids=lambda part: getattr(part, "ask", ""))
def test_at_the_edges_both_say_the_same(asks: Question, answers: dict[str, bool]) -> None:
    form = Form((Asked(asks),))
    ours = {said: not questions.problems(form.questions, {"q": said}) for said in answers}
    theirs = {said: not schema.refused(schema.write(form), {"q": said}) for said in answers}
    assert ours == theirs == answers


def test_a_question_after_one_of_several_answers_is_needed_only_then() -> None:
    several = Asked(Question("what", "What?", Ask.SEVERAL, CHOICES))
    form = Form((several, Asked(Question("more", "More?", only_if=("what", ("a", "b"))))))
    for chosen, needed in ((["a"], True), (["b", "c-1"], True), (["c-1"], False)):
        assert bool(questions.problems(form.questions, {"what": chosen})) == needed
        assert schema.refused(schema.write(form), {"what": chosen}) == ({"more"} if needed else set())
