"""Who stands behind a call of the API: the bearer of a token, or a browser's session that proves itself."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from portal.accounts.models import ApiToken, User
from portal.accounts.tokens import bearer_of
from portal.errors import NotAllowed

SCHEME = "bearer"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer hsp_...`. Unknown, revoked, expired and a closed account look the same: 401."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        token = bearer_of(secret.strip())
        if token is None:
            raise exceptions.AuthenticationFailed
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BrowserAuthentication(SessionAuthentication):
    """The session of somebody who signed in on the pages; what changes anything needs the CSRF token as well."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        return found if found and found[0].kind == User.Kind.PERSON else None

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied:
            said = _("A call with a session needs the header X-CSRFToken, or use a token.")
            raise NotAllowed(said, code="csrf_failed") from None


class WithinScope(BasePermission):
    """A token that only reads changes nothing."""

    def has_permission(self, request: Request, view: Any) -> bool:
        reads = isinstance(request.auth, ApiToken) and request.auth.scope == ApiToken.Scope.READ
        if reads and request.method not in SAFE_METHODS:
            raise NotAllowed(_("This token may only read. Make one that may act."), code="reads_only")
        return True
