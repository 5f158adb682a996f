"""Outside cost of work that has begun: an estimate is filed for decision, and the work waits for that decision only."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal import ids
from portal.accounts import scopes
from portal.clock import now
from portal.errors import Invalid, NotAllowed, WrongState
from portal.facts import verb
from portal.money import in_words
from requests_app import access, asking, lifecycle, permissions, waiting, waits, work
from requests_app.kinds.cost import CODE, as_amount
from requests_app.models import Category, CostApproval, ServiceRequest
from requests_app.states import TAKEN_STATES, Kind, RequestState
from requests_app.waiting_reasons import APPROVAL_COST

if TYPE_CHECKING:
    from portal.accounts.models import Department, User

FOR = (Kind.REPAIR, Kind.IT)  # kinds of work that may cost something outside
LONGEST = {"what": 200, "supplier": 80, "quotation": 500}  # characters
Outcome = CostApproval.Outcome


def is_estimable(request: ServiceRequest) -> bool:
    """Work that may cost something outside, in hand or in its team's queue."""
    in_work = request.state in (RequestState.APPROVED, *TAKEN_STATES)
    return request.category.kind in FOR and request.released_at is not None and in_work


def may_estimate(user: "User", request: ServiceRequest) -> bool:
    """A member of its team."""
    return is_estimable(request) and permissions.serves(user, request)


def of(request: ServiceRequest) -> list[CostApproval]:
    """Its estimates, the last one first. One query."""
    rows = CostApproval.objects.filter(request=request).select_related("by", "decided_by", "decision")
    return list(rows.order_by("-pk"))


@verb
def estimate(
    *,
    request: ServiceRequest,
    by: "User",
    amount: str,
    what: str,
    supplier: str = "",
    quotation: str = "",
) -> CostApproval:
    """Its team says what it will cost (`amount` as typed, in the hospital's currency, without tax).

    It is filed as a request of its own, for the department that the piece belongs to; the policy decides small ones at once.
    Until somebody decides, the work waits (`approval_cost`), unless it waits for something else; what nobody had is taken.
    Raises NotAllowed to others than its team, WrongState when it ended or another cost of it is being decided, Invalid
    (amount, what, supplier, quotation).
    """
    request = access.locked(request)
    if not permissions.serves(by, request):
        raise NotAllowed(_("Only its team can do that."))
    if not is_estimable(request):
        raise WrongState(_("It is not being worked on."))
    typed = {"what": what.strip(), "supplier": supplier.strip(), "quotation": quotation.strip()}
    money = as_amount(amount)
    errors = _wrong(typed)
    if money is None:
        errors["amount"] = [_("Enter an amount, such as 420 or 420.50.")]
    if errors or money is None:
        raise Invalid(errors)
    if CostApproval.objects.filter(request=request, outcome=Outcome.OPEN).exists():
        raise WrongState(_("A cost of it is being decided already."))
    if request.state == RequestState.APPROVED:
        request = work.take(request=request, by=by)
    decision = _draft(request, by, {"amount": amount.strip(), **typed})
    cost = CostApproval.objects.create(
        request=request, decision=decision, amount=money, by=by, at=now(), **typed
    )
    lifecycle.submit(public_id=decision.public_id, by=by, seen="")
    return cost


def _wrong(typed: dict[str, str]) -> dict[str, list[str]]:
    errors = {
        key: [_("Keep it to %(most)s characters.") % {"most": LONGEST[key]}]
        for key, words in typed.items()
        if len(words) > LONGEST[key]
    }
    return errors if typed["what"] else errors | {"what": [_("Say what it is for.")]}


def category() -> Category:
    """The type of such a request; made where it is missing. Nobody asks for it by itself."""
    words = {"name": _("Cost of a repair"), "kind": Kind.COST, "active": False, "position": 998}
    found, _new = Category.objects.get_or_create(code=CODE, defaults=words)
    return found


def _draft(request: ServiceRequest, by: "User", answers: dict[str, str]) -> ServiceRequest:
    draft = asking.empty_draft(
        by=by,
        category=category(),
        department=_cost_centre(request),
        client_key=ids.key(),
        answers={key: words for key, words in answers.items() if words},
    )
    draft.created_at = draft.updated_at = draft.state_since = now()
    draft.save()
    return draft


