"""The cost of work, as a request of its own: a team files it, the approval policy says who decides (`requests_app.costs`)."""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.utils.translation import gettext as _

from portal.money import in_base, in_words
from requests_app import permissions
from requests_app.kinds.base import Facts, Kind, Read
from requests_app.models.cost import CostApproval
from requests_app.questions import Ask, Question
from requests_app.states import Priority

if TYPE_CHECKING:
    from portal.accounts.models import User
    from requests_app.models import ServiceRequest

CODE = "repair_cost"  # of the type; nobody asks for it by itself
SERVICE = "other"
DEAREST = Decimal("9999999.99")
BY_LEAD = "by_lead"  # a mark: who leads the team filed it
SOONEST = (Priority.URGENT, Priority.ROUTINE)  # how soon a decision can be asked for


def as_amount(typed: str) -> Decimal | None:
    """ "1,420.50" or "420" as money with two places; None for what is no amount above nothing. PURE."""
    plain = typed.strip().replace(" ", "").replace("\N{NO-BREAK SPACE}", "").lstrip("£€$")
    if plain.count(",") == 1 and "." not in plain and len(plain) - plain.index(",") <= 3:
        plain = plain.replace(",", ".")  # 420,50
    plain = plain.replace(",", "")
    if not plain.isascii() or not plain.replace(".", "", 1).isdecimal():
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        return None
    return amount if 0 < amount <= DEAREST and amount == amount.quantize(Decimal("0.01")) else None


class CostKind(Kind):
    def questions(self, draft: "ServiceRequest") -> list[Question]:
        return [
            Question("amount", _("How much, without tax?"), Ask.TEXT),
            Question("what", _("What for?"), Ask.TEXT),
            Question("supplier", _("From whom?"), Ask.TEXT, required=False),
            Question("quotation", _("What does the quotation say?"), Ask.LONG, required=False),
        ]

    def further(self, draft: "ServiceRequest") -> dict[str, list[str]]:
        if draft.pk is None or not CostApproval.objects.filter(decision=draft).exists():
            return {"amount": [_("This cannot be asked for by itself.")]}
        if as_amount(Read(draft).text("amount")) is None:
            return {"amount": [_("Enter an amount, such as 420 or 420.50.")]}
        signs = self.elsewhere(draft, self.questions(draft), only_rung=True)
        return {key: said for key, said in signs.items() if key == "what"}

    def facts(self, draft: "ServiceRequest") -> Facts:
        work = draft.cost_of.request
        priority = SOONEST[0] if work.priority in (Priority.EMERGENCY, Priority.URGENT) else SOONEST[1]
        return Facts(
            title=_("Cost: %(work)s") % {"work": work.title},
            service=SERVICE,
            priority=priority,
            reason=work.priority_reason,
            team_code=work.team.code if work.team else "",
            place=work.deliver_to,
        )

    def keep(self, request: "ServiceRequest", by: "User") -> None:
        """What is decided on is what was answered, also after it came back to be changed, with what nobody decided before.

        So a cost that is asked for in four parts is decided as one.
        """
        read, cost = Read(request), CostApproval.objects.get(decision=request)
        amount = as_amount(read.text("amount"))
        assert amount is not None  # `further` asked
        cost.amount, cost.what = amount, read.text("what")[:200]
        cost.supplier, cost.quotation = read.text("supplier")[:80], read.text("quotation")[:500]
        cost.save(update_fields=["amount", "what", "supplier", "quotation"])
        request.amount = amount + _noted(cost)
        request.base_amount = in_base(request.amount, request.rate)

    def marks(self, request: "ServiceRequest") -> tuple[str, ...]:
        return (BY_LEAD,) if permissions.leads(request.filed_by, request) else ()

    def said(self, request: "ServiceRequest") -> list[tuple[str, str]]:
        """The amounts as money."""
        rows, cost = dict(super().said(request)), CostApproval.objects.filter(decision=request).first()
        if cost and request.amount:
            rows[_("How much, without tax?")] = in_words(cost.amount, request.currency)
            if request.amount != cost.amount:
                rows[_("With what was noted for it before")] = in_words(request.amount, request.currency)
        return list(rows.items())


def _noted(cost: CostApproval) -> Decimal:
    """What was agreed to for the same work before, by a rule and no person."""
    before = CostApproval.objects.filter(request=cost.request_id, outcome=CostApproval.Outcome.AGREED)
    noted = before.exclude(pk=cost.pk).filter(decided_by__kind="system").aggregate(sum=Sum("amount"))["sum"]
    return noted or Decimal(0)


def undecided(request: "ServiceRequest") -> str:
    """Why work cannot be called done while its cost is being decided, or ''. One query."""
    if not CostApproval.objects.filter(request=request, outcome=CostApproval.Outcome.OPEN).exists():
        return ""
    return _("Its cost is still being decided: wait for that, or cancel the request for it.")
