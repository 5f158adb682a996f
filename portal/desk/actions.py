"""What one person may do to one request now, and where it is useful, why not: the same rules as the verbs ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import glass_rules, options, running
from approvals.content import hash_to_decide
from approvals.panel import Panel
from requests_app import lifecycle, listing, permissions, ward_questions
from requests_app.kinds import kind_of
from requests_app.models import RequestItem, ServiceRequest
from requests_app.states import TAKEN_STATES, TEAM_STATES, RequestState
from requests_app.supplies import fulfilment
from requests_app.transport import doing

if TYPE_CHECKING:
    from portal.accounts.models import User


# What may be done to a step, and which of it is bound to what was shown.
DECIDING = {
    "approve": gettext_lazy("Say yes"),
    "adjust": gettext_lazy("Say yes to less of it"),
    "reject": gettext_lazy("Say no, with a reason"),
    "return": gettext_lazy("Ask its sender for what is missing"),
    "ask": gettext_lazy("Ask something before deciding"),
    "pass": gettext_lazy("Leave it to somebody else"),
    "undo": gettext_lazy("Take the decision back"),
}
BOUND = frozenset({"approve", "adjust", "reject", "return"})


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
        reopen = [_act("reopen", _("Not right: back to the team"), request)]
        return [
            *(reopen if permissions.can_reopen(user, request) else []),
            *_decisions(request, user, lines, panel),
        ]
    return [
        *_again(request, user, seen, missing or {}),
        *_decisions(request, user, lines, panel),
        *_glass(request, user),
        *_store(request, user, lines),
        *_work(request, user),
        *(_act(name, title, request) for name, title in doing.doable(request, user)),
        *_asked(request, user),
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
    """Of the open steps, and of one that was decided a moment ago. That a question waits, or nobody could take it over, says
    the call itself."""
    steps = panel.steps if panel else []
    said = [decision for shown in steps for decision, _yes in shown.said]
    for shown in steps:
        run = running.Run(shown.step, request, [one.step for one in steps], said)
        for name, why_not in options.options(run, user, lines=lines, whole=False).items():
            there = reverse(f"api:step-{name}", args=[shown.step.ref])
            bound = name in BOUND and not why_not
            seen = hash_to_decide(shown.step.approval, request, lines) if bound else ""
            yield Action(name, str(DECIDING[name]), "POST", there, why_not, seen)


def _glass(request: ServiceRequest, user: "User") -> Iterator[Action]:
    """Only for who has a duty that allows it here: to everybody else it is no action that they miss."""
    if request.state == RequestState.SUBMITTED and glass_rules.duty_of(user, request.hospital_id):
        yield _act(
            "break-glass", _("Do not wait for anybody"), request, glass_rules.not_to_use(request, user)
        )


def _store(request: ServiceRequest, user: "User", lines: list[RequestItem]) -> Iterator[Action]:
    """Only for the team that serves a line: to everybody else the store's work is no action that they miss."""
    steps = (
        ("pick", _("Picked in the store"), "in_store"),
        ("send", _("Sent to the ward"), "picked_quantity"),
    )
    for name, title, count in steps:
        serving = {line.team_id: line for line in lines if getattr(line, count)}
        if any(permissions.can_supply(user, line) for line in serving.values()):
            yield _act(name, title, request)


def _work(request: ServiceRequest, user: "User") -> Iterator[Action]:
    """Only for its team, as with the store. At most four queries, one for others."""
    if (
        request.state not in TEAM_STATES
        or request.released_at is None
        or not permissions.serves(user, request)
    ):
        return
    taken, waiting = request.state in TAKEN_STATES, request.state == RequestState.ON_HOLD
    if not taken and permissions.can_take(user, request):
        kind = kind_of(request)
        yield _act("take", _("I have it"), request, kind.not_for(request, user) or kind.not_to_take(request))
    if permissions.can_assign(user, request):
        yield _act("assign", _("Somebody of the team has it"), request)
    if waiting:
        yield _act("resume", _("It goes on"), request)
    else:
        yield _act("wait", _("It waits"), request)
        yield _act("ask", _("Ask the ward"), request)
    yield _act("pass", _("It is another team's"), request)
    if taken:
        yield _act("finish", _("It is done"), request)


def _asked(request: ServiceRequest, user: "User") -> Iterator[Action]:
    """What a team or a decider asked, for whoever works on the ward."""
    waits = request.state in (RequestState.ON_HOLD, RequestState.SUBMITTED)
    for question in ward_questions.all_of(request) if waits else []:
        if permissions.works_on(user, request):
            there = reverse("api:question-answer", args=[question.ref])
            yield Action("answer", question.text, "POST", there)


def _ward(request: ServiceRequest, user: "User", lines: list[RequestItem]) -> Iterator[Action]:
    if any(listing.expected(line) for line in lines):
        yield _act("receive", _("Confirm what arrived"), request, fulfilment.not_to_receive(request, user))
    if permissions.can_withdraw(user, request):
        yield _act("withdraw", _("Take it back to change it"), request)
    yield _act("cancel", _("Cancel the request"), request, lifecycle.not_to_cancel(request, user))
