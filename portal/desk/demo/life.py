"""The people around a request: they ask, decide, pick, send and confirm, each when their plan says so.

After everything that happens to a request it is looked at again (`Life.look`): what is new there gives somebody
something to do later.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q

from approvals.content import hash_to_decide
from approvals.decisions import approve_step, reject_step
from approvals.models import ApprovalStep
from portal.accounts.models import User
from portal.audit.events import DECIDED, actors_of
from portal.audit.origin import acting_from
from portal.clock import now
from portal.desk.demo.plan import Ask, Plan
from portal.desk.demo.stage import Stage
from portal.desk.demo.trade import Trade
from portal.errors import NotAllowed
from requests_app import asking, casework, lifecycle, listing, outcomes, work
from requests_app.kinds import kind_of
from requests_app.models import CaseException, Category, ServiceRequest
from requests_app.states import EmergencyReason, Kind, LineState, Priority, RequestState, RunOut
from requests_app.supplies import drafting, fulfilment
from requests_app.supplies.quoting import quote
from requests_app.transport import carrying, reasons
from requests_app.transport.moves import HANDED_OVER
from sla.models import Clock

RUNG = {"answered_by": "The store's desk", "emergency_reason": EmergencyReason.NO_STOCK}


class Life:
    """Everybody but the buyer in Odoo, who is `Trade`."""

    def __init__(self, stage: Stage, trade: Trade) -> None:
        self.stage, self.trade = stage, trade
        self.asked = 0
        self._plans: dict[int, Plan] = {}
        self._planned: set[tuple[object, ...]] = set()

    # the ward asks

    def ask(self, moment: datetime, ask: Ask) -> None:
        """Let somebody write a request at `moment`, and send it some minutes later."""
        self.stage.queue.push(moment, partial(self._write, ask))

    def _write(self, ask: Ask) -> None:
        with acting_from("web"):
            draft = self._draft(ask)
        if ask.write >= 0:
            later = now() + timedelta(minutes=ask.write, seconds=ask.plan.rng.randrange(60))
            self.stage.queue.push(later, partial(self._send, draft.public_id, ask))

    def _draft(self, ask: Ask) -> ServiceRequest:
        if ask.type != "supply":
            return asking.save_answers(
                by=ask.by,
                client_key=ask.key,
                category=Category.objects.get(code=ask.type),
                department=ask.ward,
                answers=ask.answers,
                note=ask.note,
            )
        if ask.usual and not ask.lines and not ask.note and ask.run_out == RunOut.FINE:
            return drafting.reorder(usual=ask.usual, by=ask.by, client_key=ask.key)
        rung = RUNG if ask.run_out == RunOut.NOW else {}
        return drafting.save_draft(
            by=ask.by,
            client_key=ask.key,
            department=ask.ward,
            quantities=ask.lines,
            run_out=ask.run_out,
            needed_by=now().date() + timedelta(days=ask.needed_in) if ask.needed_in else None,
            note=ask.note,
            answered_by=rung.get("answered_by", ""),
            emergency_reason=rung.get("emergency_reason", ""),
        )

    def _send(self, public_id: str, ask: Ask) -> None:
        draft = ServiceRequest.objects.get(public_id=public_id)
        with acting_from("web"):
            sent = lifecycle.submit(public_id=public_id, by=ask.by, seen=quote(draft).fingerprint)
        self.asked += 1
        self._plans[sent.pk] = self.trade.plans[sent.pk] = ask.plan
        if ask.plan.cancel is not None:
            later = now() + timedelta(hours=ask.plan.cancel)
            self.stage.queue.push(later, partial(self._cancel, sent.pk, ask.by))
        self.look(sent.pk)

    def _cancel(self, pk: int, by: User) -> None:
        request = ServiceRequest.objects.get(pk=pk)
        if request.state == RequestState.SUBMITTED:
            reason = self._plans[pk].rng.choice(
                ("Filed twice", "No longer needed", "Patient or plan changed")
            )
            with acting_from("web"):
                lifecycle.cancel(request=request, by=by, reason=reason)

    # everybody looks

    def look(self, *pks: int) -> None:
        """See what these requests need now, and let somebody do it later. Others than those of the play are left alone."""
        for pk in pks:
            if pk not in self._plans:
                continue
            request = ServiceRequest.objects.select_related("hospital", "department", "category", "team").get(
                pk=pk
            )
            if request.state == RequestState.SUBMITTED:
                self._ask_deciders(request)
            elif request.is_supply and request.state in (RequestState.APPROVED, RequestState.IN_FULFILMENT):
                self._ask_deciders(request)  # about a price, if the order is dearer than agreed
                self._ask_store_and_ward(request)
            elif request.state == RequestState.APPROVED and request.released_at and request.team_id:
                self._ask_team(request)
            if not request.is_supply:
                self._take_in(request)
            self._ask_owners(request)

    def look_all(self, pks: Iterable[int]) -> None:
        self.look(*sorted(pks))

    def _once(self, *what: object) -> bool:
        """Whether this is planned for the first time."""
        if what in self._planned:
            return False
        self._planned.add(what)
        return True

    # those who decide

    def _ask_deciders(self, request: ServiceRequest) -> None:
        plan = self._plans[request.pk]
        steps = ApprovalStep.objects.filter(approval__request=request, state=ApprovalStep.State.OPEN)
        for step in steps.order_by("pk"):
            answer = plan.answer_of(step.asked_role)
            if not self._once("step", step.pk, step.round) or answer.share is None:
                continue
            people = [row.user for row in step.approvers.select_related("user").order_by("pk")]
            needed = min(step.needed if step.asked_role == step.role else 1, answer.most)
            chosen = [self.stage.person(answer.who)] if answer.who else plan.rng.sample(people, needed)
            for number, person in enumerate(chosen):
                moment = self._moment(request, step, answer.share * (1 + number * 0.6))
                moment += timedelta(seconds=plan.rng.randrange(50))
                self.stage.queue.push(
                    moment, partial(self._decide, request.pk, step.pk, person, answer.reject)
                )

    def _moment(self, request: ServiceRequest, step: ApprovalStep, share: float) -> datetime:
        timed = (
            Clock.objects.select_related("calendar").filter(request=request, about=f"step:{step.pk}").last()
        )
        if timed is None:
            return self.stage.hours.after(request.hospital, step.calendar, now(), 10 * share)
        return self.stage.hours.share(timed, request.hospital.time_zone, share)

    def _decide(self, pk: int, step_pk: int, by: User, reject: str) -> None:
        step = ApprovalStep.objects.select_related("approval").get(pk=step_pk)
        request = ServiceRequest.objects.select_related("hospital", "department").get(pk=pk)
        if step.state != ApprovalStep.State.OPEN:
            return  # somebody was first, or the ward took it back
        seen = hash_to_decide(step.approval, request, request.all_lines)
        try:
            with acting_from("web"):
                if reject:
                    reject_step(step_id=step_pk, by=by, seen=seen, reason=reject)
                else:
                    approve_step(step_id=step_pk, by=by, seen=seen, confirmed=True)
        except NotAllowed:  # the role ended meanwhile; it may be given again
            self.stage.queue.push(now() + timedelta(days=1), partial(self._decide, pk, step_pk, by, reject))
            return
        self.look(pk)

    # the store, and the ward that receives

    def _ask_store_and_ward(self, request: ServiceRequest) -> None:
        plan, hours = self._plans[request.pk], self.stage.hours
        lines = list(request.lines.select_related("team"))
        to_pick = [line for line in lines if line.state == LineState.TO_PICK and line.team_id]
        fresh = [line for line in to_pick if self._once("pick", line.pk, line.received_quantity)]
        if fresh and plan.pick is not None:
            response = (
                Clock.objects.select_related("calendar")
                .filter(request=request, kind=Clock.Kind.RESPONSE)
                .last()
            )
            if response and response.is_running:
                moment = hours.share(response, request.hospital.time_zone, plan.pick)
            else:
                moment = hours.after(request.hospital, "stores", now(), 2 * plan.pick + 0.2)
            self.stage.queue.push(moment, partial(self._pick, request.pk, [line.pk for line in fresh]))
        coming = [line for line in lines if listing.expected(line) > 0]
        fresh = [
            line
            for line in coming
            if self._once("receive", line.pk, line.goods_in_quantity, line.received_quantity)
        ]
        if fresh and plan.receive is not None:
            moment = now() + timedelta(hours=plan.receive)
            if request.priority != Priority.EMERGENCY:
                moment = hours.in_daytime(request.hospital, moment)
            self.stage.queue.push(moment, partial(self._receive, request.pk))

    def _pick(self, pk: int, line_ids: list[int]) -> None:
        request = ServiceRequest.objects.select_related("hospital").get(pk=pk)
        ready = list(request.lines.filter(pk__in=line_ids, state=LineState.TO_PICK))
        plan = self._plans[pk]
        if not ready:
            return
        by = plan.rng.choice(self.stage.staff.members[ready[0].team_id or 0])
        picked = [line.pk for line in ready]
        with acting_from("web"):
            fulfilment.pick(request=request, line_ids=picked, by=by)
        if plan.send is not None:
            calendar = "wall" if request.priority == Priority.EMERGENCY else "stores"
            moment = self.stage.hours.after(request.hospital, calendar, now(), plan.send)
            self.stage.queue.push(moment, partial(self._send_out, pk, picked, by))

    def _send_out(self, pk: int, line_ids: list[int], by: User) -> None:
        with acting_from("web"):
            fulfilment.send_on_the_way(request=ServiceRequest.objects.get(pk=pk), line_ids=line_ids, by=by)
        self.look(pk)

    def _receive(self, pk: int) -> None:
        request = ServiceRequest.objects.select_related("hospital", "department").get(pk=pk)
        plan = self._plans[pk]
        came = {line.pk: listing.expected(line) for line in request.lines.all()}
        came = {line: quantity for line, quantity in came.items() if quantity > 0}
        if plan.short and came:
            first = next(iter(came))
            came[first], plan.short = max(came[first] - plan.short, 1), 0
        by = self._receiver(request, plan)
        if came and by:
            with acting_from("web"):
                fulfilment.receive(request=request, quantities=came, by=by)
            self.look(pk)

    def _receiver(self, request: ServiceRequest, plan: Plan) -> User | None:
        if plan.receiver:
            return self.stage.person(plan.receiver)
        people = dict.fromkeys([request.filed_by, *self.stage.staff.receivers(request.department)])
        decided = actors_of(request.public_id, *DECIDED)
        may = [person for person in people if person.pk not in decided]
        if not may:
            return None
        return may[0] if may[0] == request.filed_by and plan.rng.random() < 0.6 else plan.rng.choice(may)

    # the team that has it

    def _take_in(self, request: ServiceRequest) -> None:
        """What a request brought along: tasks of a bundle, the way back of a move, the cleaning after it: sent by nobody here."""
        whole = self._plans[request.pk]
        belongs = Q(parent=request) | Q(move__return_of__request=request) | Q(cleans_after__request=request)
        found = ServiceRequest.objects.filter(belongs).exclude(pk__in=self._plans).select_related("task")
        for part in found.order_by("pk"):
            chance = self.stage.chance("part", part.number)
            plan = Plan(rng=chance, take=chance.triangular(0.05, 0.9, 0.3), work=chance.uniform(0.8, 0.97))
            if part.task and part.task.position in whole.left:
                plan.take = None
            self._plans[part.pk] = self.trade.plans[part.pk] = plan
            self.look(part.pk)

    def _ask_team(self, request: ServiceRequest) -> None:
        plan = self._plans[request.pk]
        if plan.take is None or not self._once("take", request.pk, request.released_at):
            return
        self.stage.queue.push(
            self._share(request, Clock.Kind.RESPONSE, plan.take), partial(self._take, request.pk)
        )

    def _share(self, request: ServiceRequest, kind: str, share: float) -> datetime:
        timed = Clock.objects.select_related("calendar").filter(request=request, kind=kind).last()
        if timed is None or not timed.is_running:
            return now() + timedelta(hours=share)
        return self.stage.hours.share(timed, request.hospital.time_zone, share)

    def _take(self, pk: int) -> None:
        request = ServiceRequest.objects.select_related("hospital", "category", "team").get(pk=pk)
        plan = self._plans[pk]
        kind = kind_of(request)
        team = [
            one for one in self.stage.staff.members[request.team_id or 0] if not kind.not_for(request, one)
        ]
        if request.state != RequestState.APPROVED or not team or kind.not_to_take(request):
            return  # the ward took it back or is not ready, or nobody of the demonstration is in that team
        by = plan.rng.choice(team)
        with acting_from("web"):
            work.take(request=request, by=by)
        moment = self._share(request, Clock.Kind.FULFILMENT, plan.work)
        if request.category.kind == Kind.TRANSPORT:
            self.stage.queue.push(now() + 0.4 * (moment - now()), partial(self._pick_up, pk, by))
        self.stage.queue.push(
            moment + timedelta(seconds=plan.rng.randrange(50)), partial(self._finish, pk, by)
        )

    def _finish(self, pk: int, by: User) -> None:
        request = ServiceRequest.objects.select_related("hospital", "category", "team").get(pk=pk)
        if request.state == RequestState.IN_FULFILMENT:
            with acting_from("web"):
                usual = next(iter(outcomes.of(request.category.kind)))
                outcome = self._plans[pk].outcome or usual
                by = request.assignee or by
                if outcome == HANDED_OVER:
                    carrying.pick_up(request=request, by=by, wristband=True)
                    takers = reasons.handed_to(request.move.what, urgent=request.priority in carrying.URGENT)
                    carrying.deliver(request=request, by=by, handed_to=next(iter(takers), ""))
                else:
                    work.finish(request=request, by=by, outcome=outcome)
            self.look(pk)

    def _pick_up(self, pk: int, by: User) -> None:
        request = ServiceRequest.objects.select_related("hospital", "category", "team").get(pk=pk)
        if request.state == RequestState.IN_FULFILMENT and request.assignee_id == by.pk:
            with acting_from("web"):
                carrying.pick_up(request=request, by=by, wristband=True)

    # those who own what is out of the ordinary

    def _ask_owners(self, request: ServiceRequest) -> None:
        plan = self._plans[request.pk]
        if plan.settle is None:
            return
        for exception in request.exceptions.filter(closed_at=None, kind__in=CaseException.BY_HAND).order_by(
            "pk"
        ):
            if self._once("settle", exception.pk):
                moment = self.stage.hours.after(request.hospital, "buying", now(), plan.settle)
                self.stage.queue.push(moment, partial(self._settle, exception.pk, plan))

    def _settle(self, exception_pk: int, plan: Plan) -> None:
        exception = CaseException.objects.select_related("hospital", "request").get(pk=exception_pk)
        owners = self.stage.staff.holders(exception.hospital.code, exception.owner_role)
        said = (
            "Agreed with the ward by telephone.",
            "The supplier explained it; we go on.",
            "Put right in the order.",
        )
        if exception.closed_at is None and owners:
            by = plan.rng.choice(owners)
            with acting_from("web"):
                casework.close_exception(exception=exception, by=by, reason=plan.rng.choice(said))
