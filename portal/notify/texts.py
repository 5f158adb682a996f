"""What a notice says: kind and params to one sentence, in the language of the reader."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

MAIL_FROM = "mail_from"  # a parameter that no sentence says: the first moment to mail it, in UTC

# Every sentence may use: number (of the request), title, who, place, reason, until. A missing one is left
# empty.
KINDS: dict[str, str] = {
    "step_waiting": gettext_noop("%(who)s asks you to decide: %(title)s, %(number)s"),
    "step_passed": gettext_noop("%(who)s leaves it to you to decide: %(title)s, %(number)s: %(reason)s"),
    "lines_adjusted": gettext_noop("%(who)s agreed to less of %(title)s, %(number)s: %(reason)s"),
    "price_agreed": gettext_noop("%(who)s agreed to the price of %(place)s: %(title)s, %(number)s"),
    "price_refused": gettext_noop(
        "%(who)s said no to the price of %(place)s: %(reason)s %(title)s, %(number)s"
    ),
    "step_kept": gettext_noop("Your agreement to %(title)s, %(number)s stands. What changed: %(reason)s"),
    "request_returned": gettext_noop("%(who)s needs more from you for %(title)s, %(number)s: %(reason)s"),
    "request_reopened": gettext_noop("%(who)s sent it back to the team: %(title)s, %(number)s: %(reason)s"),
    "request_approved": gettext_noop("Agreed: %(title)s, %(number)s"),
    "request_rejected": gettext_noop("%(who)s said no to %(title)s, %(number)s: %(reason)s"),
    "request_cancelled": gettext_noop("Cancelled: %(title)s, %(number)s: %(reason)s"),
    "request_on_the_way": gettext_noop("On its way to %(place)s: %(title)s, %(number)s"),
    "lines_to_follow": gettext_noop("To follow on %(until)s: %(reason)s. %(title)s, %(number)s"),
    "line_struck": gettext_noop(
        "The store cannot get the rest of %(place)s: %(reason)s. %(title)s, %(number)s"
    ),
    "receipt_differed": gettext_noop("Again not right: %(reason)s %(title)s, %(number)s"),
    "supply_late": gettext_noop(
        "%(reason)s was promised for %(until)s: somebody asks where it is. %(title)s, %(number)s"
    ),
    "request_closed": gettext_noop("Done and closed: %(title)s, %(number)s"),
    "followed_ended": gettext_noop("What you follow has ended: %(title)s, %(number)s: %(reason)s"),
    "harm_reported": gettext_noop("Somebody was or could have been harmed. %(who)s: %(title)s, %(number)s"),
    "request_extended": gettext_noop("%(who)s added to %(title)s, %(number)s: it is decided anew"),
    "item_stopped": gettext_noop("Do not use %(title)s: %(reason)s %(place)s had it in the last 90 days."),
    "list_drafted": gettext_noop("“%(title)s” is ready: check it and send it"),
    "work_assigned": gettext_noop("%(who)s gave it to you: %(title)s, %(number)s"),
    "work_paused": gettext_noop("%(reason)s until %(until)s: %(title)s, %(number)s"),
    "work_passed": gettext_noop("It went to another team, %(place)s: %(title)s, %(number)s: %(reason)s"),
    "move_ready": gettext_noop("It is ready now, says %(who)s: %(title)s, %(number)s"),
    "question_asked": gettext_noop("%(who)s asks you: %(reason)s %(title)s, %(number)s"),
    "question_answered": gettext_noop("%(who)s answered: %(reason)s: %(title)s, %(number)s"),
    "made_safe": gettext_noop("Made safe: %(reason)s. %(title)s, %(number)s"),
    "loan_given": gettext_noop("%(place)s comes to you on loan: %(title)s, %(number)s"),
    "check_signed": gettext_noop("%(who)s tested %(title)s. It takes a second signature before it is used."),
    "due_soon": gettext_noop("Due %(until)s: %(title)s, %(number)s"),
    "late": gettext_noop("Late, it was due %(until)s: %(title)s, %(number)s"),
    "many_to_decide": gettext_noop("Several decisions wait for you, also: %(title)s, %(number)s"),
    "decided_for_you": gettext_noop("%(who)s decided in your place: %(reason)s. %(title)s, %(number)s"),
    "duty_decided": gettext_noop("Out of hours %(who)s decided in your place: %(title)s, %(number)s"),
    "cover_given": gettext_noop("You stand in for %(title)s from %(place)s until %(until)s"),
    "alternate_named": gettext_noop(
        "%(title)s named you to stand in whenever they are away or do not decide in time"
    ),
    "cover_ended": gettext_noop("You no longer stand in for %(title)s"),
    "cover_given_back": gettext_noop("%(title)s no longer stands in for you"),
    "decide_soon": gettext_noop("Decide by %(until)s: %(title)s, %(number)s"),
    "work_due_soon": gettext_noop("Your team is due %(until)s: %(title)s, %(number)s"),
    "nobody_has_it": gettext_noop("Nobody has taken it yet, due %(until)s: %(title)s, %(number)s"),
    "work_late": gettext_noop("Your team is late, it was due %(until)s: %(title)s, %(number)s"),
    "very_late": gettext_noop("%(place)s is late for long, it was due %(until)s: %(title)s, %(number)s"),
    "too_late": gettext_noop("Still not done by %(place)s, it was due %(until)s: %(title)s, %(number)s"),
    "many_late": gettext_noop("Several things are late or due soon, also: %(title)s, %(number)s"),
    "emergency_sent": gettext_noop("Emergency from %(place)s: %(title)s, %(number)s. Take it now."),
    "emergency_unanswered": gettext_noop(
        "Nobody has taken this emergency from %(place)s yet: %(title)s, %(number)s"
    ),
    "outage_ended": gettext_noop("It works again: %(title)s"),
    "file_infected": gettext_noop(
        "Your file “%(reason)s” carried a virus and was deleted: %(title)s, %(number)s"
    ),
    "exception_opened": gettext_noop("Somebody must look at this: %(reason)s %(title)s %(number)s"),
    "comment_called": gettext_noop("%(who)s asks you to read what was said: %(title)s, %(number)s"),
    "comment_added": gettext_noop("%(who)s said something: %(title)s, %(number)s"),
    "request_shared": gettext_noop("%(who)s shows you a request: %(title)s, %(number)s"),
    "glass_broken": gettext_noop(
        "%(who)s broke the glass, nobody was waited for: %(reason)s. %(title)s, %(number)s"
    ),
    "glass_reviewed": gettext_noop("%(who)s reviewed your break-glass: %(reason)s. %(title)s, %(number)s"),
    "glass_overdue": gettext_noop(
        "Nobody has reviewed the break-glass of %(who)s in time: %(title)s, %(number)s"
    ),
    "exception_escalated": gettext_noop("Nobody settled this in time: %(reason)s %(title)s %(number)s"),
}


def sentence(kind: str, params: Mapping[str, Any]) -> str:
    """The sentence of a notice of `kind`, translated, with `params` put in."""
    known: defaultdict[str, Any] = defaultdict(str, params)
    return (_(KINDS[kind]) % known).strip(" :,")


ICONS: dict[str, str] = {
    "step_waiting": "inbox",
    "step_passed": "forward",
    "lines_adjusted": "list-minus",
    "price_agreed": "circle-check",
    "price_refused": "circle-x",
    "step_kept": "check",
    "request_returned": "circle-help",
    "request_reopened": "rotate-ccw",
    "request_approved": "circle-check",
    "request_rejected": "circle-x",
    "request_cancelled": "circle-x",
    "request_on_the_way": "truck",
    "lines_to_follow": "clock",
    "line_struck": "circle-x",
    "receipt_differed": "triangle-alert",
    "supply_late": "triangle-alert",
    "request_closed": "circle-check",
    "followed_ended": "users",
    "harm_reported": "octagon-alert",
    "request_extended": "list-plus",
    "item_stopped": "octagon-alert",
    "list_drafted": "repeat-2",
    "work_assigned": "hand",
    "work_paused": "circle-pause",
    "work_passed": "forward",
    "move_ready": "circle-play",
    "question_asked": "message-circle-question-mark",
    "question_answered": "message-circle",
    "made_safe": "shield-check",
    "loan_given": "package-open",
    "check_signed": "signature",
    "due_soon": "triangle-alert",
    "late": "octagon-alert",
    "many_to_decide": "layers",
    "decided_for_you": "circle-check",
    "duty_decided": "circle-check",
    "cover_given": "user-round",
    "alternate_named": "user-round",
    "cover_ended": "user-round-x",
    "cover_given_back": "user-round-x",
    "decide_soon": "triangle-alert",
    "work_due_soon": "triangle-alert",
    "nobody_has_it": "user-round-x",
    "work_late": "octagon-alert",
    "very_late": "octagon-alert",
    "too_late": "octagon-alert",
    "many_late": "layers",
    "emergency_sent": "siren",
    "emergency_unanswered": "siren",
    "outage_ended": "circle-check",
    "file_infected": "shield-x",
    "exception_opened": "triangle-alert",
    "comment_called": "at-sign",
    "comment_added": "message-square",
    "request_shared": "share-2",
    "glass_broken": "siren",
    "glass_reviewed": "scan-eye",
    "glass_overdue": "octagon-alert",
    "exception_escalated": "octagon-alert",
}