def _cost_centre(request: ServiceRequest) -> "Department":
    """Who pays: the department that the piece belongs to, else the one that asked."""
    repair = getattr(request, "repair", None)
    piece = repair.equipment if repair else None
    return (piece.department if piece else None) or request.department


@verb
def wait_for(*, request: ServiceRequest, by: "User") -> None:
    """A cost was filed (`request`): where nobody has decided it, the work waits. Of other requests nothing."""
    if request.category.kind != Kind.COST or request.state != RequestState.SUBMITTED:
        return
    of_work = access.lock_id(request.cost_of.request_id)
    if of_work.state == RequestState.IN_FULFILMENT:
        by = by if permissions.serves(by, of_work) else scopes.system_user()
        waiting.wait(request=of_work, reason=APPROVAL_COST, by=by, note=_amount_of(request.cost_of, request))


def _amount_of(cost: CostApproval, decision: ServiceRequest) -> str:
    words = f"{in_words(cost.amount, decision.currency)}: {cost.what}"
    return words[: waiting.LONGEST_NOTE]


@verb
def agreed(*, request: ServiceRequest, by: "User") -> None:
    """The cost was agreed: the request for it has done its work and ends; the repair goes on, with who said so."""
    if request.category.kind != Kind.COST or request.state != RequestState.APPROVED:
        return
    cost = _decide(request, Outcome.AGREED, by)
    request.outcome = "done"
    system = scopes.system_user()
    lifecycle.start_fulfilment(request=request, by=system)
    lifecycle.finish(request=request, by=system)
    _go_on(cost, in_short(cost, request))


@verb
def refused(*, request: ServiceRequest, by: "User", reason: str) -> None:
    """Somebody said no to the cost, or it was taken back: the repair goes on without it, with the reason."""
    if request.category.kind == Kind.COST:
        said_no = request.state == RequestState.REJECTED
        cost = _decide(request, Outcome.REFUSED if said_no else Outcome.WITHDRAWN, by)
        _go_on(cost, f"{in_short(cost, request)} {reason}")


def _decide(request: ServiceRequest, outcome: str, by: "User") -> CostApproval:
    cost = CostApproval.objects.select_related("request").get(decision=request)
    cost.outcome, cost.decided_by, cost.decided_at = outcome, by, now()
    cost.save(update_fields=["outcome", "decided_by", "decided_at"])
    return cost


def in_short(cost: CostApproval, decision: ServiceRequest) -> str:
    """ "£420.00 agreed by Lena Fischer." """
    amount = in_words(cost.amount, decision.currency)
    who = cost.decided_by.get_full_name() if cost.decided_by and not cost.decided_by.is_system else ""
    words = {"amount": amount, "who": who}
    if cost.outcome == Outcome.AGREED:
        return (_("%(amount)s agreed by %(who)s.") if who else _("%(amount)s noted.")) % words
    if cost.outcome == Outcome.REFUSED:
        return _("%(who)s said no to %(amount)s.") % words
    if cost.outcome == Outcome.WITHDRAWN:
        return _("%(amount)s is no longer asked for.") % words
    return _("%(amount)s is being decided.") % words


def _go_on(cost: CostApproval, why: str) -> None:
    """End the waiting for it, in the name of the portal. What waits for something else, or has ended, is left alone."""
    of_work = access.lock_id(cost.request_id)
    waits_now = waits.running(of_work)
    if of_work.state == RequestState.ON_HOLD and waits_now and waits_now.reason == APPROVAL_COST:
        waiting.resume(request=of_work, by=scopes.system_user(), note=why[:200])


@verb
def drop(*, request: ServiceRequest, by: "User", reason: str) -> None:
    """The work was cancelled: nobody needs to decide its cost. The costs were locked before it (`access.lock_tasks`)."""
    if request.category.kind in FOR:
        for cost in CostApproval.objects.filter(request=request, outcome=Outcome.OPEN):
            undecided = access.lock_id(cost.decision_id)
            lifecycle.cancel(request=undecided, by=scopes.system_user(), reason=reason)
