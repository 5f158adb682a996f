"""What a head says about an order that nobody was asked about: it looks right, or something of it is queried."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from approvals import authority
from approvals.models import SampledOrder
from portal.accounts import scopes
from portal.accounts.models import Membership, User
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotFound, WrongState
from portal.facts import verb
from requests_app import access, casework
from requests_app.models import CaseException

if TYPE_CHECKING:
    from portal.accounts.place import Standing

RIGHT, QUERY = SampledOrder.Answer.RIGHT, SampledOrder.Answer.QUERY
LONGEST = 300  # characters of the note
KIND = CaseException.Kind.POLICY_DEVIATION


def answers(where: "Standing") -> bool:
    """Is the person one of those who are shown samples? No query."""
    return bool(where.rights() & {"approve_as_head", "approve_as_director"})


def seen_by(user: User) -> QuerySet[SampledOrder]:
    """What `user` answers: as head the orders of the department in which they have no part; what a head has a part in is
    the director's. Lazy."""
    own = Q(request__requester=user) | Q(request__filed_by=user)
    heads = Membership.objects.current(now()).filter(role="head", department=OuterRef("request__department"))
    of_head = Exists(heads.filter(user=OuterRef("request__requester"))) | Exists(
        heads.filter(user=OuterRef("request__filed_by"))
    )
    as_head = Q(request__department__in=scopes.departments_with(user, "approve_as_head"))
    directed = scopes.hospitals_with(user, "approve_as_director")
    as_director = Q(of_head, request__hospital__in=directed)
    return SampledOrder.objects.filter(as_head | as_director).exclude(own)


def waiting(user: User) -> QuerySet[SampledOrder]:
    """Those that nobody answered. Lazy."""
    return seen_by(user).filter(answer="")


@verb
def answer(*, sampled_id: int, said: str, by: User, line: str = "", note: str = "") -> SampledOrder:
    """`by` says that an order looks right, or queries `line` (its public id) with a note: an exception of the finance partner.

    The same answer again changes nothing. Raises NotFound (not theirs, or a part in it), WrongState (answered otherwise),
    Invalid (line, note: what is queried and why).
    """
    found = SampledOrder.objects.filter(pk=sampled_id).values_list("request", flat=True).first()
    request = access.lock_id(found or 0)
    sampled = seen_by(by).filter(pk=sampled_id).first()
    if (
        sampled is None
        or not authority.apart(User.objects.filter(pk=by.pk), authority.subjects(request)).exists()
    ):
        raise NotFound
    if sampled.answer:
        if (sampled.answer, sampled.answered_by_id) == (said, by.pk):
            return sampled
        raise WrongState(_("Somebody looked at this order before."))
    if said == QUERY:
        queried = request.lines.filter(public_id=line).first()
        note = note.strip()
        if queried is None or not 0 < len(note) <= LONGEST:
            raise Invalid({"note": [_("Choose the line and say what is not right with it.")]})
        detail = _("From the monthly sample, “%(line)s”: %(note)s") % {"line": queried.name, "note": note}
        casework.open_exception(kind=KIND, request=request, key=f"sample:{queried.pk}", detail=detail, by=by)
    sampled.answer, sampled.note, sampled.answered_by, sampled.answered_at = said, note, by, now()
    sampled.save(update_fields=["answer", "note", "answered_by", "answered_at"])
    after = {"answer": said, "line": line}
    subject = f"sample:{sampled.pk}"
    events.record(
        action="sample.answered", by=by, case=request.public_id, subject=subject, after=after, reason=note
    )
    return sampled
