"""The invariants of deciding (reliability.md, section 4), as functions of what is stored and of what the oracle knows."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.approvals.machine import oracle
from tests.approvals.machine.oracle import Town
from tests.approvals.machine.tables import ApprovalRow, DecisionRow, StepRow, Stored

TECHNICAL = {role for role, _place, _needed in oracle.TECHNICAL.values()}


class Broken(AssertionError):
    """A law that does not hold."""

    def __init__(self, law: str, said: str) -> None:
        super().__init__(f"{law}: {said}")
        self.law = law


@dataclass
class Memory:
    """What was true at the moment of each decision, kept by the machine; the tables are not asked about the past."""

    content: dict[int, dict[str, int]] = field(default_factory=dict)  # decision -> quantities
    amount: dict[int, object] = field(default_factory=dict)
    known_hash: dict[str, tuple[object, ...]] = field(default_factory=dict)  # hash -> what it stands for
    cancelled: set[int] = field(default_factory=set)
    ever_editors: dict[int, set[int]] = field(default_factory=dict)
    swept_at: datetime | None = None  # a sweep was the last thing that happened


def hold(law: str, true: object, said: str) -> None:
    if not true:
        raise Broken(law, said)


def subjects(stored: Stored, request: int, memory: Memory) -> set[int]:
    row = stored.requests[request]
    parts = {row.writer, row.requester, *memory.ever_editors.get(request, ())}
    return parts | ({row.beneficiary} if row.beneficiary else set())


def check(before: Stored, now: Stored, town: Town, memory: Memory) -> None:
    """Raises Broken for the first law that does not hold."""
    nothing_disappears(before, now)
    for pk, decision in now.decisions.items():
        if pk not in before.decisions:
            new_decision(decision, before, now, town, memory)
    for law in LAWS:
        law(now, town, memory)
    routes(before, now, town, memory)
    memory.cancelled |= {pk for pk, row in now.requests.items() if row.state == "cancelled"}


# --- append-only ----------------------------------------------------------------------------------------------------
def nothing_disappears(before: Stored, now: Stored) -> None:
    for name in ("decisions", "approvals", "steps", "glass"):
        hold("append-only", set(getattr(before, name)) <= set(getattr(now, name)), f"{name} disappeared")
    for pk, row in before.decisions.items():
        hold("append-only", now.decisions[pk] == row, f"decision {pk} was changed")
    hold("append-only", now.moves[: len(before.moves)] == before.moves, "moves were rewritten")
    hold("append-only", now.events[: len(before.events)] == before.events, "events were rewritten")


# --- a decision, at its moment ----------------------------------------------------------------------------------------
def new_decision(one: DecisionRow, before: Stored, now: Stored, town: Town, memory: Memory) -> None:
    step = now.steps[one.step]
    request = now.request_of(step)
    actor = town.people[one.actor]
    hold("I21", actor.human, "the system decided a step")
    hold("I14", actor.active, "who is not here any more decided")
    if one.withdraws is not None:
        taken = before.decisions.get(one.withdraws)
        hold(
            "undo", taken is not None and taken.actor == one.actor, "somebody else's decision was taken back"
        )
        assert taken is not None
        hold("undo", town.moment - taken.decided_at <= oracle.UNDO, "taken back after the time for it")
        later = [row for row in before.decisions.values() if row.pk > taken.pk and row.withdraws is None]
        same_run = [row for row in later if now.steps[row.step].approval == step.approval]
        hold("undo", not same_run, "taken back after somebody decided later")
        return
    was = before.steps.get(one.step)
    hold("I13", was is not None and was.state == "open", "a step that was not open was decided")
    assert was is not None
    hold("I31", was.opened_at is not None and was.opened_at <= one.decided_at, "decided before it was asked")
    hold("I31", one.decided_at == town.moment, "not decided at this moment")
    part = subjects(before, request.pk, memory)
    for who in {one.actor, one.authority}:
        hold("I1", not town.touched(who, part), f"{who} has a part in the request and decided")
    counted = before.deciders(was.approval) if was.distinct else set()
    mine = {pk for row in before.present(was) for pk in (row.actor, row.authority)}
    for who in {one.actor, one.authority}:
        hold("I2", not town.touched(who, counted | mine), f"{who} decided this run before")
    amount = before.requests[request.pk].amount
    rights = town.rights(one.actor, was.codes, amount, part | counted | mine, late=was.late)
    if one.actor == one.authority:
        hold("I13", any(right[0] == one.actor for right in rights), "decided without a right")
    else:
        lent = next((row for row in town.lent if row.pk == one.delegation), None)
        hold("I5", lent is not None, "in somebody's name, and nobody lent it")
        assert lent is not None
        hold("I5", lent.in_force(town.moment), "the right that was lent is not in force")
        hold("I6", lent.lender == one.authority and lent.to == one.actor, "lent by or to somebody else")
        hold("I5", lent.below is None or amount < lent.below, "the amount is beyond what was lent")
        codes = was.codes
        held = any(town.holds(one.authority, code, amount) for code in codes)
        hold("I7", held, "the lender has not the right any more")
        hold("I5", any(right[2] == one.delegation for right in rights), "lent, and does not count now")
    memory.content[one.pk] = request.content
    memory.amount[one.pk] = request.amount


# --- the state of everything ----------------------------------------------------------------------------------------------
def agreed(step: StepRow, now: Stored) -> tuple[int, bool]:
    """How many authorities agreed to it, and whether one of them is a higher one."""
    rows = [one for one in now.present(step) if one.outcome == "approved"]
    return len({one.authority for one in rows}), any(one.role not in ("", step.role) for one in rows)


def quorum(now: Stored, town: Town, memory: Memory) -> None:
    for step in now.steps.values():
        present = now.present(step)
        count, higher = agreed(step, now)
        enough = count >= step.needed or higher
        hold("I17", count <= step.needed, f"step {step.pk}: {count} agreements of {step.needed}")
        said = Counter(one.authority for one in present)
        hold("I17", not said or max(said.values()) == 1, f"step {step.pk}: one authority decided twice")
        outcomes = {one.outcome for one in present}
        hold(
            "I17", not {"approved", "rejected"} <= outcomes or step.state == "rejected", "yes and no at once"
        )
        if step.state == "approved":
            hold("I17", enough, f"step {step.pk} is agreed with {count} of {step.needed}")
        if step.state == "open":
            hold("I17", not enough, f"step {step.pk} waits, and {count} of {step.needed} agreed")
            hold("I17", outcomes <= {"approved"}, f"step {step.pk} waits, and was decided")
        if step.state == "waiting":
            hold("I16", not present, f"step {step.pk} was decided before it was asked")
        hold(
            "I16",
            (step.state == "rejected") == ("rejected" in outcomes),
            f"step {step.pk}: rejected and its record",
        )


def distinct_people(now: Stored, town: Town, memory: Memory) -> None:
    for approval in now.approvals.values():
        rows = [
            one
            for step in now.steps_of.get(approval.pk, [])
            if step.distinct
            for one in now.present(step)
            if one.outcome == "approved"
        ]
        for number, one in enumerate(rows):
            others = {pk for other in rows[:number] for pk in (other.actor, other.authority)}
            for who in {one.actor, one.authority}:
                hold("I2", not town.touched(who, others), f"{who} agreed twice in one run")


def states(now: Stored, town: Town, memory: Memory) -> None:
    """The state of a request is what its rounds say, and each move of it is on record once."""
    moves: dict[int, list[tuple[str, str]]] = {}
    for _pk, request, before, after in now.moves:
        moves.setdefault(request, []).append((before, after))
    told = Counter((action, case) for _pk, action, case, *_rest in now.events)
    for request in now.requests.values():
        at = "draft"
        for before, after in moves.get(request.pk, []):
            hold("I16", before == at, f"moved from {before}, and was {at}")
            at = after
        hold("I16", at == request.state, f"stored as {request.state}, the record says {at}")
        hold(
            "I18",
            request.pk not in memory.cancelled or request.state == "cancelled",
            "cancelled, and moved on",
        )
        latest = now.running(request.pk)
        if latest is None:
            hold("I16", request.state == "draft", f"{request.state} without any approval")
            continue
        expected = {
            "open": {"submitted"},
            "needs_routing": {"submitted"},
            "approved": {"approved", "in_fulfilment", "fulfilled", "closed"},
            "rejected": {"rejected"},
            "returned": {"returned", "cancelled"},
            "withdrawn": {"returned", "cancelled"},
        }[latest.status]
        hold("I16", request.state in expected, f"{request.state}, and its approval is {latest.status}")
        live = [
            one
            for one in now.approvals.values()
            if one.request == request.pk and one.status in ("open", "needs_routing")
        ]
        hold("I16", len(live) <= 1, "two rounds at once")
        for to, action in MOVES.items():
            count = sum(after == to for _before, after in moves.get(request.pk, []))
            hold(
                "I16",
                told[action, request.case] == count,
                f"{count} times {to}, {told[action, request.case]} events",
            )


MOVES = {"approved": "request.approved", "rejected": "request.rejected", "cancelled": "request.cancelled"}


def agreed_only_by_all(now: Stored, town: Town, memory: Memory) -> None:
    """Approved means: every step agreed or carried, or the policy decided, or the glass was broken."""
    broken = {one.approval for one in now.glass.values()}
    for approval in now.approvals.values():
        steps = now.steps_of.get(approval.pk, [])
        if approval.status == "approved" and approval.pk not in broken:
            kept = [step for step in steps if step.state != "withdrawn"]
            hold("I3", all(step.state == "approved" for step in kept), "approved, and a step was not")
            hold("I3", kept or "standing-order" in approval.rules, "approved by nobody")
        elif approval.status == "needs_routing":
            asked = {step for step, _who, _lender in now.inbox}
            unasked = [step for step in steps if step.state in ("open", "waiting") and step.pk not in asked]
            hold("I3", unasked or not steps, "needs routing, and everybody is asked")
        elif approval.status == "open":
            hold("I16", any(step.state == "open" for step in steps), "open, and nobody is asked")
        else:
            hold(
                "I16",
                not any(step.state == "open" for step in steps),
                f"{approval.status}, and somebody is asked",
            )


def content_bound(now: Stored, town: Town, memory: Memory) -> None:
    """What is carried out is what was agreed: nothing in it is more than any of the decisions saw."""
    for approval in now.approvals.values():
        request = now.requests[approval.request]
        if now.running(request.pk) is not approval or approval.status not in ("approved", "open"):
            continue
        for step in now.steps_of.get(approval.pk, []):
            for one in now.present(step):
                if one.outcome != "approved" or one.pk not in memory.content:
                    continue
                seen = memory.content[one.pk]
                more = [code for code, count in request.content.items() if count > seen.get(code, 0)]
                if step.carried_from is not None and step.role in TECHNICAL:
                    more = [code for code in more if code == "M-SAFE"]
                hold("I11", not more, f"more of {more} than decision {one.pk} agreed to")


def hashes(now: Stored, town: Town, memory: Memory) -> None:
    """A hash stands for one content only, and each decision carries that of what it was about."""
    for pk, content in memory.content.items():
        one = now.decisions[pk]
        request = now.request_of(now.steps[one.step])
        what = (request.pk, *sorted(content.items()))
        known = memory.known_hash.setdefault(one.content_hash, what)
        hold("I10", known == what, f"decision {pk} carries the hash of something else")


def records(now: Stored, town: Town, memory: Memory) -> None:
    """Exactly one event for each decision; the record is in the order of time."""
    written: Counter[tuple[str, str]] = Counter()
    for one in now.decisions.values():
        action = "undone" if one.withdraws is not None else one.outcome
        written[f"step.{action}", f"step:{one.step}"] += 1
    told = Counter((action, subject) for _pk, action, _case, subject, _at, _actor in now.events)
    for action in ("step.approved", "step.rejected", "step.returned"):
        for key in {key for key in (*written, *told) if key[0] == action}:
            hold("I16", written[key] == told[key], f"{key}: {written[key]} decisions, {told[key]} events")
    times = [row[4] for row in now.events]
    hold("I31", times == sorted(times), "the record is not in the order of time")


def inbox(now: Stored, town: Town, memory: Memory) -> None:
    for step, who, _lender in now.inbox:
        hold(
            "inbox",
            now.steps[step].state == "open",
            f"{who} is asked for a step that is {now.steps[step].state}",
        )
    if memory.swept_at != town.moment:
        return
    for step in now.open_steps:
        request = now.request_of(step)
        without = subjects(now, request.pk, memory)
        without |= {pk for one in now.present(step) for pk in (one.actor, one.authority)}
        if step.distinct:
            without |= now.deciders(step.approval)
        people = {who for row, who, _lender in now.inbox if row == step.pk}
        routing = now.approvals[step.approval].status == "needs_routing"
        hold("I14", people or routing, f"after the sweep nobody is asked for step {step.pk}")
        for who in people:
            right = town.rights(who, step.codes, request.amount, without, late=step.late)
            hold("I14", right, f"after the sweep {who} is asked for step {step.pk} and may not decide it")


def cancelled(now: Stored, town: Town, memory: Memory) -> None:
    for request, state in now.outbox:
        if now.requests[request].state in ("cancelled", "rejected", "submitted", "returned"):
            hold(
                "I19",
                state == "void",
                f"a message that is {state} of a request that is {now.requests[request].state}",
            )


def glass(now: Stored, town: Town, memory: Memory) -> None:
    events = Counter(action for _pk, action, *_rest in now.events)
    hold("I27", events["approval.break_glass"] == len(now.glass), "uses and their events differ")
    for one in now.glass.values():
        hold("I25", one.told >= 2, "fewer than two were told")
        if one.reviewed_by is not None:
            part = subjects(now, one.request, memory) | {one.by}
            hold("I26", not town.touched(one.reviewed_by, part), "reviewed by somebody with a part in it")


LAWS: tuple[Callable[[Stored, Town, Memory], None], ...] = (
    quorum,
    distinct_people,
    agreed_only_by_all,
    states,
    content_bound,
    hashes,
    records,
    inbox,
    cancelled,
    glass,
)


def owed(approval: ApprovalRow, now: Stored) -> set[tuple[int, str, int]]:
    """Steps of the round before that were asked and did not agree: a smaller amount takes nobody out."""
    earlier = [
        one for one in now.approvals.values() if one.request == approval.request and one.pk < approval.pk
    ]
    last = max(earlier, key=lambda one: one.pk, default=None)
    steps = now.steps_of.get(last.pk, []) if last else []
    return {
        (one.sequence, one.role, one.needed) for one in steps if one.opened_at and one.state != "approved"
    }


# --- routes -----------------------------------------------------------------------------------------------------------
def routes(before: Stored, now: Stored, town: Town, memory: Memory) -> None:
    """A new round asks for what this amount needs; a step that opened asks the first authority that may."""
    for pk, approval in now.approvals.items():
        if pk not in before.approvals and now.steps_of.get(pk):
            request = now.requests[approval.request]
            flags = ["safety_critical"] if request.content.get("M-SAFE") else []
            planned = {(step.sequence, step.role, step.needed) for step in now.steps_of[pk]}
            wanted = oracle.plan(request.amount, flags)
            extra = planned - wanted
            said = f"{request.amount} needs {sorted(wanted)}, planned {sorted(planned)}"
            hold("I12", wanted <= planned and extra <= owed(approval, now), said)
    for pk, step in now.steps.items():
        was = before.steps.get(pk)
        opened = step.state == "open" and (was is None or was.state != "open") and step.round == 1
        if opened and step.opened_at == town.moment and not (was and was.opened_at):
            request = now.request_of(step)
            without = subjects(now, request.pk, memory) | (
                now.deciders(step.approval) if step.distinct else set()
            )
            expected = town.resolve(step.role, step.needed, request.amount, without)
            hold("I3", step.asked == expected, f"asked {step.asked} for {step.role}; {expected} may")
