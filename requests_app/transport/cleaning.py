"""After a patient with certain precautions: the room, chair or trolley is cleaned without anybody asking for it."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal import ids
from portal.clock import now
from portal.facts import verb
from requests_app import asking, casework, lifecycle, questions
from requests_app.kinds import kind_of
from requests_app.models import CaseException, Category, Move, ServiceRequest
from requests_app.states import Kind
from requests_app.transport import moves
from requests_app.transport.precautions import PRECAUTIONS

if TYPE_CHECKING:
    from portal.accounts.models import Location, User

CLEAN = "clean"  # the type of request
CLEANED_AFTER = ("contact_enteric", "airborne")
VEHICLES = ("chair", "chair_large", "trolley", "stretcher_theatre")  # a bed stays with its patient


@verb
def ask_for(*, request: ServiceRequest, by: "User") -> ServiceRequest | None:
    """A move was delivered: ask for the cleaning that its precautions demand, once, in the name of who asked for the move.

    The room that the patient left for good, with the chair or trolley; of a patient who comes back, the chair or trolley alone.
    None where nothing has to be cleaned, and where the hospital takes no such requests.
    """
    after = [code for code in CLEANED_AFTER if code in request.precautions.split()]
    if request.category.kind != Kind.TRANSPORT or request.outcome != moves.HANDED_OVER or not after:
        return None
    move = Move.objects.select_related("origin", "destination").get(request=request)
    place, what = _what(request, move)
    category = Category.objects.filter(code=CLEAN, active=True).first()
    if move.cleaning_id or place is None or category is None:
        return None
    draft = asking.empty_draft(
        by=request.requester,
        category=category,
        department=request.department,
        client_key=ids.key(),
        answers={"place": place.code, "what": what, "precautions": after, "when": "bed"},
    )
    draft.note = _note(request, move)
    if kind_of(draft).problems(draft):  # the hospital asks something else of who wants a room cleaned
        _by_hand(request, by)
        return None
    draft.created_at = draft.updated_at = draft.state_since = now()
    draft.save()
    sent = lifecycle.submit(public_id=draft.public_id, by=request.requester, seen="")
    Move.objects.filter(pk=move.pk).update(cleaning=sent)
    return sent


def _by_hand(request: ServiceRequest, by: "User") -> None:
    casework.open_exception(
        kind=CaseException.Kind.NO_TEAM,
        request=request,
        key=CLEAN,
        owner_role="service_manager",
        detail=_("The cleaning after it could not be asked for by itself: ring the cleaners."),
        by=by,
    )


def _what(request: ServiceRequest, move: Move) -> "tuple[Location | None, str]":
    """Where it is cleaned, and which answer of the type says what."""
    if questions.text(request.answers, "back") != "yes":
        return move.origin, "isolation"
    return (move.destination, "other") if move.how in VEHICLES else (None, "")


def _note(request: ServiceRequest, move: Move) -> str:
    """Asked for by the portal, after which move, what was used."""
    said = _("After the move %(number)s, asked for by the portal.") % {"number": request.number}
    if move.how in VEHICLES:
        words = {"thing": moves.HOW[move.how], "place": move.destination}
        said += " " + _("%(thing)s: now at %(place)s.") % words
    labels = [str(PRECAUTIONS[code].label) for code in CLEANED_AFTER if code in request.precautions.split()]
    return f"{said} {', '.join(labels)}."
