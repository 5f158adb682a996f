"""Moves of people: they lend their right, are away, come, go, and take duties."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from approvals import cover
from approvals.models import Absence, Delegation
from portal.accounts import duties, scopes
from portal.accounts.models import Duty
from tests.approvals.machine.oracle import Away, Lent
from tests.approvals.machine.playing import LIMITS, ROLES, SPANS, Playing, move


class People(Playing):
    """They are not always there, and not always what they were."""

    def lenders(self) -> list[int]:
        """Who may decide something, first of all those who are asked."""
        asked = sorted({pk for step in self.stored.open_steps for pk in self.entitled(step)})
        holders = [
            pk for pk, one in self.town.people.items() if one.active and one.human and len(one.roles) > 0
        ]
        return asked * 2 + sorted(holders)

    @move(
        "stands_in",
        4,
        span=st.sampled_from(SPANS),
        below=st.sampled_from(LIMITS),
        later=st.sampled_from((0, 0, 0, 2)),
    )
    def lend(self, data: Any, span: timedelta, below: Decimal | None, later: int) -> None:
        lender = data.draw(st.sampled_from(self.lenders()))
        borrowers = [one.lender for one in self.town.lent if one.in_force(self.town.moment)]
        to = self.person(data, [*borrowers, self.setting.world.other_head.pk])
        amounts = [row.amount for row in self.in_state("submitted")]
        if below and amounts and data.draw(st.booleans()):
            below = data.draw(st.sampled_from(amounts))  # exactly at a limit
        begins = self.town.moment + timedelta(hours=later)
        one, refusal = self.act(
            cover.delegate,
            grantor=self.users[lender],
            to=self.users[to],
            starts_at=begins,
            ends_at=begins + span,
            by=self.users[lender],
            limit=below,
        )
        if one is not None:
            self.town.lent.append(Lent(one.pk, lender, to, begins, begins + span, below))
        self.done("lend", refusal)

    @move("stands_in", 1, when=lambda self: any(not one.revoked for one in self.town.lent))
    def take_back(self, data: Any) -> None:
        one = data.draw(st.sampled_from([one for one in self.town.lent if not one.revoked]))
        ref = Delegation.objects.get(pk=one.pk).ref
        by = data.draw(st.sampled_from([one.lender, one.to]))
        _lent, refusal = self.act(cover.revoke, ref=ref, by=self.users[by])
        one.revoked = one.revoked or refusal is None
        self.done("take back", refusal)

    @move("stands_in", 2, span=st.sampled_from(SPANS), deputy=st.booleans())
    def go_away(self, data: Any, span: timedelta, deputy: bool) -> None:
        who = data.draw(st.sampled_from(self.lenders()))
        to = self.person(data, []) if deputy else None
        begins, ends = self.town.moment, self.town.moment + span
        absence, refusal = self.act(
            cover.declare_absence,
            user=self.users[who],
            starts_at=begins,
            ends_at=ends,
            by=self.users[who],
            delegate=self.users[to] if to else None,
        )
        if absence is not None:
            self.town.away.append(Away(absence.pk, who, begins, ends))
            self.absences[absence.pk] = absence
            for lent in Delegation.objects.filter(absence=absence):
                assert to
                self.town.lent.append(Lent(lent.pk, who, to, begins, ends))
        self.done("go away", refusal)

    @move("stands_in", 1, when=lambda self: any(not one.called_off for one in self.town.away))
    def come_back(self, data: Any) -> None:
        one = data.draw(st.sampled_from([one for one in self.town.away if not one.called_off]))
        _absence, refusal = self.act(
            cover.call_off, absence=Absence.objects.get(pk=one.pk), by=self.users[one.who]
        )
        if refusal is None:
            one.called_off = True
            ended = set(Delegation.objects.filter(absence=one.pk).values_list("pk", flat=True))
            for lent in self.town.lent:
                lent.revoked = lent.revoked or lent.pk in ended
        self.done("come back", refusal)

    @move("stands_in", 1)
    def name_alternate(self, data: Any) -> None:
        who = data.draw(st.sampled_from(self.lenders()))
        to = self.person(data, [self.setting.world.other_head.pk])
        one, refusal = self.act(
            cover.name_alternate, user=self.users[who], to=self.users[to], by=self.users[who]
        )
        if refusal is None and not any(lent.pk == one.pk for lent in self.town.lent):
            for lent in self.town.lent:
                lent.revoked = lent.revoked or (lent.standing and lent.lender == who)
            self.town.lent.append(Lent(one.pk, who, to, self.town.moment, None, standing=True))
        self.done("alternate", refusal)

    def place(self, where: str) -> Any:
        return self.setting.world.ward if where == "ward" else self.setting.world.hospital

    @move("come_and_go", 2)
    def lose_a_role(self, data: Any) -> None:
        who = data.draw(st.sampled_from(self.lenders()))
        person = self.town.people[who]
        held = sorted(one for one in person.roles if one in ROLES)
        if held:
            role, where = data.draw(st.sampled_from(held))
            membership = self.users[who].memberships.get(role=role, valid_until=None)
            _over, refusal = self.act(scopes.revoke, membership=membership, by=self.setting.world.system)
            if refusal is None:
                person.roles.discard((role, where))
            self.done("lose a role", refusal)

    @move("come_and_go", 2, role=st.sampled_from(ROLES))
    def get_a_role(self, data: Any, role: tuple[str, str]) -> None:
        who = self.person(data, sorted(set().union(*self.memory.ever_editors.values())))
        if self.town.people[who].human:
            _held, refusal = self.act(
                scopes.grant,
                user=self.users[who],
                role=role[0],
                place=self.place(role[1]),
                by=self.setting.world.system,
            )
            if refusal is None:
                self.town.people[who].roles.add(role)
            self.done("get a role", refusal)

    @move("come_and_go", 2)
    def leave(self, data: Any) -> None:
        who = data.draw(st.sampled_from(self.lenders()))
        self.active(who, False)

    @move(
        "come_and_go",
        1,
        when=lambda self: any(not one.active and one.human for one in self.town.people.values()),
    )
    def return_to_work(self, data: Any) -> None:
        gone = [pk for pk, one in self.town.people.items() if not one.active and one.human]
        self.active(data.draw(st.sampled_from(gone)), True)

    @move("come_and_go", 1, when=lambda self: self.stored.open_steps)
    def all_leave(self, data: Any) -> None:
        """Everybody who may decide a step, and everybody above: nobody is left for it."""
        step = self.a_step(data)
        codes = {*step.codes, "director", "executive"}
        for pk in sorted(self.town.people):
            if any(self.town.holds(pk, code, Decimal(0)) for code in codes):
                self.users[pk].is_active = self.town.people[pk].active = False
                self.users[pk].save(update_fields=["is_active"])
        self.done("all leave", None)

    def active(self, who: int, here: bool) -> None:
        user = self.users[who]
        user.is_active = here
        user.save(update_fields=["is_active"])
        self.town.people[who].active = here
        self.done("leave" if not here else "return to work", None)

    @move(
        "glass",
        1,
        when=lambda self: len(self.town.duties) < 3 or not self.in_state("submitted"),
        code=st.sampled_from(("site_manager", "manager_on_call", "exec_on_call")),
    )
    def take_duty(self, data: Any, code: str) -> None:
        world = self.setting.world
        likely = [world.service_manager.pk, world.director.pk, *(one.pk for one in world.executives)]
        who = data.draw(st.sampled_from(likely))
        user = self.users[who]
        duty = Duty.objects.get(pk=self.setting.duties[code])
        _held, refusal = self.act(duties.take_duty, duty=duty, user=user, by=user)
        if refusal is None:
            self.town.duties[code] = who
        self.done("take duty", refusal)
