"""What a version of a policy would decide by, were it published: with what hospitals do otherwise, or stand for."""

from approvals.in_force import overridden, read
from approvals.models import ApprovalPolicy
from approvals.proof.finding import NEVER, Finding
from approvals.proof.proving import prove
from approvals.proof.reading import read_world
from approvals.routing import RuleSet
from portal.accounts.models import Hospital

PUBLISHED = ApprovalPolicy.Status.PUBLISHED


def by_hospital(policy: ApprovalPolicy) -> dict[str, RuleSet]:
    """The rules at each hospital that `policy` concerns, by the code of the hospital; {} where the group has none. Three queries.

    A version of the group is joined with what each hospital published; one of a hospital with what the group did.
    """
    own = read(ApprovalPolicy.objects.filter(pk=policy.pk)).get(policy, [])
    others = read(
        ApprovalPolicy.objects.filter(category=policy.category_id, status=PUBLISHED).exclude(
            hospital=policy.hospital_id
        )
        if policy.hospital_id is None
        else ApprovalPolicy.objects.filter(category=policy.category_id, status=PUBLISHED, hospital=None)
    )
    hospitals = dict(Hospital.objects.order_by("code").values_list("pk", "code"))
    if policy.hospital_id is not None:
        group = next(iter(others), None)
        found = overridden(group.mode, others[group], policy, own) if group else RuleSet()
        return {hospitals[policy.hospital_id]: found} if group else {}
    sites = {one.hospital_id: one for one in others}
    return {
        code: overridden(policy.mode, own, sites.get(pk), others[sites[pk]] if pk in sites else ())
        for pk, code in hospitals.items()
    }


def prove_version(policy: ApprovalPolicy) -> list[Finding]:
    """What is wrong with `policy` at the hospitals that it concerns, each finding once.

    A rule that never counts at one hospital and does at another is as it should be.
    """
    found: dict[tuple[str, ...], Finding] = {}
    useful: set[str] = set()
    for rules, codes in _together(by_hospital(policy)):
        world = read_world(policy.category, list(Hospital.objects.filter(code__in=codes)))
        here = prove(rules, world)
        idle = {one.rules[0] for one in here if one.code in NEVER}
        useful |= {rule.code for rule in rules.rules} - idle
        for one in here:
            found.setdefault((one.code, *one.rules, one.role, one.sentence), one)
    return [one for one in found.values() if one.code not in NEVER or one.rules[0] not in useful]


def _together(found: dict[str, RuleSet]) -> list[tuple[RuleSet, list[str]]]:
    """Hospitals that have the same rules, with them."""
    together: list[tuple[RuleSet, list[str]]] = []
    for code, rules in found.items():
        same = next((codes for other, codes in together if other == rules), None)
        if same is None:
            together.append((rules, [code]))
        else:
            same.append(code)
    return together
