"""Search over items, equipment, types and requests: names, parts of them, codes, one slip of the finger; and who sees what."""

import os
import uuid
from collections.abc import Iterable, Iterator
from types import SimpleNamespace

import pytest
from django.db import connection
from django.urls import reverse

from portal.accounts.models import Hospital
from portal.desk.seed.catalogue import sow_catalogue
from portal.desk.seed.equipment import sow_equipment
from portal.desk.seed.places import sow_places
from portal.facts import verb
from requests_app import choosing, search
from requests_app.equipment import equipment_finding
from requests_app.finding import matching, words
from requests_app.finding.found import SHOWN
from requests_app.finding.type_words import ALSO_CALLED
from requests_app.models import CatalogueItem, SearchWord, ServiceRequest
from requests_app.states import RunOut
from requests_app.supplies import drafting
from tests import journeys, moving, personas

pytestmark = pytest.mark.django_db
SEARCH, API = reverse("requests:search"), "/api/v1/search"
LONG = bool(os.environ.get("TEST_LONG") or os.environ.get("TEST_DEEP"))


def slips(text: str) -> Iterator[str]:
    """At every third place: one character too many, too few, wrong, and two that changed places."""
    for place in range(0, len(text), 3):
        before, one, rest = text[:place], text[place], text[place + 1 :]
        yield f"{before}q{one}{rest}"
        yield before + rest
        yield f"{before}q{rest}"
        if rest:
            yield before + rest[0] + one + rest[1:]


@pytest.fixture
def seed(world: SimpleNamespace) -> Hospital:
    """The whole seed of one hospital: places, catalogue, equipment and types."""

    @verb
    def sow(*, by: object) -> None:
        sow_places(code="SBG")
        sow_catalogue(hospital=world.hospital)
        sow_equipment(hospital=world.hospital)

    sow(by=world.system)
    return world.hospital


