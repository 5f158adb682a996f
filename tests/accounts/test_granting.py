"""Memberships are the truth; guardian's rows, the groups and the record follow them."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from guardian.shortcuts import get_perms

from portal import clock
from portal.accounts import scopes
from portal.accounts.models import DepartmentUserObjectPermission, Membership
from portal.accounts.roles import ROLES
from portal.accounts.tasks import expire_memberships
from portal.audit.models import Event
from portal.errors import Invalid, WrongState
from tests import personas

HOUR = timedelta(hours=1)


def test_a_grant_writes_rows_group_and_one_event(world: SimpleNamespace) -> None:
    rosa = personas.person("rosa.diaz")
    membership = scopes.grant(user=rosa, role="head", place=world.ward, by=world.administrator)
    assert set(get_perms(rosa, world.ward)) == {"work_here", "view_requests", "approve_as_head"}
    assert [group.name for group in rosa.groups.all()] == ["head"]
    event = Event.objects.get(subject=f"user:{rosa.pk}")
    assert (event.action, event.actor) == ("membership.granted", world.administrator)
    assert event.after["role"] == "head"
    assert event.after["at"] == f"department:{world.ward.pk}"
    assert membership.place == world.ward


def test_the_same_grant_again_is_the_first(world: SimpleNamespace) -> None:
    first = Membership.objects.get(user=world.nurse)
    events = Event.objects.count()
    assert scopes.grant(user=world.nurse, role="requester", place=world.ward, by=world.system) == first
    assert Event.objects.count() == events


def test_revoking_takes_rows_group_and_right_and_is_recorded(world: SimpleNamespace) -> None:
    scopes.revoke(membership=Membership.objects.get(user=world.head), by=world.administrator)
    assert not scopes.has_perm_at(world.head, "approve_as_head", world.ward)
    assert not get_perms(world.head, world.ward)
    assert not world.head.groups.exists()
    event = Event.objects.filter(action="membership.revoked").get()
    assert event.before["valid_until"] is None
    assert event.after["valid_until"]
    with pytest.raises(WrongState):
        scopes.revoke(membership=Membership.objects.get(user=world.head), by=world.administrator)


def test_one_of_two_roles_goes_and_the_other_keeps_its_rows(world: SimpleNamespace) -> None:
    lead = scopes.grant(user=world.nurse, role="ward_lead", place=world.ward, by=world.system)
    scopes.revoke(membership=lead, by=world.system)
    assert scopes.has_perm_at(world.nurse, "work_here", world.ward)
    assert [group.name for group in world.nurse.groups.all()] == ["requester"]


def test_a_role_that_is_over_gives_nothing_before_and_after_the_sweep(world: SimpleNamespace) -> None:
    rosa, start = personas.person("rosa.diaz"), clock.now()
    scopes.grant(user=rosa, role="requester", place=world.ward, by=world.system, valid_until=start + HOUR)
    with clock.at(start + HOUR - timedelta(seconds=1)):
        assert scopes.has_perm_at(rosa, "work_here", world.ward)
    with clock.at(start + HOUR):
        assert DepartmentUserObjectPermission.objects.filter(user=rosa).exists()
        assert not scopes.has_perm_at(rosa, "work_here", world.ward)
        assert rosa not in scopes.users_with("work_here", world.ward)
        assert not scopes.departments_with(rosa, "work_here").exists()
        assert not scopes.hospitals_of(rosa).exists()
        expire_memberships.run()
        assert not DepartmentUserObjectPermission.objects.filter(user=rosa).exists()
        assert not rosa.groups.exists()
        assert scopes.expire_memberships() == 0
    assert (
        Event.objects.filter(subject=f"user:{rosa.pk}", action="membership.ended", actor=world.system).count()
        == 1
    )


def test_a_role_that_begins_later_gets_its_rows_when_it_begins(world: SimpleNamespace) -> None:
    rosa, start = personas.person("rosa.diaz"), clock.now() + HOUR
    scopes.grant(user=rosa, role="requester", place=world.ward, by=world.system, valid_from=start)
    assert not scopes.has_perm_at(rosa, "work_here", world.ward)
    assert not DepartmentUserObjectPermission.objects.filter(user=rosa).exists()
    with clock.at(start):
        assert scopes.expire_memberships() == 1
        assert scopes.has_perm_at(rosa, "work_here", world.ward)
        assert Event.objects.filter(action="membership.began").count() == 1


def test_a_role_taken_back_before_it_begins_never_begins(world: SimpleNamespace) -> None:
    rosa, start = personas.person("rosa.diaz"), clock.now() + HOUR
    membership = scopes.grant(
        user=rosa, role="requester", place=world.ward, by=world.system, valid_from=start
    )
    scopes.revoke(membership=membership, by=world.system)
    with clock.at(start + HOUR):
        assert scopes.expire_memberships() == 0
        assert not scopes.has_perm_at(rosa, "work_here", world.ward)


def test_a_sweep_that_was_down_for_the_whole_period_leaves_nothing_behind(world: SimpleNamespace) -> None:
    rosa, start = personas.person("rosa.diaz"), clock.now() + HOUR
    scopes.grant(
        user=rosa,
        role="requester",
        place=world.ward,
        by=world.system,
        valid_from=start,
        valid_until=start + HOUR,
    )
    with clock.at(start + 24 * HOUR):
        assert scopes.expire_memberships() == 0
        assert not DepartmentUserObjectPermission.objects.filter(user=rosa).exists()


@pytest.mark.parametrize(
    ("role", "place", "field"),
    [
        ("wizard", "ward", "role"),
        ("finance", "ward", "place"),
        ("head", "hospital", "place"),
        ("head", None, "place"),
    ],
)
def test_a_grant_that_cannot_be_meant_is_refused(
    world: SimpleNamespace, role: str, place: str | None, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        scopes.grant(user=world.nurse, role=role, place=place and getattr(world, place), by=world.system)
    assert field in refusal.value.errors


def test_periods_of_one_role_do_not_overlap(world: SimpleNamespace) -> None:
    rosa, start = personas.person("rosa.diaz"), clock.now()
    common = {"user": rosa, "role": "requester", "place": world.ward, "by": world.system}
    scopes.grant(**common, valid_from=start, valid_until=start + 2 * HOUR)
    scopes.grant(**common, valid_from=start + 2 * HOUR, valid_until=start + 3 * HOUR)
    with pytest.raises(Invalid):
        scopes.grant(**common, valid_from=start + HOUR)
    with pytest.raises(Invalid):
        scopes.grant(**common, valid_from=start, valid_until=start)
    with pytest.raises(Invalid):
        scopes.grant(user=world.system, role="executive", by=world.system)


def test_the_database_refuses_what_the_verb_would_never_write(world: SimpleNamespace) -> None:
    start = clock.now()
    wrong = [
        {"role": "wizard"},
        {"role": "head", "department": world.ward, "hospital": world.hospital},
        {"role": "head", "department": world.ward, "valid_until": start - HOUR},
        {"role": "requester", "department": world.ward},  # she holds it
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(user=world.nurse, valid_from=start, **values)
    Membership.objects.create(user=world.executives[0], role="auditor", valid_from=start)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=world.executives[0], role="auditor", valid_from=start)


def test_repair_mends_what_drifted_and_records_it(world: SimpleNamespace) -> None:
    assert scopes.repair(by=world.system) == []
    DepartmentUserObjectPermission.objects.filter(user=world.head).delete()
    DepartmentUserObjectPermission.objects.create(
        user=world.stranger,
        content_object=world.ward,
        permission=DepartmentUserObjectPermission.objects.filter(user=world.nurse)[0].permission,
    )
    world.nurse.groups.clear()
    assert not scopes.has_perm_at(world.head, "approve_as_head", world.ward)
    assert not scopes.has_perm_at(world.stranger, "work_here", world.ward)  # a row alone gives nothing

    assert {user.username for user in scopes.repair(by=world.administrator)} == {
        "joy.okoro",
        "asha.menon",
        "nora.finch",
    }
    assert scopes.has_perm_at(world.head, "approve_as_head", world.ward)
    assert not DepartmentUserObjectPermission.objects.filter(
        user=world.stranger, content_object=world.ward
    ).exists()
    assert Event.objects.filter(action="grants.repaired", actor=world.administrator).count() == 3
    assert scopes.repair(by=world.system) == []


@pytest.mark.django_db
def test_the_groups_follow_the_table(db: None) -> None:
    assert scopes.sync_roles() == len(ROLES)
    assert scopes.sync_roles() == 0
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


@pytest.mark.django_db
def test_the_system_cannot_sign_in_and_is_one(client) -> None:
    system = scopes.system_user()
    assert scopes.system_user() == system
    assert system.is_system
    assert not system.is_active
    assert not system.has_usable_password()
