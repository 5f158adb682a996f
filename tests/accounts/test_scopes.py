"""Three questions, one rule: who may, may this person, and where may this person."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from portal.accounts import scopes
from portal.accounts.models import Department, Hospital, Membership, Team, User
from portal.accounts.roles import PERMISSIONS_AT, ROLES
from tests import personas

LIKE_FINANCE = ("procurement", "compliance", "biomed_manager", "it_head", "product_lead", "data_protection")
WHERE = {
    "department": (Department, scopes.departments_with),
    "hospital": (Hospital, scopes.hospitals_with),
    "team": (Team, scopes.teams_with),
}


@pytest.mark.parametrize("kind", WHERE)
def test_the_three_questions_agree_for_every_person_permission_and_place(
    world: SimpleNamespace, kind: str
) -> None:
    model, places_with = WHERE[kind]
    places, people = list(model.objects.all()), list(User.objects.all())
    answers = 0
    for perm in {*PERMISSIONS_AT[kind]} - {f"approve_as_{role}" for role in LIKE_FINANCE}:
        where = {user.pk: set(places_with(user, perm)) for user in people}
        for place in places:
            who = set(scopes.users_with(perm, place))
            assert who == {user for user in people if place in where[user.pk]}, (perm, place)
            answers += len(who)
            for user in [
                world.nurse,
                world.head,
                world.director,
                world.executives[0],
                world.stranger,
                world.system,
            ]:
                assert scopes.has_perm_at(user, perm, place) == (user in who), (user, perm, place)
    assert answers


def test_the_table_of_roles_reaches_the_places(world: SimpleNamespace) -> None:
    def who(perm: str, place: scopes.Place) -> set[User]:
        return set(scopes.users_with(perm, place))

    assert who("work_here", world.ward) == {world.nurse, world.colleague, world.ward_lead, world.head}
    assert who("approve_as_head", world.ward) == {world.head}
    assert who("approve_as_finance", world.ward) == {world.finance, world.finance_colleague}
    assert who("approve_as_executive", world.foreign_ward) == set(world.executives)
    assert who("approve_as_director", world.foreign_ward) == set()
    assert who("fulfil_here", world.teams["stores"]) == {world.storekeeper, world.store_lead}
    assert who("fulfil_here", world.teams["buying"]) == {world.buyer}
    assert world.auditor in who("view_requests", world.foreign_ward)
    assert world.buyer in who("view_requests", world.ward)
    assert world.nurse not in who("view_requests", world.other_ward)


@pytest.mark.parametrize("name", ["policy_owner", "administrator", "operator"])
def test_setting_up_gives_no_operational_right(world: SimpleNamespace, name: str) -> None:
    user = getattr(world, name)
    for perm in PERMISSIONS_AT["hospital"]:
        assert not scopes.departments_with(user, perm).exists()
    assert set(scopes.hospitals_of(user)) == {world.hospital, world.other_hospital}


def test_nobody_of_another_hospital_holds_anything_here(world: SimpleNamespace) -> None:
    assert set(scopes.hospitals_of(world.stranger)) == {world.other_hospital}
    for perm in PERMISSIONS_AT["hospital"]:
        assert not scopes.has_perm_at(world.stranger, perm, world.ward)


@pytest.mark.django_db
def test_a_superuser_a_closed_account_and_a_visitor_hold_nothing(world: SimpleNamespace) -> None:
    chief = User.objects.create(username="root", is_superuser=True, is_staff=True)
    assert not scopes.has_perm_at(chief, "view_requests", world.ward)
    assert chief not in scopes.users_with("view_requests", world.ward)
    assert not scopes.departments_with(chief, "view_requests").exists()

    User.objects.filter(pk=world.head.pk).update(is_active=False)
    world.head.refresh_from_db()
    assert not scopes.has_perm_at(world.head, "work_here", world.ward)
    assert world.head not in scopes.users_with("approve_as_head", world.ward)

    assert not scopes.has_perm_at(AnonymousUser(), "work_here", world.ward)
    assert not scopes.departments_with(AnonymousUser(), "work_here").exists()


def test_a_person_with_two_ways_to_a_right_comes_once(world: SimpleNamespace) -> None:
    scopes.grant(user=world.nurse, role="requester", place=world.hospital, by=world.system)
    scopes.grant(user=world.nurse, role="ward_lead", place=world.ward, by=world.system)
    assert [user for user in scopes.users_with("work_here", world.ward) if user == world.nurse] == [
        world.nurse
    ]
    assert scopes.departments_with(world.nurse, "work_here").count() == world.hospital.departments.count()


@pytest.mark.parametrize("people", [1, 3, 50])
def test_questions_cost_one_query(world: SimpleNamespace, people: int, django_assert_num_queries) -> None:
    for number in range(people):
        personas.person(f"more.{number}", role="requester", place=world.ward)
    with django_assert_num_queries(1):
        assert len(scopes.users_with("work_here", world.ward)) == people + 4
    with django_assert_num_queries(1):
        scopes.has_perm_at(world.nurse, "work_here", world.ward)
    with django_assert_num_queries(1):
        len(scopes.departments_with(world.director, "view_requests"))


def test_every_role_names_permissions_that_its_places_know() -> None:
    known = {perm for perms in PERMISSIONS_AT.values() for perm in perms}
    for role in ROLES.values():
        assert set(role.permissions) <= known, role.code
        for kind in role.scopes:
            assert role.permissions_at(kind) or not role.permissions, (role.code, kind)


def test_who_holds_a_role_in_a_hospital(world: SimpleNamespace) -> None:
    assert set(scopes.holders_of("service_manager", world.hospital)) == {world.service_manager}
    assert set(scopes.holders_of("service_manager", world.other_hospital)) == set()
    assert set(scopes.holders_of("policy_owner", world.other_hospital)) == {world.policy_owner}
    assert world.head in scopes.holders_of("head", world.hospital)
    scopes.revoke(membership=Membership.objects.get(user=world.service_manager), by=world.system)
    assert not scopes.holders_of("service_manager", world.hospital).exists()
