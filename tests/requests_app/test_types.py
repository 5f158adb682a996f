"""An administrator makes a type of request in the product: questions, team, policy, times; people ask for it; it ends."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import Approval, ApprovalPolicy
from portal.audit.models import Event
from portal.errors import NotAllowed
from requests_app.configured import publishing, schema
from requests_app.configured.schema import Asked, Form
from requests_app.kinds import kind_of
from requests_app.models import Category, FormVersion, ServiceRequest
from requests_app.questions import Ask, Choice, Question
from requests_app.states import Priority, RequestState
from sla.models import Clock, SlaTarget
from tests.configuring import TIMES, ask, crew, decide, do, new_type, post
from tests.journeys import fresh
from tests.personas import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(world: SimpleNamespace) -> dict[str, Any]:
    return crew(world)


@pytest.fixture
def admin(world: SimpleNamespace, team: dict[str, Any]) -> Client:
    return signed_in(world.administrator)


@pytest.fixture
def nurse(world: SimpleNamespace) -> Client:
    return signed_in(world.nurse)


def question(client: Client, code: str, label: str, ask: str = "text", **more: Any) -> None:
    post(client, "question-new", code, label=label, ask=ask, **({"required": "on"} | more))


def document_request(client: Client) -> str:
    code = new_type(client, "Document request")
    question(client, code, "Which document?", "one", options="Letter\nCertificate | urgent\nCopy of a record")
    question(client, code, "For what?", "long")
    question(client, code, "By when?", "date", required="", means="due", detail="on")
    return code


def published(client: Client) -> str:
    code = document_request(client)
    post(client, "type-terms", code, team="hr", route="head", **TIMES)
    post(client, "type-publish", code)
    return code


def test_made_asked_decided_taken_done_closed(
    world: SimpleNamespace, team: dict[str, Any], admin: Client, nurse: Client
) -> None:
    code = published(admin)
    assert "Document request" in nurse.get(reverse("requests:ask")).content.decode()
    request = ask(nurse, code, which_document="letter", for_what="A visa")
    assert (request.title, request.team.code, request.service) == ("Document request: Letter", "hr", code)
    assert request.state == RequestState.SUBMITTED
    decide(request)
    request = fresh(request)
    assert (request.state, request.held_by) == (RequestState.APPROVED, "People team")
    clocks = set(Clock.objects.filter(request=request, state="running").values_list("kind", flat=True))
    assert clocks == {"response", "fulfilment"}
    do(signed_in(team["hr"]), request)
    request = fresh(request)
    assert (request.state, request.outcome) == (RequestState.CLOSED, "done")
    page = nurse.get(reverse("desk:request-detail", args=[request.public_id])).content.decode()
    assert "Which document?" in page and "A visa" in page


def test_the_options_say_how_soon(world: SimpleNamespace, admin: Client, nurse: Client) -> None:
    code = published(admin)
    urgent = ask(nurse, code, which_document="certificate", for_what="x")
    assert (urgent.priority, urgent.priority_reason) == (Priority.URGENT, "Certificate")
    planned = ask(nurse, code, which_document="letter", for_what="x", by_when="2027-05-14")
    assert planned.priority == Priority.PLANNED
    assert planned.agreed_at and planned.agreed_at.isoformat() == "2027-05-14T11:00:00+00:00"


PARTS = {"team": "hr", "route": "head", **TIMES}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"route": "head", **TIMES}, "No team does it"),
        ({"team": "hr", **TIMES}, "Nobody is named who decides"),
        ({"team": "hr", "route": "head"}, "There are no target times"),
    ],
    ids=["team", "policy", "times"],
)
def test_publishing_is_refused_while_something_is_missing(
    admin: Client, nurse: Client, given: dict[str, Any], said: str
) -> None:
    code = document_request(admin)
    post(admin, "type-terms", code, **given)
    refused = post(admin, "type-publish", code, status=422).content.decode()
    assert said in refused
    assert refused.count("<li>") >= 1
    assert not Category.objects.get(code=code).active
    assert nurse.get(reverse("requests:ask-new", args=[code])).status_code == 404
    post(admin, "type-terms", code, **PARTS)
    post(admin, "type-publish", code)
    assert nurse.get(reverse("requests:ask-new", args=[code])).status_code == 200


def test_publishing_is_refused_while_questions_are_wrong(admin: Client) -> None:
    code = new_type(admin, "Empty")
    post(admin, "type-terms", code, **PARTS)
    assert "Add at least one question" in post(admin, "type-publish", code, status=422).content.decode()
    for n in range(6):
        question(admin, code, f"Question {n}?")
    assert "6 questions are seen at once" in post(admin, "type-publish", code, status=422).content.decode()
    post(admin, "question-drop", code, "question_5")
    question(admin, code, "NHS number", detail="on")
    assert "identifies a patient" in post(admin, "type-publish", code, status=422).content.decode()
    post(admin, "question-drop", code, "nhs_number")
    post(admin, "type-publish", code)


def test_what_was_asked_is_shown_as_it_was_asked(admin: Client, nurse: Client) -> None:
    code = published(admin)
    request = ask(nurse, code, which_document="letter", for_what="A visa")
    question_before = kind_of(request).said(fresh(request))
    begun = nurse.post(
        reverse("requests:ask-new", args=[code]),
        {"client_key": "6f9c1d0e-6f1c-4f0e-9f39-1b1f0f3f6a01", "department": request.department_id, "do": "save",
         "q-for_what": "Begun before"},
    )  # fmt: skip
    assert begun.status_code == 302
    post(
        admin,
        "question",
        code,
        "which_document",
        label="Which paper?",
        ask="one",
        options="Letter\nForm",
        required="on",
    )
    version = FormVersion.objects.filter(category__code=code).order_by("-version")[0]
    assert (version.version, version.published_at) == (2, None)
    assert "Which document?" in nurse.get(reverse("requests:ask-new", args=[code])).content.decode()
    post(admin, "type-publish", code)
    assert "Which paper?" in nurse.get(reverse("requests:ask-new", args=[code])).content.decode()
    assert kind_of(request).said(fresh(request)) == question_before
    draft = ServiceRequest.objects.get(answers__for_what="Begun before")
    shown = nurse.get(reverse("requests:draft-edit", args=[draft.public_id])).content.decode()
    assert "Which document?" in shown and "Which paper?" not in shown


def test_retired_types_are_asked_for_no_more(admin: Client, nurse: Client) -> None:
    code = published(admin)
    request = ask(nurse, code, which_document="letter", for_what="x")
    post(admin, "type-retire", code)
    assert nurse.get(reverse("requests:ask-new", args=[code])).status_code == 404
    decide(request)
    assert fresh(request).state == RequestState.APPROVED


def test_nobody_decides_is_on_record_too(admin: Client, nurse: Client) -> None:
    code = document_request(admin)
    post(admin, "type-terms", code, team="hr", route="nobody", **TIMES)
    post(admin, "type-publish", code)
    request = ask(nurse, code, which_document="letter", for_what="x")
    assert request.state == RequestState.APPROVED
    assert Approval.objects.get(request=request).status == Approval.Status.APPROVED
    event = Event.objects.get(case=request.public_id, action="request.approved")
    assert event.policy.endswith("no-approval")


def test_a_new_policy_decides_from_its_publishing_on(admin: Client) -> None:
    code = published(admin)
    post(admin, "type-terms", code, route="nobody")
    decides = ApprovalPolicy.objects.filter(category__code=code, status="published")
    assert decides.get().version == 1
    post(admin, "type-publish", code)
    assert decides.get().version == 2


def test_everything_is_on_record(world: SimpleNamespace, admin: Client) -> None:
    published(admin)
    done = Event.objects.filter(actor=world.administrator).values_list("action", flat=True)
    assert set(done) >= {
        "type.made", "form.saved", "type.team_set", "type.times_set", "target.set", "form.published",
        "policy.published", "type.published",
    }  # fmt: skip


ADDRESSES = [
    ("types", ()), ("type-new", ()), ("type", ("clean",)), ("type-describe", ("clean",)), ("type-terms", ("clean",)),
    ("type-definition", ("clean",)), ("type-preview", ("clean",)), ("question-new", ("clean",)),
    ("question", ("clean", "what")), ("task-new", ("room_turnover",)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args"), ADDRESSES, ids=[name for name, _args in ADDRESSES])
def test_only_administrators_come_in(
    world: SimpleNamespace, admin: Client, name: str, args: tuple[str, ...]
) -> None:
    address = reverse(f"desk:{name}", args=args)
    assert admin.get(address).status_code == 200
    for other in (world.nurse, world.head, world.policy_owner, world.service_manager):
        assert signed_in(other).get(address).status_code == 403
        assert signed_in(other).post(address, {"name": "x"}).status_code in (403, 405)


def test_the_verbs_ask_for_the_role_themselves(world: SimpleNamespace) -> None:
    clean = Category.objects.get(code="clean")
    with pytest.raises(NotAllowed):
        publishing.make_type(code="x", name="X", hint="", icon="", kind="form", by=world.nurse)
    with pytest.raises(NotAllowed):
        publishing.save_form(owner=clean, form=Form(), by=world.head)
    with pytest.raises(NotAllowed):
        publishing.retire(category=clean, by=world.policy_owner)


def test_questions_travel_as_json(admin: Client) -> None:
    code = new_type(admin, "Imported")
    definition = schema.write(
        Form((Asked(Question("what", "What?", Ask.ONE, (Choice("a", "A"), Choice("b", "B")))),))
    )
    wrong = definition | {"x-strange": 1}
    said = post(admin, "type-definition", code, definition=json.dumps(wrong), status=422).content.decode()
    assert "x-strange" in said
    assert (
        "This is not JSON"
        in post(admin, "type-definition", code, definition="{", status=422).content.decode()
    )
    post(admin, "type-definition", code, definition=json.dumps(definition))
    assert FormVersion.objects.get(category__code=code).schema == definition


def test_questions_move_and_keep_what_hangs_on_them(admin: Client) -> None:
    code = document_request(admin)
    question(admin, code, "Whose signature?", only_if="which_document:letter")
    held = publishing.form_of(Category.objects.get(code=code))
    assert held.asked[-1].question.only_if == ("which_document", ("letter",))
    post(admin, "question-move", code, "for_what")
    held = publishing.form_of(Category.objects.get(code=code))
    assert [one.key for one in held.asked][:2] == ["for_what", "which_document"]
    codes = [choice.code for choice in held.asked[1].question.choices]
    post(admin, "question", code, "which_document", label="Which one?", ask="one",
         options="Copy of a record\nLetter\nSomething new", required="on")  # fmt: skip
    changed = publishing.form_of(Category.objects.get(code=code)).find("which_document")
    assert changed and [choice.code for choice in changed.question.choices] == [
        codes[2],
        "letter",
        "something-new",
    ]


def test_an_item_may_bring_questions(world: SimpleNamespace, admin: Client) -> None:
    item = world.items["GLV-NIT-M"]
    found = admin.get(reverse("desk:types"), {"q": "GLV-NIT-M"}).content.decode()
    ref = f"item-{item.pk}"
    assert reverse("desk:type", args=[ref]) in found
    question(admin, ref, "Which size do you wear?")
    assert admin.get(reverse("desk:type-preview", args=[ref])).status_code == 200
    post(admin, "type-publish", ref)
    version = FormVersion.objects.get(item=item)
    assert (
        version.published_at and schema.read(version.schema).questions[0].label == "Which size do you wear?"
    )
    assert admin.get(reverse("desk:type-terms", args=[ref])).status_code == 404


def test_the_preview_shows_the_draft_and_saves_nothing(admin: Client) -> None:
    code = document_request(admin)
    before = ServiceRequest.objects.count()
    shown = admin.get(reverse("desk:type-preview", args=[code])).content.decode()
    assert "Which document?" in shown and "Certificate" in shown
    assert ServiceRequest.objects.count() == before


def test_a_code_is_taken_once(admin: Client) -> None:
    new_type(admin, "Twice")
    again = post(admin, "type-new", name="Twice", kind="form", icon="file-text", status=422)
    assert "There is a type with this code already" in again.content.decode()
    named = post(admin, "type-new", name="Item", code="item-5", kind="form", icon="file-text", status=422)
    assert "There is a type with this code already" in named.content.decode()


def test_shipped_times_are_not_changed_by_a_type_of_the_same_name(admin: Client) -> None:
    before = SlaTarget.objects.get(service="loan", priority="routine").fulfilment_amount
    post(admin, "type-terms", "loan", status=422, **TIMES)
    assert SlaTarget.objects.get(service="loan", priority="routine").fulfilment_amount == before


LIST_QUERIES = 7


def test_the_list_costs_the_same_for_1_and_3_types(world: SimpleNamespace, admin: Client) -> None:
    address = reverse("desk:types")

    def cost(kept: int) -> int:
        ApprovalPolicy.objects.all().delete()
        shown = list(
            Category.objects.filter(kind="form").exclude(code="task").values_list("pk", flat=True)[:kept]
        )
        Category.objects.exclude(pk__in=shown).delete()
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(address).content.decode().count("small muted") == kept
        return len(queries)

    assert (cost(3), cost(1)) == (LIST_QUERIES, LIST_QUERIES)


def test_what_json_schema_alone_refuses_is_not_sent(
    world: SimpleNamespace, admin: Client, nurse: Client
) -> None:
    code = published(admin)
    version = FormVersion.objects.get(category__code=code)
    version.schema["properties"]["for_what"]["pattern"] = "^because"
    version.save()
    page = nurse.get(reverse("requests:ask-new", args=[code])).context["form"].draft
    said = {
        "client_key": page.client_key,
        "department": page.department_id,
        "do": "send",
        "q-which_document": "letter",
    }
    refused = nurse.post(reverse("requests:ask-new", args=[code]), said | {"q-for_what": "A visa"})
    assert refused.status_code == 422
    assert "This answer does not fit the question" in refused.content.decode()
    assert (
        ask(nurse, code, which_document="letter", for_what="because I must").state == RequestState.SUBMITTED
    )


@pytest.mark.parametrize(
    ("name", "said", "more"),
    [
        ("most", "below the smallest", {"ask": "number", "least": "9", "most": "3"}),
        ("most", "At most 999999", {"ask": "number", "most": "9999999999"}),
        ("most", "At most 1000 characters", {"ask": "text", "most": "100000"}),
        ("options", "At most 12 answers", {"ask": "one", "options": "\n".join(map(str, range(500)))}),
        ("options", "Two answers read the same", {"ask": "several", "options": "A\na | urgent"}),
        ("options", "Keep each answer to 100 characters", {"ask": "one", "options": "A\n" + "b" * 5000}),
    ],
)
def test_a_question_that_cannot_be_published_is_refused_when_it_is_saved(
    admin: Client, name: str, said: str, more: dict[str, Any]
) -> None:
    code = new_type(admin, "Bounds")
    form = post(admin, "question-new", code, label="How many?", required="on", status=422, **more).context[
        "form"
    ]
    assert said in " ".join(form.errors[name])
    assert not FormVersion.objects.filter(category__code=code).exists()


NUL = '{"type": "object", "properties": {"a": {"type": "string", "title": "A\\u0000b"}}}'
ODD = (
    '{"type": "object", "properties": {"a": {"type": ["string", "null"], "title": "A"}}}',
    '{"type": "object", "properties": {"a": {"type": "string", "title": "A", "x-ask": []}}}',
    '{"type": "object", "properties": {"a": {"type": "array", "title": "A", "items": true}}}',
    '{"type": "object", "properties": {"a": {"type": "integer", "title": "A", "minimum": 1.5}}}',
    '{"type": "object", "properties": {"a": {"type": "string", "title": "A"}}, "allOf": [{"if": true, "then": true}]}',
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 5000, "too many lists"),
        ("[" * 50 + "]" * 50, "too many lists"),
        (NUL, "a character that no text has"),
        ("{", "not JSON"),
        ('{"type": NaN}', "not JSON"),
        *((odd, "") for odd in ODD),
    ],
    ids=["nested", "deep", "nul", "open", "nan", *(f"odd{n}" for n in range(len(ODD)))],
)
def test_a_definition_that_cannot_be_kept_is_refused_beside_its_field(
    admin: Client, text: str, said: str
) -> None:
    code = new_type(admin, "Pasted")
    answer = post(admin, "type-definition", code, definition=text, status=422)
    assert said in " ".join(answer.context["form"].errors["definition"])
    assert text[:20] in answer.content.decode().replace("&quot;", '"')
    assert not FormVersion.objects.filter(category__code=code).exists()
