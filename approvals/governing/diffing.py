"""What differs between two versions, in words. PURE."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from approvals.governing import sentences
from approvals.governing.version import Version
from approvals.governing.vocabulary import ROLES, Vocabulary
from approvals.routing import Rule, StepRule

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Difference:
    """`before` is empty for what was added, `after` for what was removed. `rule`: its code, '' for the version itself."""

    kind: str
    what: str
    before: str = ""
    after: str = ""
    rule: str = ""

    def __str__(self) -> str:
        if self.kind == ADDED:
            return _("%(what)s added: %(after)s") % vars(self)
        if self.kind == REMOVED:
            return _("%(what)s removed: %(before)s") % vars(self)
        return _("%(what)s: %(after)s (was: %(before)s)") % vars(self)


def differences(before: Version, after: Version, words: Vocabulary) -> list[Difference]:
    """Everything that `after` has otherwise; [] when both decide and read the same."""
    return [*_of_version(before, after), *_of_rules(before, after, words), *_order(before, after)]


def in_words(found: list[Difference]) -> list[str]:
    return [str(one) for one in found]


def _of_version(before: Version, after: Version) -> Iterator[Difference]:
    if before.name != after.name:
        yield Difference(CHANGED, _("Name"), before.name, after.name)
    if before.mode != after.mode:
        yield Difference(CHANGED, _("Which rules count"), _mode(before.mode), _mode(after.mode))
    for code in sorted({*after.withdraws} - {*before.withdraws}):
        yield Difference(ADDED, _("Not at this hospital"), after=code, rule=code)
    for code in sorted({*before.withdraws} - {*after.withdraws}):
        yield Difference(REMOVED, _("Not at this hospital"), before=code, rule=code)
    if before.materiality != after.materiality:
        yield Difference(CHANGED, _("Which changes ask again"), _table(before), _table(after))


def _of_rules(before: Version, after: Version, words: Vocabulary) -> Iterator[Difference]:
    for rule in before.rules:
        if after.find(rule.code) is None:
            yield Difference(REMOVED, _named(rule), before=sentences.whole(rule, words), rule=rule.code)
    for rule in after.rules:
        known = before.find(rule.code)
        if known is None:
            yield Difference(ADDED, _named(rule), after=sentences.whole(rule, words), rule=rule.code)
        else:
            yield from _of_rule(known, rule, words)


def _of_rule(before: Rule, after: Rule, words: Vocabulary) -> Iterator[Difference]:
    parts = [
        (_("what people read"), sentences.priced(before.why), sentences.priced(after.why)),
        (_("when it holds"), sentences.when(before, words), sentences.when(after, words)),
        (_("nobody needs to agree"), _yes(before.decides), _yes(after.decides)),
        (_("not asked then"), _roles(before, words), _roles(after, words)),
    ]
    for what, was, is_now in parts:
        if was != is_now:
            yield Difference(CHANGED, f"{_named(after)}, {what}", was, is_now, after.code)
    yield from _of_steps(before, after, words)


def _of_steps(before: Rule, after: Rule, words: Vocabulary) -> Iterator[Difference]:
    was = {step.role: step for step in before.steps}
    now = {step.role: step for step in after.steps}
    for role in dict.fromkeys((*was, *now)):
        old, new = was.get(role), now.get(role)
        if old != new:
            kind = CHANGED if old and new else ADDED if new else REMOVED
            what = _("%(rule)s, who is asked") % {"rule": _named(after)}
            yield Difference(kind, what, _step(old, words), _step(new, words), after.code)


def _order(before: Version, after: Version) -> Iterator[Difference]:
    was = [rule.code for rule in before.rules if after.find(rule.code)]
    now = [rule.code for rule in after.rules if before.find(rule.code)]
    if was != now:
        yield Difference(CHANGED, _("Order of the rules"), ", ".join(was), ", ".join(now))


def _named(rule: Rule) -> str:
    return _("Rule “%(code)s”") % {"code": rule.code}


def _step(step: StepRule | None, words: Vocabulary) -> str:
    return f"{sentences.asked(step, words)} · {sentences.details(step, words)}" if step else ""


def _roles(rule: Rule, words: Vocabulary) -> str:
    return sentences.both(words.name(ROLES, code) for code in rule.replaces) or _("nobody")


def _mode(mode: str) -> str:
    return _("only the first that holds") if mode == "first" else _("all that hold")


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


def _table(version: Version) -> str:
    return "; ".join(f"{key}: {value}" for key, value in version.materiality) or _("as shipped")
