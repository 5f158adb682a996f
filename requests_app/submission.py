"""What must hold before a draft is sent, and what the sent request keeps of the catalogue."""

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from portal.clock import now
from portal.errors import Invalid
from portal.money import in_words
from requests_app import casework
from requests_app.models import RequestItem, ServiceRequest
from requests_app.quoting import Quote, quote
from requests_app.states import PRIORITY_OF, LineState, RunOut

if TYPE_CHECKING:
    from portal.accounts.models import User


def freeze(request: ServiceRequest, *, seen: str, by: "User") -> list[RequestItem]:
    """Check the locked draft and write today's prices, teams, priority and amount onto it and its lines.

    Raises Invalid with a sentence per field. A team that is missing becomes an owned exception, not an error.
    """
    shown = quote(request)
    errors = problems(request, shown)
    if not errors and seen != shown.fingerprint:
        errors = _changed_prices(request, shown)
    if errors:
        raise Invalid(errors)
    _set_priority(request)
    request.carriage, request.amount = shown.carriage, shown.amount
    request.base_amount = (request.amount * request.rate).quantize(request.amount)
    return _freeze_lines(request, shown, by)


def problems(request: ServiceRequest, shown: Quote) -> dict[str, list[str]]:
    """What keeps this draft from being sent, by field: sentences that say what to do."""
    errors: dict[str, list[str]] = {}
    if not shown.lines:
        errors["lines"] = [_("Add at least one item.")]
    for quoted in shown.lines:
        if quoted.stopped:
            errors[f"line-{quoted.item.code}"] = [
                _("This can no longer be ordered: %(why)s Remove it.") % {"why": quoted.item.stopped_reason}
            ]
        if quoted.line.quantity > quoted.item.usual_max and not request.note.strip():
            errors.setdefault("note", []).append(
                _("Say why: more than the usual %(most)s of “%(item)s”.")
                % {"most": quoted.item.usual_max, "item": quoted.item.name}
            )
    if not request.run_out:
        errors["run_out"] = [_("Choose when you will run out.")]
    if request.run_out == RunOut.ON_DATE:
        today = now().astimezone(ZoneInfo(request.hospital.time_zone)).date()
        if not request.needed_by:
            errors["needed_by"] = [_("Enter the date when you need it.")]
        elif not today <= request.needed_by <= today + timedelta(days=365):
            errors["needed_by"] = [_("Enter a date from today to a year from now.")]
    return errors


def _changed_prices(request: ServiceRequest, shown: Quote) -> dict[str, list[str]]:
    changed = {
        f"line-{quoted.item.code}": [
            _("The price changed from %(was)s to %(now)s. Check it and send again.")
            % {
                "was": in_words(quoted.was, request.currency),
                "now": in_words(quoted.unit_price, request.currency),
            }
        ]
        for quoted in shown.lines
        if quoted.was is not None
    }
    return changed or {"lines": [_("The lines changed since you saw them. Check them and send again.")]}


def _set_priority(request: ServiceRequest) -> None:
    """Derived from the ward's answer, in the ward's words."""
    request.priority = PRIORITY_OF[RunOut(request.run_out)]
    request.priority_reason = str(RunOut(request.run_out).label)


def _freeze_lines(request: ServiceRequest, shown: Quote, by: "User") -> list[RequestItem]:
    lines = []
    for quoted in shown.lines:
        line = quoted.line
        line.unit_price, line.amount = quoted.unit_price, quoted.amount
        line.source, line.vendor, line.flags = quoted.item.source, quoted.item.vendor, quoted.item.flags
        line.usual_max, line.lead_days = quoted.item.usual_max, quoted.item.lead_days
        line.team_id = line.serving_team
        line.state = LineState.ASKED
        if line.team_id is None:
            casework.open_exception(
                kind="no_team",
                request=request,
                key=line.team_code,
                owner_role="service_manager",
                detail=_("No team “%(code)s” serves this hospital.") % {"code": line.team_code},
                by=by,
            )
        lines.append(line)
    request.all_lines = lines
    frozen = ("unit_price", "amount", "source", "vendor", "flags", "usual_max", "lead_days", "team", "state")
    RequestItem.objects.store(lines, *frozen)
    return lines
