"""The trap: a request that the policy decides is sent, approved and released within one verb. Its clocks must stop."""

from datetime import timedelta

import pytest

from approvals import decisions
from approvals import shipped as matrix
from approvals.content import content_hash
from approvals.models import ApprovalStep
from portal import clock
from portal.accounts import scopes
from portal.accounts.models import User
from portal.facts import verb
from requests_app import access
from requests_app.models import UsualLine, UsualList
from requests_app.states import Source
from sla import clocks, receivers
from sla.models import Clock

from .conftest import TUESDAY


@pytest.fixture
def decided(place):
    matrix.install(by=place.system)
    usual = UsualList.objects.create(department=place.ward, name="Gloves")
    UsualLine.objects.create(usual_list=usual, item=place.item("GLV"), quantity=6)
    head = User.objects.create_user(username="head", first_name="Joy", last_name="Okoro")
    scopes.grant(user=head, role="head", place=place.ward, by=place.system)
    return place


def kinds(request, **filters):
    return set(Clock.objects.filter(request=request, **filters).values_list("kind", flat=True))


def test_decided_by_the_standing_order(decided):
    request = decided.send()
    assert request.state == "approved"
    assert kinds(request, state="running") == {"response", "fulfilment"}
    assert not Clock.objects.filter(request=request, kind="approval", state="running").exists()
    work = Clock.objects.get(request=request, kind="fulfilment")
    assert work.started_at == request.released_at == TUESDAY
    assert (request.due_at, request.warn_at) == (work.due_at, work.warn_at)
    request.refresh_from_db()
    assert request.due_at == work.due_at


def test_decided_by_a_person(decided):
    request = decided.send(decided.item("BIG", Source.BUY, lead_days=3, price=400))
    assert request.state == "submitted"
    assert kinds(request) == {"approval"}
    made = Clock.objects.get(request=request)
    assert request.due_at == made.due_at
    assert made.about.startswith("step:")


@pytest.mark.parametrize(("hours", "outcome"), [(1, "met"), (26, "late")])
def test_saying_no_is_a_decision_and_its_time_counts(decided, hours, outcome):
    request = decided.send(decided.item("BIG", Source.BUY, lead_days=3, price=400))
    step = ApprovalStep.objects.get(approval__request=request)
    head = User.objects.get(username="head")
    with clock.at(TUESDAY + timedelta(hours=hours)):
        seen = content_hash(request, request.lines.all())
        decisions.reject_step(step_id=step.pk, by=head, seen=seen, reason="Not this month")
    assert Clock.objects.get(request=request).outcome == outcome


def test_the_step_heard_of_twice_or_too_late_changes_nothing(decided):
    request = decided.send()
    before = list(Clock.objects.values())
    with clock.at(TUESDAY):
        receivers.on_step_opened(
            request=request, step_ref="step:99", calendar="office", by=decided.system, signal=None
        )
        receivers.on_request_approved(request=request, by=decided.system)
        receivers.on_step_closed(request=request, step_ref="step:99", outcome="approved", by=decided.system)
    assert list(Clock.objects.values()) == before


def test_what_a_start_costs(place, django_assert_num_queries):
    """Within the submitting verb: clocks read, then target and calendar together; a clock written. The rest at the end."""
    request = place.send()

    @verb
    def within():
        locked = access.locked(request)
        with django_assert_num_queries(3):
            clocks.start_approval_clock(request=locked, about="step:1", calendar="office", by=place.system)

    within()
