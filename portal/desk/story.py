"""What happened to a request and what was said of it, as one story: the latest first, a page at a time, by what it is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from portal.audit import timeline
from portal.desk.telling import Entry, tell
from requests_app import comments
from requests_app.models import Comment, RequestItem, ServiceRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portal.accounts.models import User

MOST = 25
TALK = "talk"


@dataclass(frozen=True)
class About:
    """`begins`: with what the actions of the record begin that are about it."""

    words: str | Promise
    begins: tuple[str, ...] = ()


ABOUT: dict[str, About] = {
    "": About(gettext_lazy("Everything")),
    TALK: About(gettext_lazy("What was said"), ("question.",)),
    "decisions": About(
        gettext_lazy("Decisions"),
        (
            "step.",
            "approval.",
            "request.submitted",
            "request.approved",
            "request.rejected",
            "request.returned",
        ),
    ),
    "times": About(
        gettext_lazy("Times"),
        (
            "clock.",
            "request.taken",
            "request.held",
            "request.resumed",
            "request.released",
            "request.passed",
            "exception.",
        ),
    ),
    "orders": About(gettext_lazy("Orders"), ("outbox.", "lines.", "maintenance.")),
}


@dataclass(frozen=True)
class Asked:
    """`about` is a key of ABOUT; `before`: what was earlier than that."""

    about: str = ""
    before: datetime | None = None


@dataclass(frozen=True)
class Told:
    """One entry: of the record, or a comment."""

    at: datetime
    entry: Entry | None = None
    comment: Comment | None = None


@dataclass(frozen=True)
class Story:
    """`older` leads on, '' at the beginning; `choices` are (address, words, chosen)."""

    told: list[Told]
    choices: list[tuple[str, str, bool]]
    older: str
    further: bool


def asked(query: "Mapping[str, str]") -> Asked:
    """Read an address; what is no choice and no moment is as if it had not been said."""
    about, before = query.get("about", ""), query.get("before", "")
    try:
        moment = parse_datetime(before) if before else None
    except ValueError:
        moment = None
    known = moment if moment is not None and moment.tzinfo is not None else None
    return Asked(about if about in ABOUT else "", known)


def story(request: ServiceRequest, user: "User", lines: "Iterable[RequestItem]", asked: Asked) -> Story:
    """What `user` reads of it. Two queries, however long it is; one where nothing was said or is asked for."""
    begins, limit = ABOUT[asked.about].begins, MOST + 1
    events = timeline.latest(
        request.public_id, before=asked.before, most=limit, about=begins, without=comments.ACTIONS
    )
    said: list[Comment] = []
    if asked.about in ("", TALK) and getattr(request, "has_comments", True):
        said = comments.latest(user, request, before=asked.before, most=limit)
    told = [Told(entry.at, entry=entry) for entry in tell(events[::-1], lines)]
    told += [Told(comment.at, comment=comment) for comment in said]
    told.sort(key=lambda one: one.at, reverse=True)
    more = len(events) == limit or len(told) > MOST
    shown = told[:MOST]
    # What has the time of the last one belongs to this page: the next asks for what was earlier.
    shown += [one for one in told[MOST:] if shown and one.at == shown[-1].at]
    return Story(
        told=shown,
        choices=[(_link(code), str(one.words), code == asked.about) for code, one in ABOUT.items()],
        older=_link(asked.about, shown[-1].at) if more and shown else "",
        further=asked.before is not None,
    )


def _link(about: str, before: datetime | None = None) -> str:
    said = {"about": about, "before": before.isoformat() if before else ""}
    kept = urlencode({name: value for name, value in said.items() if value})
    return f"?{kept}#h-story" if kept else "?#h-story"
