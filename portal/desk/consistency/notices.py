"""Notices: that they reached whom they are about, and no longer ask for what was done. Set against set, in the database."""

from collections.abc import Iterator

from django.db.models import CharField, Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from approvals.models import ApprovalStep, StepApprover
from portal.desk.consistency.finding import Finding
from portal.notify.models import Notice
from requests_app.models import ServiceRequest

FOR_THE_ASKER = (
    "request_approved",
    "request_rejected",
    "request_cancelled",
    "request_on_the_way",
    "request_closed",
    "due_soon",
    "late",
)


def check() -> Iterator[Finding]:
    yield from _of_others()
    yield from _asked()


def _of_others() -> Iterator[Finding]:
    asker = ServiceRequest.objects.filter(public_id=OuterRef("case")).values("requester_id")[:1]
    about = Notice.objects.filter(kind__in=FOR_THE_ASKER).annotate(asker=Subquery(asker))
    for pk, kind, user, whose in (
        about.exclude(asker=F("user_id"))
        .order_by("pk")
        .values_list("pk", "kind", "user_id", "asker")
        .iterator()
    ):
        yield Finding(
            "notice.person", f"notice:{pk}", f"“{kind}” told user:{user}, and user:{whose} had asked."
        )


def _asked() -> Iterator[Finding]:
    """Those who are asked to decide, by the key that their notice carries."""
    step = Concat(
        Value("step_waiting:"),
        F("step__approval__request__public_id"),
        Value(":step:"),
        Cast("step_id", CharField()),
    )
    asked = StepApprover.objects.annotate(notice=step)
    unread = Notice.objects.filter(kind="step_waiting", read_at=None)
    over = asked.exclude(step__state=ApprovalStep.State.OPEN).filter(
        Exists(unread.filter(user=OuterRef("user"), key=OuterRef("notice")))
    )
    for user, pk in over.order_by("pk").values_list("user_id", "step_id").iterator():
        yield Finding("notice.over", f"step:{pk}", f"user:{user} is still told that it waits.")
