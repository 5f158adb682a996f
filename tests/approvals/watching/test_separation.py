"""Duties that do not go together: refused where they never do, reported where somebody may answer for them."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from approvals.models import AcceptedConflict
from approvals.watching import separation
from portal import clock
from portal.accounts import scopes
from portal.accounts.roles import ROLES
from portal.accounts.separation import ALONE, never_with, operational
from portal.desk.seed.tables import table
from portal.errors import Invalid, NotAllowed
from requests_app.models import CaseException
from tests import personas
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
CONTROL = "Finance looks at each of their decisions on Mondays"
# The C fields of the matrix in ../reliability, written down once more by hand: role -> a role that it does not go with.
BY_HAND = {
    ("administrator", "requester"): "request-users",
    ("administrator", "head"): "request-users receive approve-users",
    ("administrator", "procurement"): "approve-users",
    ("administrator", "finance"): "approve-users budget-users",
    ("administrator", "policy_owner"): "rules-users",
    ("administrator", "team_lead"): "approve-users",
    ("administrator", "fulfiller"): "",
    ("policy_owner", "head"): "",
    ("requester", "head"): "",
    ("head", "finance"): "",
    ("fulfiller", "requester"): "",
    ("policy_owner", "auditor"): "rules-audit",
    ("administrator", "auditor"): "users-audit",
}


def test_who_audits_or_runs_the_link_does_nothing_else() -> None:
    for role in ROLES:
        for other in ROLES:
            apart = other in never_with(role)
            assert apart == (role in never_with(other))
            assert apart == (
                role != other
                and (
                    (role in ALONE and (operational(other) or other in ALONE))
                    or (other in ALONE and (operational(role) or role in ALONE))
                )
            )
    assert {code for code in ROLES if not operational(code)} == {
        "service_manager",
        "auditor",
        "policy_owner",
        "administrator",
        "integration_operator",
    }


@pytest.mark.parametrize("alone", ALONE)
@pytest.mark.parametrize("role", ["head", "requester", "finance", "executive", "buyer"])
def test_a_grant_of_both_is_refused(world: SimpleNamespace, alone: str, role: str) -> None:
    place = {"head": world.ward, "requester": world.ward, "executive": None}.get(role, world.hospital)
    first = personas.person("first.one", role=alone)
    with pytest.raises(Invalid) as refused:
        scopes.grant(user=first, role=role, place=place, by=world.system)
    assert "at once" in refused.value.errors["role"][0]
    second = personas.person("second.one", role=role, place=place)
    with pytest.raises(Invalid):
        scopes.grant(user=second, role=alone, by=world.system)
    for held in second.memberships.all():
        scopes.revoke(membership=held, by=world.system)
    scopes.grant(user=second, role=alone, by=world.system)  # once the other is over


def test_one_after_the_other_is_not_at_once(world: SimpleNamespace) -> None:
    user, soon = personas.person("some.body"), clock.now() + timedelta(days=3)
    scopes.grant(user=user, role="head", place=world.ward, by=world.system, valid_until=soon)
    scopes.grant(user=user, role="auditor", by=world.system, valid_from=soon)
    with pytest.raises(Invalid):
        scopes.grant(user=user, role="finance", place=world.hospital, by=world.system)


@pytest.mark.parametrize("pair", BY_HAND)
def test_the_matrix(pair: tuple[str, str]) -> None:
    wanted = {word for word in BY_HAND[pair].split() if "-" in word}
    assert set(separation.clashes(set(pair))) == wanted


def test_nobody_of_the_seed_holds_two_of_them() -> None:
    for row in table("people"):
        roles = {word.split("@")[0] for word in row["roles"].split()}
        assert not separation.clashes(roles), row["username"]
        assert not any(never_with(role) & roles for role in roles), row["username"]


@pytest.fixture
def both(world: SimpleNamespace) -> SimpleNamespace:
    scopes.grant(user=world.administrator, role="finance", place=world.hospital, by=world.system)
    return world


def test_the_night_tells_the_auditor_until_somebody_answers_for_it(both: SimpleNamespace) -> None:
    assert [separation.look(), separation.look()] == [2, 2]
    told = CaseException.objects.filter(kind="policy_deviation", closed_at=None)
    assert {one.owner_role for one in told} == {"auditor"}
    assert told.count() == 2
    executive, until = both.executives[0], (clock.now() + timedelta(days=90)).date()
    for pair in ("approve-users", "budget-users"):
        separation.accept(
            user_id=both.administrator.pk, pair=pair, control=CONTROL, until=until, by=executive
        )
    assert separation.look() == 0
    assert not told.all().exists()
    with clock.at(clock.now() + timedelta(days=91)):
        assert separation.look() == 2


def test_what_is_not_accepted(both: SimpleNamespace) -> None:
    executive, user = both.executives[0], both.administrator.pk
    until = (clock.now() + timedelta(days=30)).date()
    good = {"user_id": user, "pair": "approve-users", "control": CONTROL, "until": until, "by": executive}
    for wrong in (
        {"pair": "rules-users"},
        {"control": "we look"},
        {"until": (clock.now() + timedelta(days=91)).date()},
        {"until": clock.now().date()},
    ):
        with pytest.raises(Invalid):
            separation.accept(**good | wrong)
    for nobody in (both.administrator, both.finance, both.auditor):
        with pytest.raises(NotAllowed):
            separation.accept(**good | {"by": nobody})
    assert not AcceptedConflict.objects.exists()


def test_the_page(both: SimpleNamespace) -> None:
    there = reverse("approvals:watch-duties")
    for user in (both.nurse, both.finance, both.stranger):
        assert signed_in(user).get(there).status_code == 403
    shown = signed_in(both.auditor).get(there).content.decode()
    assert "Alex Morgan" in shown
    assert "Nobody answers for it" in shown
    assert 'name="conflict"' not in shown
    browser = signed_in(both.executives[0])
    until = (clock.now() + timedelta(days=30)).date().isoformat()
    said = {"conflict": f"{both.administrator.pk}:approve-users", "control": CONTROL, "until": until}
    for wrong in ({"control": "x"}, {"conflict": "1:nothing"}, {"until": "soon"}):
        assert browser.post(there, said | wrong).status_code == 422
    assert browser.post(there, said).status_code == 302
    assert CONTROL in signed_in(both.auditor).get(there).content.decode()
    assert signed_in(both.auditor).post(there, said).status_code in (403, 422)
    assert AcceptedConflict.objects.count() == 1


@pytest.mark.parametrize("many", [1, 3])
def test_queries(world: SimpleNamespace, many: int, django_assert_num_queries: Any) -> None:
    for number in range(many):
        one = personas.person(f"both.{number}", role="administrator")
        scopes.grant(user=one, role="procurement", place=world.hospital, by=world.system)
    with django_assert_num_queries(3):
        assert len(separation.conflicts()) == many
