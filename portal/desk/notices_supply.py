"""Who is told that something is to follow, will not come or is late: receivers of portal/flow.py."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.desk.notices import tell, tell_asker
from requests_app import exception_owners
from requests_app.models import ReceiptDifference, RequestItem, ServiceRequest
from requests_app.supplies import differing


def on_lines_to_follow(*, request: ServiceRequest, lines: list[RequestItem], **_more: Any) -> None:
    names, days = [line.name for line in lines], [line.expected_on for line in lines if line.expected_on]
    until = date_format(min(days), "D j M") if days else _("a day that the store does not know yet")
    key = f"{request.version}:{lines[0].pk}:{lines[0].follow_quantity}"
    tell_asker("lines_to_follow", request, key=key, reason="; ".join(names)[:300], until=until)


def on_line_struck(*, request: ServiceRequest, line: RequestItem, reason: str, **_more: Any) -> None:
    tell_asker("line_struck", request, key=str(line.pk), place=line.name, reason=reason)


def on_supply_late(*, request: ServiceRequest, line: RequestItem, **_more: Any) -> None:
    day = date_format(line.expected_on, "D j M") if line.expected_on else ""
    tell_asker("supply_late", request, key=f"{line.pk}:{day}", reason=line.name, until=day)


def on_receipt_differed(
    *, request: ServiceRequest, differences: list[ReceiptDifference], **_more: Any
) -> None:
    """Again not right: whoever owns what is open since the first time. The first time is told as it is opened."""
    for one in differences:
        if one.exception and one.exception.opened_at < one.at:
            owners = exception_owners.told(one.exception, one.exception.owner_role)
            tell("receipt_differed", request, owners, key=str(one.pk), reason=differing.in_words(one))
