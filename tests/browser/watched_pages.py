"""The pages of what is watched, empty and full: split requests, duties, how people decide, the sample, why not."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

from django.urls import reverse

from approvals.models import SplitSuspicion
from approvals.sampling import drawing
from approvals.watching import looking, suspecting
from portal import clock
from portal.accounts import scopes
from portal.accounts.models import User
from tests import journeys

SAID = "For the new room"


def watched_pages(world: SimpleNamespace) -> Iterator[tuple[str, User | None, str]]:
    splits = reverse("approvals:watch-splits")
    for name in ("watch-splits", "watch-duties", "watch-deciding"):
        yield f"{name}, empty", world.auditor, reverse(f"approvals:{name}")
    yield "no sample", world.head, reverse("approvals:sample")
    first, second = (journeys.sent(world, by, note=SAID, SPO_SEN=6) for by in (world.nurse, world.colleague))
    looking.look_lately()
    one = reverse("approvals:watch-split", args=[SplitSuspicion.objects.get().pk])
    yield "split requests", world.procurement, splits
    yield "a split request", world.procurement, one
    yield "a split request, read", world.auditor, one
    yield "a part of it", world.nurse, reverse("desk:request-detail", args=[first.public_id])
    yield "why not mine", world.finance, reverse("approvals:why", args=[second.public_id])
    reason = "Two rooms were fitted out by the plan for May"
    suspecting.clear(suspicion_id=SplitSuspicion.objects.get().pk, reason=reason, by=world.procurement)
    yield "cleared", world.procurement, f"{splits}?cleared"
    yield "a split request, cleared", world.procurement, one
    journeys.approve(first, world.head)
    yield "how people decide", world.auditor, reverse("approvals:watch-deciding")
    scopes.grant(user=world.administrator, role="finance", place=world.hospital, by=world.system)
    yield "duties", world.executives[0], reverse("approvals:watch-duties")
    with clock.at(datetime(2026, 5, 13, 9, tzinfo=UTC)):
        journeys.sent(world, APR_WHT=1, GLV_NIT_M=3)
    with clock.at(datetime(2026, 6, 1, 9, tzinfo=UTC)):
        drawing.draw_all()
    yield "monthly sample", world.head, reverse("approvals:sample")
    yield "home with a sample", world.head, reverse("desk:home")
