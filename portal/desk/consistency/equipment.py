"""Equipment and what its repairs cost: that state, history, checks, loans and decisions say the same."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, Subquery

from portal.desk.consistency.finding import Finding
from requests_app.equipment.equipment_state import DOWN, State
from requests_app.models import CostApproval, Equipment, EquipmentChange, Loan
from requests_app.states import RequestState

S, Outcome = RequestState, CostApproval.Outcome
ENDS = {Outcome.AGREED: (S.CLOSED,), Outcome.REFUSED: (S.REJECTED,), Outcome.WITHDRAWN: (S.CANCELLED,)}


def check() -> Iterator[Finding]:
    """Four queries."""
    yield from _states()
    yield from _unchecked()
    yield from _loans()
    yield from _costs()


def _states() -> Iterator[Finding]:
    last = EquipmentChange.objects.filter(equipment=OuterRef("pk")).order_by("-pk").values("to_state")[:1]
    wrong = Equipment.objects.annotate(last=Subquery(last)).exclude(last=None).exclude(state=F("last"))
    for pk, tag, state, to in wrong.order_by("pk").values_list("pk", "tag", "state", "last"):
        yield _of_piece("equipment.state", pk, f"{tag}: it is “{state}”, and its history ends with “{to}”.")


def _unchecked() -> Iterator[Finding]:
    past = EquipmentChange.objects.filter(
        from_state__in=DOWN, to_state__in=(State.IN_USE, State.ON_LOAN), signed=None
    )
    for pk, tag in past.order_by("pk").values_list("equipment", "equipment__tag"):
        yield _of_piece("equipment.unchecked", pk, f"{tag}: it was out of use, and is used without a check.")


def _loans() -> Iterator[Finding]:
    lent = Loan.objects.filter(equipment=OuterRef("pk"), returned_at=None)
    known = EquipmentChange.objects.filter(equipment=OuterRef("pk"))
    wrong = Q(Exists(lent), state=State.IN_USE) | Q(~Exists(lent), Exists(known), state=State.ON_LOAN)
    for pk, tag, state in Equipment.objects.filter(wrong).order_by("pk").values_list("pk", "tag", "state"):
        yield _of_piece("equipment.loan", pk, f"{tag}: it is “{state}”, and its loans say something else.")


def _costs() -> Iterator[Finding]:
    columns = ("pk", "outcome", "amount", "decision__state", "decision__amount", "decision__number")
    for pk, outcome, amount, state, asked, number in CostApproval.objects.order_by("pk").values_list(
        *columns
    ):
        open_now = state in (S.SUBMITTED, S.RETURNED)
        fits = state in ENDS[Outcome(outcome)] if outcome else open_now
        if not fits:
            yield Finding(
                "cost.decision", f"cost:{pk}", f"{number}: “{outcome}”, and its request is “{state}”."
            )
        elif amount != asked:
            yield Finding("cost.amount", f"cost:{pk}", f"{number}: {amount} was asked for, {asked} decided.")


def _of_piece(code: str, pk: int, what: str) -> Finding:
    return Finding(code, f"equipment:{pk}", what)
