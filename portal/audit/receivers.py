"""What the record hears about people and places, which stand below it. Connected in portal/flow.py."""

from typing import Any

from portal.accounts.granting import period
from portal.accounts.models import ApiToken, DutyHolder, Membership, TemporaryPass, User
from portal.audit import events


def _record(action: str, membership: Membership, by: User, before: dict[str, Any] | None = None) -> None:
    held = {
        "role": membership.role,
        "at": f"{membership.kind}:{membership.place.pk if membership.place else ''}",
    }
    events.record(
        action=action,
        by=by,
        subject=f"user:{membership.user_id}",
        before=before,
        after={**held, **period(membership)},
    )


def on_membership_granted(membership: Membership, by: User, **_kwargs: Any) -> None:
    _record("membership.granted", membership, by)


def on_membership_revoked(membership: Membership, by: User, before: dict[str, Any], **_kwargs: Any) -> None:
    _record("membership.revoked", membership, by, before)


def on_membership_began(membership: Membership, by: User, **_kwargs: Any) -> None:
    _record("membership.began", membership, by)


def on_membership_ended(membership: Membership, by: User, **_kwargs: Any) -> None:
    _record("membership.ended", membership, by)


def on_duty_taken(held: DutyHolder, former: User | None, by: User, **_kwargs: Any) -> None:
    before = {"holder": f"user:{former.pk}"} if former else {}
    after = {"duty": held.duty.code, "holder": f"user:{held.user_id}"}
    events.record(action="duty.taken", by=by, subject=f"duty:{held.duty_id}", before=before, after=after)


def on_duty_given_up(held: DutyHolder, by: User, **_kwargs: Any) -> None:
    before = {"duty": held.duty.code, "holder": f"user:{held.user_id}"}
    events.record(action="duty.given_up", by=by, subject=f"duty:{held.duty_id}", before=before)


def on_grants_repaired(user: User, by: User, before: list[str], after: list[str], **_kwargs: Any) -> None:
    events.record(
        action="grants.repaired",
        by=by,
        subject=f"user:{user.pk}",
        before={"surplus": before},
        after={"missing": after},
    )


def on_pass_issued(given: TemporaryPass, by: User, **_kwargs: Any) -> None:
    held = {
        "user": f"user:{given.user_id}",
        "at": f"department:{given.department_id}",
        "until": given.ends_at.isoformat(),
    }
    events.record(action="pass.issued", by=by, subject=f"pass:{given.ref}", after=held)


def on_pass_ended(given: TemporaryPass, by: User, **_kwargs: Any) -> None:
    held = {"user": f"user:{given.user_id}", "until": given.ends_at.isoformat()}
    events.record(action="pass.ended", by=by, subject=f"pass:{given.ref}", before=held)


def on_token_made(token: ApiToken, by: User, **_kwargs: Any) -> None:
    held = {"name": token.name, "scope": token.scope, "expires_at": token.expires_at.isoformat()}
    events.record(action="token.made", by=by, subject=f"token:{token.ref}", after=held)


def on_token_revoked(token: ApiToken, by: User, **_kwargs: Any) -> None:
    events.record(action="token.revoked", by=by, subject=f"token:{token.ref}", before={"name": token.name})
