"""What rules may name, read from the database."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import documents, wording
from approvals.governing import calendars
from approvals.governing.vocabulary import CALENDARS, DOCUMENTS, GROUP, PERSON, ROLES, Vocabulary
from approvals.models import ApproverGroup
from approvals.routing import Rule
from portal.accounts.duty_kinds import DUTIES
from portal.accounts.models import Department, Hospital, Location, User
from portal.accounts.roles import DECIDERS
from portal.accounts.roles import ROLES as ALL_ROLES
from requests_app.models import CaseException, CatalogueItem, Category, Vendor
from requests_app.states import Priority

BUDGET_STATES = {
    "none": gettext_lazy("there is none"),
    "within": gettext_lazy("enough is left"),
    "over": gettext_lazy("not enough is left"),
}
VENDOR_STATES = {
    "on_contract": gettext_lazy("on contract"),
    "off_contract": gettext_lazy("not on contract"),
    "new": gettext_lazy("new"),
    "stopped": gettext_lazy("stopped"),
}


def load(rules: Iterable[Rule] = ()) -> Vocabulary:
    """All short lists whole; of departments, places, suppliers and persons those that `rules` name. Ten queries at most."""
    used = _used(rules)
    return Vocabulary(
        {
            "categories": _named(Category.objects.order_by("name")),
            "hospitals": _named(Hospital.objects.order_by("name")),
            "departments": _those(Department.objects.all(), used.get("departments")),
            "locations": _those(Location.objects.all(), used.get("locations")),
            "any_vendor": _those(Vendor.objects.all(), used.get("any_vendor")),
            "priorities": {str(code): str(label) for code, label in Priority.choices},
            "any_flag": {code: str(label) for code, label in wording.FLAGS.items()},
            "groups": _groups(),
            "any_requester_role": {code: str(role.label) for code, role in ALL_ROLES.items()},
            "any_exception": {str(code): str(label) for code, label in CaseException.Kind.choices},
            "budget_states": {code: str(label) for code, label in BUDGET_STATES.items()},
            "any_vendor_state": {code: str(label) for code, label in VENDOR_STATES.items()},
            ROLES: {**askable(), **_persons(used.get(ROLES, set()))},
            CALENDARS: calendars.names(),
            DOCUMENTS: {code: str(label) for code, label in documents.NAMES.items()},
        }
    )


def askable() -> dict[str, str]:
    """Whom a step may ask, single persons aside, in the order of a list to choose from. One query."""
    groups = ApproverGroup.objects.order_by("name").values_list("code", "name")
    return {
        **{code: str(ALL_ROLES[code].label) for code in (*DECIDERS, "team_lead")},
        "budget_owner": _("Budget owner"),
        **{code: str(duty.label) for code, duty in DUTIES.items() if code in ASKED_ON_DUTY},
        **{f"{GROUP}{code}": name for code, name in groups},
    }


ASKED_ON_DUTY = ("site_manager", "manager_on_call", "exec_on_call")


def _used(rules: Iterable[Rule]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in rules:
        for name, value in rule.conditions.items():
            if isinstance(value, list):
                found.setdefault(name, set()).update(one for one in value if isinstance(one, str))
        asked = [code for step in rule.steps for code in (step.role, step.escalate_to)]
        found.setdefault(ROLES, set()).update(asked, rule.replaces)
    return found


def _named(rows: QuerySet) -> dict[str, str]:
    return dict(rows.values_list("code", "name"))


def _those(rows: QuerySet, codes: set[str] | None) -> dict[str, str]:
    return _named(rows.filter(code__in=codes).order_by("code")) if codes else {}


def _groups() -> dict[str, str]:
    found = CatalogueItem.objects.order_by("group").values_list("group", flat=True).distinct()
    return {code: code for code in found}


def _persons(codes: set[str]) -> dict[str, str]:
    logins = [code.removeprefix(PERSON) for code in codes if code.startswith(PERSON)]
    if not logins:
        return {}
    people = User.objects.filter(username__in=logins, is_active=True, kind=User.Kind.PERSON)
    return {f"{PERSON}{one.username}": one.get_full_name() for one in people}
