"""What changed between two contents of a request, as sentences for people."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from approvals import materiality
from approvals.content import content_of, hash_of
from approvals.materiality import Change
from approvals.models import Approval
from portal.money import in_words
from requests_app.models import CatalogueItem, RequestItem, ServiceRequest, Vendor

MOST = 12  # sentences; the rest is a number


def words(before: Mapping[str, Any], after: Mapping[str, Any], request: ServiceRequest) -> list[str]:
    """ "Gloves: 6 → 8 boxes": one sentence for each change, what it comes to last. A query or two for names, if needed."""
    found = materiality.changes(before, after)
    lines = {line.code: line for line in request.all_lines}
    gone = {one.code for one in found if one.code and one.code not in lines}
    names = dict(CatalogueItem.objects.filter(code__in=gone).values_list("code", "name")) if gone else {}
    vendors = _vendors(found)
    said = [_sentence(one, lines, names, vendors, after, request) for one in found]
    shown = [one for one in dict.fromkeys(said) if one]
    if len(shown) > MOST:
        shown = [*shown[: MOST - 1], _("And %(n)s more.") % {"n": len(shown) - MOST + 1}]
    return shown


def since(seen: str, request: ServiceRequest) -> list[str]:
    """What changed since somebody was shown the content with the hash `seen`; [] where nobody knows it any more.

    One query, for the contents of the rounds of this request.
    """
    now = content_of(request, request.all_lines)
    for content in Approval.objects.filter(request=request).order_by("-pk").values_list("content", flat=True):
        if content and hash_of(content) == seen:
            return words(content, now, request)
    return []


def _vendors(found: Iterable[Change]) -> dict[int, str]:
    ids = {pk for one in found if one.kind == "vendor_changed" for pk in (one.before, one.after) if pk}
    return dict(Vendor.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _sentence(
    one: Change,
    lines: Mapping[str, RequestItem],
    names: Mapping[str, str],
    vendors: Mapping[int, str],
    after: Mapping[str, Any],
    request: ServiceRequest,
) -> str:
    if one.code:
        return _of_line(one, lines.get(one.code), names, vendors, request.currency)
    if one.kind in ("amount_up", "amount_down"):
        if after["amount"] == f"{one.before:.2f}":
            return ""
        return _more_or_less(one.after - one.before, after["amount"], request)
    return {
        "currency": _("It is paid in another currency."),
        "cost_centre": _("Cost centre: %(before)s → %(after)s.") % {"before": one.before, "after": one.after},
        "department": _("It is for another department."),
        "destination": _("It goes to another place."),
        "answers": _("What was answered to the questions changed."),
        "form": _("The questions are of a newer form."),
        "service": _("Other target times apply."),
        "beneficiary": _("It is for another person."),
        "file_removed": _("A file that was attached is not there any more."),
        "file_added": _("A file was attached."),
    }[one.kind]


def _of_line(
    one: Change,
    line: RequestItem | None,
    names: Mapping[str, str],
    vendors: Mapping[int, str],
    currency: str,
) -> str:
    name = line.name if line else names.get(one.code, one.code)
    known = {"name": name, "before": one.before, "after": one.after}
    if one.kind in ("quantity_up", "quantity_down"):
        return _("%(name)s: %(before)s → %(after)s %(unit)s.") % {**known, "unit": _unit(line, one.after)}
    if one.kind == "line_added":
        return _("%(name)s: new, %(after)s %(unit)s.") % {**known, "unit": _unit(line, one.after)}
    if one.kind == "line_struck":
        return _("%(name)s: struck, it was %(before)s.") % known
    if one.kind == "vendor_changed":
        nobody = _("no supplier")
        return _("%(name)s: %(before)s → %(after)s.") % {
            "name": name,
            "before": vendors.get(one.before, nobody),
            "after": vendors.get(one.after, nobody),
        }
    return _("%(name)s: price %(before)s → %(after)s.") % {
        "name": name,
        "before": in_words(one.before, currency),
        "after": in_words(one.after, currency),
    }


def _unit(line: RequestItem | None, quantity: Any) -> str:
    if line is None:
        return ""
    return line.unit if quantity == 1 else line.unit_plural


def _more_or_less(by: Decimal, amount: str, request: ServiceRequest) -> str:
    known = {"by": in_words(abs(by), request.currency), "amount": in_words(Decimal(amount), request.currency)}
    return _("%(by)s more: now %(amount)s.") % known if by > 0 else _("%(by)s less: now %(amount)s.") % known
