"""What did not arrive as it was agreed: judged line by line, kept, and given to whoever puts it right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.clock import now
from portal.errors import Invalid
from portal.facts import verb
from requests_app import casework
from requests_app.exception_kinds import TEAM_LEAD
from requests_app.models import CaseException, ReceiptDifference, RequestItem, ServiceRequest
from requests_app.states import LineState

if TYPE_CHECKING:
    from portal.accounts.models import User

Kind = ReceiptDifference.Kind
# Some of it is not here or cannot be used: fewer are right than were expected.
FEWER = (Kind.SHORT, Kind.WRONG_ITEM, Kind.WRONG_UNIT, Kind.DAMAGED, Kind.EXPIRED, Kind.COLD_CHAIN)
PUT_ASIDE = (Kind.DAMAGED, Kind.EXPIRED, Kind.COLD_CHAIN)
MOST = 9_999
LONGEST_NOTE = 200


@dataclass(frozen=True)
class Difference:
    """What is not right with a line, as somebody on the ward saw it."""

    kind: str
    note: str = ""


@dataclass
class Judged:
    """By line id: what is received, and each difference with how many order units it is about."""

    received: dict[int, int] = field(default_factory=dict)
    differences: dict[int, tuple[Difference, int]] = field(default_factory=dict)

    @property
    def touched(self) -> list[int]:
        """Lines about which something was said."""
        return [pk for pk, count in self.received.items() if count or pk in self.differences]


def judge(
    lines: Mapping[int, RequestItem], quantities: Mapping[int, int], differences: Mapping[int, Difference]
) -> Judged:
    """What these quantities (arrived and right) and differences mean. Pure. Raises Invalid (line-<id>, what-<id>)."""
    found, errors = Judged(), {}
    for pk, count in quantities.items():
        line, said = lines[pk], differences.get(pk)
        most = line.outstanding if line.is_bought else line.on_its_way
        if said and (why := _unlike(said)):
            errors[f"what-{pk}"] = [why]
        elif why := _wrong(count, said, expected=line.expected, most=most):
            errors[f"line-{pk}"] = [why]
        found.received[pk] = min(count, most)
        if said:
            found.differences[pk] = said, count - most if said.kind == Kind.OVER else line.expected - count
        elif 0 < count < line.expected:
            found.differences[pk] = Difference(Kind.SHORT), line.expected - count
    if errors:
        raise Invalid(errors)
    found.differences = {pk: (said, max(count, 0)) for pk, (said, count) in found.differences.items()}
    if not found.touched:
        raise Invalid({f"line-{pk}": [_("Enter how many arrived.")] for pk in quantities})
    return found


def _unlike(said: Difference) -> str:
    if said.kind not in Kind.values:
        return _("Choose what is not right.")
    if len(said.note) > LONGEST_NOTE:
        return _("Keep it to %(most)s characters.") % {"most": LONGEST_NOTE}
    if said.kind == Kind.NOT_ORDERED and not said.note.strip():
        return _("Write what came that nobody ordered.")
    return ""


def _wrong(count: int, said: Difference | None, *, expected: int, most: int) -> str:
    """Why this number cannot be, or ''."""
    kind = said.kind if said else ""
    if kind == Kind.OVER:
        return "" if most < count <= MOST else _("Enter all that came: more than %(most)s.") % {"most": most}
    if kind in FEWER:
        return (
            ""
            if 0 <= count < expected
            else _("Enter how many are here and right: fewer than %(count)s.") % {"count": expected}
        )
    if not 0 <= count <= most:
        return _("Enter how many arrived, 0 to %(most)s.") % {"most": most}
    return ""


@verb
def keep(
    *, request: ServiceRequest, lines: Mapping[int, RequestItem], found: Judged, by: "User"
) -> list[ReceiptDifference]:
    """Keep the differences, each with the exception of its line: the store's lead owns it, or the buyer.

    What is not right again joins the exception that is open.
    """
    moment = now()
    kept = [
        ReceiptDifference(
            line=lines[pk], kind=said.kind, quantity=count, note=said.note.strip(), by=by, at=moment
        )
        for pk, (said, count) in found.differences.items()
    ]
    for one in kept:
        one.exception = casework.open_exception(
            kind=CaseException.Kind.RECEIPT_DIFFERENCE,
            request=request,
            key=_key(one.line),
            owner_role="buyer" if one.line.is_bought else TEAM_LEAD,
            detail=in_words(one),
            by=by,
        )
    return ReceiptDifference.objects.bulk_create(kept)


def show(lines: Iterable[RequestItem]) -> None:
    """Give each of these lines (read `with_differed`) its `not_right`. One query, none where all arrived as agreed."""
    found = {line.pk: line for line in lines if line.differed}
    for line in found.values():
        line.not_right = []  # type: ignore[attr-defined]
    rows = ReceiptDifference.objects.filter(line__in=found).select_related("by") if found else []
    for row in rows:
        found[row.line_id].not_right.append(row)  # type: ignore[attr-defined]


def in_words(difference: ReceiptDifference) -> str:
    """ "Gloves, nitrile, medium: Fewer than ordered, 2 boxes. One box was open." """
    line, words = difference.line, [str(difference.get_kind_display())]
    if difference.quantity:
        unit = ngettext("%(n)d %(one)s", "%(n)d %(many)s", difference.quantity)
        words.append(unit % {"n": difference.quantity, "one": line.unit, "many": line.unit_plural})
    said = f"{line.name}: {', '.join(words)}."
    if difference.kind in PUT_ASIDE:
        said += " " + _("Put aside, to be fetched.")
    return f"{said} {difference.note}".strip()


@verb
def close_when_all_came(*, request: ServiceRequest, by: "User") -> None:
    """What was only fewer than agreed is settled when the rest is here."""
    kind = CaseException.Kind.RECEIPT_DIFFERENCE
    waiting = list(request.exceptions.filter(kind=kind, closed_at=None))
    here = {_key(line) for line in request.lines.filter(state=LineState.RECEIVED)} if waiting else set()
    for exception in waiting:
        if exception.key in here and not exception.differences.exclude(kind=Kind.SHORT).exists():
            casework.close_exception(exception=exception, by=by, reason=_("The rest has arrived."))


def _key(line: RequestItem) -> str:
    return f"line:{line.public_id}"
