"""Damage to requests and their lines. Each returns the subject that must be named."""

from datetime import timedelta
from types import SimpleNamespace

from django.db import connection

from portal.accounts.models import Department
from requests_app.models import NumberCounter, StateChange
from tests.consistency.damage import again, damage, line, named, remove, set_columns


@damage("request.state")
def a_state_is_set_back(p: SimpleNamespace) -> str:
    set_columns(p.closed, state="in_fulfilment")
    return named(p.closed, "request")


@damage("request.state")
def a_sent_request_is_made_agreed(p: SimpleNamespace) -> str:
    set_columns(p.asked, state="approved")
    return named(p.asked, "request")


@damage("request.trail", "record.moves")
def a_state_change_is_deleted(p: SimpleNamespace) -> str:
    remove(StateChange.objects.get(request=p.rejected, to_state="submitted"))
    set_columns(p.rejected, submitted_at=None)
    return named(p.rejected, "request")


@damage("request.stamps", "clock.times")
def a_stamp_is_moved(p: SimpleNamespace) -> str:
    set_columns(p.to_pick, released_at=p.to_pick.released_at - timedelta(hours=5))
    return named(p.to_pick, "request")


@damage("request.number", "record.sending", "outbox.content")
def a_number_is_written_over(p: SimpleNamespace) -> str:
    set_columns(p.waiting, number="17")
    return named(p.waiting, "request")


@damage("numbers.sequence")
def the_sequence_is_set_back(p: SimpleNamespace) -> str:
    last = int(p.unrouted.number[-6:]) - 1
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER SEQUENCE requests_app_number RESTART WITH %s", [last + 1])
        return named(p.half, "request")
    NumberCounter.objects.update(last=last)
    return named(p.unrouted, "request")


@damage("request.amount", "decision.content", "record.sending")
def an_amount_is_made_smaller_after_a_decision(p: SimpleNamespace) -> str:
    set_columns(p.second, amount=1, base_amount=1)
    return named(p.second, "request")


@damage("request.priority")
def a_priority_is_raised(p: SimpleNamespace) -> str:
    set_columns(p.asked, priority="emergency")
    return named(p.asked, "request")


@damage("request.shown_due")
def a_due_time_is_shown_that_nobody_promised(p: SimpleNamespace) -> str:
    set_columns(p.asked, due_at=p.asked.due_at + timedelta(days=1))
    return named(p.asked, "request")


@damage("request.held_by")
def nobody_is_shown_to_have_it(p: SimpleNamespace) -> str:
    set_columns(p.second, held_by="")
    return named(p.second, "request")


@damage("request.place")
def a_draft_is_moved_to_a_ward_of_another_hospital(p: SimpleNamespace) -> str:
    set_columns(p.draft, department_id=Department.objects.exclude(hospital=p.draft.hospital_id)[0].pk)
    return named(p.draft, "request")


@damage("request.draft")
def a_draft_is_being_decided(p: SimpleNamespace) -> str:
    again(p.closed.approvals.get(), request_id=p.draft.pk)
    return named(p.draft, "request")


@damage("line.state", "line.quantity", "record.lines")
def a_line_of_a_closed_request_is_open_again(p: SimpleNamespace) -> str:
    set_columns(line(p.closed, "GLV-NIT-M"), state="on_the_way")
    return named(line(p.closed, "GLV-NIT-M"), "line")


@damage("line.way", "record.lines")
def a_bought_line_is_put_on_the_pick_list(p: SimpleNamespace) -> str:
    set_columns(line(p.placed, "SPO-SEN"), state="to_pick")
    return named(line(p.placed, "SPO-SEN"), "line")


@damage("line.ordered", "line.state", "record.lines")
def a_line_is_marked_as_ordered_by_hand(p: SimpleNamespace) -> str:
    set_columns(line(p.waiting, "SPO-SEN"), state="ordered")
    return named(line(p.waiting, "SPO-SEN"), "line")


@damage("line.quantity", "record.quantities")
def more_arrived_than_was_agreed(p: SimpleNamespace) -> str:
    set_columns(line(p.partly, "SPO-SEN"), received_quantity=7)
    return named(line(p.partly, "SPO-SEN"), "line")


@damage("line.amount", "request.amount")
def a_line_costs_less_than_its_price(p: SimpleNamespace) -> str:
    set_columns(line(p.asked, "NPW-KIT"), amount=1)
    return named(line(p.asked, "NPW-KIT"), "line")


@damage("line.team")
def a_line_loses_its_team(p: SimpleNamespace) -> str:
    set_columns(line(p.asked, "NPW-KIT"), team_id=None)
    return named(line(p.asked, "NPW-KIT"), "line")


@damage("record.quantities", "line.quantity")
def what_arrived_is_written_down(p: SimpleNamespace) -> str:
    set_columns(line(p.short, "GLV-NIT-M"), received_quantity=3)
    return named(line(p.short, "GLV-NIT-M"), "line")
