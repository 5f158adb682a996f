"""What is measured: a database of a size, the people who look at it, and forms to send. Run by `run` once for each database.

Played by `seed_demo`, copied to size by `portal.desk.demo.bulk`. What is there is used again.
"""

import json
import sys
import uuid
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (after the set-up, like everything below)
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.urls import reverse  # noqa: E402

from approvals.content import content_hash  # noqa: E402
from approvals.models import ApprovalStep, StepApprover  # noqa: E402
from portal.accounts.models import Membership, User  # noqa: E402
from portal.desk.demo.bulk import copy_requests  # noqa: E402
from portal.web import cursor_of  # noqa: E402
from requests_app import lifecycle, listing  # noqa: E402
from requests_app.models import CatalogueItem, ServiceRequest  # noqa: E402
from requests_app.states import Kind, RunOut, Source  # noqa: E402
from requests_app.supplies import drafting  # noqa: E402
from requests_app.supplies.quoting import quote  # noqa: E402
from tests.bench.floors import TABLES  # noqa: E402
from tests.browsing import session_of  # noqa: E402

ORDER = ("-created_at", "-pk")


def say(what: str) -> None:
    print(f"  {connection.settings_dict['NAME']}: {what}", file=sys.stderr, flush=True)


def fill(size: int, pending: tuple[int, int]) -> None:
    """So many requests, and two approvers for whom so many decisions wait."""
    call_command("migrate", verbosity=0)
    if not ServiceRequest.objects.exists():
        say("playing the cases that are copied")
        call_command("seed_demo", days=56, play=120, verbosity=0)
    missing = size - ServiceRequest.objects.filter(submitted_at__isnull=False).count()
    if missing > 0:
        copy_requests(count=missing, seed=1, say=say)
        _let_wait(pending)
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        # Else a part of the work of a plan that is bad runs where it is not counted.
        cursor.execute(
            f'ALTER DATABASE "{connection.settings_dict["NAME"]}" SET max_parallel_workers_per_gather = 0'
        )
        cursor.execute("ANALYZE")


def _let_wait(pending: tuple[int, int]) -> None:
    """Let so many more decisions wait, each number for other people: copies of one case each."""
    left, busy = list(pending), set[int]()
    waiting = ServiceRequest.objects.filter(state="submitted", category__kind=Kind.SUPPLY)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        open_steps = StepApprover.objects.filter(step__approval__request=pk, open=True)
        asked = set(open_steps.values_list("user", flat=True))
        if not asked or asked & busy:
            continue
        # Not every case can be copied: one with an exception is not.
        if copy_requests(count=left[0], seed=2, say=say, open_share=1, of=[pk]):
            busy |= asked
            left.pop(0)
        if not left:
            return
    raise SystemExit("The demonstration has no two cases that can be copied and wait for different people.")


def people() -> dict[str, User]:
    """Who looks: a ward with much, somebody with little of their own, somebody who sees all, and two who decide."""
    wards = Membership.objects.filter(
        role="requester", department__isnull=False, user__memberships__role="requester"
    )
    busiest = (
        ServiceRequest.objects.filter(closed_at__isnull=False)
        .values("department")
        .annotate(n=Count("pk"))
        .order_by("-n")
    )
    dense = next(
        user
        for row in busiest
        if (
            user := User.objects.filter(
                pk__in=wards.filter(department=row["department"]).values("user")
            ).first()
        )
    )
    own = (
        ServiceRequest.objects.filter(submitted_at__isnull=False)
        .values("requester")
        .annotate(n=Count("pk"))
        .order_by("n")
    )
    waiting = list(
        StepApprover.objects.filter(open=True).values("user").annotate(n=Count("pk")).order_by("-n")
    )
    few = min(waiting, key=lambda row: abs(row["n"] - 1000))
    auditor = Membership.objects.filter(role="auditor").first()
    assert auditor and own
    return {
        "dense": dense,
        "sparse": User.objects.get(pk=own[0]["requester"]),
        "all": auditor.user,
        "few": User.objects.get(pk=few["user"]),
        "many": User.objects.get(pk=waiting[0]["user"]),
    }


