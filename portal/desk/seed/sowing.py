"""The whole seed of one hospital, in the order in which its parts need each other."""

from collections.abc import Callable
from typing import Any

import approvals.shipped
import requests_app.configured.shipped
import sla.shipped
from portal.accounts import scopes
from portal.accounts.models import Hospital
from portal.audit.origin import acting_from
from portal.desk.seed.budgets import sow_budgets
from portal.desk.seed.catalogue import sow_catalogue, sow_usual_lists
from portal.desk.seed.duties import sow_duties
from portal.desk.seed.equipment import sow_equipment
from portal.desk.seed.hours import sow_hours
from portal.desk.seed.it import sow_outages, sow_systems
from portal.desk.seed.people import sow_people
from portal.desk.seed.places import sow_places


def sow(*, code: str, password: str, say: Callable[[str], Any]) -> Hospital:
    """Make what is missing of the hospital `code`: places, people, duties, catalogue, equipment, budgets, hours, policy.

    Each part is its own verb; `say` gets one sentence about each. What exists, also changed, is left alone.
    """
    by = scopes.system_user()
    with acting_from("command"):
        hospital, places = sow_places(code=code)
        say(f"{hospital.name}: wards, rooms and teams: {_added(places)}")
        say(f"  People and roles: {_added(sow_people(hospital=hospital, password=password, by=by))}")
        say(f"  Duties of today: {_added(sow_duties(hospital=hospital, by=by))}")
        say(f"  Suppliers and catalogue: {_added(sow_catalogue(hospital=hospital))}")
        say(f"  Usual lists: {_added(sow_usual_lists(hospital=hospital))}")
        say(f"  Equipment: {_added(sow_equipment(hospital=hospital))}")
        say(f"  Systems: {_added(sow_systems(hospital=hospital))}")
        say(f"  Known outages: {_added(sow_outages(hospital=hospital))}")
        say(f"  Budgets: {_added(sow_budgets(hospital=hospital))}")
        sla.shipped.install(hospital=hospital, by=by)
        sow_hours(hospital=hospital, by=by)
        say("  Service hours and target times: in place")
        say(f"  Types of request: {_added(requests_app.configured.shipped.install(by=by))}")
        say(f"  Approval policy: {approvals.shipped.install(by=by)}")
    return hospital


def _added(count: int) -> str:
    return f"{count} added" if count else "nothing to add"
