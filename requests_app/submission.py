"""What must hold before a draft is sent, and what the sent request keeps of the catalogue."""

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from portal.accounts.models import Team
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid
from portal.money import in_base, in_words
from requests_app import asking, casework, questions, screening
from requests_app.finding import indexing
from requests_app.kinds import kind_of
from requests_app.kinds.bundle import of_task
from requests_app.models import RequestItem, ServiceRequest
from requests_app.models.item import SWAPPED
from requests_app.states import PRIORITY_OF, EmergencyReason, Kind, LineState, Priority, RunOut
from requests_app.supplies import item_questions
from requests_app.supplies.quoting import Quote, quote

if TYPE_CHECKING:
    from portal.accounts.models import User


def freeze(request: ServiceRequest, *, seen: str, by: "User") -> None:
    """Check the locked draft and write onto it what it keeps: of supplies prices and teams by line, of others the facts.

    Raises Invalid with a sentence per field. A team that is missing becomes an owned exception, not an error.
    """
    if request.is_supply:
        _freeze_supplies(request, seen=seen, by=by)
    else:
        _freeze_answers(request, by=by)
    _set_emergency(request)
    request.search_text = indexing.text_of(request)


def missing(request: ServiceRequest, shown: Quote) -> dict[str, list[str]]:
    """What keeps this draft from being sent, by field, whatever its kind."""
    return problems(request, shown) if request.is_supply else _unanswered(request)


def _unanswered(request: ServiceRequest) -> dict[str, list[str]]:
    asked_for = request.category.active or request.category.kind == Kind.COST
    if not (asked_for or request.number or request.task_id):
        return {"category": [_("Nobody can ask for this any more. Throw the draft away and choose again.")]}
    kind = kind_of(request)
    errors = asking.unfinished(request) | kind.problems(request)
    return errors or emergencies_unanswered(request, kind.facts(request).priority)


def emergencies_unanswered(request: ServiceRequest, priority: str) -> dict[str, list[str]]:
    """An emergency says why it is one, and who answered the telephone."""
    if priority != Priority.EMERGENCY:
        return {}
    found = {}
    if questions.text(request.answers, "emergency_reason") not in EmergencyReason.values:
        found["emergency_reason"] = [_("Choose why it is an emergency.")]
    if not questions.text(request.answers, "answered_by"):
        found["answered_by"] = [_("Ring first, then enter who answered. Enter “nobody” if nobody did.")]
    return found


def _freeze_answers(request: ServiceRequest, *, by: "User") -> None:
    errors = _unanswered(request)
    if errors:
        raise Invalid(errors)
    kind = kind_of(request)
    facts = of_task(request, kind.facts(request))
    request.title, request.service = facts.title[:160], facts.service
    request.priority, request.priority_reason = facts.priority, facts.reason[:120]
    request.beneficiary, request.private = facts.beneficiary, facts.private
    request.deliver_to, request.precautions = facts.place, " ".join(facts.precautions)
    request.agreed_from, request.agreed_at = facts.agreed_from, facts.agreed_at
    request.queue_at = facts.agreed_at - facts.lead if facts.agreed_at and facts.lead else None
    request.all_lines = []
    kind.keep(request, by)
    if facts.team_code:
        request.team = Team.objects.filter(
            hospital=request.hospital_id, code=facts.team_code, active=True
        ).first()
        if request.team is None:
            _no_team(request, facts.team_code, by)


def _set_emergency(request: ServiceRequest) -> None:
    """Who answered and why are columns of an emergency, and empty for everything else."""
    emergency = request.priority == Priority.EMERGENCY
    request.answered_by = questions.text(request.answers, "answered_by")[:80] if emergency else ""
    request.emergency_reason = questions.text(request.answers, "emergency_reason") if emergency else ""


def _no_team(request: ServiceRequest, code: str, by: "User") -> None:
    casework.open_exception(
        kind="no_team",
        request=request,
        key=code,
        owner_role="service_manager",
        detail=_("No team “%(code)s” serves this hospital.") % {"code": code},
        by=by,
    )


def _freeze_supplies(request: ServiceRequest, *, seen: str, by: "User") -> None:
    shown = quote(request)
    errors = problems(request, shown)
    if not errors:
        written = screening.texts_of(request, [quoted.line for quoted in shown.lines])
        errors = screening.warned(written, agreed=screening.chosen(request))
    if not errors and seen != shown.fingerprint:
        errors = _changed_prices(request, shown)
    if errors:
        raise Invalid(errors)
    _set_priority(request)
    request.carriage, request.amount = shown.carriage, shown.amount
    request.base_amount = in_base(request.amount, request.rate)
    _freeze_lines(request, shown, by)


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
        errors |= item_questions.problems(quoted.item.code, shown.asked(quoted), quoted.line.answers)
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
    if request.run_out:
        errors |= emergencies_unanswered(request, PRIORITY_OF[RunOut(request.run_out)])
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


def _freeze_lines(request: ServiceRequest, shown: Quote, by: "User") -> None:
    lines = []
    for quoted in shown.lines:
        line = quoted.line
        line.unit_price, line.amount = quoted.unit_price, quoted.amount
        line.source, line.vendor, line.flags = quoted.item.source, quoted.item.vendor, quoted.item.flags
        line.usual_max, line.lead_days = quoted.item.usual_max, quoted.item.lead_days
        line.form_version_id = quoted.form
        if quoted.swapped:
            line.swap(quoted.item)
        line.team_id = line.serving_team
        line.state = LineState.ASKED
        line.asked_quantity = line.approved_quantity = None
        if line.team_id is None:
            _no_team(request, line.team_code, by)
        lines.append(line)
    request.all_lines = lines
    frozen: tuple[str, ...] = (
        "unit_price",
        "amount",
        "source",
        "vendor",
        "flags",
        "usual_max",
        "lead_days",
        "team",
        "state",
        "asked_quantity",
        "approved_quantity",
    )
    if any(quoted.swapped for quoted in shown.lines):
        frozen += SWAPPED
        _record_swaps(request, shown, by)
    if any(quoted.form for quoted in shown.lines):
        frozen += ("form_version",)
    RequestItem.objects.store(lines, *frozen)


def _record_swaps(request: ServiceRequest, shown: Quote, by: "User") -> None:
    """The record says which equal items go out in place of what was asked for."""
    told = [
        _("%(new)s instead of %(old)s") % {"new": quoted.item.name, "old": quoted.instead_of.name}
        for quoted in shown.lines
        if quoted.swapped and quoted.instead_of
    ]
    events.record(
        action="request.substituted",
        by=by,
        case=request.public_id,
        subject=f"request:{request.pk}",
        after={
            "instead": {q.item.code: q.instead_of.code for q in shown.lines if q.swapped and q.instead_of}
        },
        reason="; ".join(told),
    )
