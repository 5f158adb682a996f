"""How values look on a page: icons, money, units that are spelled out, times in words, fields with their messages."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import lucide
from django import template
from django.forms import BaseForm, BoundField
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import clock, zones
from portal.money import in_words

register = template.Library()


@lru_cache(maxsize=256)
def _svg(name: str, css: str) -> SafeString:
    attributes = {"class": f"icon {css}".strip(), "aria-hidden": "true", "focusable": "false"}
    return mark_safe(lucide._render_icon(name, None, **attributes))  # noqa: S308 (the package's own file)


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Lucide icon `name` as inline SVG, hidden from assistive technology: the word stands beside it."""
    return _svg(str(name) + "", str(css) + "")


def _currency(source: Any) -> str:
    if isinstance(source, str):
        return source
    return (
        getattr(source, "currency", "") or getattr(getattr(source, "hospital", None), "currency", "") or "GBP"
    )


@register.filter
def money(amount: Decimal | int | None, source: Any = "GBP") -> str:
    """`186.4|money:request` -> "£186.40", in the currency of `source` (a code, or what has one or a hospital with one)."""
    if amount is None:
        return ""
    return in_words(amount, _currency(source))


@register.filter
def quantity_of(line: Any) -> int:
    """Order units that count now: what was agreed, else what was asked."""
    agreed = getattr(line, "approved_quantity", None)
    return line.quantity if agreed is None else agreed


@register.filter
def amount_in_units(line: Any, quantity: int | None = None) -> str:
    """`line|amount_in_units:6` -> "6 boxes"; without a number, the line's own quantity."""
    count = quantity_of(line) if quantity is None else quantity
    one = getattr(line, "unit", None) or getattr(line, "order_unit", "")
    many = getattr(line, "unit_plural", None) or getattr(line, "order_unit_plural", "") or one
    number = number_format(count, decimal_pos=0, use_l10n=True, force_grouping=True)
    if one == many == "each":
        return ngettext("%(number)s piece", "%(number)s pieces", count) % {"number": number}
    return f"{number}\N{NO-BREAK SPACE}{one if count == 1 else many}"


@register.filter
def contents(line: Any, quantity: int | None = None) -> str:
    """`line|contents:6` -> "600 gloves", or "" when an order unit is the thing itself."""
    count = quantity_of(line) if quantity is None else quantity
    if not line.contains_unit or (line.contains_quantity or 1) == 1:
        return ""
    number = number_format(count * line.contains_quantity, decimal_pos=0, use_l10n=True, force_grouping=True)
    return f"{number}\N{NO-BREAK SPACE}{line.contains_unit}"


@register.filter
def units(line: Any, quantity: int | None = None) -> str:
    """`line|units:6` -> "6 boxes = 600 gloves" for a line or a catalogue item."""
    inside = contents(line, quantity)
    outside = amount_in_units(line, quantity)
    return f"{outside} = {inside}" if inside else outside


@register.filter
def pack(item: Any) -> str:
    """Catalogue item -> "box of 100 gloves", or just "each"."""
    one = str(getattr(item, "unit", None) or getattr(item, "order_unit", ""))
    inside = contents(item, 1)
    return _("%(unit)s of %(contents)s") % {"unit": one, "contents": inside} if inside else one


def _zone(source: Any) -> ZoneInfo | Any:
    name = source if isinstance(source, str) else getattr(source, "time_zone", "")
    name = name or getattr(getattr(source, "hospital", None), "time_zone", "")
    return ZoneInfo(name) if name else timezone.get_current_timezone()


def _words(moment: datetime, here: datetime) -> str:
    """Ago or ahead under an hour, the clock today, else the day. `moment` and `here` are in one zone."""
    minutes = int((here - moment).total_seconds() // 60)
    if minutes == 0:
        return _("just now")
    if 0 < minutes < 60:
        return ngettext("%(n)d min ago", "%(n)d min ago", minutes) % {"n": minutes}
    return zones.named(_day_and_time(moment, here), moment)


def _day_and_time(moment: datetime, here: datetime) -> str:
    at = date_format(moment, "H:i")
    if moment.date() == here.date():
        return at
    if moment.date() == (here - timedelta(days=1)).date():
        return _("yesterday %(at)s") % {"at": at}
    if moment.date() == (here + timedelta(days=1)).date():
        return _("tomorrow %(at)s") % {"at": at}
    pattern = "D j M, H:i" if abs((moment - here).days) < 300 else "j M Y, H:i"
    return date_format(moment, pattern)


@register.filter
def when(moment: datetime | None, source: Any = "") -> SafeString | str:
    """`moment|when:request` -> <time>12 min ago</time> in the zone of `source` (a name, a hospital, or what has one)."""
    if moment is None:
        return ""
    zone = _zone(source)
    local, here = moment.astimezone(zone), clock.now().astimezone(zone)
    full = date_format(local, "D j M Y, H:i")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="minutes"),
        full,
        _words(local, here),
    )


@register.filter
def initials(person: Any) -> str:
    """Two letters for the round mark beside a name."""
    words = str(person.get_full_name() or person.get_username()).split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, css: str = "", asked: bool = False) -> dict[str, Any]:
    """A field with its label, hint and messages; `asked` leaves "(optional)" away where one of several is needed.

    The same template answers {{ field.as_field_group }}.
    """
    return {"field": bound, "css": css, "asked": asked}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm | None) -> dict[str, Any]:
    """ "There is a problem" with links to the fields; nothing while `form` is fine. It takes the focus on load."""
    if form is None or not form.is_bound or not form.errors:
        return {"problems": []}
    problems = [
        (form[name].id_for_label or form[name].auto_id, text)
        for name in form.errors
        if name != "__all__"
        for text in form.errors[name]
    ]
    return {"problems": [("", text) for text in form.non_field_errors()] + problems}
