"""The password of who is signed in, asked once more before something weighty."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest  # noqa: TID251 (attempts are counted for the address of a request)
from django.utils.translation import gettext as _

from portal.accounts.place import person


def problem(request: HttpRequest, password: str) -> str:
    """'' for the right password of who is signed in, else a sentence. Wrong ones count as they do when signing in."""
    user = person(request)
    try:
        found = get_adapter(request).authenticate(request, username=user.get_username(), password=password)
    except ValidationError as refused:
        return " ".join(refused.messages)
    return "" if found is not None and found.pk == user.pk else _("This is not your password.")
