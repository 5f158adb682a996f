"""What was asked of the request list, as filters that keep their place across tabs and pages: every one is an address."""

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict  # noqa: TID251 (reads an address)

from portal.accounts.models import Department, Hospital, User
from portal.accounts.place import Standing
from portal.clock import now
from portal.web import Page, keyset
from requests_app import listing
from requests_app.models import ServiceRequest
from requests_app.states import RequestState

TABS = ("open", "closed", "drafts")
STAGES = {
    "undecided": [RequestState.SUBMITTED],
    "agreed": [RequestState.APPROVED, RequestState.IN_FULFILMENT],
}


@dataclass(frozen=True)
class Asked:
    """`hospital` and `department` are None for all; `departments` are those to choose from, `hospitals` likewise."""

    tab: str = "open"
    scope: str = "ward"
    late: bool = False
    stage: str = ""  # of STAGES; '' for all that are open
    hospital: Hospital | None = None
    department: Department | None = None
    hospitals: list[Hospital] = field(default_factory=list)
    departments: list[Department] = field(default_factory=list)

    @property
    def narrowed(self) -> bool:
        """Something is left out that would be there without the filters."""
        return self.late or bool(self.stage) or self.hospital is not None or self.department is not None

    def link(self, **changes: Any) -> str:
        """The address of the list with these things changed."""
        other = replace(self, **changes)
        query = {"tab": other.tab, "scope": other.scope if other.scope == "mine" else ""}
        query |= {
            "late": "1" if other.late else "",
            "stage": other.stage,
            "department": _key(other.department),
        }
        kept = {name: value for name, value in query.items() if value}
        if (
            self.hospitals
        ):  # said even for all of them, or the hospital that the person looks at would be meant
            kept["hospital"] = other.hospital.code if other.hospital else ""
        return f"?{urlencode(kept)}"

    def links(self) -> dict[str, str]:
        """The addresses that the page shows."""
        return {
            "open": self.link(tab="open"),
            "closed": self.link(tab="closed", late=False, stage=""),
            "ward": self.link(scope="ward"),
            "mine": self.link(scope="mine"),
            "late": self.link(late=not self.late),
            "all": self.link(late=False, stage="", hospital=None, department=None),
            "first": self.link(),
        }


def _key(department: Department | None) -> str:
    return str(department.pk) if department else ""


def asked(query: QueryDict, where: Standing) -> Asked:
    """Read an address; what is not among the choices is as if it had not been said. One query at most."""
    tab = query.get("tab", "")
    hospitals = where.hospitals if where.several else []
    code = query.get("hospital")
    hospital = where.chosen if code is None else next((one for one in hospitals if one.code == code), None)
    departments = where.departments(hospital) if tab != "drafts" else []
    department = next((one for one in departments if _key(one) == query.get("department")), None)
    return Asked(
        tab=tab if tab in TABS else "open",
        scope="mine" if query.get("scope") == "mine" else "ward",
        late=query.get("late") == "1" and tab != "closed",
        stage=stage if (stage := query.get("stage", "")) in STAGES and tab != "closed" else "",
        hospital=hospital,
        department=department,
        hospitals=hospitals,
        departments=departments if len(departments) > 1 else [],
    )


def page(user: User, asked: Asked, cursor: str) -> Page[ServiceRequest]:
    """One page of what was asked, newest first."""
    if asked.tab == "drafts":
        return keyset(listing.drafts_of(user), by="-updated_at", cursor=cursor)
    found = listing.listed(
        user,
        ended=asked.tab == "closed",
        mine=asked.scope == "mine",
        hospital=asked.hospital.pk if asked.hospital else None,
        department=asked.department.pk if asked.department else None,
        states=STAGES.get(asked.stage),
    )
    if asked.late:
        found = found.filter(due_at__lt=now())
    return keyset(found, by="-created_at", cursor=cursor)
