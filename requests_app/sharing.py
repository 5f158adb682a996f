"""Showing a request to one more person: guardian's row for it, and everybody who sees it."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from portal.accounts import people, scopes
from portal.accounts.models import Team, User
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.facts import publish, verb
from requests_app import access, permissions, signals
from requests_app.models import RequestShare, ServiceRequest
from requests_app.states import RequestState

if TYPE_CHECKING:
    from collections.abc import Iterable

FIELD = "person"


def viewers(request: ServiceRequest) -> QuerySet[User]:
    """Everybody active who may see a sent request: `permissions.can_view` asked the other way. Two queries."""
    found = Q(pk__in=[request.requester_id, request.filed_by_id]) | Q(
        pk__in=request.shares.order_by().values("user")
    )
    if not request.private:
        found |= _with("view_requests", request.department)
    for team in _teams(request):
        found |= _with("fulfil_here", team)
    return User.objects.filter(found, is_active=True, kind=User.Kind.PERSON)


def may_share(user: User, request: ServiceRequest) -> bool:
    """Whoever works on the ward that asks, its team, and who asked; of a private one not the ward."""
    return request.state != RequestState.DRAFT and (
        permissions.works_on(user, request) or permissions.of_team(user, request)
    )


def shown_to(request: ServiceRequest) -> QuerySet[RequestShare]:
    """With whom it is shared, with names. Lazy."""
    return request.shares.select_related("user", "by").order_by("pk")


def found(request: ServiceRequest, said: str) -> User:
    """The colleague of the hospital who is called that, or signs in as that. Raises Invalid (person)."""
    said = said.strip().removeprefix("@")
    there = people.at([request.hospital])
    known = there.filter(username__iexact=said).first() if said else None
    known = known or people.named(request.hospital, said)
    if known is None:
        raise Invalid({FIELD: [_("Choose a colleague of this hospital from the list.")]})
    return known


def shared_with(request: ServiceRequest, username: str) -> User:
    """The person of this account with whom it is shared. Raises NotFound."""
    found = request.shares.filter(user__username=username).select_related("user").first()
    if found is None:
        raise NotFound
    return found.user


@verb
def share(*, request: ServiceRequest, user: User, by: User) -> RequestShare:
    """`user` may read the request from now on, and say something; nothing else. Sharing again changes nothing.

    Publishes `request_shared`. Raises NotFound to who does not see it, NotAllowed to who may not share it, Invalid (person):
    somebody of another hospital, or who sees it anyway.
    """
    request = _shared(request, by)
    known = request.shares.filter(user=user).first()
    if known is not None:
        return known
    if not people.at([request.hospital]).filter(pk=user.pk).exists():
        raise Invalid({FIELD: [_("Choose a colleague of this hospital from the list.")]})
    if permissions.can_view(user, request):
        raise Invalid({FIELD: [_("%(who)s sees it already.") % {"who": user.get_full_name()}]})
    kind = ContentType.objects.get_for_model(ServiceRequest)
    permission = Permission.objects.get(content_type=kind, codename="view_servicerequest")
    shared = RequestShare.objects.create(
        content_object=request, permission=permission, user=user, by=by, at=now()
    )
    _record("request.shared", request, user, by)
    publish(signals.request_shared, share=shared, by=by)
    return shared


@verb
def unshare(*, request: ServiceRequest, user: User, by: User) -> None:
    """`user` no longer sees it, from this moment, unless they do anyway. Anybody may give up their own. Without effect twice.

    Raises as `share`.
    """
    request = access.locked(request) if user.pk == by.pk else _shared(request, by)
    gone, _rows = RequestShare.objects.filter(content_object=request, user=user).delete()
    if gone:
        _record("request.unshared", request, user, by)


def _shared(request: ServiceRequest, by: User) -> ServiceRequest:
    request = access.locked(request)
    if not permissions.can_view(by, request):
        raise NotFound
    if request.state == RequestState.DRAFT:
        raise WrongState(_("Send it first."))
    if not may_share(by, request):
        raise NotAllowed(_("Its ward and its team decide who else reads it."))
    return request


def _with(perm: str, place: scopes.Place) -> Q:
    return Q(pk__in=scopes.users_with(perm, place).values("pk"))


def _teams(request: ServiceRequest) -> "Iterable[Team]":
    of_lines = request.lines.filter(team__isnull=False).order_by().values("team")
    return Team.objects.filter(Q(pk=request.team_id) | Q(pk__in=of_lines))


def _record(action: str, request: ServiceRequest, user: User, by: User) -> None:
    events.record(
        action=action,
        by=by,
        case=request.public_id,
        subject=f"user:{user.pk}",
        reason=user.get_full_name(),
    )
