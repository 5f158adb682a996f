"""Policies as a text to take elsewhere."""

from django.db.models import Q, QuerySet

from approvals.governing import bundle, kept
from approvals.models import ApprovalPolicy


def in_force(category: str = "", hospital: str = "") -> str:
    """What decides now; of one type or one hospital where it is named. Two queries."""
    found = kept.policies().filter(status=kept.Status.PUBLISHED)
    return _written(found, category, hospital)


def drafts(category: str = "", hospital: str = "") -> str:
    """What is on its way to decide. Two queries."""
    return _written(kept.policies().filter(status__in=kept.OPEN), category, hospital)


def one(policy: ApprovalPolicy) -> str:
    """One version. One query."""
    return bundle.write([kept.version(policy)])


def _written(found: QuerySet[ApprovalPolicy], category: str, hospital: str) -> str:
    chosen = Q(category__code=category) if category else Q()
    chosen &= Q(hospital__code=hospital) if hospital else Q()
    return bundle.write(kept.versions(found.filter(chosen)).values())
