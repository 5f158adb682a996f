"""Every way in which the API refuses, in one table: the runtime takes its titles from it and the documentation its list."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MEDIA_TYPE = "application/problem+json"
PAGE = "/api/"


@dataclass(frozen=True)
class Kind:
    """One `code` of a refusal; `example` is a sentence of it: the only one where no verb is asked."""

    status: int
    title: str | Promise
    example: str | Promise
    more: dict[str, Any] | None = None  # fields beside the sentence, as an example

    def sample(self, code: str) -> dict[str, Any]:
        """A problem of this kind, as it is answered."""
        return problem(code, self.status, str(self.example), **(self.more or {}))


KINDS: dict[str, Kind] = {
    "malformed": Kind(400, _("It could not be read"), _("The body is not JSON: it ends too early.")),
    "not_signed_in": Kind(401, _("Nobody is signed in"), _("Send a token, or sign in first.")),
    "not_allowed": Kind(
        403, _("Not yours to do"), _("You have a part in this request, so somebody else decides it.")
    ),
    "confirm_first": Kind(
        403,
        _("The password is needed once more"),
        _("Enter your password once more to approve this amount."),
    ),
    "reads_only": Kind(
        403, _("This token only reads"), _("This token may only read. Make one that may act.")
    ),
    "csrf_failed": Kind(
        403,
        _("The session did not prove itself"),
        _("A call with a session needs the header X-CSRFToken, or use a token."),
    ),
    "not_found": Kind(404, _("Not there"), _("This does not exist, or it is not for you.")),
    "method_not_allowed": Kind(405, _("Not in this way"), _("This address does not answer to that method.")),
    "not_acceptable": Kind(
        406, _("Only JSON is spoken here"), _("The answer is JSON; ask for nothing else.")
    ),
    "wrong_state": Kind(
        409,
        _("It has moved on"),
        _("It was decided meanwhile and can no longer be cancelled here."),
    ),
    "documents_missing": Kind(
        409,
        _("Something has to be attached first"),
        _("First attach to the request: 1 quotation."),
    ),
    "over_budget": Kind(
        409,
        _("The budget does not have the money"),
        _("The budget “410712, Equipment under 5,000” has £412.00 left, and this takes £1,850.00."),
        {"left": "412.00", "needed": "1850.00", "currency": "GBP"},
    ),
    "stale": Kind(
        409,
        _("It changed since you saw it"),
        _("The request changed since you opened it. Look again before you decide."),
        {"changes": ["Nitrile gloves, medium: 6 → 8 boxes."]},
    ),
    "already_decided": Kind(
        409,
        _("Somebody was first"),
        _("Joy Okoro approved this first."),
        {"winner": "Joy Okoro", "outcome": "approved", "at": "2026-05-14T08:31:00Z"},
    ),
    "too_large": Kind(413, _("Too much at once"), _("A body may have 256 KiB.")),
    "unsupported_media_type": Kind(
        415, _("Only JSON is read here"), _("Send the body as application/json, in UTF-8.")
    ),
    "invalid": Kind(
        422,
        _("It cannot be taken"),
        _("There is a problem with what was entered."),
        {"errors": {"run_out": ["Choose when you will run out."]}},
    ),
    "broken": Kind(
        500, _("Something broke here"), _("That did not work. Nothing was changed; it is on record.")
    ),
}


def problem(code: str, status: int, detail: str, **fields: Any) -> dict[str, Any]:
    """A problem (RFC 9457) as plain values; `fields` are what the refusal says beside its sentence."""
    kind = KINDS.get(code)
    return {
        "type": f"{PAGE}#problem-{code}",
        "title": str(kind.title) if kind else str(_("It was refused")),
        "status": status,
        "detail": detail,
        "code": code,
        **fields,
    }
