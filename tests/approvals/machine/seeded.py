"""`make seeded-bugs`: break the product in one place at a time, and see that the machine finds it.

    python -m tests.approvals.machine.seeded [name ...]

Prints for each mistake after how many examples it was found and which law it broke; before that the machine runs over the
product as it is and must find nothing. Exit code 1 if one is not found, or if that control fails.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import HypothesisException
from hypothesis.stateful import run_state_machine_as_test

MOST, STEPS = int(os.environ.get("MACHINE_EXAMPLES", "150")), 30
Patches = list[tuple[str, Any]]


@dataclass(frozen=True)
class Mistake:
    """One mistake that somebody could make: `patches` gives what to put in the place of what.

    `about`: the moves that its search makes four times in five, so that it takes seconds; the laws are all of them.
    """

    name: str
    says: str
    patches: Callable[[], Patches]
    about: tuple[str, ...] = ()


def no_self_check() -> Patches:
    return [("approvals.authority.subjects", lambda request: set())]


def writers_may() -> Patches:
    def subjects(request: Any) -> set[int]:
        part = {request.requester_id, request.filed_by_id, request.beneficiary_id}
        return {pk for pk in part if pk}

    return [("approvals.authority.subjects", subjects)]


def above_for_from() -> Patches:
    from decimal import Decimal

    from approvals import routing

    real = routing.matches

    def matches(conditions: dict[str, Any], case: Any) -> bool:
        cent = Decimal("0.01")
        moved = dict(conditions)
        for name in {"amount_from", "amount_to"} & set(conditions):
            if Decimal(conditions[name]):
                moved[name] = str(Decimal(conditions[name]) + cent)
        return real(moved, case)

    return [("approvals.routing.matches", matches)]


def limit_includes() -> Patches:
    def covers(delegation: Any, request: Any) -> bool:
        if delegation.limit is not None and request.base_amount > delegation.limit:
            return False
        return not delegation.categories or request.category.code in delegation.categories

    return [("approvals.authority.covers", covers)]


def no_hash() -> Patches:
    return [("approvals.running.check_seen", lambda run, seen: None)]


def lent_on() -> Patches:
    """A delegate of a delegate decides."""
    from approvals import authority
    from approvals.authority import Claim
    from approvals.models import Delegation
    from portal.clock import now

    real = authority.claim

    def claim(user: Any, step: Any, request: Any, *, without: set[int]) -> Claim | None:
        found = real(user, step, request, without=without)
        if found or user.pk in without:
            return found
        for one in Delegation.objects.in_force(now()).filter(delegate=user).select_related("grantor"):
            further = real(one.grantor, step, request, without=without)
            if further and further.authority.pk != user.pk:
                return Claim(further.authority, further.role, one)
        return None

    return [("approvals.authority.claim", claim)]


def for_ever() -> Patches:
    """A delegation that is over, or was taken back, still counts."""
    from approvals.models.cover import DelegationQuerySet

    def in_force(self: DelegationQuerySet, moment: Any) -> Any:
        return self.filter(starts_at__lte=moment)

    return [("approvals.models.cover.DelegationQuerySet.in_force", in_force)]


def rights_outlive() -> Patches:
    """A delegate keeps what the lender has lost."""
    from approvals import authority
    from approvals.authority import Claim
    from approvals.models import Delegation
    from portal.clock import now

    real = authority.claim

    def claim(user: Any, step: Any, request: Any, *, without: set[int]) -> Claim | None:
        found = real(user, step, request, without=without)
        if found or user.pk in without or not user.is_active:
            return found
        lent = (
            Delegation.objects.in_force(now())
            .filter(delegate=user, standing=False)
            .exclude(grantor__in=without)
        )
        one = lent.select_related("grantor").first()
        return Claim(one.grantor, step.asked_role, one) if one else None

    return [("approvals.authority.claim", claim)]


def counts_twice() -> Patches:
    """A quorum counts clicks, not people; and who decided may decide again."""
    from approvals.running import APPROVED, Run

    def enough(self: Run) -> bool:
        agreed = [one for one in self.on_step if one.outcome == APPROVED]
        return len(agreed) + int(self.step.needed > 1) >= self.step.needed

    return [("approvals.running.Run.enough", property(enough))]


def second_account() -> Patches:
    def apart(people: Any, without: Any) -> Any:
        return people.exclude(pk__in=list(without))

    return [("approvals.authority.apart", apart)]


def undo_late() -> Patches:
    return [("approvals.undoing.UNDO", timedelta(days=2))]


def undone_counts() -> Patches:
    """What was taken back still counts."""
    return [("approvals.running.Run.counted", property(lambda self: self.decisions))]


def keeps_all() -> Patches:
    """Whatever changed, what was decided stands."""
    return [("approvals.materiality.asked_again", lambda *values, **named: {})]


def own_review() -> Patches:
    return [("approvals.break_glass.not_to_review", lambda broken, by: "")]


def routing_approves() -> Patches:
    """Nobody may decide: so it is agreed."""
    from approvals import opening
    from requests_app import lifecycle

    def needs_routing(approval: Any, request: Any, *, by: Any, why: str) -> None:
        opening._close(approval, "approved")
        lifecycle.approve(request=request, by=by)

    return [("approvals.opening.needs_routing", needs_routing)]


def same_person_again() -> Patches:
    """Steps of one run may go to one person."""
    from approvals import authority

    return [("approvals.running.Run.without", property(lambda self: authority.subjects(self.request)))]


def no_event() -> Patches:
    return [("approvals.running._note", lambda run, decision: None)]


PART, LENT, YES = "approve_by_who_has_a_part", "approve_by_who_holds_it_for_others", "approve_as_entitled"
MISTAKES = (
    Mistake("no-self-check", "who wrote it may decide it", no_self_check, ("submit", PART)),
    Mistake("editor-decides", "who added to it may decide it", writers_may, ("extend", "get_a_role", PART)),
    Mistake("second-account", "a second account counts as another", second_account, ("submit", YES, PART)),
    Mistake("same-person", "one person takes two steps of a run", same_person_again, ("submit", YES, PART)),
    Mistake("above-for-from", "`>` for `>=` at the limit of a band", above_for_from, ("submit",)),
    Mistake(
        "limit-includes",
        "`<=` for `<` at the limit of a delegation",
        limit_includes,
        ("lend", "submit", LENT),
    ),
    Mistake(
        "no-hash", "what was shown is not compared", no_hash, ("extend", "approve_what_was_shown_before")
    ),
    Mistake("lent-on", "a delegate lends on: depth 2", lent_on, ("lend", LENT)),
    Mistake(
        "for-ever",
        "a delegation that is over still counts",
        for_ever,
        ("lend", "take_back", "time_passes", LENT),
    ),
    Mistake(
        "rights-outlive",
        "a delegate keeps what the lender lost",
        rights_outlive,
        ("lend", "lose_a_role", "leave", LENT),
    ),
    Mistake("counts-less", "one agreement too few is a quorum", counts_twice, ("submit", YES)),
    Mistake("undo-late", "taken back after the time for it", undo_late, (YES, "time_passes", "undo")),
    Mistake("undone-counts", "what was taken back still counts", undone_counts, (YES, "undo")),
    Mistake(
        "keeps-all",
        "an increase keeps what was decided",
        keeps_all,
        (YES, "return_it", "change_and_send_again", "extend"),
    ),
    Mistake(
        "own-review", "who broke the glass reviews it", own_review, ("take_duty", "break_glass", "review")
    ),
    Mistake(
        "routing-approves",
        "nobody may decide, so it is agreed",
        routing_approves,
        ("all_leave", "sweep", "submit"),
    ),
    Mistake("no-event", "a decision without an event", no_event, (YES,)),
)


@contextmanager
def made(mistake: Mistake) -> Iterator[None]:
    """The product with this mistake in it, inside the block."""
    started = []
    try:
        for where, what in mistake.patches():
            started.append(patch(where, what))
            started[-1].start()
        yield
    finally:
        for one in reversed(started):
            one.stop()


def search(most: int = MOST, *, start: int = 0, about: tuple[str, ...] = ()) -> tuple[int, str, str]:
    """Run the machine: (examples, the law that was broken or '', what it said)."""
    from tests.approvals.machine.laws import Broken
    from tests.approvals.machine.machine import Deciding

    class Counted(Deciding):
        examples = 0
        favoured = frozenset(about)

        def __init__(self) -> None:
            super().__init__()
            Counted.examples += 1

    profile = settings(
        max_examples=most,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        print_blob=False,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    Counted.TestCase.settings = profile
    try:
        run_state_machine_as_test(seed(start)(Counted), settings=profile)
    except Broken as broken:
        return Counted.examples, broken.law, str(broken)
    except HypothesisException:
        raise
    except Exception as failure:  # noqa: BLE001 (a mistake may also end in an error of the product)
        return Counted.examples, type(failure).__name__, str(failure).splitlines()[0][:110]
    return Counted.examples, "", ""


def find_all(names: list[str]) -> int:
    """Search for each; the table goes to standard output. Needs a database with a world in it."""
    failed = 0
    if not names:
        count, law, said = search()
        failed += bool(law)
        print(
            f"{'nothing broken':<18} {count:>5} examples  {'FAILED: ' + said if law else 'no law broken'}",
            flush=True,
        )
    for mistake in MISTAKES:
        if names and mistake.name not in names:
            continue
        began = monotonic()
        with made(mistake):
            count, law, said = search(about=mistake.about)
        failed += not law
        found = f"after {count:>4} examples, {monotonic() - began:>4.0f} s" if law else "NOT FOUND"
        print(f"{mistake.name:<18} {mistake.says:<48} {found}  {said[:120]}", flush=True)
    return failed


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    from django.db import transaction
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from tests import personas
    from tests.approvals.machine import town
    from tests.approvals.machine.machine import Deciding

    setup_test_environment()
    before = setup_databases(verbosity=0, interactive=False)
    try:
        with transaction.atomic():
            Deciding.setting = town.make(personas.world())
            failed = find_all(sys.argv[1:])
            transaction.set_rollback(True)
    finally:
        teardown_databases(before, verbosity=0)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
