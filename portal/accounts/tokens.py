"""Keys by which programs act as a person: made, looked up, revoked. The secret is shown once and never kept."""

import hashlib
import secrets
from datetime import timedelta

from django.utils.translation import gettext as _

from portal.accounts import signals
from portal.accounts.models import ApiToken, User
from portal.clock import now
from portal.errors import Invalid, NotAllowed, NotFound
from portal.facts import publish, verb

MARK = "hsp_"
SHOWN = len(MARK) + 6
DAYS = (30, 90, 365)
MOST = 20  # tokens in use of one person
USED_EVERY = timedelta(hours=1)


def digest_of(secret: str) -> str:
    """SHA-256 of a token. 256 random bits need neither salt nor a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@verb
def make_token(*, by: User, name: str, scope: str, days: int) -> tuple[ApiToken, str]:
    """Give `by` a token for `days` days; returns it with its secret, which nobody can read again.

    Publishes token_made. Raises Invalid (name, scope, days), NotAllowed to all but active persons.
    """
    if by.kind != User.Kind.PERSON or not by.is_active:
        raise NotAllowed(_("Only a person with an account in use can have a token."))
    name = name.strip()
    errors: dict[str, list[str]] = {}
    if not 0 < len(name) <= 80:
        errors["name"] = [_("Say in up to 80 characters what it is for.")]
    if scope not in ApiToken.Scope.values:
        errors["scope"] = [_("Choose what it may do.")]
    if days not in DAYS:
        errors["days"] = [_("Choose how long it lasts.")]
    User.objects.select_for_update().get(pk=by.pk)  # two forms of one person wait for each other
    moment = now()
    if by.api_tokens.filter(revoked_at=None, expires_at__gt=moment).count() >= MOST:
        errors["name"] = [_("You have %(most)s tokens in use. Revoke one first.") % {"most": MOST}]
    if errors:
        raise Invalid(errors)
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=by,
        name=name,
        scope=scope,
        prefix=secret[:SHOWN],
        digest=digest_of(secret),
        created_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    publish(signals.token_made, token=token, by=by)
    return token, secret


@verb
def revoke_token(*, by: User, ref: str) -> ApiToken:
    """Stop one of `by`'s own tokens at once. Revoking it again changes nothing.

    Publishes token_revoked. Raises NotFound for everybody else's.
    """
    token = ApiToken.objects.select_for_update().filter(user=by, ref=ref).first()
    if token is None:
        raise NotFound
    if token.revoked_at is None:
        token.revoked_at = now()
        token.save(update_fields=["revoked_at"])
        publish(signals.token_revoked, token=token, by=by)
    return token


def bearer_of(secret: str) -> ApiToken | None:
    """The token with this secret, its person loaded, while it and the person's account are in use. One query.

    Its last use is written once an hour at most.
    """
    found = ApiToken.objects.select_related("user").filter(digest=digest_of(secret)).first()
    moment = now()
    if found is None or not found.counts(moment):
        return None
    if not found.user.is_active or found.user.kind != User.Kind.PERSON:
        return None
    if found.last_used_at is None or moment - found.last_used_at >= USED_EVERY:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=moment)
    return found
