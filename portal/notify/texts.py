"""What a notice says: kind and params to one sentence, in the language of the reader."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# Every sentence may use: number (of the request), title, who, place, reason, until. A missing one is left
# empty.
KINDS: dict[str, str] = {
    "step_waiting": gettext_noop("%(who)s asks you to decide: %(title)s, %(number)s"),
    "request_approved": gettext_noop("Agreed: %(title)s, %(number)s"),
    "request_rejected": gettext_noop("%(who)s said no to %(title)s, %(number)s: %(reason)s"),
    "request_cancelled": gettext_noop("Cancelled: %(title)s, %(number)s: %(reason)s"),
    "request_on_the_way": gettext_noop("On its way to %(place)s: %(title)s, %(number)s"),
    "request_closed": gettext_noop("All here and closed: %(title)s, %(number)s"),
    "due_soon": gettext_noop("Due %(until)s: %(title)s, %(number)s"),
    "late": gettext_noop("Late, it was due %(until)s: %(title)s, %(number)s"),
    "exception_opened": gettext_noop("Somebody must look at this: %(reason)s %(title)s %(number)s"),
}


def sentence(kind: str, params: Mapping[str, Any]) -> str:
    """The sentence of a notice of `kind`, translated, with `params` put in."""
    known: defaultdict[str, Any] = defaultdict(str, params)
    return (_(KINDS[kind]) % known).strip(" :,")


ICONS: dict[str, str] = {
    "step_waiting": "inbox",
    "request_approved": "circle-check",
    "request_rejected": "circle-x",
    "request_cancelled": "circle-x",
    "request_on_the_way": "truck",
    "request_closed": "circle-check",
    "due_soon": "triangle-alert",
    "late": "octagon-alert",
    "exception_opened": "triangle-alert",
}
