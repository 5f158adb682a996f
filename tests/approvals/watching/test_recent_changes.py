"""Who changed a rule, a role, a price or a supplier by hand lately does not decide, nor profit from, what it affects."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from auditlog.context import set_actor
from django.conf import settings
from django.urls import reverse

from approvals import running
from approvals.models import Approval, ApprovalPolicy, StepApprover
from approvals.preview import preview
from portal import clock
from portal.accounts import scopes
from portal.accounts.models import User
from portal.audit import events
from portal.errors import NotAllowed
from requests_app import access
from requests_app.models import CatalogueItem, ServiceRequest, UsualLine
from requests_app.states import RequestState
from tests import journeys
from tests.journeys import approve, draft, open_steps, sent
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
Change = Callable[[SimpleNamespace, User], None]


def price(world: SimpleNamespace, by: User | None) -> None:
    item = CatalogueItem.objects.get(pk=world.items["SPO-SEN"].pk)
    item.price += 1
    save(item, by)


def save(row: Any, by: User | None) -> None:
    if by is None:  # as a synchronisation does
        row.save()
        return
    with set_actor(by):
        row.save()


def supplier(world: SimpleNamespace, by: User) -> None:
    vendor = world.items["SPO-SEN"].vendor
    vendor.minimum_order += 1
    save(vendor, by)


def role(world: SimpleNamespace, by: User) -> None:
    scopes.grant(user=world.executives[0], role="procurement", place=world.hospital, by=by)


def rule(world: SimpleNamespace, by: User) -> None:
    policy = ApprovalPolicy.objects.get(category__code="supply", status="published")
    policy.published_by, policy.published_at = by, clock.now()
    policy.save()


def author(world: SimpleNamespace, by: User) -> None:
    policy = ApprovalPolicy.objects.get(category__code="supply", status="published")
    policy.author, policy.published_at = by, clock.now()
    policy.save()


def pencil(world: SimpleNamespace, by: User) -> None:
    """Wrote to it, with neither name on it."""
    policy = ApprovalPolicy.objects.get(category__code="supply", status="published")
    policy.name, policy.published_at = "Purchases", clock.now()
    save(policy, by)


def by_a_command(world: SimpleNamespace, by: User) -> None:
    """Wrote to the draft, where django-auditlog names nobody."""
    policy = ApprovalPolicy.objects.get(category__code="supply", status="published")
    ApprovalPolicy.objects.filter(pk=policy.pk).update(published_at=clock.now())
    events.record(action="policy.changed", by=by, subject=f"policy:{policy.pk}")


CHANGES = (price, supplier, role, rule, author, pencil, by_a_command)


def asked(request: ServiceRequest) -> set[User]:
    rows = StepApprover.objects.filter(step__in=open_steps(request), open=True)
    return {row.user for row in rows.select_related("user")}


@pytest.mark.parametrize("change", CHANGES)
def test_who_changed_it_is_not_asked(world: SimpleNamespace, change: Change) -> None:
    change(world, world.head)
    request = sent(world, SPO_SEN=2)
    assert asked(request)
    assert world.head not in asked(request)


@pytest.mark.parametrize("change", CHANGES)
def test_who_changes_it_while_being_asked_does_not_decide(world: SimpleNamespace, change: Change) -> None:
    request = sent(world, SPO_SEN=2)
    assert asked(request) == {world.head}
    change(world, world.head)
    with pytest.raises(NotAllowed, match=r"You changed .* by hand within the last 30 days"):
        approve(request, world.head)
    assert ServiceRequest.objects.get(pk=request.pk).state == RequestState.SUBMITTED


@pytest.mark.parametrize("change", CHANGES)
def test_after_thirty_days_they_decide_again(world: SimpleNamespace, change: Change) -> None:
    with clock.at(clock.now() - timedelta(days=31)):
        change(world, world.head)
    backdate()
    assert asked(sent(world, SPO_SEN=2)) == {world.head}


def backdate() -> None:
    """django-auditlog writes its own time."""
    from auditlog.models import LogEntry

    LogEntry.objects.update(timestamp=clock.now() - timedelta(days=31))


def test_for_how_long_is_a_setting(world: SimpleNamespace, settings: Any) -> None:
    price(world, world.head)
    settings.RECENT_CHANGE_DAYS = 0
    assert asked(sent(world, SPO_SEN=2)) == {world.head}


def test_what_a_synchronisation_changed_bars_nobody(world: SimpleNamespace) -> None:
    price(world, None)
    assert asked(sent(world, SPO_SEN=2)) == {world.head}


def test_what_it_does_not_affect_they_decide(world: SimpleNamespace) -> None:
    price(world, world.head)
    with set_actor(world.head):
        item = world.items["NPW-KIT"]
        item.name = "Wound kit"  # a name decides nothing
        item.save()
    scopes.grant(user=world.executives[0], role="head", place=world.other_ward, by=world.head)
    scopes.grant(user=world.executives[1], role="temporary", place=world.ward, by=world.head)
    request = sent(world, NPW_KIT=2)
    assert world.head in asked(request)
    journeys.approve(request, world.head, "head")


def test_a_deputy_who_changed_it_does_not_decide_either(world: SimpleNamespace) -> None:
    from approvals import cover

    soon = clock.now() + timedelta(days=2)
    cover.delegate(grantor=world.head, to=world.ward_lead, starts_at=clock.now(), ends_at=soon, by=world.head)
    price(world, world.ward_lead)
    request = sent(world, SPO_SEN=2)
    assert asked(request) == {world.head}
    with pytest.raises(NotAllowed):
        approve(request, world.ward_lead)


def test_nobody_pays_a_query_for_it(world: SimpleNamespace, django_assert_num_queries: Any) -> None:
    request = access.get_request(world.head, sent(world, SPO_SEN=2).public_id)
    run = running.read(request, Approval.objects.get(request=request).steps.all())
    with django_assert_num_queries(1):
        running.right(run, world.head)


def lists(world: SimpleNamespace, by: User) -> None:
    row = UsualLine.objects.get(usual_list__department=world.ward, item=world.items["GLV-NIT-M"])
    row.quantity = 20
    save(row, by)


def gloves(world: SimpleNamespace, by: User) -> None:
    item = CatalogueItem.objects.get(pk=world.items["GLV-NIT-M"].pk)
    item.usual_max = 40
    save(item, by)


@pytest.mark.parametrize("change", [lists, gloves, rule])
def test_a_standing_order_does_not_decide_for_who_changed_what_it_goes_by(
    world: SimpleNamespace, change: Change
) -> None:
    change(world, world.nurse)
    request = sent(world, GLV_NIT_M=6)
    assert request.state == RequestState.SUBMITTED
    assert asked(request) == {world.head}
    assert Approval.objects.get(request=request).case["touched"] is True
    shown = preview(draft(world, GLV_NIT_M=5))
    assert shown and not shown.at_once
    assert sent(world, world.colleague, GLV_NIT_M=6).state == RequestState.APPROVED  # others keep theirs


def test_the_page_says_why(world: SimpleNamespace) -> None:
    request = sent(world, SPO_SEN=2)
    price(world, world.head)

    def page(user: User) -> str:
        return signed_in(user).get(reverse("approvals:why", args=[request.public_id])).content.decode()

    assert f"within the last {settings.RECENT_CHANGE_DAYS} days" in page(world.head)
    assert "a price, a supplier or an item of it" in page(world.head)
    assert "You have a part in this request" in page(world.nurse)
    assert "your role here does not include it" in page(world.finance)
    assert (
        signed_in(world.stranger).get(reverse("approvals:why", args=[request.public_id])).status_code == 404
    )


def test_the_page_for_whom_it_is_and_where_nobody_was_asked(world: SimpleNamespace) -> None:
    there = reverse("approvals:why", args=[sent(world, SPO_SEN=2).public_id])
    assert "It is yours" in signed_in(world.head).get(there).content.decode()
    there = reverse("approvals:why", args=[sent(world, GLV_NIT_M=6).public_id])
    assert "Nobody was asked" in signed_in(world.head).get(there).content.decode()
