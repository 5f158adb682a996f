"""Damage to the work of teams. Each returns the subject that must be named."""

from types import SimpleNamespace

from requests_app.models import EmergencyCall, ServiceRequest
from tests.consistency.damage import damage, named, remove, set_columns


@damage("work.row")
def a_repair_loses_what_was_reported(p: SimpleNamespace) -> str:
    remove(p.repair.repair)
    return named(p.repair, "request")


@damage("work.row")
def a_move_is_put_beside_a_repair(p: SimpleNamespace) -> str:
    set_columns(p.moved.move, request_id=p.repair.pk)
    return named(p.repair, "request")


@damage("work.private")
def a_transfer_after_death_is_shown(p: SimpleNamespace) -> str:
    set_columns(p.after_death, private=False)
    return named(p.after_death, "request")


@damage("work.private")
def a_repair_is_hidden(p: SimpleNamespace) -> str:
    set_columns(p.repair, private=True)
    return named(p.repair, "request")


@damage("bundle.task")
def a_task_is_given_to_what_is_no_bundle(p: SimpleNamespace) -> str:
    task = ServiceRequest.objects.filter(parent=p.bundle).latest("pk")
    set_columns(task, parent_id=p.repair.pk)
    return named(task, "request")


@damage("bundle.state", "bundle.task")
def a_bundle_loses_its_tasks(p: SimpleNamespace) -> str:
    for task in ServiceRequest.objects.filter(parent=p.bundle):
        set_columns(task, parent_id=None)
    return named(p.bundle, "request")


@damage("call.over")
def a_call_goes_on_after_somebody_took_it(p: SimpleNamespace) -> str:
    set_columns(EmergencyCall.objects.get(request=p.answered), ended_at=None, ended_by_id=None)
    return named(p.answered, "request")
