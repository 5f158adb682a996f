"""The record is only ever added to: by the model, by the queryset, and by the database."""

from types import SimpleNamespace

import pytest
from auditlog.models import LogEntry
from django.db import DatabaseError, connection, transaction

from portal.audit import events
from portal.audit.models import Event
from portal.audit.origin import acting_from
from portal.audit.timeline import timeline


def test_an_event_holds_who_what_and_where_from(world: SimpleNamespace) -> None:
    with acting_from("task", address="10.0.0.7", correlation="abc"):
        event = events.record(
            action="step.approved",
            by=world.finance,
            on_behalf_of=world.head,
            case="case-1",
            subject="step:1",
            before={"state": "open"},
            after={"state": "approved"},
            reason="fine",
            policy="p v1",
        )
    event.refresh_from_db()
    assert (event.source, event.address, event.correlation) == ("task", "10.0.0.7", "abc")
    assert (event.before, event.after, event.reason, event.policy) == (
        {"state": "open"},
        {"state": "approved"},
        "fine",
        "p v1",
    )
    assert events.record(action="x.y", by=world.system).source == "system"


def test_who_did_it_includes_on_whose_behalf(world: SimpleNamespace) -> None:
    events.record(action="step.approved", by=world.finance, on_behalf_of=world.head, case="case-1")
    events.record(action="step.rejected", by=world.nurse, case="case-1")
    events.record(action="step.approved", by=world.colleague, case="case-2")
    assert events.actors_of("case-1", "step.approved") == {world.finance.pk, world.head.pk}


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_timeline_is_one_query_in_order(
    world: SimpleNamespace, count: int, django_assert_num_queries
) -> None:
    for number in range(count):
        events.record(action=f"a.{number}", by=world.nurse, on_behalf_of=world.head, case="case-1")
    events.record(action="other", by=world.nurse, case="case-2")
    with django_assert_num_queries(1):
        shown = [(event.action, str(event.actor), str(event.on_behalf_of)) for event in timeline("case-1")]
    assert shown == [(f"a.{number}", "Asha Menon", "Joy Okoro") for number in range(count)]
    assert timeline("") == []


def test_the_model_and_the_queryset_refuse(world: SimpleNamespace) -> None:
    event = events.record(action="x.y", by=world.nurse, case="case-1")
    own = Event.objects.filter(pk=event.pk)
    event.reason = "changed"
    for attempt in (
        event.save,
        event.delete,
        own.delete,
        lambda: own.update(reason="changed"),
        lambda: Event.objects.bulk_update([event], ["reason"]),
        lambda: Event.objects.update_or_create(pk=event.pk, defaults={"reason": "changed"}),
    ):
        with pytest.raises(TypeError, match="only ever added"):
            attempt()
    assert own.get().reason == ""


def _sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_to_rewrite(world: SimpleNamespace) -> None:
    events.record(action="x.y", by=world.nurse)
    with pytest.raises(DatabaseError, match="only ever added"):
        _sql("UPDATE audit_event SET reason = 'changed'")


@pytest.mark.postgres
def test_postgresql_refuses_to_delete(world: SimpleNamespace) -> None:
    events.record(action="x.y", by=world.nurse)
    with pytest.raises(DatabaseError, match="only ever added"):
        _sql("DELETE FROM audit_event")


def test_a_web_request_marks_its_events_and_its_answer(world: SimpleNamespace, client, rf) -> None:
    from portal.audit.middleware import OriginMiddleware

    made = []

    def view(request: object) -> dict:
        made.append(events.record(action="x.y", by=world.nurse))
        return {}

    answer = OriginMiddleware(view)(rf.get("/", REMOTE_ADDR="10.1.2.3", HTTP_X_REQUEST_ID="known-id-1"))
    assert (made[0].source, made[0].address, made[0].correlation) == ("web", "10.1.2.3", "known-id-1")
    assert answer["X-Request-ID"] == "known-id-1"
    OriginMiddleware(view)(rf.get("/", HTTP_X_REQUEST_ID="<script>"))
    assert len(made[1].correlation) == 32
    assert events.record(action="x.y", by=world.nurse).source == "system"
    assert client.get("/accounts/login/")["X-Request-ID"]


def test_places_and_people_are_followed_field_by_field(world: SimpleNamespace) -> None:
    world.ward.name = "Ward 7B, Acute"
    world.ward.save()
    world.nurse.set_password("something-else")
    world.nurse.last_name = "Menon-Clark"
    world.nurse.save()
    entry = LogEntry.objects.get_for_object(world.ward).first()
    assert entry.changes_dict["name"] == ["Ward 7B, Acute Medicine", "Ward 7B, Acute"]
    changed = LogEntry.objects.get_for_object(world.nurse).first().changes_dict
    assert set(changed) == {"last_name"}
