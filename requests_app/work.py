"""What a team does with work that has no lines: somebody takes it or is given it, passes it on, and it is done."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal.accounts.models import Team
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, WrongState
from portal.facts import publish, verb
from requests_app import access, lifecycle, outcomes, permissions, signals, waits
from requests_app.kinds import kind_of
from requests_app.models import ServiceRequest, TeamPass, WorkRecord
from requests_app.states import TAKEN_STATES, TEAM_STATES, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User

LONGEST_NOTE, LONGEST_REASON, LONGEST_PART = 500, 200, 80  # characters
MOST_MINUTES = 9_999
MOST_PARTS, MOST_OF_A_PART, DEAREST_PART = 20, 999, Decimal("99999.99")


@verb
def take(*, request: ServiceRequest, by: "User") -> ServiceRequest:
    """`by`, of its team, has it from now on. Taking what one has changes nothing. Publishes `fulfilment_started`.

    Raises NotAllowed to others than its team and to whom its kind does not allow it, WrongState (who was first) when
    somebody else has it, it ended, or its kind lets nobody begin it yet.
    """
    request = access.locked(request)
    if request.state in TAKEN_STATES and request.assignee_id == by.pk:
        return request
    if not permissions.serves(by, request):
        raise NotAllowed(_("Only its team can take it."))
    if not permissions.can_take(by, request):
        raise WrongState(_not_free(request))
    if why := kind_of(request).not_for(request, by):
        raise NotAllowed(why)
    if why := kind_of(request).not_to_take(request):
        raise WrongState(why)
    request.assignee = by
    request.held_by = has_it(request)
    return lifecycle.start_fulfilment(request=request, by=by)


def _not_free(request: ServiceRequest) -> str:
    if request.state == RequestState.APPROVED and request.released_at is None:
        return _("Its time has not come yet.")
    if request.state == RequestState.APPROVED and request.assignee:
        return _("It was given to %(name)s.") % {"name": request.assignee.get_full_name()}
    if request.state in TAKEN_STATES and request.assignee:
        return _("%(name)s took it before you.") % {"name": request.assignee.get_full_name()}
    return _("It can no longer be taken: it is “%(state)s” now.") % {"state": request.get_state_display()}


@verb
def assign(*, request: ServiceRequest, to: "User", by: "User") -> ServiceRequest:
    """`to`, of its team, is to have it; they take it themselves. Publishes `work_assigned` when that is new.

    What somebody has changes hands and is begun. Raises NotAllowed to others than who leads the team or has the work, Invalid
    (to) for who is not of the team, WrongState when it ended or its time has not come.
    """
    request = access.locked(request)
    if not (permissions.serves(by, request) or permissions.leads(by, request)):
        raise NotAllowed(_("Only its team can give it to somebody."))
    if request.state not in TEAM_STATES or request.released_at is None:
        raise WrongState(_not_free(request))
    if not permissions.can_assign(by, request):
        raise NotAllowed(_("Who leads the team gives it out, or who has it hands it on."))
    if not permissions.serves(to, request):
        raise Invalid({"to": [_("Choose somebody of the team.")]})
    if why := kind_of(request).not_for(request, to):
        raise Invalid({"to": [why]})
    if request.assignee_id == to.pk:
        return request
    before = request.assignee
    request.assignee = to
    waits_now = waits.running(request) if request.state == RequestState.ON_HOLD else None
    request.held_by = (
        waits.held_by(request, waits_now.reason, waits_now.again_at) if waits_now else has_it(request)
    )
    request.save(update_fields=["assignee", "held_by"])
    events.record(
        action="request.assigned",
        by=by,
        case=request.public_id,
        subject=f"request:{request.pk}",
        before={"person": before.get_full_name() if before else ""},
        after={"person": to.get_full_name()},
    )
    publish(signals.work_assigned, request=request, by=by)
    return request


def has_it(request: ServiceRequest) -> str:
    """Who has it, for lists: "Karim Aziz, Clinical engineering"."""
    name = request.assignee.get_full_name() if request.assignee else ""
    return _("%(name)s, %(team)s") % {"name": name, "team": request.team}


@verb
def pass_on(*, request: ServiceRequest, team: Team, reason: str, by: "User") -> TeamPass:
    """It is another team's: into the queue of `team`, the clock goes on, each team is charged its own minutes.

    The same team: back into its queue. A wait ends. Publishes `work_passed`. Raises NotAllowed to others than its team,
    WrongState when it ended, Invalid (team, reason: 1 to 200 characters).
    """
    request = access.locked(request)
    if not (permissions.serves(by, request) or permissions.leads(by, request)):
        raise NotAllowed(_("Only its team can pass it on."))
    if request.state not in TEAM_STATES or request.released_at is None or request.team is None:
        raise WrongState(_not_free(request))
    reason = reason.strip()
    errors = {}
    if team.hospital_id != request.hospital_id or not team.active:
        errors["team"] = [_("Choose a team of this hospital.")]
    elif why := kind_of(request).not_for_team(request, team):
        errors["team"] = [why]
    if not 0 < len(reason) <= LONGEST_REASON:
        errors["reason"] = [_("Say why, in up to %(most)s characters.") % {"most": LONGEST_REASON}]
    if errors:
        raise Invalid(errors)
    former, request.team = request.team, team
    ended = waits.end(request, by=by)
    request = lifecycle.put_back(
        request=request,
        by=by,
        action="request.put_back" if team.pk == former.pk else "request.passed",
        reason=reason,
        before=former.name,
        after=team.name,
    )
    passed = TeamPass.objects.create(
        request=request, from_team=former, to_team=team, reason=reason, by=by, at=now()
    )
    if ended:
        publish(signals.work_resumed, request=request, wait=ended, by=by)
    publish(signals.work_passed, request=request, passed=passed, by=by)
    return passed


@verb
def finish(
    *,
    request: ServiceRequest,
    by: "User",
    outcome: str,
    note: str = "",
    minutes: int | None = None,
    parts: Iterable[Mapping[str, Any]] = (),
    test: str = "",
) -> ServiceRequest:
    """It is done: fulfilled and closed, with how it ended (a code of `outcomes.of` its kind); a wait ends with it.

    `minutes` of work; `parts`: name, quantity and unit price (Decimal) of each. Publishes `request_fulfilled`,
    `request_closed`. Raises NotAllowed to others than its team, WrongState unless somebody took it, Invalid (outcome, note,
    minutes, parts, test). The system does it for a team that said so in Odoo.
    """
    record = _record_of(request, by, outcome=outcome, note=note, minutes=minutes, parts=parts, test=test)
    request = access.locked(request)
    if not (by.is_system or permissions.serves(by, request)):
        raise NotAllowed(_("Only its team can finish it."))
    if request.state not in TAKEN_STATES:
        raise WrongState(_("Take it first: it is “%(state)s” now.") % {"state": request.get_state_display()})
    request.outcome = outcome
    if why := kind_of(request).not_to_finish(request):
        raise WrongState(why)
    ended = waits.end(request, by=by)
    if ended:
        request = lifecycle.go_on(request=request, by=by)
        publish(signals.work_resumed, request=request, wait=ended, by=by)
    record.request, record.at = request, now()
    record.save(force_insert=True)
    return lifecycle.finish(request=request, by=by, note=note)


def _record_of(
    request: ServiceRequest,
    by: "User",
    *,
    outcome: str,
    note: str,
    minutes: int | None,
    parts: Iterable[Mapping[str, Any]],
    test: str,
) -> WorkRecord:
    """What is kept of the work that ends (not saved). Raises Invalid."""
    used = [dict(part) for part in parts]
    errors = {}
    if outcome not in outcomes.of(request.category.kind):
        errors["outcome"] = [_("Choose how it ended.")]
    if len(note) > LONGEST_NOTE:
        errors["note"] = [_("Keep it to %(most)s characters.") % {"most": LONGEST_NOTE}]
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        errors["minutes"] = [_("Enter whole minutes, such as 20, or leave it empty.")]
    if len(used) > MOST_PARTS or not all(_is_part(part) for part in used):
        errors["parts"] = [_("Enter name, number and price of each part, at most %(n)s.") % {"n": MOST_PARTS}]
    if test == WorkRecord.Test.FAILED and outcome in outcomes.MENDED:
        errors["outcome"] = [
            _("It failed its test, so it is not mended. Choose another end, or let it wait.")
        ]
    if test not in WorkRecord.Test.values:
        errors["test"] = [_("Choose how the test went.")]
    if errors:
        raise Invalid(errors)
    return WorkRecord(
        request=request,
        by=by,
        outcome=outcome,
        note=note,
        minutes=minutes,
        parts=[{**part, "price": f"{part['price']:.2f}"} for part in used],
        parts_cost=sum((part["quantity"] * part["price"] for part in used), Decimal(0)),
        test=test,
    )


def _is_part(part: Mapping[str, Any]) -> bool:
    name, quantity, price = part.get("name"), part.get("quantity"), part.get("price")
    return (
        isinstance(name, str)
        and 0 < len(name.strip()) <= LONGEST_PART
        and isinstance(quantity, int)
        and 0 < quantity <= MOST_OF_A_PART
        and isinstance(price, Decimal)
        and price.is_finite()
        and 0 <= price <= DEAREST_PART
    )
