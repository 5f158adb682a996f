"""The display of the record of one request."""

from portal.audit.models import Event


def timeline(case: str) -> list[Event]:
    """All events of the request with the public id `case`, oldest first, actors loaded. One query."""
    return (
        list(Event.objects.filter(case=case).select_related("actor", "on_behalf_of").order_by("id"))
        if case
        else []
    )
