"""What the request page shows of one request: stages, who has it, lines, what happened, and what this person may do now."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.models import ApprovalStep, BreakGlass, SuspectedPart
from integrations.models import OutboxMessage
from portal import ids
from portal.accounts.place import Standing
from portal.desk import story
from requests_app import access, exception_kinds, exception_owners, listing, permissions
from requests_app.kinds import kind_of
from requests_app.models import (
    CaseException,
    Comment,
    RequestItem,
    ServiceRequest,
    TeamPass,
    Wait,
    WardQuestion,
)
from requests_app.states import RequestState
from requests_app.supplies import differing
from requests_app.supplies.receive_form import ReceiveForm
from requests_app.talk_forms import CommentForm

if TYPE_CHECKING:
    from portal.accounts.models import User

STOPPED = (RequestState.REJECTED, RequestState.CANCELLED)


@dataclass(frozen=True)
class Stage:
    label: str
    at: datetime | None
    who: str
    mark: str  # done, now, wait, stopped or ''


@dataclass(frozen=True)
class Act:
    """What this person can do now, for the bar of a phone: a link to where it is done, or a button that does it (`post`)."""

    label: str
    icon: str
    href: str
    post: bool = False


@dataclass(frozen=True)
class Case:
    request: ServiceRequest
    lines: list[RequestItem]
    stages: list[Stage]
    exceptions: list[tuple[CaseException, str]]  # with the role that owns it, in words
    story: story.Story
    say: CommentForm
    receive: ReceiveForm | None
    coming: bool
    may_cancel: bool
    may_change: bool
    may_withdraw: bool
    may_reopen: bool
    may_copy: bool
    may_share: bool
    may_flag: bool  # put on record that it did not go as it should
    acts: list[Act]
    said: list[tuple[str, str]]  # question and answer, of a request that has no lines
    copy_key: uuid.UUID


def fetch(user: "User", public_id: str) -> ServiceRequest:
    """The request, and which of its panels have anything to show: those that do not are not asked. One query. Raises NotFound."""
    own = OuterRef("pk")
    return access.get_request(
        user,
        public_id,
        has_comments=Exists(Comment.objects.filter(request=own)),
        has_exceptions=Exists(CaseException.objects.filter(request=own, closed_at=None)),
        has_waits=Exists(Wait.objects.filter(request=own)),
        has_questions=Exists(WardQuestion.objects.filter(request=own, answered_at=None)),
        has_passes=Exists(TeamPass.objects.filter(request=own)),
        has_steps=Exists(ApprovalStep.objects.filter(approval__request=own)),
        has_glass=Exists(BreakGlass.objects.filter(request=own)),
        has_split=Exists(SuspectedPart.objects.filter(request=own)),
        has_orders=Exists(OutboxMessage.objects.filter(request=own)),
    )


def build(request: ServiceRequest, user: "User", where: Standing, asked: story.Asked) -> Case:
    """Gather the page of a request that `fetch` found for `user`, who stands at `where`. At most five queries."""
    lines: list[RequestItem] = []
    if request.is_supply:
        lines = list(
            request.lines.with_differed().select_related(
                "vendor", "team", "item", "substituted_for", "agreed_by"
            )
        )
        differing.show(lines)
    form = ReceiveForm(lines=lines)
    works_here = permissions.works_there(user, request, where)
    team = where.may("fulfil_here", request.team) or any(
        where.may("fulfil_here", line.team) for line in lines
    )
    receive = form if form.lines and works_here and not permissions.decided(user, request) else None
    return Case(
        request=request,
        lines=lines,
        stages=stages(request, coming=any(line.state in listing.COMING for line in lines)),
        exceptions=_exceptions(request),
        story=story.story(request, user, lines, asked),
        say=CommentForm(team=team),
        receive=receive,
        coming=any(line.state in listing.COMING for line in lines),
        may_cancel=works_here and permissions.is_cancellable(request),
        may_change=permissions.can_edit(user, request),
        may_withdraw=permissions.can_withdraw(user, request),
        may_reopen=works_here and permissions.is_reopenable(request),
        may_copy=works_here and request.task_id is None,
        may_share=works_here or team,
        may_flag=bool(exception_kinds.opened_by({held.role for held in where.memberships})),
        acts=list(_acts(request, user, where, receives=receive is not None)),
        said=[] if request.is_supply else kind_of(request).said(request),
        copy_key=ids.key(),
    )


def _exceptions(request: ServiceRequest) -> list[tuple[CaseException, str]]:
    if not getattr(request, "has_exceptions", True):
        return []
    found = request.exceptions.filter(closed_at=None).select_related("assignee").order_by("due_at", "pk")
    return [(row, str(row.assignee or exception_owners.in_words(row.owner_role))) for row in found]


def _acts(request: ServiceRequest, user: "User", where: Standing, *, receives: bool) -> Iterator[Act]:
    """The next thing that this person can do, the likeliest first."""
    if receives:
        yield Act(_("Did it arrive?"), "package-check", "#h-arrived")
    if permissions.can_edit(user, request):
        there = reverse("requests:draft-edit", args=[request.public_id])
        yield Act(_("Change and send again"), "pencil", there)
    if request.state == RequestState.SUBMITTED and any(
        right.startswith("approve_as_") for right in where.rights()
    ):
        yield Act(_("The decision"), "inbox", "#h-decision")
    if request.state == RequestState.ON_HOLD and permissions.works_there(user, request, where):
        yield Act(_("What it waits for"), "circle-pause", "#h-waits")
    serves = where.may("fulfil_here", request.team)
    if serves and request.state == RequestState.APPROVED and request.released_at:
        yield Act(_("Take it"), "hand", reverse("requests:take", args=[request.public_id]), post=True)
    if request.is_open:
        yield Act(_("Say something"), "message-square", "#h-story")


def _before(request: ServiceRequest) -> str:
    """What stands between sending and work: a decision, or the time that it is for."""
    if listing.waits(request):
        return _("Waits for its time")
    return _("Agreed") if request.released_at else _("To be agreed")


def stages(request: ServiceRequest, *, coming: bool = False) -> list[Stage]:
    """Sent, agreed, in progress or waiting, done: when each was reached, and who has it now."""
    position = listing.stage_of(request)
    sent, agreed, taken, done = listing.reached(request)
    if request.state in STOPPED:
        label = str(request.get_state_display())
        before = [Stage(_("Sent"), sent, request.requester.get_full_name(), "done")]
        if agreed:
            before.append(Stage(_("Agreed"), agreed, "", "done"))
        return [*before, Stage(label, request.closed_at, "", "stopped")]
    holder = "" if ":" in request.held_by else request.held_by
    waits = request.state == RequestState.ON_HOLD
    if waits and request.assignee:
        holder = request.assignee.get_full_name()
    work = _("Waiting") if waits else _("On its way") if coming else _("In progress")
    named = [
        (_("Sent"), sent, request.requester.get_full_name()),
        (_before(request), agreed, "" if agreed else holder),
        (work, request.state_since if waits else taken, holder if agreed and not done else ""),
        (_("Done"), done, ""),
    ]
    now = "wait" if waits else "now"
    return [
        Stage(label, at, who, "done" if number < position else now if number == position else "")
        for number, (label, at, who) in enumerate(named, start=1)
    ]
