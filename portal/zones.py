"""A time of another zone than the reader's says whose it is."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _


def named(words: str, local: datetime) -> str:
    """`words` tell the moment `local` in its own zone: "14:05 (Berlin)" where the reader's clocks show something else.

    The reader's zone is the active one (`portal.accounts.place.standing`). While none is active nothing is named.
    """
    reader = timezone.get_current_timezone()
    if str(reader) == settings.TIME_ZONE or local.astimezone(reader).utcoffset() == local.utcoffset():
        return words
    return _("%(time)s (%(city)s)") % {"time": words, "city": city(local)}


def city(local: datetime) -> str:
    """ "Berlin" of a moment in Europe/Berlin."""
    return str(local.tzinfo).rpartition("/")[2].replace("_", " ")
