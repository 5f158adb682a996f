"""The monthly sample: drawn once, shown to the head who had no part in it, answered with a word or a query."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from approvals.models import SampledOrder
from approvals.sampling import answering, drawing
from portal import clock
from portal.accounts.models import User
from portal.errors import Invalid, NotFound, WrongState
from requests_app.models import CaseException, ServiceRequest
from tests.journeys import sent
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
MAY, JUNE = datetime(2030, 5, 13, 9, tzinfo=UTC), datetime(2030, 6, 1, 9, tzinfo=UTC)


def ordered(world: SimpleNamespace, many: int, by: User | None = None) -> list[ServiceRequest]:
    found = []
    for number in range(many):
        with clock.at(MAY + timedelta(hours=number)):
            found.append(sent(world, by, APR_WHT=1))
    return found


def drawn() -> int:
    with clock.at(JUNE):
        return drawing.draw_all()


def test_all_of_a_few_and_ten_of_more(world: SimpleNamespace) -> None:
    requests = ordered(world, 12)
    with clock.at(MAY):
        sent(world, SPO_SEN=2)  # a person is asked
    assert drawn() == 10
    sampled = SampledOrder.objects.all()
    assert {one.request_id for one in sampled} < {one.pk for one in requests}
    assert {one.month for one in sampled} == {date(2030, 5, 1)}
    assert [drawn(), SampledOrder.objects.count()] == [0, 10]


def test_of_very_many_five_in_a_hundred(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "LEAST", 1)
    monkeypatch.setattr(drawing, "SHARE", 0.25)
    ordered(world, 9)
    assert drawn() == 3  # rounded up


def test_only_of_the_month_that_is_over_by_the_clock_of_the_hospital(world: SimpleNamespace) -> None:
    for moment in (
        datetime(2030, 4, 30, 22, 59, tzinfo=UTC),  # London is an hour ahead
        datetime(2030, 4, 30, 23, 1, tzinfo=UTC),
        datetime(2030, 5, 31, 22, 59, tzinfo=UTC),
        datetime(2030, 5, 31, 23, 1, tzinfo=UTC),
    ):
        with clock.at(moment):
            sent(world, APR_WHT=1)
    assert drawn() == 2


def test_the_head_says_that_it_looks_right(world: SimpleNamespace) -> None:
    ordered(world, 1)
    drawn()
    one = SampledOrder.objects.get()
    for user in (world.nurse, world.other_head, world.finance, world.director, world.stranger):
        with pytest.raises(NotFound):
            answering.answer(sampled_id=one.pk, said="right", by=user)
    answering.answer(sampled_id=one.pk, said="right", by=world.head)
    answering.answer(sampled_id=one.pk, said="right", by=world.head)  # the same again changes nothing
    with pytest.raises(WrongState):
        answering.answer(sampled_id=one.pk, said="query", by=world.head, line="x", note="x")
    one.refresh_from_db()
    assert (one.answer, one.answered_by) == ("right", world.head)
    assert not CaseException.objects.exists()


def test_a_query_opens_an_exception_of_the_line(world: SimpleNamespace) -> None:
    request = ordered(world, 1)[0]
    drawn()
    one, line = SampledOrder.objects.get(), request.lines.get()
    for wrong in ({"line": "x", "note": "Too many"}, {"line": line.public_id, "note": " "}):
        with pytest.raises(Invalid):
            answering.answer(sampled_id=one.pk, said="query", by=world.head, **wrong)
    answering.answer(
        sampled_id=one.pk, said="query", by=world.head, line=line.public_id, note="Nobody needs it"
    )
    exception = CaseException.objects.get()
    assert (exception.kind, exception.owner_role, exception.request) == (
        "policy_deviation",
        "finance",
        request,
    )
    assert line.name in exception.detail
    assert "Nobody needs it" in exception.detail


def test_what_the_head_ordered_goes_to_the_director(world: SimpleNamespace) -> None:
    ordered(world, 1, world.head)
    drawn()
    one = SampledOrder.objects.get()
    assert not answering.waiting(world.head).exists()
    with pytest.raises(NotFound):
        answering.answer(sampled_id=one.pk, said="right", by=world.head)
    assert answering.waiting(world.director).get() == one
    answering.answer(sampled_id=one.pk, said="right", by=world.director)


def test_the_page_and_the_way_to_it(world: SimpleNamespace) -> None:
    request = ordered(world, 2)[0]
    drawn()
    there, browser = reverse("approvals:sample"), signed_in(world.head)
    assert there in browser.get(reverse("desk:home")).content.decode()
    assert request.number in browser.get(there).content.decode()
    one = SampledOrder.objects.get(request=request)
    post = reverse("approvals:sample-answer", args=[one.pk])
    assert (
        browser.post(
            post, {"said": "query", "note": "Why so many?", "line": request.lines.get().public_id}
        ).status_code
        == 302
    )
    other = SampledOrder.objects.exclude(pk=one.pk).get()
    post = reverse("approvals:sample-answer", args=[other.pk])
    refused = browser.post(post, {"said": "query", "note": ""})
    assert refused.status_code == 422
    assert "Say what is not right" in refused.content.decode()
    assert browser.post(post, {"said": "right"}).status_code == 302
    assert "Nothing to look at" in browser.get(there).content.decode()
    assert there not in browser.get(reverse("desk:home")).content.decode()
    for user in (world.nurse, world.procurement, world.stranger):
        assert signed_in(user).get(there).status_code == 403
        assert signed_in(user).post(post, {"said": "right"}).status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_queries_of_the_page(world: SimpleNamespace, many: int, django_assert_num_queries: Any) -> None:
    ordered(world, many)
    drawn()
    browser = signed_in(world.head)
    with django_assert_num_queries(7):
        assert browser.get(reverse("approvals:sample")).status_code == 200
