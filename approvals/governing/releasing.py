"""From a draft to what decides: a second person agrees, at once or from a day on; back to an older version the same way.

Running approvals keep the steps that they were opened with.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext as _

from approvals import publishing
from approvals.governing import bundle, kept, known, revising, rights
from approvals.governing.revising import check_seen, lock, locked, record
from approvals.governing.version import Version
from approvals.models import ApprovalPolicy
from portal.clock import now
from portal.errors import Invalid, StaleState, WrongState
from portal.facts import verb

if TYPE_CHECKING:
    from portal.accounts.models import User

Status = ApprovalPolicy.Status
SAVED = ["status", "effective_from", "published_by", "changed_at"]


@verb
def submit(*, policy_id: int, seen: str, by: "User") -> ApprovalPolicy:
    """Let a second person look at the draft. Raises NotAllowed, WrongState, StaleState, Invalid (policy)."""
    draft = locked(policy_id, by)
    check_seen(draft, seen)
    _check_complete(draft)
    return _to(Status.REVIEW, draft, by, "policy.submitted")


@verb
def take_back(*, policy_id: int, by: "User") -> ApprovalPolicy:
    """A draft again, before it decides: also what was agreed for a later day. Raises NotAllowed, WrongState."""
    found = locked(policy_id, by, Status.REVIEW, Status.SCHEDULED)
    found.effective_from = found.published_by = None
    return _to(Status.DRAFT, found, by, "policy.taken_back")


@verb
def refuse(*, policy_id: int, reason: str, by: "User") -> ApprovalPolicy:
    """Back to its author, with the reason. Raises NotAllowed (also to who wrote to it), WrongState, Invalid (reason)."""
    found = locked(policy_id, by, Status.REVIEW)
    rights.check_agrees(found, by)
    if not reason.strip():
        raise Invalid({"reason": [_("Say what has to be different.")]})
    return _to(Status.DRAFT, found, by, "policy.refused", reason.strip())


@verb
def release(
    *, policy_id: int, seen: str, by: "User", effective_from: datetime | None = None
) -> ApprovalPolicy:
    """Agree to what was reviewed: it decides from now on, or from `effective_from`.

    Raises NotAllowed to everybody who wrote to it; WrongState; StaleState where it, or what it was begun from, is not what
    was reviewed; Invalid (effective_from, policy).
    """
    lock(kept.policy(policy_id).category)
    found = locked(policy_id, by, Status.REVIEW)
    rights.check_agrees(found, by)
    check_seen(found, seen)
    _check_complete(found)
    _check_base(found)
    found.published_by, found.effective_from = by, effective_from
    if effective_from is None:
        return _put_in_force(found, by)
    if effective_from <= now():
        raise Invalid({"effective_from": [_("Choose a moment that is still to come.")]})
    return _to(Status.SCHEDULED, found, by, "policy.scheduled")


@verb
def roll_back(*, policy_id: int, note: str, by: "User") -> ApprovalPolicy:
    """A new version that says what the superseded one `policy_id` said; a second person looks at it as at any other.

    Raises NotAllowed, WrongState, Invalid (policy).
    """
    older = locked(policy_id, by, Status.SUPERSEDED)
    made = revising.begin(
        category=older.category,
        hospital=older.hospital,
        by=by,
        like=kept.version(older),
        note=note.strip()[:300] or _("Back to version %(version)s") % {"version": older.version},
    )
    made = kept.policy(made.pk)
    _check_complete(made)
    return _to(Status.REVIEW, made, by, "policy.submitted")


@verb
def put_due_in_force(*, policy_id: int, by: "User") -> ApprovalPolicy:
    """What was agreed for a day that has come decides; where something else was published meanwhile, it is a draft again.

    Raises WrongState when it is not due.
    """
    lock(kept.policy(policy_id).category)
    found = locked(policy_id, by, Status.SCHEDULED)
    if found.effective_from is None or found.effective_from > now():
        raise WrongState(_("Its day has not come."))
    try:
        _check_base(found)
    except StaleState as overtaken:
        found.effective_from = found.published_by = None
        return _to(Status.DRAFT, found, by, "policy.overtaken", overtaken.message)
    return _put_in_force(found, by)


def sweep(*, by: "User") -> int:
    """Put in force what is due. Returns how many versions it was."""
    due = kept.policies().filter(status=Status.SCHEDULED, effective_from__lte=now())
    keys = list(due.order_by(F("effective_from"), "pk").values_list("pk", flat=True))
    return sum(_put_if_due(pk, by) for pk in keys)


def _put_if_due(pk: int, by: "User") -> bool:
    try:
        return put_due_in_force(policy_id=pk, by=by).status == Status.PUBLISHED
    except WrongState:  # another worker was first, or somebody took it back
        return False


def _put_in_force(found: ApprovalPolicy, by: "User") -> ApprovalPolicy:
    before = kept.published(found.category_id, found.hospital_id)
    found.save(update_fields=["published_by", "effective_from"])
    publishing.release(policy=found, by=by)
    was = kept.version(before) if before else kept.empty(found)
    record(
        "policy.in_force",
        found,
        by,
        instead_of=str(before or ""),
        differs=revising.said_between(was, kept.version(found)),
    )
    return found


def _to(status: str, found: ApprovalPolicy, by: "User", action: str, reason: str = "") -> ApprovalPolicy:
    found.status, found.changed_at = status, now()
    found.save(update_fields=SAVED)
    until = found.effective_from.isoformat() if found.effective_from else ""
    record(action, found, by, reason=reason, effective_from=until)
    return found


def _check_complete(found: ApprovalPolicy) -> None:
    """Raises Invalid (policy): what is wrong with its rules today, in sentences."""
    version = kept.version(found)
    if wrong := [*lacking(found, version)]:
        raise Invalid({"policy": wrong})


def lacking(found: ApprovalPolicy, version: Version) -> list[str]:
    """What keeps it from being reviewed and published, as sentences; [] when nothing does."""
    wrong = [] if version.rules or found.hospital_id else [_("A policy needs at least one rule.")]
    if not found.note.strip():
        wrong.append(_("Say why it is changed."))
    said = bundle.problems(version, known.load(version.rules))
    return wrong + [_("Rule “%(code)s”: %(text)s") % {"code": code, "text": text} for code, text in said]


def _check_base(found: ApprovalPolicy) -> None:
    """Raises StaleState: what it was begun from does not decide any more, so that it would undo what came since."""
    base = kept.published(found.category_id, found.hospital_id)
    if (base.pk if base else None) != found.based_on_id:
        said = _("Version %(version)s was published since this one was begun: begin again from that one.")
        raise StaleState(said % {"version": base.version if base else "?"})
