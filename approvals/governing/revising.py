"""Writing the next version of a policy: begun from what decides now, changed rule by rule, each change on record in words."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from approvals import publishing
from approvals.governing import checking, diffing, kept, known, rights
from approvals.governing.version import Version, mark, plain
from approvals.models import ApprovalPolicy
from approvals.routing import Rule
from portal.accounts.models import Hospital
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotFound, StaleState, WrongState
from portal.facts import verb
from requests_app.models import Category

if TYPE_CHECKING:
    from portal.accounts.models import User

Status = ApprovalPolicy.Status


@verb
def start(*, category: Category, hospital: Hospital | None = None, by: "User") -> ApprovalPolicy:
    """A draft with the rules that decide now; of a hospital's first version, with none of its own.

    Raises NotAllowed, WrongState while another version of the same is on its way.
    """
    rights.check_writes(by)
    return begin(category=category, hospital=hospital, by=by)


def begin(
    *,
    category: Category,
    hospital: Hospital | None,
    by: "User",
    like: Version | None = None,
    action: str = "policy.started",
    note: str = "",
) -> ApprovalPolicy:
    """Part of a verb: the new draft, with the content of `like` instead of what decides now.

    Who begins is serialised by the row of the type, as who publishes is.
    """
    lock(category)
    opened = kept.policies().filter(category=category, hospital=hospital, status__in=kept.OPEN).first()
    if opened:
        said = _("Version %(version)s of it is on its way: finish or discard that one first.")
        raise WrongState(said % {"version": opened.version})
    base = kept.published(category.pk, hospital.pk if hospital else None)
    content = like or (kept.version(base) if base else _first(category, hospital))
    latest = ApprovalPolicy.objects.filter(code=content.code).order_by("-version").first()
    draft = ApprovalPolicy.objects.create(
        code=content.code,
        version=latest.version + 1 if latest else 1,
        category=category,
        hospital=hospital,
        name=content.name,
        mode=content.mode,
        withdraws=list(content.withdraws),
        materiality=dict(content.materiality),
        note=note,
        based_on=base,
        author=by,
        changed_at=now(),
    )
    publishing.write_rules(draft, content.rules)
    before = kept.version(base) if base else kept.empty(draft)
    record(action, draft, by, differs=said_between(before, content), based_on=str(base or ""))
    return draft


def _first(category: Category, hospital: Hospital | None) -> Version:
    """A first version: of a hospital it differs in nothing, of the group it has no rules yet."""
    group = kept.published(category.pk, None)
    code, name, mode = (
        (group.code, group.name, group.mode) if group else (category.code, category.name, "all")
    )
    if hospital is None:
        return Version(category.code, code, name)
    own = f"{code[:40]}-{hospital.code.lower()}"
    return Version(category.code, own, f"{name}, {hospital.code}"[:120], hospital.code, mode)


@verb
def describe(*, policy_id: int, name: str, mode: str, note: str, seen: str, by: "User") -> ApprovalPolicy:
    """Its name, which rules count and why it is changed. Raises NotAllowed, WrongState, StaleState, Invalid."""
    draft = locked(policy_id, by)
    check_seen(draft, seen)
    wrong: dict[str, list[str]] = {}
    if not 0 < len(name.strip()) <= 120:
        wrong["name"] = [_("Enter a name of at most 120 characters.")]
    if mode not in ApprovalPolicy.Mode.values:
        wrong["mode"] = [_("Choose which rules count.")]
    if len(note) > 300:
        wrong["note"] = [_("Keep it to 300 characters.")]
    if wrong:
        raise Invalid(wrong)
    before = kept.version(draft)
    draft.note = note.strip()
    return _keep(draft, before, replace(before, name=name.strip(), mode=mode), by, note=draft.note)


@verb
def put_rule(
    *, policy_id: int, rule: Rule, instead_of: str = "", seen: str = "", by: "User"
) -> ApprovalPolicy:
    """Add `rule`, or put it in the place of the one with the code `instead_of` that looked as `seen` says (`rule_seen`).

    At a hospital a rule with the code of one of the group stands in for it. Raises NotAllowed, WrongState, StaleState, and
    Invalid whose errors are named as the parts of the rule are: "why", "conditions.amount_to", "steps.0.role".
    """
    draft = locked(policy_id, by)
    before = kept.version(draft)
    if instead_of and rule_seen(before.find(instead_of)) != seen:
        raise StaleState(_("Somebody changed this rule while you were writing."))
    wrong = {
        ".".join(map(str, path)): said for path, said in checking.problems(rule, known.load([rule])).items()
    }
    if rule.code != instead_of and before.find(rule.code):
        wrong.setdefault("code", []).append(_("There is a rule with this code already."))
    if wrong:
        raise Invalid(wrong)
    after = before.put(rule, instead_of=instead_of)
    return _keep(draft, before, replace(after, withdraws=_others(after.withdraws, rule.code)), by)


@verb
def drop_rule(*, policy_id: int, code: str, by: "User") -> ApprovalPolicy:
    """Take a rule out; at a hospital the group's of the same code holds again. Raises NotAllowed, WrongState, NotFound."""
    return _change(policy_id, by, lambda one: _with_rule(one, code).without(code))


