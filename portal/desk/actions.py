"""What one person may do to one request now, and where it is useful, why not: the same rules as the verbs ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from approvals import decisions
from approvals.content import content_hash
from approvals.models import ApprovalStep
from approvals.panel import Panel
from requests_app import lifecycle, listing, permissions
from requests_app.models import RequestItem, ServiceRequest
from requests_app.states import LineState, RequestState
from requests_app.supplies import fulfilment

if TYPE_CHECKING:
    from portal.accounts.models import User


@dataclass(frozen=True)
class Action:
    """`seen` is what the call has to send with it, '' where it needs none. `why_not` is '' where it is allowed."""

    name: str
    title: str
    method: str
    href: str
    why_not: str = ""
    seen: str = ""

    @property
    def allowed(self) -> bool:
        return not self.why_not


def allowed_actions(
    request: ServiceRequest,
    user: "User",
    *,
    lines: list[RequestItem],
    panel: Panel | None,
    seen: str = "",
    missing: dict[str, list[str]] | None = None,
) -> list[Action]:
    """Every action that this state of the request knows for `user`, who may see it.

    `seen` and `missing` are of what is this person's to send. Six queries at most, and one for each further step that
    is open at once.
    """
    if request.state == RequestState.DRAFT:
        return list(_of_draft(request, seen, missing or {}))
    if not request.is_open:
        reopen = _act("reopen", _("Not right: back to the team"), request)
        return [reopen] if permissions.can_reopen(user, request) else []
    return [
        *_again(request, user, seen, missing or {}),
        *_decisions(request, user, lines, panel),
        *_store(request, user, lines),
        *_work(request, user),
        *_ward(request, user, lines),
    ]


def _act(name: str, title: str, request: ServiceRequest, why_not: str = "") -> Action:
    return Action(name, title, "POST", reverse(f"api:request-{name}", args=[request.public_id]), why_not)


def _of_draft(request: ServiceRequest, seen: str, missing: dict[str, list[str]]) -> Iterator[Action]:
    yield from _sending(request, seen, missing)
    there = reverse("api:draft", args=[request.client_key])
    yield Action("discard", _("Throw it away"), "DELETE", there)


def _again(
    request: ServiceRequest, user: "User", seen: str, missing: dict[str, list[str]]
) -> Iterator[Action]:
    """What came back to its writer is changed and sent again."""
    if permissions.can_edit(user, request):
        yield from _sending(request, seen, missing)


def _sending(request: ServiceRequest, seen: str, missing: dict[str, list[str]]) -> Iterator[Action]:
    first = next((text for texts in missing.values() for text in texts), "")
    there = reverse("api:draft", args=[request.client_key])
    send = reverse("api:request-submit", args=[request.public_id])
    yield Action("submit", _("Send it"), "POST", send, first, seen)
    yield Action("save", _("Write it anew"), "PUT", there)


def _decisions(
    request: ServiceRequest, user: "User", lines: list[RequestItem], panel: Panel | None
) -> Iterator[Action]:
    steps = panel.steps if panel else []
    said = [decision for shown in steps for decision, _yes in shown.said]
    for shown in steps:
        if shown.step.state != ApprovalStep.State.OPEN:
            continue
        run = decisions.Run(shown.step, request, [one.step for one in steps], said)
        refusal = decisions.refusal(run, user)
        for name, title in (
            ("approve", _("Say yes")),
            ("reject", _("Say no, with a reason")),
            ("return", _("Ask its sender for what is missing")),
        ):
            yield Action(
                name,
                title,
                "POST",
                reverse(f"api:step-{name}", args=[shown.step.ref]),
                refusal.message if refusal else "",
                "" if refusal else content_hash(request, lines),
            )


def _store(request: ServiceRequest, user: "User", lines: list[RequestItem]) -> Iterator[Action]:
    """Only for the team that serves a line: to everybody else the store's work is no action that they miss."""
    steps = (
        ("pick", _("Picked in the store"), LineState.TO_PICK),
        ("send", _("Sent to the ward"), LineState.PICKED),
    )
    for name, title, state in steps:
        serving = {line.team_id: line for line in lines if line.state == state}
        if any(permissions.can_supply(user, line) for line in serving.values()):
            yield _act(name, title, request)


def _work(request: ServiceRequest, user: "User") -> Iterator[Action]:
    """Only for its team, as with the store."""
    if permissions.can_take(user, request):
        yield _act("take", _("I have it"), request)
    if permissions.can_finish(user, request):
        yield _act("finish", _("It is done"), request)


def _ward(request: ServiceRequest, user: "User", lines: list[RequestItem]) -> Iterator[Action]:
    if any(listing.expected(line) for line in lines):
        yield _act("receive", _("Confirm what arrived"), request, fulfilment.not_to_receive(request, user))
    if permissions.can_withdraw(user, request):
        yield _act("withdraw", _("Take it back to change it"), request)
    yield _act("cancel", _("Cancel the request"), request, lifecycle.not_to_cancel(request, user))