def asked_for(said: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each of `said` as it is, and with its slips; one slip in nine unless TEST_LONG is set."""
    place = 0
    for one in said:
        yield one, one
        for slip in slips(one):
            place += 1
            if LONG or not place % 9:
                yield slip, one


def test_every_item_by_name_synonym_and_code_also_with_a_slip(seed: Hospital) -> None:
    known: dict[str, set[str]] = {}
    for item in search.all_items(seed):
        for said in (item.name, item.code, *filter(None, map(str.strip, item.synonyms.split(",")))):
            known.setdefault(said, set()).add(item.code)
    wrong = []
    for asked, said in asked_for(known):
        if not {one.code for one in search.find_items(seed, asked)} & known[said]:
            wrong.append((asked, said))
    assert len(known) > 120
    assert not wrong


def test_every_piece_by_name_class_and_number_also_with_a_slip(seed: Hospital) -> None:
    known: dict[str, set[str]] = {}
    for piece in equipment_finding.in_use([seed]):
        for said in filter(None, (piece.name, piece.tag, piece.serial, str(piece.get_class_code_display()))):
            known.setdefault(said, set()).add(piece.tag)
    wrong = []
    for asked, said in asked_for(known):
        if not {one.tag for one in choosing.pieces([seed], matching.read(asked), limit=SHOWN)} & known[said]:
            wrong.append((asked, said))
    assert len(known) > 120
    assert not wrong


def test_every_type_by_name_and_what_it_is_called_also_with_a_slip(seed: Hospital) -> None:
    types = {one.code: one for one in choosing.offered(seed)}
    known = {(said, code) for code in types for said in str(ALSO_CALLED.get(code, code)).split(", ")}
    known |= {(one.name, code) for code, one in types.items()}
    wrong = []
    for said, code in sorted(known):
        for asked, _said in asked_for([said]):
            if types[code] not in choosing.called(types.values(), matching.read(asked)):
                wrong.append((asked, code))
    assert len(types) > 8
    assert not wrong


@pytest.mark.parametrize("text", ["bed", "gloves", "ab", "10238", "aab", "scanner"])
def test_a_slip_is_near_and_its_ends_give_it_away(text: str) -> None:
    for other in slips(text):
        assert words.near(text, other) and words.near(other, text)
        begin, end = words.ends_intact(other)
        assert text.startswith(begin) or text.endswith(end)
    assert not words.near(text, f"{text[::-1]}zz")


def test_a_number_leads_to_its_request_and_nobody_else_learns_of_it(world: SimpleNamespace) -> None:
    case = journeys.sent(world, SET_PMP=1)
    nurse, stranger = personas.signed_in(world.nurse), personas.signed_in(world.stranger)
    there = reverse("desk:request-detail", args=[case.public_id])
    for said in (case.number, case.number.lower(), case.number.replace("-", " ")):
        assert nurse.get(SEARCH, {"q": said})["Location"] == there
        assert "Nothing called" in stranger.get(SEARCH, {"q": said}).text
    short = str(int(case.number.rpartition("-")[2]))
    assert case.public_id in nurse.get(SEARCH, {"q": short}).text
    assert case.public_id not in stranger.get(SEARCH, {"q": short}).text


def test_a_canary_is_found_by_those_who_see_it_only(world: SimpleNamespace) -> None:
    own = drafting.save_draft(
        by=world.nurse,
        client_key=uuid.uuid4(),
        department=world.ward,
        quantities={"SET-PMP": 1},
        run_out=RunOut.FINE,
        note="zzcanarynote",
    )
    case = journeys.send(own)
    ServiceRequest.objects.filter(pk=case.pk).update(
        title="ZZ canary title", search_text=words.indexed(["ZZ canary title"])
    )
    for user in (
        world.nurse,
        world.colleague,
        world.head,
        world.other_nurse,
        world.stranger,
        world.auditor,
        world.operator,
    ):
        client = personas.signed_in(user)
        may = ServiceRequest.objects.visible_to(user).filter(pk=case.pk).exists()
        page, api = client.get(SEARCH, {"q": "canary"}), client.get(API, {"q": "canary"})
        assert [one["id"] for one in api.json()["requests"]] == ([case.public_id] if may else []), (
            user.username
        )
        assert (case.number in page.text) == may, user.username
        slip = (
            client.get(SEARCH, {"q": "canray"}).text
            + client.get(reverse("requests:ask"), {"q": "canray"}).text
        )
        assert (
            "anary title" not in slip and "Did you mean" not in slip
        )  # words of requests are proposed to nobody
        assert (
            case.number not in client.get(SEARCH, {"q": "zzcanarynote"}).text
        )  # nor are notes looked through


def test_who_is_moved_is_never_found_and_a_private_move_by_its_own_people_only(
    world: SimpleNamespace,
) -> None:
    moving.porters(world)
    case = moving.sent(world, bed="ZZ9", initials="QXJ")
    private = moving.sent(world, what="after_death", bed="ZY8", initials="QWV")
    for said in ("ZZ9", "QXJ", "ZY8", "QWV"):
        for user in (world.nurse, world.porter, world.auditor):
            assert not personas.signed_in(user).get(API, {"q": said}).json()["requests"]
    found_by = {
        user.username
        for user in (world.nurse, world.colleague, world.head, world.porter, world.auditor)
        if private.public_id
        in str(personas.signed_in(user).get(API, {"q": private.title, "size": 50}).json()["requests"])
    }
    assert found_by == {world.nurse.username, world.porter.username}
    assert not set(case.search_text.split()) & {"zz9", "qxj"}


def test_own_words_of_somebody_are_not_learnt(world: SimpleNamespace) -> None:
    CatalogueItem.objects.create(
        hospital=world.hospital, code="OWN-1", name="Zebra unicorn", one_off=True, price=1, source="buy", group="own",
        order_unit="piece", order_unit_plural="pieces",
    )  # fmt: skip
    assert not SearchWord.objects.filter(word__in=["zebra", "unicorn"]).exists()
    assert not search.find_items(world.hospital, "zebra")


def test_what_is_renamed_is_found_by_its_new_name(world: SimpleNamespace) -> None:
    item = world.items["SET-PMP"]
    item.name = "Zebra tubing"
    item.save(update_fields=["name"])
    assert search.find_items(world.hospital, "zerba") == [item]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "%",
        "_",
        "%_\\",
        "' OR 1=1 --",
        "a & b | !c",
        "(((",
        "a:*",
        "<->",
        '"',
        "💩",
        "ﬁ",
        "ß",
        "\u202e",
        "İ",
        "a" * 41,
        "1e309",
        "-",
        "é" * 100,
        "a b c d e f g h i j k l m n",
    ],
)
def test_no_question_breaks_it(world: SimpleNamespace, text: str) -> None:
    nurse = personas.signed_in(world.nurse)
    assert nurse.get(SEARCH, {"q": text}).status_code == 200
    assert nurse.get(reverse("requests:ask"), {"q": text}).status_code == 200
    assert nurse.get(API, {"q": text}).status_code in (200, 422)
    assert nurse.get(reverse("requests:list"), {"q": text}).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_of_search_takes_ten_queries(
    world: SimpleNamespace, rows: int, django_assert_num_queries
) -> None:
    for _one in range(rows):
        journeys.sent(world, SET_PMP=1)
    nurse = personas.signed_in(world.nurse)
    index = connection.vendor == "postgresql"  # its index of words is asked first
    for said, queries in (("pump", 10 + index), ("pmup", 11 + 2 * index), ("", 4)):
        with django_assert_num_queries(queries):
            assert nurse.get(SEARCH, {"q": said}).status_code == 200


@pytest.mark.postgres
def test_the_indexes_are_there_and_full_text_is_used(world: SimpleNamespace) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE indexname IN ('item_trigrams', 'equipment_trigrams', 'request_words')"
        )
        assert len(cursor.fetchall()) == 3
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = ServiceRequest.objects.filter(search_text__has_words=[["glove", "gloves"], ["m"]]).explain()
    assert "request_words" in plan
    assert "item_trigrams" in CatalogueItem.objects.filter(search_text__contains="glove").explain()
