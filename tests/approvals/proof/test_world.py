"""The world of a proof says what the real authority says, about everybody, everywhere."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import authority
from approvals.models import Absence, ApprovalStep, ApproverGroup, Budget, Delegation
from approvals.proof import read_world
from approvals.routing import StepRule
from portal.accounts import duties, scopes
from portal.accounts.models import Department, Duty, User
from portal.clock import now
from requests_app.models import Category, ServiceRequest

pytestmark = [pytest.mark.django_db, pytest.mark.thorough, pytest.mark.timeout(180)]
CODES = (
    *(
        "head",
        "finance",
        "procurement",
        "compliance",
        "director",
        "executive",
        "data_protection",
        "site_manager",
    ),
    *("exec_on_call", "budget_owner", "group:partners", "person:priya.shah", "person:no.body", "nonsense"),
)
STEPS = [StepRule(10, code, "office") for code in CODES] + [
    StepRule(10, "finance", "office", needed=2),
    StepRule(10, "executive", "office", needed=3),
    StepRule(10, "head", "office", needed=0, escalate_to="compliance"),
]


@pytest.fixture
def tangled(world: SimpleNamespace) -> SimpleNamespace:
    """Absences, lent rights with limits and types, a second account, a group, a budget, duties."""
    moment = now()
    for user in (world.other_head, world.procurement):
        Absence.objects.create(
            user=user, by=user, made_at=moment, starts_at=moment - timedelta(hours=1), ends_at=moment + timedelta(days=1)
        )  # fmt: skip
    since = {"starts_at": moment - timedelta(days=1), "made_at": moment}
    until = {"ends_at": moment + timedelta(days=1)}
    Delegation.objects.create(grantor=world.other_head, delegate=world.head, standing=True, **since)
    Delegation.objects.create(grantor=world.head, delegate=world.nurse, standing=True, **since)
    Delegation.objects.create(
        grantor=world.finance, delegate=world.buyer, limit=Decimal(1000), **since, **until
    )
    Delegation.objects.create(
        grantor=world.director, delegate=world.finance, categories=["access"], **since, **until
    )
    Delegation.objects.create(grantor=world.compliance, delegate=world.procurement, **since, **until)
    User.objects.filter(pk__in=[world.finance.pk, world.head.pk]).update(person_key="one-person")
    partners = ApproverGroup.objects.create(code="partners", name="Partners")
    partners.members.set([world.finance, world.director, world.operator])
    Budget.objects.create(
        cost_centre=world.ward.cost_centre, spend_group="office", period="year", amount=1, check_kind="advise", owner=world.buyer
    )  # fmt: skip
    Budget.objects.create(
        spend_group="office", period="year", amount=1, check_kind="advise", owner=world.director
    )
    for code, user in (("site_manager", world.service_manager), ("exec_on_call", world.executives[0])):
        duty, _new = Duty.objects.get_or_create(code=code, hospital=world.hospital, department=None)
        duties.take_duty(duty=duty, user=user, by=user)
    scopes.grant(user=world.storekeeper, role="finance", place=world.hospital, by=world.system)
    User.objects.filter(pk=world.storekeeper.pk).update(is_active=False)
    return world


def test_who_is_asked_is_the_same(tangled: SimpleNamespace) -> None:
    category = Category.objects.get(code="supply")
    seen = read_world(category)
    people = {one.pk: one.username for one in User.objects.all()}
    askers = [tangled.nurse, tangled.head, tangled.finance, tangled.compliance, tangled.executives[1]]
    found = 0
    for ward in Department.objects.filter(code__in=["7B", "5C", "RHB"]).select_related("hospital"):
        for step in STEPS:
            for asker, amount in ((one, Decimal(n)) for one in askers for n in (999, 1000, 25000)):
                request = ServiceRequest(
                    category=category, hospital=ward.hospital, department=ward, requester=asker, filed_by=asker,
                    base_amount=amount,
                )  # fmt: skip
                real = ApprovalStep(
                    role=step.role,
                    needed=step.needed or 1,
                    of_all=step.needed == 0,
                    escalate_to=step.escalate_to,
                )
                code, asked = authority.resolve(request, real, without={asker.pk})
                place = (ward.hospital.code, ward.code)
                ours = seen.resolve(step, place, amount, without=frozenset({asker.username}), away=seen.away)
                theirs = {people[one.user.pk]: people[one.authority.pk] for one in asked}
                assert ours == (code, theirs), (ward.code, step, asker.username, amount)
                found += bool(theirs)
    assert found > 300


def test_the_world_is_read_with_a_few_queries(world: SimpleNamespace) -> None:
    category = Category.objects.get(code="supply")
    with CaptureQueriesContext(connection) as asked:
        read_world(category)
    assert len(asked) == 16
