"""What is said of a request reaches those who read it; a note for the team is nowhere for anybody else."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.notify.models import Notice
from requests_app import comments, permissions, sharing
from requests_app.models import Comment, ServiceRequest
from tests import journeys, moving, personas
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
CANARY = "Zebrafinch-71"


def page(case: ServiceRequest) -> str:
    return reverse("desk:request-detail", args=[case.public_id])


def say(case: ServiceRequest) -> str:
    return reverse("requests:say", args=[case.public_id])


@pytest.fixture
def case(world: SimpleNamespace) -> ServiceRequest:
    moving.porters(world)
    return moving.sent(world, when="now")


def test_what_was_said_stands_on_the_page_of_everybody_who_sees_it(
    world: SimpleNamespace, case: ServiceRequest
) -> None:
    answer = signed_in(world.nurse).post(say(case), {"text": " Bed 4 is ready. "})
    assert answer.status_code == 302
    said = Comment.objects.get()
    assert answer.url.endswith(f"#said-{said.ref}")
    assert (said.text, said.by, said.internal) == ("Bed 4 is ready.", world.nurse, False)
    for who in (world.nurse, world.colleague, world.porter, world.auditor):
        assert "Bed 4 is ready." in signed_in(who).get(page(case)).text
    assert signed_in(world.stranger).post(say(case), {"text": "x"}).status_code == 404


def test_nothing_too_much_and_patient_data_are_refused_beside_the_field(
    world: SimpleNamespace, case: ServiceRequest
) -> None:
    nurse = signed_in(world.nurse)
    for text, sentence in (
        ("  ", "Write something first."),
        ("x" * 2001, "2000"),
        ("NHS 943 476 5919", "looks like an NHS number"),
        ("@nora.finch and @ben.carter come", "ben.carter does not see this request"),
    ):
        refused = nurse.post(say(case), {"text": text})
        assert refused.status_code == 422
        assert sentence in refused.text
        assert text.strip()[:20] in refused.text
    assert not Comment.objects.exists()
    kept = nurse.post(say(case), {"text": "NHS 943 476 5919", "patient_data_ok": "on"})
    assert kept.status_code == 302
    assert Event.objects.get(action="comment.added").after == {"patient_data": ["nhs_number"]}


def test_whom_it_calls_and_the_people_of_the_request_are_told_once(
    world: SimpleNamespace, case: ServiceRequest
) -> None:
    comments.add_comment(request=case, text="@Tom.Reid please look, @nobody.here", by=world.porter)
    assert list(Comment.objects.get().mentions.all()) == [world.colleague]
    told = {(one.user, one.kind) for one in Notice.objects.filter(kind__startswith="comment_")}
    assert told == {(world.colleague, "comment_called"), (world.nurse, "comment_added")}
    assert all(CANARY not in str(one.params) for one in Notice.objects.all())


def test_only_those_who_read_it_are_offered_to_be_called(
    world: SimpleNamespace, case: ServiceRequest
) -> None:
    whom = reverse("requests:say-whom", args=[case.public_id])
    nurse = signed_in(world.nurse)
    assert "tom.reid" in nurse.get(whom, {"q": "re"}).text
    assert world.porter.username in nurse.get(whom, {"q": world.porter.username}).text
    assert nurse.get(whom, {"q": "t"}).text.strip() == ""
    assert "ben.carter" not in nurse.get(whom, {"q": "ben"}).text
    assert signed_in(world.stranger).get(whom, {"q": "tom"}).status_code == 404


def test_who_reads_it_agrees_with_who_may_see_it(world: SimpleNamespace, case: ServiceRequest) -> None:
    sharing.share(request=case, user=world.other_nurse, by=world.nurse)
    supplies = journeys.approved(world, SPO_SEN=1, GLV_NIT_M=1)
    for request in (case, supplies):
        readers = set(sharing.viewers(request))
        everybody = type(world.nurse).objects.filter(kind="person", is_active=True)
        assert readers == {who for who in everybody if permissions.can_view(who, request)}


def test_a_note_for_the_team_is_nowhere_for_anybody_else(
    world: SimpleNamespace, case: ServiceRequest
) -> None:
    sharing.share(request=case, user=world.other_nurse, by=world.nurse)
    before = {
        who.username: signed_in(who).get(page(case)).text.count("<li")
        for who in (world.nurse, world.auditor, world.other_nurse)
    }
    notices = Notice.objects.count()
    note = comments.add_comment(request=case, text=f"{CANARY} @joe.mbeki", internal=True, by=world.porter)
    for who in (world.porter, world.other_porter):
        shown = signed_in(who).get(page(case)).text
        assert CANARY in shown
        assert "Only for the team" in shown
    there = reverse("api:request", args=[case.public_id])
    said = reverse("api:request-comments", args=[case.public_id])
    for who in (world.nurse, world.colleague, world.auditor, world.head, world.other_nurse):
        reader = signed_in(who)
        for address in (page(case), f"{page(case)}?about=talk", there, said, reverse("requests:list")):
            shown = reader.get(address).text
            assert CANARY not in shown
            assert note.ref not in shown
            assert "note.added" not in shown
        assert case.number not in reader.get(reverse("requests:list"), {"q": CANARY}).text
    for name, rows in before.items():
        who = type(world.nurse).objects.get(username=name)
        assert signed_in(who).get(page(case)).text.count("<li") == rows
    assert Notice.objects.count() == notices
    assert all(CANARY not in f"{event.reason}{event.after}" for event in Event.objects.all())


def test_only_the_team_writes_notes_for_itself_and_calls_only_its_own(
    world: SimpleNamespace, case: ServiceRequest
) -> None:
    with pytest.raises(NotAllowed):
        comments.add_comment(request=case, text="x", internal=True, by=world.nurse)
    assert "Only for the team" not in signed_in(world.nurse).get(page(case)).text
    with pytest.raises(Invalid) as refused:
        comments.add_comment(request=case, text="@asha.menon", internal=True, by=world.porter)
    assert "asha.menon is not of the team" in str(refused.value.errors)
    with pytest.raises(NotFound):
        comments.add_comment(request=case, text="x", by=world.stranger)
    with pytest.raises(WrongState):
        comments.add_comment(request=journeys.draft(world, GLV_NIT_M=1), text="x", by=world.nurse)
    # a note that was meant for the team is never read by everybody
    assert signed_in(world.nurse).post(say(case), {"text": "hello", "internal": "on"}).status_code == 403
    assert not Comment.objects.exists()


def test_the_story_is_read_by_what_it_is_about_and_a_page_at_a_time(
    world: SimpleNamespace, case: ServiceRequest
) -> None:
    for n in range(60):
        comments.add_comment(request=case, text=f"word-{n:02}", internal=n % 2 == 0, by=world.porter)
    nurse, seen, address = signed_in(world.nurse), [], page(case)
    for _page in range(4):
        shown = nurse.get(address)
        told = shown.context["page"].story
        seen += [one.comment.text if one.comment else one.entry.what for one in told.told]
        if not told.older:
            break
        address = page(case) + told.older.split("#")[0]
    assert [text for text in seen if text.startswith("word")] == [f"word-{n:02}" for n in range(59, 0, -2)]
    assert len(seen) == len(set(seen))
    assert "Sent it" in seen
    decisions = nurse.get(page(case), {"about": "decisions"}).text
    assert "word-" not in decisions
    assert "Sent it" in decisions
    assert "Sent it" not in nurse.get(page(case), {"about": "talk"}).text
    for odd in (
        {"about": "x"},
        {"before": "yesterday"},
        {"before": "2026-13-45T99:99"},
        {"before": "2026-01-01"},
    ):
        assert nurse.get(page(case), odd).status_code == 200


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_the_page_costs_the_same_however_much_was_said(
    world: SimpleNamespace, case: ServiceRequest, rows: int, django_assert_num_queries
) -> None:
    for n in range(rows):
        comments.add_comment(request=case, text=f"Said {n}", by=world.nurse)
    for who, queries in ((world.nurse, MOVE), (world.porter, MOVE)):
        reader = personas.signed_in(who)
        with django_assert_num_queries(queries):
            assert "Said 0" in reader.get(page(case)).text or rows > 25


MOVE = 12
