"""What needs one person: it came back to them, their ward was asked, something arrived, or it is in their hands."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from portal.audit.events import DECIDED
from portal.audit.models import Event
from portal.merged import Merged
from requests_app import listing, sources
from requests_app.models import RequestItem, ServiceRequest, WardQuestion
from requests_app.states import TEAM_STATES, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.accounts.scopes import Reach


def needs(user: "User", held: "dict[str, Reach]") -> Merged[ServiceRequest]:
    """The open requests that wait for `user`, with what one row of a list shows. No query; for `portal.web.keyset`.

    Who works on the ward answers and confirms, but nobody confirms what they decided (`permissions.can_receive`).
    """
    of_request = {"request": OuterRef("pk")}
    asked = Exists(WardQuestion.objects.filter(answered_at=None, wait__ended_at=None, **of_request))
    decided = Event.objects.filter(
        Q(actor=user) | Q(on_behalf_of=user), case=OuterRef("public_id"), action__in=DECIDED
    )
    coming = Exists(RequestItem.objects.filter(state__in=listing.COMING, **of_request)) & ~Exists(decided)
    arriving = Q(state__in=[RequestState.APPROVED, RequestState.IN_FULFILMENT]) & Q(coming)
    whose = [
        Q(filed_by=user, state=RequestState.RETURNED),
        Q(assignee=user, state__in=TEAM_STATES),
        *(
            one & (Q(Q(state__in=[RequestState.ON_HOLD, RequestState.SUBMITTED]) & Q(asked)) | arriving)
            for one in sources.worked_on_by(user, held)
        ),
    ]
    return Merged(
        model=ServiceRequest,
        sources=tuple(ServiceRequest.objects.filter(one, sources.OPEN) for one in whose),
        shown=listing.dressed,
    )
