"""What is asked for beyond a budget that stops has an owner until it is agreed to or no longer wanted."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals.models import BudgetPeriod
from portal.facts import verb
from portal.money import in_words
from requests_app import casework
from requests_app.models import CaseException

if TYPE_CHECKING:
    from portal.accounts.models import User
    from requests_app.models import ServiceRequest

KIND = CaseException.Kind.OVER_BUDGET


@verb
def tell(*, request: "ServiceRequest", period: BudgetPeriod, by: "User") -> None:
    """The head of its department, then finance: the money has to be found, or the request made less. Opens `over_budget`."""
    budget = period.budget
    said = _("The budget “%(budget)s” of %(amount)s does not have the money for it.") % {
        "budget": budget,
        "amount": in_words(period.amount, budget.currency, whole=True),
    }
    casework.open_exception(kind=KIND, request=request, key=str(budget.pk), detail=said, by=by)


@verb
def over(*, request: "ServiceRequest", periods: Collection[BudgetPeriod], by: "User") -> None:
    """There is money for it now, or it is no longer asked for: nobody needs to look. One query."""
    keys = [str(one.budget_id) for one in periods]
    for exception in CaseException.objects.filter(kind=KIND, request=request, key__in=keys, closed_at=None):
        reason = _("There is money for it, or it is no longer asked for.")
        casework.close_exception(exception=exception, by=by, reason=reason)
