"""What the request page shows of one request: stages, who has it, lines, timeline, and what this person may do now."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal import ids
from portal.accounts.roles import ROLES
from portal.audit.models import Event
from portal.audit.timeline import timeline
from portal.desk.telling import Entry, tell
from requests_app import listing, permissions
from requests_app.forms import ReceiveForm
from requests_app.kinds import kind_of
from requests_app.models import CaseException, RequestItem, ServiceRequest
from requests_app.states import RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User

STOPPED = (RequestState.REJECTED, RequestState.CANCELLED)


@dataclass(frozen=True)
class Stage:
    label: str
    at: datetime | None
    who: str
    mark: str  # done, now, stopped or ''


@dataclass(frozen=True)
class Case:
    request: ServiceRequest
    lines: list[RequestItem]
    stages: list[Stage]
    exceptions: list[tuple[CaseException, str]]  # with the role that owns it, in words
    entries: list[Entry]
    receive: ReceiveForm | None
    coming: bool
    may_cancel: bool
    may_change: bool
    may_withdraw: bool
    may_reopen: bool
    may_copy: bool
    said: list[tuple[str, str]]  # question and answer, of a request that has no lines
    copy_key: uuid.UUID


def build(request: ServiceRequest, user: "User") -> Case:
    """Gather the page of a request that `user` may see. At most six queries."""
    lines = list(request.lines.select_related("vendor", "team", "item", "substituted_for", "agreed_by"))
    events = timeline(request.public_id)
    form = ReceiveForm(lines=lines)
    works_here = permissions.works_on(user, request)
    may_receive = bool(form.lines) and not _decided(user, events) and works_here
    coming = any(line.state in listing.COMING for line in lines)
    return Case(
        request=request,
        lines=lines,
        stages=stages(request, coming=coming),
        exceptions=[
            (row, _owner(row)) for row in request.exceptions.filter(closed_at=None).order_by("due_at")
        ],
        entries=tell(events, lines),
        receive=form if may_receive else None,
        coming=coming,
        may_cancel=works_here and permissions.is_cancellable(request),
        may_change=permissions.can_edit(user, request),
        may_withdraw=permissions.can_withdraw(user, request),
        may_reopen=works_here and permissions.is_reopenable(request),
        may_copy=works_here and request.task_id is None,
        said=[] if request.is_supply else kind_of(request).said(request),
        copy_key=ids.key(),
    )


def _decided(user: "User", events: list[Event]) -> bool:
    """As `permissions.decided`, from the events that are loaded; the verb asks the record itself."""
    agreed = [event for event in events if event.action == "step.approved"]
    return any(user.pk in (event.actor_id, event.on_behalf_of_id) for event in agreed)


def _owner(exception: CaseException) -> str:
    role = ROLES.get(exception.owner_role)
    return str(role.label) if role else ""


def _before(request: ServiceRequest) -> str:
    """What stands between sending and work: a decision, or the time that it is for."""
    if listing.waits(request):
        return _("Waits for its time")
    return _("Agreed") if request.released_at else _("To be agreed")


def stages(request: ServiceRequest, *, coming: bool = False) -> list[Stage]:
    """Sent, agreed, in progress, done: when each was reached, and who has it now."""
    position = listing.stage_of(request)
    sent, agreed, taken, done = listing.reached(request)
    if request.state in STOPPED:
        label = str(request.get_state_display())
        before = [Stage(_("Sent"), sent, request.requester.get_full_name(), "done")]
        if agreed:
            before.append(Stage(_("Agreed"), agreed, "", "done"))
        return [*before, Stage(label, request.closed_at, "", "stopped")]
    holder = "" if ":" in request.held_by else request.held_by
    named = [
        (_("Sent"), sent, request.requester.get_full_name()),
        (_before(request), agreed, "" if agreed else holder),
        (_("On its way") if coming else _("In progress"), taken, holder if agreed and not done else ""),
        (_("Done"), done, ""),
    ]
    return [
        Stage(label, at, who, "done" if number < position else "now" if number == position else "")
        for number, (label, at, who) in enumerate(named, start=1)
    ]
