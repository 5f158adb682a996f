"""What the pages of the editor show: every type with its versions, and one version with its rules as sentences."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from approvals.governing import diffing, kept, known, origins, releasing, rights, sentences
from approvals.governing.diffing import Difference
from approvals.governing.origins import Placed
from approvals.governing.version import Version
from approvals.governing.vocabulary import Vocabulary
from approvals.models import ApprovalPolicy
from requests_app.models import Category

if TYPE_CHECKING:
    from portal.accounts.models import User

Status = ApprovalPolicy.Status


@dataclass
class Row:
    """A type: what decides for the group, what hospitals do otherwise, and what is on its way."""

    category: Category
    group: ApprovalPolicy | None = None
    sites: list[ApprovalPolicy] = field(default_factory=list)
    coming: list[ApprovalPolicy] = field(default_factory=list)


def rows() -> list[Row]:
    """Every type, by name. Two queries."""
    found = {one.pk: Row(one) for one in Category.objects.order_by("name")}
    wanted = (
        kept.policies().filter(status__in=(*kept.OPEN, Status.PUBLISHED)).order_by("hospital__code", "pk")
    )
    for policy in wanted:
        row = found[policy.category_id]
        if policy.status != Status.PUBLISHED:
            row.coming.append(policy)
        elif policy.hospital_id:
            row.sites.append(policy)
        else:
            row.group = policy
    return list(found.values())


@dataclass(frozen=True)
class Said:
    """A rule as sentences, with where it comes from and what may be done to it."""

    placed: Placed
    when: str
    then: list[str]
    details: list[str]
    why: str
    first: bool = False


class Shown:
    """One version, as somebody looks at it. What is asked for is read once."""

    def __init__(self, policy: ApprovalPolicy, user: "User") -> None:
        self.policy, self.user = policy, user
        self.version = kept.version(policy)
        self.group = self._group()

    def _group(self) -> Version | None:
        found = kept.published(self.policy.category_id, None) if self.policy.hospital_id else None
        return kept.version(found) if found else None

    @cached_property
    def before(self) -> Version:
        """What it is compared with: the version it was begun from."""
        return (
            kept.version(kept.policy(self.policy.based_on_id))
            if self.policy.based_on_id
            else kept.empty(self.policy)
        )

    @cached_property
    def words(self) -> Vocabulary:
        group = self.group.rules if self.group else ()
        return known.load((*self.version.rules, *self.before.rules, *group))

    @cached_property
    def rules(self) -> list[Said]:
        first_own = next(iter(self.version.rules), None)
        return [
            said(one, self.words, first=one.rule == first_own)
            for one in origins.placed(self.version, self.group)
        ]

    @cached_property
    def differences(self) -> list[Difference]:
        return diffing.differences(self.before, self.version, self.words)

    @cached_property
    def seen(self) -> str:
        return kept.seen(self.policy, self.version)

    @cached_property
    def lacking(self) -> list[str]:
        return releasing.lacking(self.policy, self.version)

    @cached_property
    def may_write(self) -> bool:
        return rights.may_write(self.user)

    @property
    def may_edit(self) -> bool:
        return self.may_write and self.is_draft

    @cached_property
    def why_not_agree(self) -> str:
        return rights.why_not_agree(self.policy, self.user)

    @property
    def is_draft(self) -> bool:
        return self.policy.status == Status.DRAFT

    @property
    def in_review(self) -> bool:
        return self.policy.status == Status.REVIEW

    @property
    def scheduled(self) -> bool:
        return self.policy.status == Status.SCHEDULED

    @property
    def published(self) -> bool:
        return self.policy.status == Status.PUBLISHED

    @property
    def superseded(self) -> bool:
        return self.policy.status == Status.SUPERSEDED

    @cached_property
    def versions(self) -> list[ApprovalPolicy]:
        """All of the same type and hospital, the newest first."""
        same = kept.policies().filter(category=self.policy.category_id, hospital=self.policy.hospital_id)
        return list(same.order_by("-pk"))


def said(one: Placed, words: Vocabulary, *, first: bool = False) -> Said:
    rule = one.rule
    return Said(
        placed=one,
        when=sentences.when(rule, words),
        then=sentences.then(rule, words),
        details=[
            f"{words.name('roles', step.role)}: {sentences.details(step, words)}" for step in rule.steps
        ],
        why=sentences.priced(rule.why),
        first=first,
    )
