"""What people say to each other about a request. An internal note is for its team: nobody else learns that it is there."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from portal.accounts import people, scopes
from portal.accounts.models import Team, User
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.facts import publish, verb
from requests_app import access, permissions, screening, sharing, signals
from requests_app.models import Comment, ServiceRequest
from requests_app.states import RequestState

if TYPE_CHECKING:
    from datetime import datetime

LONGEST = 2000
SUGGESTED = 6
NAMED = re.compile(r"(?<![\w.@])@([\w.+-]*\w)")
# Actions of the record that say that something was said; what was said is shown instead.
ACTIONS = ("comment.added", "note.added")


@verb
def add_comment(*, request: ServiceRequest, text: str, internal: bool = False, by: User) -> Comment:
    """`by` says something of a sent request; `@name.of.account` in it calls somebody who reads it. Publishes `comment_added`.

    `internal`: only its team reads it. Raises NotFound to who does not see it, NotAllowed (an internal note by somebody else),
    WrongState for a draft, Invalid (text: 1 to 2,000 characters, and nobody called who may not read it).
    """
    request = access.locked(request)
    if not permissions.can_view(by, request):
        raise NotFound
    if request.state == RequestState.DRAFT:
        raise WrongState(_("Send it first."))
    if internal and not permissions.of_team(by, request):
        raise NotAllowed(_("Only the team that does the work writes notes for itself."))
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise Invalid({"text": [_("Write something, in at most 2,000 characters.")]})
    called = _called(request, text, internal=internal)
    comment = Comment.objects.create(request=request, by=by, at=now(), text=text, internal=internal)
    comment.mentions.set(called)
    # The record says that it was said, and whether it looks like patient data: the words are in the comment alone.
    looks_like = screening.kinds(text)
    events.record(
        action="note.added" if internal else "comment.added",
        by=by,
        case=request.public_id,
        subject=f"comment:{comment.pk}",
        after={"patient_data": looks_like} if looks_like else {},
    )
    publish(signals.comment_added, comment=comment, called=[one.pk for one in called], by=by)
    return comment


def read_by(user: User, request: ServiceRequest) -> QuerySet[Comment]:
    """What `user`, who sees the request, reads of what was said of it. Lazy; one query."""
    teams = scopes.teams_with(user, "fulfil_here")
    of_team = Q(request__team__in=teams) | Q(request__in=_with_lines_of(request, teams))
    return (
        Comment.objects.filter(Q(internal=False) | of_team, request=request)
        .select_related("by")
        .order_by("-at", "-pk")
    )


def latest(user: User, request: ServiceRequest, *, before: "datetime | None", most: int) -> list[Comment]:
    """The latest that `user` reads, before a moment if one is given. One query."""
    found = read_by(user, request)
    return list((found.filter(at__lt=before) if before else found)[:most])


def people_of(comment: Comment) -> list[int]:
    """Who asked for it, sent it or does it, of those who read this comment: their ids. Three queries, one more for a note."""
    request = comment.request
    own = {request.requester_id, request.filed_by_id, request.assignee_id or request.requester_id}
    readers = sharing.viewers(request).filter(pk__in=own)
    return [one.pk for one in readers if not comment.internal or permissions.of_team(one, request)]


def to_call(request: ServiceRequest, words: str) -> list[User]:
    """Up to six people who read the request and whose first, last or account name begins so. Two queries; none for one letter."""
    words = words.strip().removeprefix("@")
    if len(words) < 2:
        return []
    named = Q()
    for part in words.replace(".", " ").split()[:3]:
        named &= Q(first_name__istartswith=part) | Q(last_name__istartswith=part)
    found = sharing.viewers(request).filter(named | Q(username__istartswith=words))
    return list(found.order_by("last_name", "first_name", "pk")[:SUGGESTED])


def _called(request: ServiceRequest, text: str, *, internal: bool) -> list[User]:
    """The people whom the text calls. A word that is no account's name calls nobody."""
    names = {name.lower() for name in NAMED.findall(text)}
    if not names:
        return []
    named, readers = _named(names), sharing.viewers(request)
    able = [one for one in readers.filter(named) if not internal or permissions.of_team(one, request)]
    # Of those who do not read it only colleagues are told apart from words: who works elsewhere is nobody here.
    known = set(readers.filter(named)) | set(people.at([request.hospital]).filter(named))
    if deaf := sorted(known - set(able), key=lambda one: one.username):
        said = (
            _("%(who)s is not of the team and does not read notes for it.")
            if internal
            else _("%(who)s does not see this request. Share it with them first, or leave the @ away.")
        )
        raise Invalid({"text": [said % {"who": one.username} for one in deaf]})
    return able


def _named(names: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for name in sorted(names)[:20]:
        found |= Q(username__iexact=name)
    return found


def _with_lines_of(request: ServiceRequest, teams: QuerySet[Team]) -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.filter(pk=request.pk, lines__team__in=teams).values("pk")
