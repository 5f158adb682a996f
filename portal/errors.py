"""What a verb may refuse. Doors turn these into a page, a fragment or problem+json; nothing else is caught."""

from typing import Any

from django.utils.translation import gettext as _


class DomainError(Exception):
    """A refusal with a stable `code`, an HTTP status and a sentence for people in `message`."""

    code = "refused"
    http_status = 400

    def __init__(self, message: str = "", *, code: str = "", **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.fields = fields


class NotFound(DomainError):
    """The object does not exist, or the person may not know that it does: the two look the same."""

    code = "not_found"
    http_status = 404

    def __init__(self, message: str = "", **fields: Any) -> None:
        super().__init__(message or _("This page does not exist, or it is not for you."), **fields)


class NotAllowed(DomainError):
    """The person may see the object and may not do this to it; `message` says why."""

    code = "not_allowed"
    http_status = 403


class WrongState(DomainError):
    """The object has moved on and no longer allows this."""

    code = "wrong_state"
    http_status = 409


class StaleState(DomainError):
    """What the person saw is not what is stored now; they should look again."""

    code = "stale"
    http_status = 409


class AlreadyDecided(DomainError):
    """Somebody was first. `fields`: winner (name), outcome, at."""

    code = "already_decided"
    http_status = 409


class Invalid(DomainError):
    """Input that cannot be taken: `errors` maps a field to its sentences."""

    code = "invalid"
    http_status = 422

    def __init__(self, errors: dict[str, list[str]], message: str = "") -> None:
        super().__init__(message or _("There is a problem with what was entered."), errors=errors)
        self.errors = errors
