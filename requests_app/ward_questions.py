"""What teams, and who decides, wait to hear from a ward: asking, and what home and the page of the request show of it."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed
from portal.facts import publish
from requests_app import access, permissions, signals, sources
from requests_app.models import ServiceRequest, Wait, WardQuestion

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.accounts.scopes import Reach

MOST = 5
LONGEST_QUESTION = 300  # characters
MOST_CHOICES, LONGEST_CHOICE = 4, 40


def checked(text: str, choices: Iterable[str]) -> tuple[str, list[str]]:
    """A question and the answers that it offers, without blanks around. Raises Invalid (text, choices)."""
    text, offered = text.strip(), [one.strip() for one in choices if one.strip()]
    if not 0 < len(text) <= LONGEST_QUESTION:
        raise Invalid(
            {"text": [_("Write what you want to know, in up to %(most)s characters.") % {"most": 300}]}
        )
    if len(offered) > MOST_CHOICES or any(len(one) > LONGEST_CHOICE for one in offered):
        raise Invalid({"choices": [_("At most four answers of up to 40 characters.")]})
    return text, offered


def put(
    *,
    request: ServiceRequest,
    text: str,
    choices: list[str],
    by: "User",
    wait: Wait | None,
    step_ref: str = "",
) -> WardQuestion:
    """Write a question that was `checked`, about a locked request; only inside a verb. Publishes `question_asked`."""
    question = WardQuestion.objects.create(
        request=request, wait=wait, step_ref=step_ref, text=text, choices=choices, by=by, asked_at=now()
    )
    events.record(
        action="question.asked",
        by=by,
        case=request.public_id,
        subject=f"question:{question.pk}",
        after={"choices": choices},
        reason=text,
    )
    publish(signals.question_asked, question=question, by=by)
    return question


def no_longer_needed(request: ServiceRequest, step_ref: str) -> int:
    """The step was decided, or is over: what was asked for it needs no answer. Only in a verb. How many there were.

    One query where nothing was asked. Publishes `question_void` for each.
    """
    asked = list(WardQuestion.objects.filter(request=request, step_ref=step_ref, answered_at=None))
    for question in asked:
        question.request, question.answered_at = request, now()
        question.save(update_fields=["answered_at"])
        publish(signals.question_void, question=question)
    return len(asked)


def open_for(user: "User", held: "dict[str, Reach] | None" = None, *, most: int = MOST) -> list[WardQuestion]:
    """What `user` may answer, the oldest first: anybody of the ward may. One query with `held` (see `sources.seen_by`)."""
    theirs = reduce(or_, sources.worked_on_by(user, held))
    about = ServiceRequest.objects.filter(theirs, sources.OPEN)
    waiting = WardQuestion.objects.filter(answered_at=None, wait__ended_at=None, request__in=about)
    waiting = waiting.select_related("request__hospital", "request__team", "by")
    return list(waiting.order_by("asked_at", "pk")[:most])


def of(request: ServiceRequest) -> WardQuestion | None:
    """The question that the work on `request` waits for now. One query."""
    return next(iter(all_of(request)), None)


def all_of(request: ServiceRequest) -> list[WardQuestion]:
    """What somebody waits to hear about `request` now: its team, or who decides it. One query."""
    waiting = WardQuestion.objects.filter(request=request, answered_at=None, wait__ended_at=None)
    return list(waiting.select_related("by"))


def to_answer(user: "User", ref: str) -> WardQuestion:
    """The question `ref`. Raises NotFound where `user` may not see what it is about, NotAllowed to others than the ward."""
    question = access.get_question(user, ref)
    if not permissions.works_on(user, question.request):
        raise NotAllowed(_("Somebody of the ward that asked for it answers this."))
    return question
