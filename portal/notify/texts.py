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
    "request_returned": gettext_noop("%(who)s needs more from you for %(title)s, %(number)s: %(reason)s"),
    "request_reopened": gettext_noop("%(who)s sent it back to the team: %(title)s, %(number)s: %(reason)s"),
    "request_approved": gettext_noop("Agreed: %(title)s, %(number)s"),
    "request_rejected": gettext_noop("%(who)s said no to %(title)s, %(number)s: %(reason)s"),
    "request_cancelled": gettext_noop("Cancelled: %(title)s, %(number)s: %(reason)s"),
    "request_on_the_way": gettext_noop("On its way to %(place)s: %(title)s, %(number)s"),
    "request_closed": gettext_noop("Done and closed: %(title)s, %(number)s"),
    "followed_ended": gettext_noop("What you follow has ended: %(title)s, %(number)s: %(reason)s"),
    "harm_reported": gettext_noop("Somebody was or could have been harmed. %(who)s: %(title)s, %(number)s"),
    "request_extended": gettext_noop("%(who)s added to %(title)s, %(number)s: it is decided anew"),
    "item_stopped": gettext_noop("Do not use %(title)s: %(reason)s %(place)s had it in the last 90 days."),
    "list_drafted": gettext_noop("“%(title)s” is ready: check it and send it"),
    "due_soon": gettext_noop("Due %(until)s: %(title)s, %(number)s"),
    "late": gettext_noop("Late, it was due %(until)s: %(title)s, %(number)s"),
    "emergency_sent": gettext_noop("Emergency from %(place)s: %(title)s, %(number)s. Take it now."),
    "emergency_unanswered": gettext_noop(
        "Nobody has taken this emergency from %(place)s yet: %(title)s, %(number)s"
    ),
    "outage_ended": gettext_noop("It works again: %(title)s"),
    "file_infected": gettext_noop(
        "Your file “%(reason)s” carried a virus and was deleted: %(title)s, %(number)s"
    ),
    "exception_opened": gettext_noop("Somebody must look at this: %(reason)s %(title)s %(number)s"),
}


def sentence(kind: str, params: Mapping[str, Any]) -> str:
    """The sentence of a notice of `kind`, translated, with `params` put in."""
    known: defaultdict[str, Any] = defaultdict(str, params)
    return (_(KINDS[kind]) % known).strip(" :,")


ICONS: dict[str, str] = {
    "step_waiting": "inbox",
    "request_returned": "circle-help",
    "request_reopened": "rotate-ccw",
    "request_approved": "circle-check",
    "request_rejected": "circle-x",
    "request_cancelled": "circle-x",
    "request_on_the_way": "truck",
    "request_closed": "circle-check",
    "followed_ended": "users",
    "harm_reported": "octagon-alert",
    "request_extended": "list-plus",
    "item_stopped": "octagon-alert",
    "list_drafted": "repeat-2",
    "due_soon": "triangle-alert",
    "late": "octagon-alert",
    "emergency_sent": "siren",
    "emergency_unanswered": "siren",
    "outage_ended": "circle-check",
    "file_infected": "shield-x",
    "exception_opened": "triangle-alert",
}
