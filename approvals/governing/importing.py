"""A bundle of policies from elsewhere becomes drafts, reviewed as any other; all of it, or nothing."""

from collections.abc import Iterator
from decimal import DecimalException
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from approvals import materiality
from approvals.governing import bundle, kept, known, revising, rights
from approvals.governing.bundle import Refused
from approvals.governing.located import Located
from approvals.governing.version import Version
from approvals.models import ApprovalPolicy
from portal.accounts.models import Hospital
from portal.facts import verb
from requests_app.models import Category

if TYPE_CHECKING:
    from portal.accounts.models import User


@verb
def import_bundle(*, text: str, note: str, by: "User") -> list[ApprovalPolicy]:
    """A draft of each policy that says something else than what decides here; returns these.

    Raises NotAllowed, Refused (with the lines of what is wrong), WrongState while a version of one of them is on its way.
    """
    rights.check_writes(by)
    found = bundle.read(text)
    wrong = [problem for one in found for problem in _problems(*one)]
    if wrong := wrong + list(_twice(found)):
        raise Refused(wrong)
    made = (_draft(version, note, by) for version, _node in found)
    return [one for one in made if one]


def _problems(version: Version, node: Located) -> Iterator[tuple[int, str]]:
    yield from bundle.unknown(version, node, known.load(version.rules))
    if version.withdraws and not version.hospital:
        yield node.at("withdraws"), _("Only a hospital can do without a rule of the group.")
    if not version.rules and not version.hospital:
        yield node.at("rules"), _("A policy needs at least one rule.")
    if not _is_table(dict(version.materiality)):
        yield node.at("materiality"), _("This does not say which changes ask again.")
    others = ApprovalPolicy.objects.filter(code=version.code)
    if others.exclude(category__code=version.category, hospital__code=version.hospital or None).exists():
        yield node.at("code"), _("“%(code)s” is the policy of something else here.") % {"code": version.code}


def _is_table(said: dict[str, Any]) -> bool:
    try:
        table = materiality.Table.of(said)
    except (ValueError, TypeError, AttributeError, DecimalException):
        return False
    return set(said) <= {"asks", "fall_within"} and table.fall_within.is_finite()


def _twice(found: list[tuple[Version, Located]]) -> Iterator[tuple[int, str]]:
    known_already: set[tuple[str, str]] = set()
    for version, node in found:
        if (version.category, version.hospital) in known_already:
            yield node.line, _("There are two policies of this type and hospital.")
        known_already.add((version.category, version.hospital))


def _draft(version: Version, note: str, by: "User") -> ApprovalPolicy | None:
    category = Category.objects.get(code=version.category)
    hospital = Hospital.objects.get(code=version.hospital) if version.hospital else None
    base = kept.published(category.pk, hospital.pk if hospital else None)
    if base and kept.version(base) == version:
        return None
    return revising.begin(
        category=category, hospital=hospital, by=by, like=version, action="policy.imported", note=note
    )
