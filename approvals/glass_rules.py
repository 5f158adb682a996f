"""Who may break the glass, for what, up to how much, who is told, and who may look at it afterwards. Nothing is written here."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from approvals import authority
from approvals.models import Approval, BreakGlass, Decision, Delegation
from approvals.wording import FLAGS, priced
from portal.accounts import scopes
from portal.accounts.models import DutyHolder, User
from portal.clock import now
from portal.errors import AlreadyDecided, DomainError, NotAllowed, WrongState
from requests_app.kinds import kind_of
from requests_app.kinds.access import CLINICAL
from requests_app.models import ServiceRequest
from requests_app.states import RequestState

# Up to which amount in the base currency each duty breaks the glass; an amount equal to it is above (defaults 5.5).
CEILINGS = {
    "exec_on_call": Decimal(25_000),
    "manager_on_call": Decimal(5_000),
    "site_manager": Decimal(5_000),
}
PETTY = Decimal(150)  # from here on nobody breaks the glass for what they have a part in
NEVER = ("capital", "personal_data", "new_vendor")  # no emergency makes these wait for nobody
SHORTEST, LONGEST = 20, 500  # characters of the words
MOST_OPEN = 2  # reviews of one person that wait
TOLD = ("head", "finance")  # or whoever comes next where nobody is; never fewer than two people
RUNNING = (Approval.Status.OPEN, Approval.Status.NEEDS_ROUTING)
REVIEWERS = ("finance", "director", "executive")  # who looks at it afterwards, at its hospital


@dataclass(frozen=True)
class Glass:
    """What the page says before it is used: by which duty, below which amount, and who is told at once."""

    duty: str
    ceiling: Decimal
    told: list[User]


def not_to_use(request: ServiceRequest, by: User) -> str:
    """Why `by` may not break the glass for this request now, or ''. Two queries for who has no duty, up to ten for who has."""
    try:
        offered(request, by)
    except DomainError as refused:
        return refused.message
    return ""


def offered(request: ServiceRequest, by: User) -> Glass:
    """What `by` would use, as `use` judges it. Raises what `use` raises of the person and the request."""
    approval = latest(request)
    before = BreakGlass.objects.filter(approval=approval).select_related("by").first() if approval else None
    return judged(request, by, approval, before)


def duty_of(by: User, hospital_id: int) -> str:
    """The duty with the highest ceiling that `by` holds there now; '': none. One query."""
    held = DutyHolder.objects.filter(
        user=by, until=None, duty__code__in=CEILINGS, duty__hospital=hospital_id, duty__active=True
    )
    codes = set(held.values_list("duty__code", flat=True))
    return next((code for code in CEILINGS if code in codes), "")


def accounts_of(user: User) -> set[int]:
    """`user` and their other accounts."""
    if not user.person_key:
        return {user.pk}
    return set(User.objects.filter(person_key=user.person_key).values_list("pk", flat=True)) | {user.pk}


def told_of(request: ServiceRequest, by: User) -> list[User]:
    """Who hears of it at once: heads of the department and finance partners, none of them twice, never `by` or a subject.

    Where nobody is, the next authority. Four queries or more.
    """
    without, told = authority.subjects(request) | accounts_of(by), []
    for first in TOLD:
        code: str | None = first
        found: list[User] = []
        while code and not found:
            asked = authority.may_be_asked(code, request, without=without)
            found = [one.user for one in asked]
            code = authority.NEXT_AUTHORITY.get(code)
        told += found
        without |= {person.pk for person in found}
    return told


def not_to_review(broken: BreakGlass, by: User) -> str:
    """Why `by` may not review this, or ''. `broken` with its request. Four queries at most."""
    return refusals([broken], by)[broken.pk]


def refusals(broken: list[BreakGlass], by: User) -> dict[int, str]:
    """Why `by` may not review each of these, by key; '' where they may. At most five queries, however many they are.

    Independent is a finance partner, director or executive of the hospital who did not use it, has no part in the request,
    decided nothing of it, and neither lent rights to one of those since nor borrowed theirs.
    """
    held = scopes.reach(by, *(f"approve_as_{role}" for role in REVIEWERS)).values()
    everywhere = any(there.everywhere for there in held)
    hospitals = {pk for there in held for pk in there.hospitals}
    own = accounts_of(by)
    touched = Decision.objects.filter(Q(actor__in=own) | Q(authority__in=own))
    touched = touched.filter(step__approval__request__in=[one.request_id for one in broken])
    decided = set(touched.values_list("step__approval__request", flat=True))
    lent = list(Delegation.objects.filter(Q(grantor__in=own) | Q(delegate__in=own), starts_at__lte=now()))
    found = {}
    for one in broken:
        involved = {one.by_id} | authority.subjects(one.request)
        why = ""
        if not (everywhere or one.request.hospital_id in hospitals):
            why = _("A finance partner, director or executive of the hospital reviews it.")
        elif one.by_id in own:
            why = _("You broke the glass yourself, so somebody else reviews it.")
        elif own & involved:
            why = _("You have a part in this request, so somebody else reviews it.")
        elif one.request_id in decided:
            why = _("You decided about this request, so somebody else reviews it.")
        elif any(_stood(right, one) and {right.grantor_id, right.delegate_id} & involved for right in lent):
            why = _(
                "You decide for somebody who has a part in it, or they for you: somebody else reviews it."
            )
        found[one.pk] = why
    return found


def _stood(right: Delegation, broken: BreakGlass) -> bool:
    """Was it lent at some moment since the glass was broken?"""
    ends = [moment for moment in (right.ends_at, right.revoked_at) if moment is not None]
    return all(moment > broken.used_at for moment in ends)


def latest(request: ServiceRequest) -> Approval | None:
    return request.approvals.select_related("policy").order_by("-pk").first()


def judged(request: ServiceRequest, by: User, approval: Approval | None, before: BreakGlass | None) -> Glass:
    duty = duty_of(by, request.hospital_id)
    if not (duty and by.is_active):
        raise NotAllowed(_("Only the site manager, the manager or the executive on duty breaks the glass."))
    if before:
        name = before.by.get_full_name()
        said = _("%s broke the glass for this first.") % name
        raise AlreadyDecided(said, winner=name, outcome="approved", at=before.used_at)
    if request.state != RequestState.SUBMITTED or approval is None or approval.status not in RUNNING:
        raise WrongState(
            _("There is nothing to wait for: the request is “%s”.") % request.get_state_display()
        )
    if refusal := _amount(request, duty) or _never(request) or _part(request, by) or _waiting(by):
        raise NotAllowed(refusal)
    told = told_of(request, by)
    if len(told) < 2:
        raise NotAllowed(_("Nobody could be told of it. Ring the telephone chain of the hospital."))
    return Glass(duty, CEILINGS[duty], told)


def _amount(request: ServiceRequest, duty: str) -> str:
    if request.base_amount < CEILINGS[duty]:
        return ""
    if request.base_amount >= max(CEILINGS.values()):
        return _("It costs too much for one person: ring the telephone chain of the hospital.")
    return priced(_("Your duty goes below {%d}. Ring the executive on call.") % CEILINGS[duty], request)


def _never(request: ServiceRequest) -> str:
    """Says which of its items no emergency covers."""
    for line in request.all_lines:
        for flag in NEVER:
            if flag in line.flags:
                return _("“%(what)s” always waits for its approval: %(why)s.") % {
                    "what": line.name,
                    "why": str(FLAGS[flag]).lower(),
                }
    if not request.is_supply and CLINICAL in kind_of(request).marks(request):
        return _("Access to records of patients always waits for its approval.")
    return ""


def _part(request: ServiceRequest, by: User) -> str:
    if request.base_amount < PETTY or not accounts_of(by) & authority.subjects(request):
        return ""
    return _("You have a part in this request, so somebody else breaks the glass.")


def _waiting(by: User) -> str:
    """Two reviews that wait, or one that is overdue, stop the next use. One query."""
    due = list(
        BreakGlass.objects.filter(by__in=accounts_of(by), reviewed_at=None).values_list(
            "review_due_at", flat=True
        )
    )
    if any(moment <= now() for moment in due):
        return _("A review of yours is overdue. Until it is done you cannot break the glass again.")
    if len(due) >= MOST_OPEN:
        return _("Two reviews of yours wait. Until one is done you cannot break the glass again.")
    return ""