def deep(user: User) -> str:
    """The cursor of a page far behind, of what has ended."""
    found = listing.listed(user, ended=True)
    count = sum(source.count() for source in found.sources)
    rows = sorted(
        {
            row
            for source in found.sources
            for row in source.order_by(*ORDER).values_list("created_at", "pk")[:10_000]
        },
        reverse=True,
    )
    moment, pk = rows[min(len(rows), count) - 60]
    return cursor_of(ServiceRequest(pk=pk, created_at=moment), ORDER[0])


def forms(user: User, count: int) -> list[tuple[str, str]]:
    """Drafts of three lines of two kinds, ready to be sent: address and body of each."""
    ward = (
        Membership.objects.filter(user=user, role="requester", department__isnull=False)
        .select_related("department__hospital")[0]
        .department
    )
    assert ward
    items = CatalogueItem.objects.filter(
        hospital=ward.hospital, active=True, stopped_reason="", flags=[]
    ).order_by("code")
    codes = [
        items.filter(source=Source.STORE)[0].code,
        items.filter(source=Source.STORE)[1].code,
        items.filter(source=Source.BUY)[0].code,
    ]
    found = []
    for _one in range(count):
        draft = drafting.save_draft(
            by=user,
            client_key=uuid.uuid4(),
            department=ward,
            quantities=dict.fromkeys(codes, 1),
            run_out=RunOut.FINE,
            note="bench",
        )
        found.append((reverse("requests:submit", args=[draft.public_id]), f"seen={quote(draft).fingerprint}"))
    return found


def decisions(ward_of: User, count: int, *, last: bool) -> tuple[User, list[tuple[str, str]]]:
    """Requests that wait for one head of department, and the yes of that person: address and body of each.

    `last`: nobody is asked after that, so that orders and times begin; else the finance partner is.
    """
    ward = (
        Membership.objects.filter(user=ward_of, role="requester", department__isnull=False)
        .select_related("department__hospital")[0]
        .department
    )
    assert ward
    items = CatalogueItem.objects.filter(hospital=ward.hospital, active=True, stopped_reason="", flags=[])
    item = items.filter(source=Source.BUY, price__gte=20, price__lt=900).order_by("code")[0]
    wanted = 300 if last else 1500
    who, found = None, []
    for _one in range(count):
        draft = drafting.save_draft(
            by=ward_of,
            client_key=uuid.uuid4(),
            department=ward,
            quantities={item.code: int(wanted / item.price) + 1},
            run_out=RunOut.FINE,
            note="bench",
        )
        sent = lifecycle.submit(public_id=draft.public_id, by=ward_of, seen=quote(draft).fingerprint)
        step = ApprovalStep.objects.get(approval__request=sent, state=ApprovalStep.State.OPEN)
        who = who or step.approvers.order_by("pk")[0].user
        assert (sent.approvals.get().steps.count() == 1) == last
        shown = content_hash(sent, sent.lines.all())
        found.append((reverse("approvals:step-approve", args=[step.ref]), f"seen={shown}"))
    assert who
    return who, found


def main(size: int, few: int, many: int, sendings: int) -> dict[str, Any]:
    fill(size, (few, many))
    who = people()
    who["head"], first = decisions(who["dense"], sendings, last=False)
    _head, last = decisions(who["dense"], sendings, last=True)
    return {
        "first": first,
        "last": last,
        "requests": ServiceRequest.objects.count(),
        "sessions": {name: session_of(user) for name, user in who.items()},
        "waiting": {
            name: StepApprover.objects.filter(user=who[name], open=True).count() for name in ("few", "many")
        },
        "deep": {name: deep(who[name]) for name in ("dense", "all")},
        "forms": forms(who["dense"], sendings),
    }


if __name__ == "__main__":
    print(json.dumps(main(*(int(value) for value in sys.argv[1:]))))
