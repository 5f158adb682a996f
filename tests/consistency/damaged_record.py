"""Damage to the record, to rights and to notices. Each returns the subject that must be named."""

import json
from types import SimpleNamespace

from django.db import connection

from portal.accounts.models import Membership, User
from portal.accounts.models.grants import DepartmentUserObjectPermission
from portal.audit.models import Event
from portal.notify.models import Notice
from requests_app.models import StateChange
from tests.consistency.damage import (
    again,
    damage,
    event,
    line,
    message,
    named,
    remove,
    set_columns,
    step,
)


@damage("record.moves", "record.lines")
def an_event_is_deleted(p: SimpleNamespace) -> str:
    remove(event(p.rejected, "request.rejected"))
    return named(p.rejected, "request")


@damage("record.moves")
def somebody_else_is_made_to_have_done_it(p: SimpleNamespace) -> str:
    set_columns(event(p.cancelled, "request.cancelled"), actor_id=p.cancelled.requester_id)
    return named(p.cancelled, "request")


@damage("record.decisions")
def a_decision_is_told_that_nobody_took(p: SimpleNamespace) -> str:
    again(event(p.second, "step.approved"))
    return named(step(p.second, "approved"), "step")


@damage("record.sending")
def the_event_of_sending_is_rewritten(p: SimpleNamespace) -> str:
    sent = event(p.asked, "request.submitted")
    set_columns(sent, after=json.dumps(sent.after | {"number": "SR-2026-000999"}))
    return named(sent, "event")


@damage("record.subjects")
def an_event_tells_of_no_request(p: SimpleNamespace) -> str:
    again(event(p.asked, "request.submitted"), case="nobody")
    return named(Event.objects.latest("pk"), "event")


@damage(
    "record.unreadable",
    "request.state",
    "request.trail",
    "approval.running",
    "record.moves",
    "budget.holding",
)
def a_state_is_none_that_exists(p: SimpleNamespace) -> str:
    set_columns(StateChange.objects.get(request=p.asked, to_state="submitted"), to_state="foo")
    return named(p.asked, "request")


@damage("record.unreadable")
def a_payload_is_emptied(p: SimpleNamespace) -> str:
    set_columns(message(p.waiting), payload="{}")
    return named(p.waiting, "request")


@damage("record.unreadable")
def what_an_event_found_is_emptied(p: SimpleNamespace) -> str:
    set_columns(event(p.closed, "lines.received"), before="{}")
    return named(p.closed, "request")


@damage("record.unreadable")
def an_event_of_a_grant_holds_a_list(p: SimpleNamespace) -> str:
    set_columns(Event.objects.filter(action="membership.granted")[0], after="[]")
    return "check:rights"


@damage("record.kept")
def a_table_of_the_record_can_be_rewritten(p: SimpleNamespace) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE approvals_decision DISABLE TRIGGER approvals_decision_kept")
        else:
            cursor.execute("DROP TRIGGER approvals_decision_kept")
    return "table:approvals_decision"


@damage("record.lines", "line.quantity")
def a_line_is_set_back(p: SimpleNamespace) -> str:
    set_columns(line(p.on_the_way, "GLV-NIT-M"), state="picked")
    return named(line(p.on_the_way, "GLV-NIT-M"), "line")


@damage("record.exceptions")
def nobody_is_said_to_have_been_told(p: SimpleNamespace) -> str:
    remove(event(p.refused, "exception.opened"))
    return named(p.refused.exceptions.get(), "exception")


@damage("record.deliveries")
def an_order_is_said_never_to_have_left(p: SimpleNamespace) -> str:
    remove(event(p.ordered, "outbox.delivered"))
    return named(message(p.ordered), "message")


@damage("rights.rows")
def a_permission_row_is_added_by_hand(p: SimpleNamespace) -> str:
    row = DepartmentUserObjectPermission.objects.filter(permission__codename="approve_as_finance").first()
    given = DepartmentUserObjectPermission.objects.filter(permission__codename="work_here")[0]
    again(row or given, user_id=User.objects.get(username="sam.doyle").pk)
    return named(User.objects.get(username="sam.doyle"), "user")


@damage("rights.record", "rights.rows")
def a_role_is_inserted_by_hand(p: SimpleNamespace) -> str:
    buyer = Membership.objects.filter(role="buyer")[0]
    again(buyer, user_id=p.asked.requester_id)
    return named(p.asked.requester, "user")


@damage("notice.person")
def somebody_hears_of_what_is_not_theirs(p: SimpleNamespace) -> str:
    told = Notice.objects.filter(kind="request_approved", case=p.closed.public_id)[0]
    set_columns(told, user_id=User.objects.get(username="nora.finch").pk)
    return named(told, "notice")


@damage("notice.over")
def somebody_is_still_asked(p: SimpleNamespace) -> str:
    decided = step(p.second, "approved")
    told = Notice.objects.filter(kind="step_waiting", key__endswith=f":step:{decided.pk}")[0]
    set_columns(told, read_at=None)
    return named(decided, "step")
