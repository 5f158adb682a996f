"""Less of some lines as part of a yes: what it writes, what it may never do, and who need not be asked any more."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from approvals import adjusting, decisions, running
from approvals.models import ApprovalStep, Decision
from integrations.models import OutboxMessage
from portal.audit.models import Event
from portal.desk.consistency import find
from portal.errors import AlreadyDecided, Invalid, NotAllowed, StaleState
from portal.notify.models import Notice
from requests_app import lifecycle
from requests_app.models import ServiceRequest
from requests_app.models.item import line_amount
from requests_app.states import LineState, RequestState
from requests_app.supplies.quoting import quote
from tests import journeys
from tests.journeys import approve, fresh, link, open_steps, seen

pytestmark = pytest.mark.django_db


def sent(world: SimpleNamespace, **lines: int) -> ServiceRequest:
    return journeys.sent(world, note="for the new bay", **lines)


def adjust(
    request: ServiceRequest, by: object, reason: str = "Enough on the ward", **left: int
) -> ApprovalStep:
    """`by` agrees to so many of the lines: NPW_KIT=1."""
    lines = {line.code: line.public_id for line in request.lines.all()}
    return adjusting.adjust_and_approve(
        step_id=open_steps(request)[0].pk,
        by=by,  # type: ignore[arg-type]
        seen=seen(fresh(request)),
        quantities={lines[code.replace("_", "-")]: count for code, count in left.items()},
        reason=reason,
    )


def test_less_is_written_and_what_was_asked_stays(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=4, GLV_NIT_M=6)
    adjust(request, world.head, NPW_KIT=2)
    request, line = fresh(request), request.lines.get(code="NPW-KIT")
    assert (line.quantity, line.asked, line.state) == (2, 4, LineState.ASKED)
    assert line.amount == line_amount(2, line.unit_price)
    total = sum(one.amount for one in request.lines.all()) + request.carriage
    assert request.amount == request.base_amount == total
    decision = Decision.objects.get()
    assert decision.adjusted == [{"line": "NPW-KIT", "from": 4, "to": 2, "why": "Enough on the ward"}]
    assert decision.content_hash == seen(request)
    assert world.head.pk not in request.editors
    event = Event.objects.get(action="lines.adjusted", case=request.public_id)
    assert (event.before["quantities"], event.after["quantities"]) == ({"NPW-KIT": 4}, {"NPW-KIT": 2})


def test_a_struck_line_stays_and_nothing_is_ordered_of_it(world: SimpleNamespace) -> None:
    link(world)
    request = sent(world, NPW_KIT=1, SPO_SEN=2, GLV_NIT_M=6)
    adjust(request, world.head, "Not for this ward", NPW_KIT=0)
    struck = request.lines.get(code="NPW-KIT")
    assert struck.is_struck
    assert (struck.asked, struck.amount, struck.outstanding) == (1, Decimal(0), 0)
    while steps := open_steps(request):
        approve(fresh(request), steps[0].approvers.filter(open=True).first().user)
    request = fresh(request)
    assert request.state == RequestState.APPROVED
    struck.refresh_from_db()
    assert struck.is_struck
    ordered = {
        line["line"]
        for message in OutboxMessage.objects.filter(request=request)
        for line in message.payload["lines"]
    }
    assert ordered == {request.lines.get(code="SPO-SEN").public_id}
    assert request.lines.get(code="GLV-NIT-M").approved_quantity == 6


def test_carriage_goes_with_the_last_line_of_a_supplier(world: SimpleNamespace) -> None:
    kit, sensor = world.items["NPW-KIT"], world.items["SPO-SEN"]
    assert kit.vendor and sensor.vendor and kit.vendor != sensor.vendor
    for vendor, cost in ((kit.vendor, "12.00"), (sensor.vendor, "7.50")):
        vendor.carriage = Decimal(cost)
        vendor.save()
    request = sent(world, NPW_KIT=2, SPO_SEN=2)
    assert request.carriage == Decimal("19.50")
    adjust(request, world.head, NPW_KIT=1, SPO_SEN=0)
    assert fresh(request).carriage == Decimal("12.00")


@pytest.mark.parametrize(
    ("left", "field"),
    [
        ({"NPW_KIT": 5}, "line-"),
        ({"NPW_KIT": -1}, "line-"),
        ({"NPW_KIT": 4}, "lines"),
        ({}, "lines"),
        ({"NPW_KIT": 0}, "lines"),
    ],
)
def test_only_less_and_never_all_of_it(world: SimpleNamespace, left: dict[str, int], field: str) -> None:
    request = sent(world, NPW_KIT=4)
    with pytest.raises(Invalid) as refusal:
        adjust(request, world.head, **left)
    assert all(name.startswith(field) for name in refusal.value.errors)
    assert not Decision.objects.exists()


def test_a_line_of_another_request_is_none_of_this_one(world: SimpleNamespace) -> None:
    request, other = sent(world, NPW_KIT=4), sent(world, NPW_KIT=4)
    with pytest.raises(Invalid):
        adjusting.adjust_and_approve(
            step_id=open_steps(request)[0].pk,
            by=world.head,
            seen=seen(request),
            quantities={other.lines.get().public_id: 1},
            reason="Enough",
        )


def test_a_reason_a_right_and_what_was_shown_are_needed(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=4)
    with pytest.raises(Invalid):
        adjust(request, world.head, " ", NPW_KIT=1)
    with pytest.raises(NotAllowed):
        adjust(request, world.procurement, NPW_KIT=1)
    step, shown = open_steps(request)[0], seen(request)
    request.lines.update(quantity=3)
    with pytest.raises(StaleState):
        adjusting.adjust_and_approve(
            step_id=step.pk,
            by=world.head,
            seen=shown,
            quantities={request.lines.get().public_id: 1},
            reason="x",
        )


def priced(world: SimpleNamespace, price: str) -> None:
    """One monitor leads costs so much, on contract and without flags that add steps of their own."""
    item = world.items["SPO-SEN"]
    item.price, item.flags, item.usual_max = Decimal(price), [], 100
    item.save()
    item.vendor.carriage = Decimal(0)
    item.vendor.save()


@pytest.mark.parametrize(("price", "left"), [("250.00", True), ("249.99", False)])
def test_who_is_not_needed_below_a_limit_is_not_asked(world: SimpleNamespace, price: str, left: bool) -> None:
    """4 left: exactly 1,000 still needs finance, 999.96 does not."""
    priced(world, price)
    request = sent(world, SPO_SEN=8)
    finance = ApprovalStep.objects.get(approval__request=request, role="finance")
    assert finance.state == "waiting"
    adjust(request, world.head, SPO_SEN=4)
    finance.refresh_from_db()
    assert finance.state == ("open" if left else "withdrawn")
    assert fresh(request).state == (RequestState.SUBMITTED if left else RequestState.APPROVED)
    if not left:
        assert finance.why.startswith("No longer needed: below £1,000.")


def test_what_is_open_beside_it_stays_open(world: SimpleNamespace) -> None:
    priced(world, "700.00")
    request = sent(world, SPO_SEN=8)  # 5,600: head, then finance and procurement at once
    approve(request, world.head)
    step = next(one for one in open_steps(request) if one.role == "finance")
    adjusting.adjust_and_approve(
        step_id=step.pk,
        by=world.finance,
        seen=seen(fresh(request)),
        quantities={request.lines.get().public_id: 2},
        reason="Share with the next order",
        confirmed=True,
    )
    assert [one.role for one in open_steps(request)] == ["procurement"]
    assert fresh(request).state == RequestState.SUBMITTED


def test_the_sender_and_who_decided_before_are_told(world: SimpleNamespace) -> None:
    priced(world, "250.00")
    request = sent(world, SPO_SEN=8)
    approve(request, world.head)
    adjust(request, world.finance, "Trial quantity first", SPO_SEN=5)
    told = Notice.objects.filter(kind="lines_adjusted", case=request.public_id)
    assert {one.user_id for one in told} == {world.nurse.pk, world.head.pk}
    assert "5 instead of 8" in told[0].params["reason"]
    assert "Trial quantity first" in told[0].params["reason"]


def test_the_same_again_answers_with_the_first(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=4, GLV_NIT_M=6)
    step, shown, line = open_steps(request)[0], seen(request), request.lines.get(code="NPW-KIT")
    for _ in range(2):
        adjusting.adjust_and_approve(
            step_id=step.pk, by=world.head, seen=shown, quantities={line.public_id: 2}, reason="Enough"
        )
    assert Decision.objects.filter(step=step).count() == 1


def test_sent_again_it_is_asked_for_anew(world: SimpleNamespace) -> None:
    from approvals.decisions import return_step

    request = sent(world, NPW_KIT=4, SPO_SEN=1)
    adjust(request, world.head, SPO_SEN=0)
    step = open_steps(request)[0]
    by = step.approvers.filter(open=True).first().user
    return_step(step_id=step.pk, by=by, seen=seen(fresh(request)), reason="Which ward?")
    lifecycle.submit(public_id=request.public_id, by=world.nurse, seen=quote(fresh(request)).fingerprint)
    line = request.lines.get(code="SPO-SEN")
    assert (line.state, line.approved_quantity, line.asked_quantity) == (LineState.ASKED, None, None)
    assert line.amount == line_amount(1, line.unit_price)


def test_taken_back_everything_is_as_before(world: SimpleNamespace) -> None:
    priced(world, "249.99")
    request = sent(world, SPO_SEN=8, NPW_KIT=1)
    before = (seen(request), request.amount)
    first = open_steps(request)[0]
    adjust(request, world.head, SPO_SEN=3, NPW_KIT=0)
    finance = ApprovalStep.objects.get(approval__request=request, role="finance")
    assert finance.state == "withdrawn"
    assert (seen(fresh(request)), fresh(request).amount) != before
    _put_back(first.pk)
    request = fresh(request)
    assert (seen(request), request.amount) == before
    assert set(request.lines.values_list("asked_quantity", "approved_quantity")) == {(None, None)}
    finance.refresh_from_db()
    assert (finance.state, finance.why) == ("waiting", "Orders from £1,000 need the finance partner")


def _put_back(step_id: int) -> None:
    from portal.facts import verb

    @verb
    def act() -> None:
        run = running.locked(step_id)
        adjusting.put_back(run, run.on_step[-1])

    act()


@pytest.mark.parametrize("struck", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_the_checks_of_the_database_find_nothing(world: SimpleNamespace, struck: bool, whole: bool) -> None:
    link(world)
    request = sent(world, NPW_KIT=4, SPO_SEN=2, GLV_NIT_M=6)
    adjust(request, world.head, NPW_KIT=0 if struck else 1)
    while whole and (steps := open_steps(request)):
        approve(fresh(request), steps[0].approvers.filter(open=True).first().user)
    assert [str(one) for one in find()] == []


def test_another_answer_of_the_same_person_is_not_the_same(world: SimpleNamespace) -> None:
    """A yes from a second, old page must not look as if its quantities were kept."""
    request = sent(world, NPW_KIT=4, GLV_NIT_M=6)
    [step] = open_steps(request)
    shown, lines = seen(request), {line.code: line.public_id for line in request.lines.all()}
    again = {"step_id": step.pk, "by": world.head, "seen": shown, "reason": "Enough"}
    adjusting.adjust_and_approve(**again, quantities={lines["NPW-KIT"]: 2, lines["GLV-NIT-M"]: 6})
    with pytest.raises(AlreadyDecided) as told:
        adjusting.adjust_and_approve(**again, quantities={lines["NPW-KIT"]: 1})
    assert told.value.message == "You approved this before."
    with pytest.raises(AlreadyDecided):
        decisions.approve_step(step_id=step.pk, by=world.head, seen=shown)
    adjusting.adjust_and_approve(**again, quantities={lines["NPW-KIT"]: 2, lines["GLV-NIT-M"]: 6})
    assert Decision.objects.count() == 1
