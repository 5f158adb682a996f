"""Following a request that somebody else filed: to hear how it ends (watch), or because one has the same trouble (join)."""

import uuid
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.audit import events
from portal.clock import now
from portal.errors import NotFound, WrongState
from portal.facts import verb
from requests_app import access, permissions
from requests_app.models import ServiceRequest, Watcher
from requests_app.states import Kind, RequestState
from requests_app.supplies import drafting

if TYPE_CHECKING:
    from portal.accounts.models import User

JOINED = (Kind.REPAIR, Kind.IT)  # several people may have the same trouble


@verb
def join(*, request: ServiceRequest, by: "User", instead_of: uuid.UUID | None = None) -> Watcher | None:
    """`by` has the same trouble: follows the request and counts. Joining again changes nothing; its own people are in it.

    `instead_of`: the client key of the form in which `by` was writing the same; its draft is thrown away.
    Raises NotFound to whoever may not see it, WrongState once it ended and for what is nobody else's trouble. Answers None
    to who filed it or needs it.
    """
    request = _followable(request, by)
    if request.category.kind not in JOINED:
        raise WrongState(_("Only a fault can be joined. You can follow it to hear when it ends."))
    if instead_of:
        _throw_away(instead_of, by)
    if by.pk in (request.filed_by_id, request.requester_id):
        return None
    watcher, _new = Watcher.objects.get_or_create(request=request, user=by, defaults={"since": now()})
    if not watcher.joined:
        watcher.joined = True
        watcher.save(update_fields=["joined"])
        _record("request.joined", request, by)
    return watcher


@verb
def watch(*, request: ServiceRequest, by: "User") -> Watcher:
    """`by` wants to hear how it ends. Watching again changes nothing. Raises NotFound, WrongState as `join`."""
    request = _followable(request, by)
    watcher, new = Watcher.objects.get_or_create(request=request, user=by, defaults={"since": now()})
    if new:
        _record("request.watched", request, by)
    return watcher


@verb
def unwatch(*, request: ServiceRequest, by: "User") -> None:
    """`by` no longer follows it, nor counts. Doing so again, or without having followed, changes nothing."""
    request = access.locked(request)
    gone, _rows = Watcher.objects.filter(request=request, user=by).delete()
    if gone:
        _record("request.unwatched", request, by)


def followers(request: ServiceRequest) -> list[int]:
    """Ids of those who follow it and may still see it: following gives no right. Two queries and more for each follower."""
    watchers = Watcher.objects.filter(request=request, user__is_active=True).select_related("user")
    return [watcher.user_id for watcher in watchers if permissions.can_view(watcher.user, request)]


def people(request: ServiceRequest) -> int:
    """How many reported it: who filed it, and who joined. One query."""
    return 1 + Watcher.objects.filter(request=request, joined=True).count()


def _followable(request: ServiceRequest, by: "User") -> ServiceRequest:
    request = access.locked(request)
    if not permissions.can_view(by, request):
        raise NotFound
    if not request.is_open:
        raise WrongState(_("It has ended: it is “%(state)s” now.") % {"state": request.get_state_display()})
    return request


def _throw_away(client_key: uuid.UUID, by: "User") -> None:
    """What was begun with this form and never sent."""
    draft = ServiceRequest.objects.filter(
        filed_by=by, client_key=client_key, state=RequestState.DRAFT, submitted_at=None
    ).first()
    if draft is not None:
        drafting.discard(request=draft, by=by)


def _record(action: str, request: ServiceRequest, by: "User") -> None:
    events.record(action=action, by=by, case=request.public_id, subject=f"request:{request.pk}")
