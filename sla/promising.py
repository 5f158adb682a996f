"""Target times of a configured type, set by whoever configures it."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.audit import events
from portal.errors import Invalid
from portal.facts import verb
from requests_app.states import Priority
from sla.models import BusinessCalendar, SlaTarget
from sla.models.target import Service, Unit

if TYPE_CHECKING:
    from portal.accounts.models import User

LONGEST = 500  # of a unit


@verb
def promise(
    *,
    service: str,
    priority: str,
    response: tuple[int, str],
    fulfilment: tuple[int, str],
    calendar: str,
    by: "User",
) -> SlaTarget:
    """What is promised for `service` everywhere from now on; running clocks keep what they promised.

    Raises Invalid (calendar, response, fulfilment), and for the services that are shipped (service).
    """
    if service in Service.values or priority not in Priority.values:
        raise Invalid({"service": [_("These times are shipped; they are changed in the administration.")]})
    if not BusinessCalendar.objects.filter(code=calendar).exists():
        raise Invalid({"calendar": [_("Choose whose hours count.")]})
    for name, (amount, unit) in {"response": response, "fulfilment": fulfilment}.items():
        if not 0 < amount <= LONGEST or unit not in Unit.values:
            raise Invalid({name: [_("Enter a time, 1 to %(most)s.") % {"most": LONGEST}]})
    target, _made = SlaTarget.objects.update_or_create(
        hospital=None,
        service=service,
        priority=priority,
        defaults={
            "response_amount": response[0],
            "response_unit": response[1],
            "fulfilment_amount": fulfilment[0],
            "fulfilment_unit": fulfilment[1],
            "calendar": calendar,
        },
    )
    events.record(
        action="target.set",
        by=by,
        subject=f"target:{target.pk}",
        after={
            "service": service,
            "priority": str(priority),
            "response": list(response),
            "fulfilment": list(fulfilment),
        },
    )
    return target


def known(service: str) -> dict[str, SlaTarget]:
    """The target times of `service` for all hospitals, by priority. One query."""
    return {row.priority: row for row in SlaTarget.objects.filter(service=service, hospital=None)}


def unpromised(services: set[str]) -> set[str]:
    """Those of `services` that have no target time at all. One query."""
    return services - set(SlaTarget.objects.filter(service__in=services).values_list("service", flat=True))
