"""Where a request stands, for templates."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import Department
from portal.templatetags.ui import icon
from requests_app import listing, outcomes
from requests_app.models import CatalogueItem, RequestItem, ServiceRequest, UsualList
from requests_app.states import LineState, Priority, Source
from requests_app.supplies import item_questions, stock
from requests_app.transport import precautions as infection

register = template.Library()
register.filter("stage", listing.stage_of)
register.filter("where", listing.where_of)
TONES = {
    LineState.RECEIVED: "met",
    LineState.ON_THE_WAY: "ok",
    LineState.AT_GOODS_IN: "ok",
    LineState.PART_RECEIVED: "risk",
    LineState.SUPPLIER_CANCELLED: "late",
    LineState.REJECTED: "late",
}


@register.filter
def line_tone(line: RequestItem) -> str:
    """Which look the state of a line has; '' for the plain one."""
    return TONES.get(LineState(line.state), "")


@register.filter
def stages(request: ServiceRequest) -> SafeString:
    """The bar that says where it stands. One of six pictures, so each is drawn once."""
    return _stages(listing.stage_of(request))


@lru_cache
def _stages(position: int) -> SafeString:
    return render_to_string("components/stages.html", {"position": position})


@register.filter
def lines(count: int) -> str:
    """ "3 lines"."""
    return ngettext("%(n)d line", "%(n)d lines", count) % {"n": count}


@register.filter
def holder(request: ServiceRequest) -> str:
    """Who has it and what they do with it, as a sentence; '' once it has ended."""
    if not request.is_open or not request.held_by:
        return ""
    if ":" in request.held_by:  # a sentence stands there when nobody has it yet
        return request.held_by
    if request.released_at is not None:
        said = _("It is with %(who)s.")
    elif request.is_editable:
        said = _("It is with %(who)s, to be changed.")
    else:
        said = _("Waiting for a decision by %(who)s.")
    return said % {"who": request.held_by}


@register.filter
def arriving_words(lines: Any) -> str:
    """What is on its way, short enough for a question: the first name, and how many more."""
    first = lines[0].name.split(",")[0]
    return first if len(lines) == 1 else _("%(first)s and %(n)s more") % {"first": first, "n": len(lines) - 1}


@register.filter
def clock_of(moment: datetime | None, request: ServiceRequest) -> str:
    """The time of day in the hospital's zone: "07:42"."""
    return date_format(moment.astimezone(ZoneInfo(request.hospital.time_zone)), "H:i") if moment else ""


@register.simple_tag
def precautions(request: ServiceRequest) -> SafeString:
    """`{% precautions request %}`: each with its icon and its word; '' where none were asked for. No query."""
    return format_html_join(
        " ",
        '<span class="tag{}">{}{}</span>',
        (
            (f" tag-{one.tone}" if one.tone else "", icon(one.icon), one.label)
            for one in infection.of(request.precautions)
        ),
    )


@register.filter
def protects(request: ServiceRequest) -> list[infection.Precaution]:
    """The same as rows: what whoever moves or cleans has to do."""
    return infection.of(request.precautions)


@register.filter
def outcome(request: ServiceRequest) -> str:
    """How the work ended, in words; '' where it did not end or has none. No query if `request.category` is loaded."""
    return outcomes.in_words(request.category.kind, request.outcome) if request.outcome else ""


@register.filter
def urgency(request: ServiceRequest) -> str:
    """Its priority in words. Work that has a set time was agreed with nobody. No query if `request.category` is loaded."""
    if request.priority == Priority.PLANNED and not request.is_supply:
        return _("For a set time")
    return str(request.get_priority_display())


@register.filter
def answers_of(line: RequestItem) -> list[tuple[str, str]]:
    """Question and answer of a line, as they were asked."""
    return item_questions.told(line)


@register.filter
def none_left(item: CatalogueItem) -> bool:
    """Is it known that the store has none of it?"""
    return stock.is_out(item)


@register.filter
def stock_words(usual: UsualList, ward: Department) -> str:
    """What a card of the usual says about the store: unknown, how old it is, or nothing while all is fresh."""
    kept = [line.item for line in usual.lines.all() if line.item.source == Source.STORE]
    known = [found for item in kept if (found := stock.on_hand(item))]
    if kept and not known:
        return _("Stock unknown")
    if not any(found.old for found in known):
        return ""
    at = min(found.read_at for found in known).astimezone(ZoneInfo(ward.hospital.time_zone))
    return _("Stock as of %(at)s") % {"at": date_format(at, "H:i")}
