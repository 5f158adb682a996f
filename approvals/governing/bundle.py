"""Versions of policies as one text: written the same way every time, read with the line of whatever is wrong. PURE."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from django.utils.translation import gettext as _

from approvals.governing import checking, located
from approvals.governing.located import Located
from approvals.governing.version import Version, plain
from approvals.governing.vocabulary import Vocabulary
from approvals.routing import Rule, StepRule

FORMAT = "approval-policies/1"
LARGEST = 1024 * 1024  # characters
POLICY = {
    "category": str,
    "code": str,
    "name": str,
    "hospital": str,
    "mode": str,
    "rules": list,
    "withdraws": list,
    "materiality": dict,
}
RULE = {"code": str, "why": str, "conditions": dict, "decides": bool, "replaces": list, "steps": list}
NO_TEXT = {"sequence": int, "needed": int, "distinct": bool, "documents": list}
STEP: dict[str, type] = {one.name: NO_TEXT.get(one.name, str) for one in fields(StepRule)}
MODES = ("all", "first")


class Refused(ValueError):
    """A bundle that cannot be taken: `found` says what, by line."""

    def __init__(self, found: Iterable[tuple[int, str]]) -> None:
        self.found = sorted(found)
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> list[str]:
        return [_("Line %(line)s: %(text)s") % {"line": line, "text": text} for line, text in self.found]


def write(versions: Iterable[Version]) -> str:
    """One policy after the other by type and hospital, names in the order of the alphabet, rules in theirs."""
    ordered = sorted(versions, key=lambda one: (one.category, one.hospital, one.code))
    data = {"format": FORMAT, "policies": [_plain(one) for one in ordered]}
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read(text: str) -> list[tuple[Version, Located]]:
    """Each version with where it stands. Whether its names are known is for `unknown`. Raises Refused."""
    if len(text) > LARGEST:
        raise Refused([(1, _("It is too long: at most 1 MB."))])
    try:
        whole = located.read(text)
    except located.Unreadable as wrong:
        raise Refused([(wrong.line, wrong.message)]) from None
    wrong_shape = list(_shape(whole, {"format": str, "policies": list}))
    if not wrong_shape and whole.value["format"].value != FORMAT:
        said = _("This is not a bundle of policies that can be read here: “format” is %(format)s.")
        wrong_shape = [(whole.at("format"), said % {"format": FORMAT})]
    if wrong_shape:
        raise Refused(wrong_shape)
    nodes = whole.value["policies"].value
    if found := [problem for node in nodes for problem in _policy_shape(node)]:
        raise Refused(found)
    return [(_version(node.plain()), node) for node in nodes]


def unknown(version: Version, node: Located, words: Vocabulary) -> Iterator[tuple[int, str]]:
    """What is wrong with its rules, by line."""
    if not words.knows("categories", version.category):
        yield node.at("category"), _("There is no type “%(code)s”.") % {"code": version.category}
    if version.hospital and not words.knows("hospitals", version.hospital):
        yield node.at("hospital"), _("There is no hospital “%(code)s”.") % {"code": version.hospital}
    for at, rule in enumerate(version.rules):
        if rule.code in [one.code for one in version.rules[:at]]:
            yield node.at("rules", at, "code"), _("There are two rules “%(code)s”.") % {"code": rule.code}
        for path, texts in checking.problems(rule, words).items():
            line = node.at("rules", at, *path)
            yield from ((line, f"{_('Rule “%(code)s”') % {'code': rule.code}}: {text}") for text in texts)


def problems(version: Version, words: Vocabulary) -> Iterator[tuple[str, str]]:
    """What is wrong with its rules: the code of the rule, and a sentence."""
    for one in version.rules:
        for texts in checking.problems(one, words).values():
            yield from ((one.code, text) for text in texts)


def _plain(version: Version) -> dict[str, Any]:
    return {
        "category": version.category,
        "code": version.code,
        "hospital": version.hospital,
        "materiality": dict(version.materiality),
        "mode": version.mode,
        "name": version.name,
        "rules": [plain(rule) for rule in version.rules],
        "withdraws": list(version.withdraws),
    }


def _shape(node: Located, wanted: Mapping[str, type]) -> Iterator[tuple[int, str]]:
    """Exactly the names of `wanted`, each of its kind."""
    if not isinstance(node.value, dict):
        yield node.line, _("Names and values in { } stand here.")
        return
    for name in sorted(set(wanted) - set(node.value)):
        yield node.line, _("“%(name)s” is missing.") % {"name": name}
    for name, one in node.value.items():
        if name not in wanted:
            yield one.line, _("“%(name)s” means nothing here.") % {"name": name}
        elif type(one.value) is not wanted[name]:
            yield one.line, _("“%(name)s” has a value of another kind.") % {"name": name}


def _policy_shape(node: Located) -> Iterator[tuple[int, str]]:
    found = list(_shape(node, POLICY))
    yield from found
    if found:
        return
    yield from _texts(node, "withdraws")
    if node.value["mode"].value not in MODES:
        yield node.at("mode"), _("“mode” is all or first.")
    if not checking.SLUG.fullmatch(node.value["code"].value):
        yield node.at("code"), _("A code has letters, digits, - and _, at most 50.")
    if not 0 < len(node.value["name"].value) <= 120:
        yield node.at("name"), _("A name has 1 to 120 characters.")
    for rule in node.value["rules"].value:
        yield from _rule_shape(rule)


def _rule_shape(node: Located) -> Iterator[tuple[int, str]]:
    found = list(_shape(node, RULE))
    yield from found
    if found:
        return
    yield from _texts(node, "replaces")
    for step in node.value["steps"].value:
        wrong = list(_shape(step, STEP))
        yield from wrong or _texts(step, "documents")


def _texts(node: Located, name: str) -> Iterator[tuple[int, str]]:
    for one in node.value[name].value:
        if not isinstance(one.value, str):
            yield one.line, _("A text stands here.")


def _version(data: dict[str, Any]) -> Version:
    rules = tuple(rule(one) for one in data["rules"])
    materiality = tuple(sorted(data["materiality"].items()))
    return Version(
        **{**data, "rules": rules, "withdraws": tuple(data["withdraws"]), "materiality": materiality}
    )


def rule(data: dict[str, Any]) -> Rule:
    """A rule as JSON has it -> the plain value."""
    steps = tuple(StepRule(**{**one, "documents": tuple(one["documents"])}) for one in data["steps"])
    return Rule(**{**data, "steps": steps, "replaces": tuple(data["replaces"])})
