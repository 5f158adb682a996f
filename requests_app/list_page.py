"""What was asked of the request list, as filters that keep their place across tabs and pages: every one is an address."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict  # noqa: TID251 (reads an address)
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Hospital, User
from portal.accounts.place import Standing
from portal.accounts.scopes import Reach
from portal.clock import now
from portal.live import Changes, since
from portal.merged import Merged
from portal.web import Page, keyset
from requests_app import listing, needing, sources
from requests_app.finding import found as finding
from requests_app.finding import words
from requests_app.models import ServiceRequest
from requests_app.states import TEAM_STATES, Priority, RequestState

TABS = ("open", "needs", "closed", "drafts")
SCOPES = ("ward", "mine", "team")
STAGES = {
    "undecided": [RequestState.SUBMITTED],
    "agreed": list(TEAM_STATES),
}
# Filters that are on or off, of open requests.
SWITCHES = {"late": _("Late"), "likely": _("Likely late"), "waiting": _("Waiting")}
LONGEST = 100  # characters of the words that are looked for


@dataclass(frozen=True)
class Asked:
    """`hospital` is None for all, of `hospitals` to choose from; `department` a key, `type` the code of a category."""

    tab: str = "open"
    scope: str = "ward"
    late: bool = False
    likely: bool = False
    waiting: bool = False
    type: str = ""
    priority: str = ""
    stage: str = ""  # of STAGES; '' for all that are open
    words: str = ""
    hospital: Hospital | None = None
    department: int | None = None
    hospitals: list[Hospital] = field(default_factory=list)
    teams: bool = False  # the person does the work of a team

    @property
    def narrowed(self) -> bool:
        """Something is left out that would be there without the filters."""
        return self.chosen or bool(self.stage) or self.hospital is not None or self.department is not None

    @property
    def chosen(self) -> bool:
        """A chip is on, or words are looked for."""
        return any((self.late, self.likely, self.waiting, self.type, self.priority, self.words))

    @property
    def lists(self) -> bool:
        """It is one of the long lists, which have filters."""
        return self.tab in ("open", "closed")

    @property
    def query(self) -> dict[str, str]:
        """What the address says, without what stands there anyhow."""
        said = {"tab": self.tab, "scope": self.scope if self.scope != "ward" else ""}
        said |= {name: "1" if getattr(self, name) else "" for name in SWITCHES}
        said |= {"type": self.type, "priority": self.priority, "stage": self.stage, "q": self.words}
        said["department"] = str(self.department or "")
        kept = {name: value for name, value in said.items() if value}
        if (
            self.hospitals
        ):  # said even for all of them, or the hospital that the person looks at would be meant
            kept["hospital"] = self.hospital.code if self.hospital else ""
        return kept

    def but(self, **changes: Any) -> "Asked":
        """The same with these things changed."""
        return replace(self, **changes)

    def link(self, **changes: Any) -> str:
        """The address of the list with these things changed."""
        return f"?{urlencode(self.but(**changes).query)}"

    def links(self) -> dict[str, str]:
        """The addresses that the page shows."""
        calm: dict[str, Any] = dict.fromkeys(SWITCHES, False) | {
            "type": "",
            "priority": "",
            "stage": "",
            "words": "",
        }
        now_only: dict[str, Any] = dict.fromkeys(SWITCHES, False) | {"stage": ""}
        return {
            "open": self.link(tab="open"),
            "needs": self.link(tab="needs", scope="ward", department=None, **calm),
            "closed": self.link(tab="closed", **now_only),
            "ward": self.link(scope="ward"),
            "mine": self.link(scope="mine"),
            "team": self.link(scope="team"),
            "all": self.link(**calm, hospital=None, department=None),
            "first": self.link(),
            "query": self.link()[1:],
            "list": reverse("requests:list") + self.link(),
        }


def asked(query: QueryDict, where: Standing) -> Asked:
    """Read an address; what is not among the choices is as if it had not been said. No query."""
    tab, teams = query.get("tab", "open"), "fulfil_here" in where.rights()
    hospitals = where.hospitals if where.several else []
    code = query.get("hospital")
    hospital = where.chosen if code is None else next((one for one in hospitals if one.code == code), None)
    scope, department = query.get("scope", ""), query.get("department", "")
    now_only = tab not in ("needs", "closed", "drafts")
    return Asked(
        tab=tab if tab in TABS else "open",
        scope=scope if scope in SCOPES and (teams or scope != "team") else "ward",
        **{name: query.get(name) == "1" and now_only for name in SWITCHES},
        type=query.get("type", "")[:50],
        priority=priority if (priority := query.get("priority", "")) in Priority.values else "",
        stage=stage if (stage := query.get("stage", "")) in STAGES and now_only else "",
        words=query.get("q", "").replace("\0", " ").strip()[:LONGEST],
        hospital=hospital,
        department=int(department) if re.fullmatch(r"[0-9]{1,9}", department) else None,
        hospitals=hospitals,
        teams=teams,
    )


def held_by(user: User, where: Standing) -> dict[str, Reach]:
    """As `sources.reach`; no query for who sees everything, whose rows no list of places narrows."""
    if where.sees_everything:
        return {right: Reach(everywhere=right == "view_requests") for right in sources.RIGHTS}
    return sources.reach(user)


def base(user: User, asked: Asked, held: dict[str, Reach]) -> Merged[ServiceRequest]:
    """The list before its chips. No query; on PostgreSQL one where words are looked for."""
    if asked.tab == "needs":
        return needing.needs(user, held)
    among = {"mine": sources.own(user), "team": sources.served_by(held)}.get(asked.scope)
    found = listing.listed(
        user,
        ended=asked.tab == "closed",
        hospital=asked.hospital.pk if asked.hospital else None,
        held=held,
        among=among,
    )
    said = words.tokens(asked.words)[: words.MOST]
    return finding.with_words(found, finding.having(asked.words, said)) if said else found


def chips(asked: Asked) -> Q:
    """What the chips and the choices that are on leave of `base`."""
    found, moment = Q(), now()
    if asked.late:
        found &= Q(due_at__lt=moment)
    if asked.likely:
        found &= Q(due_at__gte=moment, warn_at__lte=moment)
    if asked.waiting:
        found &= Q(state=RequestState.ON_HOLD)
    if asked.type:
        found &= Q(category__code=asked.type)
    if asked.priority:
        found &= Q(priority=asked.priority)
    if asked.stage:
        found &= Q(state__in=STAGES[asked.stage])
    return found & Q(department=asked.department) if asked.department else found


def rows(user: User, asked: Asked, held: dict[str, Reach]) -> Merged[ServiceRequest]:
    """Every row of what was asked, drafts aside; for `portal.web.keyset`, and for a file. Queries as `base`."""
    return base(user, asked, held).filter(chips(asked))


def page(
    user: User,
    asked: Asked,
    cursor: str,
    held: dict[str, Reach] | None = None,
    found: Merged[ServiceRequest] | None = None,
) -> Page[ServiceRequest]:
    """One page of what was asked, newest first. `held` as `held_by` said; one query, one more without it.

    `found` is what `base` said for this page: words are looked for once.
    """
    if asked.tab == "drafts":
        return keyset(listing.drafts_of(user), by="-updated_at", cursor=cursor)
    found = found or base(user, asked, held or sources.reach(user))
    return keyset(found.filter(chips(asked)), by="-created_at", cursor=cursor)


def as_shown(
    user: User, asked: Asked, cursor: str, shown: str, held: dict[str, Reach]
) -> tuple[list[ServiceRequest], Changes]:
    """The rows that a page shows (`shown` as `live.marks` wrote it) as they are now, in their places, and what is new.

    One that no longer fits stays until the page is loaded again. Two queries; one when nothing came or went.
    """
    current = page(user, asked, cursor, held).rows
    wanted = [ref for ref in shown.split(".") if ref][:30]
    if wanted == [row.public_id for row in current]:
        return current, Changes()
    news = Changes(new=since(shown, [row.public_id for row in current]).new)
    known: Iterable[ServiceRequest] = []
    if wanted:
        found = listing.listed(user, held=held).filter(public_id__in=wanted)
        known = found.first(len(wanted), "-created_at", "-pk")
    return sorted(known, key=lambda row: wanted.index(row.public_id)), news
