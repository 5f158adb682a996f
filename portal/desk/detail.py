"""What the API tells of one request: gathered from every app, once."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from approvals.models import BreakGlass
from approvals.panel import PanelStep, panel
from approvals.preview import preview
from integrations.order_rows import order_rows
from integrations.words import Row
from portal.audit.events import BREAK_GLASS
from portal.audit.timeline import timeline
from portal.desk.actions import Action, allowed_actions
from portal.desk.telling import Entry, tell
from requests_app import attachments, listing, permissions, submission
from requests_app.kinds import kind_of
from requests_app.models import Attachment, CaseException, RequestItem, ServiceRequest
from requests_app.states import RequestState
from requests_app.supplies.quoting import quote
from sla import clocks
from sla.models import Clock

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.audit.models import Event


@dataclass(frozen=True)
class Detail:
    """What stands beside the columns of a request."""

    lines: list[RequestItem]
    allowed_actions: list[Action]
    where: str
    said: list[dict[str, str]] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    before_sending: dict[str, Any] | None = None
    coming: bool = False
    steps: list[PanelStep] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    exceptions: list[CaseException] = field(default_factory=list)
    timeline: list[Entry] = field(default_factory=list)
    break_glass: BreakGlass | None = None


def detail(request: ServiceRequest, user: "User") -> Detail:
    """Gather what `user`, who may see `request`, reads of it. At most fifteen queries.

    A draft has no decisions, clocks, orders or record yet; instead it has what comes before sending.
    """
    lines = list(request.lines.select_related("vendor", "team"))
    if request.state == RequestState.DRAFT:
        before = before_sending(request)
        actions = allowed_actions(
            request, user, lines=lines, panel=None, seen=before["seen"], missing=before["missing"]
        )
        return Detail(
            lines=lines,
            where=listing.where_of(request),
            said=said_of(request),
            files=attachments.shown(request),
            before_sending=before,
            allowed_actions=actions,
        )
    decided, coming = panel(request, user), any(line.state in listing.COMING for line in lines)
    mine = before_sending(request) if permissions.can_edit(user, request) else None
    events = timeline(request.public_id)
    return Detail(
        lines=lines,
        coming=coming,
        where=listing.where_of(request, coming=coming),
        said=said_of(request),
        files=attachments.shown(request),
        before_sending=mine,
        steps=decided.steps if decided else [],
        clocks=clocks.shown(request),
        orders=order_rows(request),
        exceptions=list(request.exceptions.filter(closed_at=None).order_by("due_at")),
        timeline=tell(events, lines),
        break_glass=_broken(request, events),
        allowed_actions=allowed_actions(
            request,
            user,
            lines=lines,
            panel=decided,
            seen=mine["seen"] if mine else "",
            missing=mine["missing"] if mine else None,
        ),
    )


def _broken(request: ServiceRequest, events: "list[Event]") -> BreakGlass | None:
    """That it did not wait for its approval; one query where the record says so."""
    if not any(event.action == BREAK_GLASS for event in events):
        return None
    return request.broken_glass.select_related("by", "reviewed_by").order_by("-pk").first()


def said_of(request: ServiceRequest) -> list[dict[str, str]]:
    """Question and answer, as it was asked; none of a request for supplies."""
    if request.is_supply:
        return []
    return [{"question": label, "answer": words} for label, words in kind_of(request).said(request)]


def before_sending(draft: ServiceRequest) -> dict[str, Any]:
    """Of a draft: today's price, what is missing, who will decide."""
    quoted = quote(draft)
    foreseen = preview(draft, quoted)
    return {
        "client_key": draft.client_key,
        "amount": quoted.amount,
        "carriage": quoted.carriage,
        "missing": submission.missing(draft, quoted),
        "at_once": bool(foreseen and foreseen.at_once),
        "will_decide": foreseen.steps if foreseen else (),
        "seen": quoted.fingerprint,
    }