@verb
def move_rule(*, policy_id: int, code: str, by: "User") -> ApprovalPolicy:
    """One place further up. Raises NotAllowed, WrongState, NotFound."""
    return _change(policy_id, by, lambda one: _with_rule(one, code).earlier(code))


@verb
def withdraw(*, policy_id: int, code: str, by: "User") -> ApprovalPolicy:
    """At a hospital: the group's rule of this code does not hold there. Raises NotAllowed, WrongState, NotFound."""
    group = _group_of(policy_id)
    if group.find(code) is None:
        raise NotFound
    return _change(
        policy_id,
        by,
        lambda one: replace(one.without(code), withdraws=tuple(sorted({*one.withdraws, code}))),
    )


@verb
def restore(*, policy_id: int, code: str, by: "User") -> ApprovalPolicy:
    """The group's rule of this code holds at the hospital again. Raises NotAllowed, WrongState."""
    return _change(policy_id, by, lambda one: replace(one, withdraws=_others(one.withdraws, code)))


@verb
def discard(*, policy_id: int, by: "User") -> None:
    """Throw a draft away; the record keeps what was in it. Raises NotAllowed, WrongState."""
    draft = locked(policy_id, by)
    record("policy.discarded", draft, by, content=[plain(rule) for rule in kept.version(draft).rules])
    draft.delete()


def lock(category: Category) -> None:
    """One at a time begins or publishes a version of this type; requests that point at it go on."""
    Category.objects.select_for_update(no_key=True).get(pk=category.pk)


def locked(policy_id: int, by: "User", *wanted: str) -> ApprovalPolicy:
    """The version, locked, while it is one of `wanted`, a draft by default. Raises NotAllowed, NotFound, WrongState."""
    rights.check_writes(by)
    rows = kept.policies().select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=policy_id).first()
    if found is None:
        raise NotFound
    if found.status not in (wanted or (Status.DRAFT,)):
        said = _("Version %(version)s is not where this can be done: %(status)s.")
        raise WrongState(said % {"version": found.version, "status": found.get_status_display()})
    return found


def check_seen(one: ApprovalPolicy, seen: str) -> None:
    """Raises StaleState when it is not what the person saw."""
    if kept.seen(one) != seen:
        raise StaleState(_("Somebody changed this version meanwhile. Look again."))


def rule_seen(rule: Rule | None) -> str:
    """A mark of what a rule says; '' for none."""
    return mark(rule) if rule else ""


def said_between(before: Version, after: Version) -> list[str]:
    """What differs, as sentences."""
    words = known.load((*before.rules, *after.rules))
    return diffing.in_words(diffing.differences(before, after, words))


def record(action: str, one: ApprovalPolicy, by: "User", *, reason: str = "", **after: Any) -> None:
    events.record(
        action=action,
        by=by,
        subject=f"policy:{one.pk}",
        after={"policy": str(one), **after},
        reason=reason,
        policy=str(one),
    )


def _change(policy_id: int, by: "User", change: Callable[[Version], Version]) -> ApprovalPolicy:
    draft = locked(policy_id, by)
    before = kept.version(draft)
    return _keep(draft, before, change(before), by)


def _keep(draft: ApprovalPolicy, before: Version, after: Version, by: "User", **more: str) -> ApprovalPolicy:
    draft.name, draft.mode, draft.withdraws = after.name, after.mode, list(after.withdraws)
    draft.changed_at = now()
    draft.save(update_fields=["name", "mode", "withdraws", "note", "changed_at"])
    if before.rules != after.rules:
        publishing.write_rules(draft, after.rules)
    record("policy.changed", draft, by, differs=said_between(before, after), **more)
    return draft


def _with_rule(one: Version, code: str) -> Version:
    if one.find(code) is None:
        raise NotFound
    return one


def _others(codes: tuple[str, ...], code: str) -> tuple[str, ...]:
    return tuple(one for one in codes if one != code)


def _group_of(policy_id: int) -> Version:
    """What decides for the group of the type, for which the hospital does something otherwise. Raises NotFound."""
    draft = kept.policy(policy_id)
    group = kept.published(draft.category_id, None) if draft.hospital_id else None
    if group is None:
        raise NotFound
    return kept.version(group)
