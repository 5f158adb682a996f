"""What becomes of a bundle: its tasks are sent as requests of their own, and it ends with the last of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from portal import ids
from portal.accounts import scopes
from portal.clock import now
from portal.facts import verb
from requests_app import access, asking, lifecycle, questions
from requests_app.configured import schema
from requests_app.kinds import kind_of
from requests_app.kinds.bundle import TASK
from requests_app.models import BundleTask, Category, ServiceRequest
from requests_app.projections import record_holder
from requests_app.states import ENDED_STATES, Kind, Priority, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User


def wanted(bundle: ServiceRequest) -> list[BundleTask]:
    """The tasks that its answers ask for. One query."""
    tasks = bundle.category.tasks.select_related("category")
    return [task for task in tasks if _wanted(task, bundle.answers)]


def _wanted(task: BundleTask, answers: Mapping[str, Any]) -> bool:
    if not task.only_if_key:
        return True
    said = {one.strip() for one in questions.several(answers, task.only_if_key) if one.strip()}
    return bool(said & set(task.only_if_codes) if task.only_if_codes else said)


@verb
def open_children(*, request: ServiceRequest, due: Mapping[int, datetime | None], by: "User") -> None:
    """The bundle is agreed: send its tasks for whoever filed it. `due`: when each is to be done, by key of the task.

    It is in progress from now on, due with its last task. Does nothing twice, nor to what is no bundle.
    """
    request = access.locked(request)
    if request.category.kind != Kind.BUNDLE or request.state != RequestState.APPROVED:
        return
    tasks = wanted(request)
    known = [moment for task in tasks if (moment := due.get(task.pk))]
    request.agreed_at = max(known, default=None)
    if request.agreed_at and request.priority == Priority.ROUTINE:
        request.priority = Priority.PLANNED
    lifecycle.start_fulfilment(request=request, by=scopes.system_user())
    for task in tasks:
        _open(request, task, due.get(task.pk))
    _settle(request)


def _open(parent: ServiceRequest, task: BundleTask, due_at: datetime | None) -> None:
    child = _of_type(parent, task) if task.category and task.category.active else None
    if child is None or not _complete(child):
        child = _plain(parent)
    child.parent, child.task, child.requester = parent, task, parent.requester
    child.note, child.agreed_at = parent.note, due_at
    child.created_at = child.updated_at = child.state_since = now()
    child.save()
    lifecycle.submit(public_id=child.public_id, by=parent.filed_by, seen="")


def _of_type(parent: ServiceRequest, task: BundleTask) -> ServiceRequest:
    """Asked as its type asks now, with what the bundle was told and what the task says."""
    assert task.category
    child = _empty(parent, task.category, {})
    child.answers = answers_for(task, child.form_version.schema if child.form_version else {}, parent.answers)
    return child


def _complete(child: ServiceRequest) -> bool:
    """Can it be sent as it is? Else its team is told in the words of the bundle."""
    kind = kind_of(child)
    return not kind.problems(child) and kind.facts(child).priority != Priority.EMERGENCY


def answers_for(task: BundleTask, definition: schema.Schema, told: Mapping[str, Any]) -> dict[str, Any]:
    """The bundle's answers to questions with the same key, and those of the task itself."""
    keys = [question.key for question in schema.read(definition).questions] if definition else []
    return {key: told[key] for key in keys if key in told} | task.answers


def _plain(parent: ServiceRequest) -> ServiceRequest:
    """Plain work for a team: it reads what the bundle was told."""
    child = _empty(parent, Category.objects.get(code=TASK), parent.answers)
    child.form_version = parent.form_version
    return child


def _empty(parent: ServiceRequest, category: Category, answers: Mapping[str, Any]) -> ServiceRequest:
    return asking.empty_draft(
        by=parent.filed_by,
        category=category,
        department=parent.department,
        client_key=ids.key(),
        answers=answers,
    )


@verb
def child_ended(*, request: ServiceRequest, by: "User") -> None:
    """A task was done, refused or cancelled: say how many are left, or end its bundle with it."""
    if request.parent_id is not None:
        parent = access.lock_id(request.parent_id)
        if parent.state == RequestState.IN_FULFILMENT:
            _settle(parent)


@verb
def child_reopened(*, request: ServiceRequest, by: "User", reason: str) -> None:
    """A task went back to its team: so is its bundle on its way again, if it had ended with it."""
    if request.parent_id is None:
        return
    parent = access.lock_id(request.parent_id)
    if parent.state == RequestState.CLOSED:
        lifecycle.reopen(request=parent, by=scopes.system_user(), reason=reason)
        lifecycle.start_fulfilment(request=parent, by=scopes.system_user())
    if parent.state == RequestState.IN_FULFILMENT:
        _settle(parent)


def _settle(bundle: ServiceRequest) -> None:
    """Closed with the last task, cancelled when none was done; else how far it is."""
    states = list(ServiceRequest.objects.filter(parent=bundle).values_list("state", flat=True))
    if any(state not in ENDED_STATES for state in states):
        record_holder(request=bundle, held_by=progress(states))
    elif not states or RequestState.CLOSED in states:
        bundle.outcome = "done"
        lifecycle.finish(request=bundle, by=scopes.system_user())
    else:
        reason = _("None of its tasks will be done.")
        lifecycle.cancel(request=bundle, by=scopes.system_user(), reason=reason)


def progress(states: Iterable[str]) -> str:
    """How many tasks are done, of those that were not cancelled or refused."""
    left = [state for state in states if state not in (RequestState.CANCELLED, RequestState.REJECTED)]
    done = sum(state == RequestState.CLOSED for state in left)
    return _("Tasks done: %(done)s of %(all)s") % {"done": done, "all": len(left)}


@verb
def cancel_children(*, request: ServiceRequest, by: "User", reason: str) -> None:
    """The bundle was cancelled: so are its tasks that have not ended."""
    if request.category.kind != Kind.BUNDLE:
        return
    open_tasks = ServiceRequest.objects.filter(parent=request).exclude(state__in=ENDED_STATES)
    for pk in open_tasks.order_by("pk").values_list("pk", flat=True):
        lifecycle.cancel(request=access.lock_id(pk), by=scopes.system_user(), reason=reason)


def tasks_of(bundle: ServiceRequest, user: "User") -> list[Any]:
    """Its tasks in order, for its page, each with `readable`: may `user` open it? One query."""
    seen = ServiceRequest.objects.visible_to(user).filter(pk=OuterRef("pk"))
    rows = ServiceRequest.objects.filter(parent=bundle).annotate(readable=Exists(seen))
    return list(rows.select_related("team", "hospital").order_by("pk"))
