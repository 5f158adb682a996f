"""Everything that can be said about a policy without running it."""

from dataclasses import replace

from approvals.proof.examples import example
from approvals.proof.finding import CODES, Finding
from approvals.proof.people import of_people
from approvals.proof.reach import Reach, control_goods, decided_by_rank, gaps, overlaps, unreachable
from approvals.proof.shape import bands, unknown, unreadable
from approvals.proof.words import sentence
from approvals.proof.world import World
from approvals.routing import RuleSet


def prove(rules: RuleSet, world: World) -> list[Finding]:
    """What is wrong with `rules` in `world`, the gravest first; none: nothing is. No query but for names of groups and people.

    Rules that cannot be read are all that is said as long as there are any.
    """
    found = findings(rules, world)
    found.sort(key=lambda one: (CODES.index(one.code), one.rules))
    return [replace(one, sentence=sentence(one, world), example=example(one, world)) for one in found]


def findings(rules: RuleSet, world: World) -> list[Finding]:
    """As `prove`, without sentences and in no order."""
    broken = list(unreadable(rules, world))
    if broken or not world.places:
        return broken
    reach = Reach(rules, world)
    odd = [*unknown(rules, world), *bands(rules, world)]
    said = {code for one in odd for code in one.rules}
    never = [one for one in unreachable(reach) if one.code != "never_holds" or one.rules[0] not in said]
    routes = [*gaps(reach), *overlaps(reach), *control_goods(reach), *decided_by_rank(reach)]
    return [*odd, *never, *routes, *of_people(reach)]
