"""The door kit: refusals, fragments, pages of a list."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.http import Http404, HttpResponse
from django_htmx.middleware import HtmxMiddleware

from portal import errors
from portal.web import cursor_of, door, is_cursor, is_htmx, keyset, page_or_fragment


@pytest.fixture
def ask(rf):
    """A request as a view sees it; headers by their HTTP names."""

    def request(**headers: str):
        made = rf.get("/", headers=headers)
        HtmxMiddleware(lambda r: HttpResponse())(made)
        return made

    return request


def raising(refusal: errors.DomainError):
    @door
    def view(request):
        raise refusal

    return view


def test_what_one_may_not_know_about_is_not_there(ask) -> None:
    with pytest.raises(Http404):
        raising(errors.NotFound())(ask())


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (errors.NotAllowed("You asked for this yourself."), 403),
        (errors.AlreadyDecided("Mara Ellis was first."), 409),
        (errors.Invalid({"quantity": ["Enter 1 to 40."]}), 422),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_refusal_says_why(ask, refusal, status: int, headers: dict[str, str]) -> None:
    answer = raising(refusal)(ask(**headers))
    assert answer.status_code == status
    assert refusal.message in answer.content.decode()
    assert ("<html" in answer.content.decode()) == (not headers)
    assert "HX-Request" in answer.headers["Vary"]


def test_only_htmx_gets_a_fragment(ask) -> None:
    assert not is_htmx(ask())
    assert is_htmx(ask(**{"HX-Request": "true"}))
    assert not is_htmx(ask(**{"HX-Request": "true", "HX-History-Restore-Request": "true"}))


def test_page_or_fragment_keeps_the_status(ask) -> None:
    refusal = errors.WrongState("It is closed.")
    answer = page_or_fragment(
        ask(), "refused.html", "components/refused.html", {"refusal": refusal}, status=409
    )
    assert answer.status_code == 409


@pytest.mark.django_db
class TestKeyset:
    @pytest.fixture(autouse=True)
    def groups(self) -> None:
        Group.objects.all().delete()
        Group.objects.bulk_create(Group(name=name) for name in "eacdb")

    def walk(self, by: str, size: int) -> list[list[str]]:
        pages, cursor = [], ""
        while True:
            page = keyset(Group.objects.all(), by=by, cursor=cursor, size=size)
            pages.append([group.name for group in page.rows])
            cursor = page.next
            if not cursor:
                return pages

    def test_every_row_once_and_in_order(self) -> None:
        assert self.walk("name", 2) == [["a", "b"], ["c", "d"], ["e"]]
        assert self.walk("-name", 3) == [["e", "d", "c"], ["b", "a"]]
        assert self.walk("name", 5) == [["a", "b", "c", "d", "e"]]

    def test_a_new_row_moves_nothing(self) -> None:
        first = keyset(Group.objects.all(), by="name", size=2)
        Group.objects.create(name="aa")
        Group.objects.filter(name="b").delete()  # the very row that the cursor names
        assert [g.name for g in keyset(Group.objects.all(), by="name", cursor=first.next, size=2).rows] == [
            "c",
            "d",
        ]

    def test_a_cursor_cannot_be_made_up(self) -> None:
        assert [g.name for g in keyset(Group.objects.all(), by="name", cursor="made:up", size=1).rows] == [
            "a"
        ]

    @pytest.mark.parametrize(("model", "by"), [(Group, "-name"), (Group, "id"), (Permission, "name")])
    def test_a_cursor_is_good_for_its_own_list_only(self, model: type[Model], by: str) -> None:
        cursor = cursor_of(Group.objects.get(name="c"), "name")
        assert is_cursor(cursor, Group, "name")
        assert [g.name for g in keyset(Group.objects.all(), by="name", cursor=cursor).rows] == ["d", "e"]
        assert not is_cursor(cursor, model, by)
        assert (
            keyset(model.objects.all(), by=by, cursor=cursor).rows == keyset(model.objects.all(), by=by).rows
        )

    def test_one_query_a_page(self, django_assert_num_queries) -> None:
        first = keyset(Group.objects.all(), by="name", size=2)
        with django_assert_num_queries(1):
            keyset(Group.objects.all(), by="name", cursor=first.next, size=2)
