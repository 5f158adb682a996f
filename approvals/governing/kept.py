"""Versions of policies as the database has them, read as plain values."""

from hashlib import sha256

from django.db.models import QuerySet

from approvals import in_force
from approvals.governing import bundle
from approvals.governing.version import Version
from approvals.models import ApprovalPolicy
from portal.errors import NotFound

Status = ApprovalPolicy.Status
# What is on its way to decide: one at a time for a type and a hospital.
OPEN = (Status.DRAFT, Status.REVIEW, Status.SCHEDULED)


def policies() -> QuerySet[ApprovalPolicy]:
    """What the editor works with: not the drafts that an administrator makes together with a type."""
    known = ApprovalPolicy.objects.select_related(
        "category", "hospital", "author", "published_by", "based_on"
    )
    return known.exclude(status=Status.DRAFT, author=None)


def policy(pk: int) -> ApprovalPolicy:
    """Raises NotFound."""
    found = policies().filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def version(one: ApprovalPolicy) -> Version:
    """One query."""
    return versions([one])[one.pk]


def versions(wanted: "QuerySet[ApprovalPolicy] | list[ApprovalPolicy]") -> dict[int, Version]:
    """Each of `wanted`, which know their type and hospital, by its key. One query for the rules of all of them."""
    rows = list(wanted)
    keys = [one.pk for one in rows]
    rules = {
        key.pk: found for key, found in in_force.read(ApprovalPolicy.objects.filter(pk__in=keys)).items()
    }
    return {
        one.pk: Version(
            category=one.category.code,
            code=one.code,
            name=one.name,
            hospital=one.hospital.code if one.hospital else "",
            mode=one.mode,
            rules=tuple(rules[one.pk]),
            withdraws=tuple(sorted(one.withdraws)),
            materiality=tuple(sorted(one.materiality.items())),
        )
        for one in rows
    }


def published(category_id: int, hospital_id: int | None) -> ApprovalPolicy | None:
    """What decides now for the group, or what the hospital does otherwise. One query."""
    here = policies().filter(category=category_id, hospital=hospital_id, status=Status.PUBLISHED)
    return here.first()


def empty(one: ApprovalPolicy) -> Version:
    """What a first version is compared with: no rules, the same name."""
    hospital = one.hospital.code if one.hospital else ""
    return Version(one.category.code, one.code, one.name, hospital, one.mode)


def seen(one: ApprovalPolicy, known: Version | None = None) -> str:
    """A mark of exactly this content and status: who acts on what has changed meanwhile is told. One query without `known`."""
    text = f"{one.status} {one.effective_from} {one.note} {bundle.write([known or version(one)])}"
    return sha256(text.encode()).hexdigest()[:20]
