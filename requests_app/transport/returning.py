"""The way back of a patient: a move of its own, linked to the way there, that waits until it is ready to go."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal import ids
from portal.accounts import scopes
from portal.facts import verb
from requests_app import asking, lifecycle, permissions
from requests_app.models import Move, ServiceRequest
from requests_app.states import UNTIL_SAID, Kind
from requests_app.transport import moves

if TYPE_CHECKING:
    from portal.accounts.models import User

# What is the same on the way back.
KEPT = ("what", "how", "precautions", "escort", "bed", "initials", "comes_along", "oxygen_litres", "tell")


@verb
def file_return(*, request: ServiceRequest, by: "User") -> ServiceRequest | None:
    """After the way there was sent by `by`: ask for the way back, if that was asked for, in the name of the same person.

    It belongs to the ward where the patient is then, whose people release it. Sent again, it takes the place of the first.
    Nothing for other requests.
    """
    if request.category.kind != Kind.TRANSPORT:
        return None
    drop_returns(request=request, by=by, reason=_("The way there was changed."))
    move, answers = request.move, request.answers
    if move.what != moves.PATIENT or answers.get("back") != "yes" or move.destination is None:
        return None
    draft = asking.save_answers(
        by=by,
        client_key=ids.key(),
        category=request.category,
        department=move.destination.department or request.department,
        answers={key: answers[key] for key in KEPT if key in answers}
        | {"from": move.destination.code, "to": answers["from"], "when": moves.READY},
        requester=request.requester,
    )
    back = lifecycle.submit(public_id=draft.public_id, by=by, seen="")
    Move.objects.filter(request=back).update(return_of=move)
    return back


@verb
def drop_returns(*, request: ServiceRequest, by: "User", reason: str) -> None:
    """The way there is not wanted any more: nor is the way back, unless it has begun. Nothing for other requests."""
    if request.category.kind != Kind.TRANSPORT:
        return
    held = ServiceRequest.objects.filter(
        move__return_of__request=request, queue_at=UNTIL_SAID, released_at=None, closed_at=None
    )
    for back in held:
        actor = by if permissions.can_cancel(by, back) else scopes.system_user()
        lifecycle.cancel(request=back, by=actor, reason=reason)


@verb
def drop_undelivered(*, request: ServiceRequest, by: "User") -> None:
    """A move ended without being handed over: there is nothing to bring back from where it never arrived."""
    if request.outcome != moves.HANDED_OVER:
        drop_returns(request=request, by=by, reason=_("The way there did not end at its destination."))
