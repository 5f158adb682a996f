"""What the queue of exceptions shows: rows by due time, and the filters with how many each would show."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.place import Standing
from portal.audit.models import Event
from portal.clock import now
from portal.web import Page, keyset
from requests_app import exception_owners
from requests_app.exception_kinds import TECHNICAL
from requests_app.models import CaseException, ServiceRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.accounts.models import User

QUEUES = ("business", "technical")
# action of the record -> what happened, and the icon beside it
SAID = {
    "exception.opened": (gettext_lazy("Somebody needs to look at it"), "triangle-alert"),
    "exception.taken": (gettext_lazy("Looks after it"), "hand"),
    "exception.given_back": (gettext_lazy("No longer looks after it"), "undo-2"),
    "exception.escalated": (gettext_lazy("Not settled in time: told whoever comes next"), "octagon-alert"),
    "exception.closed": (gettext_lazy("It was looked at and settled"), "circle-check"),
}


@dataclass(frozen=True)
class Asked:
    """What the address asks for; '' and False for all."""

    queue: str = ""
    kind: str = ""
    owner: str = ""
    late: bool = False
    mine: bool = False

    @property
    def narrowed(self) -> bool:
        return self != Asked()

    def link(self, **changes: Any) -> str:
        other = replace(self, **changes)
        said = {name: "1" if value is True else value for name, value in vars(other).items() if value}
        return f"?{urlencode(said)}"

    def condition(self, user: "User") -> Q:
        """What is asked for, as a condition of exceptions."""
        found = Q(kind=self.kind) if self.kind else Q()
        if self.queue:
            technical = Q(kind__in=TECHNICAL)
            found &= technical if self.queue == "technical" else ~technical
        if self.owner:
            found &= Q(owner_role=self.owner)
        if self.late:
            found &= Q(due_at__lt=now())
        return found & Q(assignee=user) if self.mine else found


@dataclass(frozen=True)
class Filter:
    label: str
    count: int
    link: str
    chosen: bool


@dataclass
class Filters:
    queues: list[Filter] = field(default_factory=list)
    also: list[Filter] = field(default_factory=list)
    kinds: list[Filter] = field(default_factory=list)
    owners: list[Filter] = field(default_factory=list)


def asked(query: "Mapping[str, str]") -> Asked:
    """Read an address; what is none of the choices is as if it had not been said."""
    queue, kind, owner = (query.get(name, "") for name in ("queue", "kind", "owner"))
    return Asked(
        queue=queue if queue in QUEUES else "",
        kind=kind if kind in CaseException.Kind.values else "",
        owner=owner if exception_owners.in_words(owner) else "",
        late=query.get("late") == "1",
        mine=query.get("mine") == "1",
    )


def page(user: "User", asked: Asked, cursor: str, where: Standing) -> Page[CaseException]:
    """What was asked for of what `user` reads, the soonest due first. One query."""
    found = dressed(_seen(user, where).filter(asked.condition(user)), user)
    return keyset(found, by="due_at", cursor=cursor)


def waiting_for(user: "User", *, most: int = 5) -> list[CaseException]:
    """What waits for `user`, the soonest due first; `of_all` of each says how many there are. One query."""
    found = dressed(exception_owners.owned_by(user), user).annotate(of_all=Window(Count("pk")))
    return list(found.order_by("due_at", "pk")[:most])


def dressed(found: QuerySet[CaseException], user: "User") -> QuerySet[CaseException]:
    """With what a row shows; `may_open` of each: its request is among those that `user` sees."""
    seen = ServiceRequest.objects.visible_to(user).filter(pk=OuterRef("request"))
    return found.select_related("request", "hospital", "assignee").annotate(may_open=Exists(seen))


def filters(user: "User", asked: Asked, where: Standing) -> Filters:
    """Each choice beside the others that are made, with how many it would show. One query."""
    found = (
        _seen(user, where)
        .order_by()
        .values("kind", "owner_role")
        .annotate(
            n=Count("pk"),
            late=Count("pk", Q(due_at__lt=now())),
            mine=Count("pk", Q(assignee=user)),
            both=Count("pk", Q(due_at__lt=now(), assignee=user)),
        )
    )
    rows: list[dict[str, Any]] = [dict(row) for row in found]

    def several(name: str, values: dict[str, Any]) -> list[Filter]:
        return [_filter(rows, asked, {name: value}, str(label)) for value, label in values.items()]

    kinds = {row["kind"]: CaseException.Kind(row["kind"]).label for row in rows}
    owners = {row["owner_role"]: exception_owners.in_words(row["owner_role"]) for row in rows}
    return Filters(
        queues=several(
            "queue", {"": _("All"), "business": _("Of the hospital"), "technical": _("Technical")}
        ),
        also=[
            _filter(rows, asked, {"late": True}, _("Late only")),
            _filter(rows, asked, {"mine": True}, _("Mine")),
        ],
        kinds=several("kind", dict(sorted(kinds.items(), key=lambda one: str(one[1])))),
        owners=several("owner", dict(sorted(owners.items(), key=lambda one: str(one[1])))),
    )


@dataclass(frozen=True)
class Entry:
    """`who` is '' where the portal acted by itself."""

    at: datetime
    what: str
    who: str
    why: str


def history(exception: CaseException) -> list[Entry]:
    """Its record, the latest first. One query."""
    case = exception.request.public_id if exception.request else ""
    about = Event.objects.filter(subject=f"exception:{exception.pk}", case=case)
    if not case:  # no index leads to it by its subject
        about = about.filter(action__in=list(SAID), at__gte=exception.opened_at)
    return [
        Entry(
            at=event.at,
            what=str(SAID[event.action][0]),
            who="" if event.actor.is_system else event.actor.get_full_name(),
            why=event.reason,
        )
        for event in about.select_related("actor").order_by("-id")
        if event.action in SAID
    ]


def _seen(user: "User", where: Standing) -> QuerySet[CaseException]:
    found = exception_owners.seen_by(user)
    return found.filter(hospital=where.chosen) if where.chosen else found


def _filter(rows: list[dict[str, Any]], asked: Asked, changes: dict[str, Any], label: str) -> Filter:
    chosen = all(getattr(asked, name) == value for name, value in changes.items())
    other = replace(asked, **changes)
    number = {(True, True): "both", (True, False): "late", (False, True): "mine"}.get(
        (other.late, other.mine), "n"
    )
    count = sum(row[number] for row in rows if _fits(row, other))
    off = {name: "" if isinstance(value, str) else False for name, value in changes.items()}
    return Filter(label, count, asked.link(**(off if chosen else changes)), chosen)


def _fits(row: dict[str, Any], asked: Asked) -> bool:
    queue = "technical" if row["kind"] in TECHNICAL else "business"
    return (
        asked.queue in ("", queue)
        and asked.kind in ("", row["kind"])
        and asked.owner in ("", row["owner_role"])
    )
