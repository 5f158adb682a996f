"""Access to systems: for whom, until when, and who decides; never the person themselves."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse

from approvals import authority
from approvals.decisions import approve_step
from approvals.models import ApprovalStep
from approvals.routing import RoutingCase, matches
from portal import clock
from portal.accounts import scopes
from portal.accounts.models import User
from portal.errors import Invalid, NotAllowed
from requests_app.models import ItSystem, ServiceRequest
from requests_app.states import Priority
from tests import it_desk, journeys, personas


@pytest.fixture
def desk(world: SimpleNamespace) -> SimpleNamespace:
    return it_desk.add(world, duties=False)


def day(after: int) -> str:
    return (clock.now().date() + timedelta(days=after)).isoformat()


def asked(world: SimpleNamespace, by: User | None = None, /, **answers: str) -> ServiceRequest:
    """Access of the nurse to the roster, a month long, unless told otherwise; sent."""
    usual = {"system": "roster", "level": "standard", "until": day(30), "reason": "I plan the shifts"}
    return it_desk.sent(world, "access", by, **usual | answers)


def refused(world: SimpleNamespace, by: User | None = None, /, **answers: str) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refusal:
        asked(world, by, **answers)
    return refusal.value.errors


def deciders(request: ServiceRequest) -> list[tuple[str, list[str]]]:
    """Role and people of the steps that are asked now."""
    return [
        (step.asked_role, sorted(step.approvers.values_list("user__username", flat=True)))
        for step in journeys.open_steps(request)
    ]


def agree(request: ServiceRequest) -> None:
    """The first of those who are asked agrees."""
    step = journeys.open_steps(request)[0]
    approve_step(step_id=step.pk, by=step.approvers.first().user, seen=journeys.seen(request))


# ---- who decides ----


def test_the_standard_set_is_decided_by_the_head_of_the_person(desk: SimpleNamespace) -> None:
    request = asked(desk)
    assert (request.beneficiary, request.service, request.team) == (desk.nurse, "it_access", desk.teams["it"])
    assert deciders(request) == [("head", ["joy.okoro"])]
    agree(request)
    request.refresh_from_db()
    assert request.state == "approved"


def test_for_somebody_of_another_ward_their_own_head_decides(desk: SimpleNamespace) -> None:
    request = asked(desk, person=desk.other_nurse.username)
    assert (request.department, request.beneficiary, request.filed_by) == (
        desk.other_ward,
        desk.other_nurse,
        desk.nurse,
    )
    assert deciders(request) == [("head", ["ruth.lang"])]
    assert desk.nurse in (request.filed_by, request.requester)
    assert (
        personas.signed_in(desk.nurse)
        .get(reverse("desk:request-detail", args=[request.public_id]))
        .status_code
        == 200
    )


def test_a_clinical_system_also_needs_its_owner_and_no_other_owner(desk: SimpleNamespace) -> None:
    request = asked(desk, system="results-viewer")
    agree(request)
    assert deciders(request) == [("it_owner", ["zoe.tran"])]
    step = journeys.open_steps(request)[0]
    assert authority.claim(desk.other_owner, step, request, without=set()) is None
    with pytest.raises(NotAllowed):
        approve_step(step_id=step.pk, by=desk.other_owner, seen=journeys.seen(request))
    agree(request)
    request.refresh_from_db()
    assert request.state == "approved"


def test_more_than_the_standard_set_needs_the_owner(desk: SimpleNamespace) -> None:
    request = asked(desk, level="extra")
    agree(request)
    assert deciders(request) == [("it_owner", ["mike.stanton"])]


def test_the_rights_of_an_administrator_need_head_owner_and_head_of_it(desk: SimpleNamespace) -> None:
    request = asked(desk, level="privileged")
    roles = []
    while steps := journeys.open_steps(request):
        roles.append(steps[0].asked_role)
        agree(request)
    assert roles == ["head", "it_owner", "it_head"]


def test_nobody_decides_about_their_own_access(desk: SimpleNamespace) -> None:
    request = asked(desk, desk.nurse, person=desk.head.username)
    assert desk.head.username not in deciders(request)[0][1]
    assert deciders(request) == [("director", [desk.director.username])]
    request = asked(desk, person=desk.owner.username, system="results-viewer")
    agree(request)
    assert deciders(request) == [("it_head", [desk.it_head.username])]


def test_a_system_without_an_owner_goes_to_the_head_of_it(desk: SimpleNamespace) -> None:
    ItSystem.objects.filter(code="roster").update(owner=None)
    request = asked(desk, level="extra")
    agree(request)
    assert deciders(request) == [("it_head", [desk.it_head.username])]


def test_conditions_on_service_and_marks_are_conditions_and_not_wishes() -> None:
    case = RoutingCase("access", "SBG", "7B", "routine", 0, service="it_access", marks=("extra",))
    assert matches({"services": ["it_access"]}, case)
    assert not matches({"services": ["it_fault"]}, case)
    assert matches({"any_mark": ["extra", "clinical"]}, case)
    assert not matches({"services": ["it_access"], "any_mark": ["privileged"]}, case)
    assert RoutingCase.from_json(case.as_json() | {"amount": "0"}) == case
    with pytest.raises(ValueError, match="unknown policy condition"):
        matches({"sevices": ["it_access"]}, case)


# ---- what is refused ----


@pytest.mark.parametrize(
    ("level", "days", "right"),
    [("standard", 365, True), ("standard", 367, False), ("privileged", 90, True), ("privileged", 92, False)],
)
def test_access_ends_after_a_year_and_that_of_administrators_after_90_days(
    desk: SimpleNamespace, level: str, days: int, right: bool
) -> None:
    if right:
        assert asked(desk, level=level, until=day(days)).state == "submitted"
    else:
        assert set(refused(desk, level=level, until=day(days))) == {"until"}


def test_the_days_have_to_make_sense(desk: SimpleNamespace) -> None:
    assert set(refused(desk, until=day(-1))) == {"until"}
    assert set(refused(desk, **{"from": day(40), "until": day(30)})) == {"until"}
    assert set(refused(desk, system="patient-record", trained=day(2))) == {"trained"}
    assert asked(desk, **{"from": day(300), "until": day(600)}).state == "submitted"


def test_who_works_here_for_some_weeks_gets_no_access_beyond(desk: SimpleNamespace) -> None:
    locum = personas.person("eva.strand")
    until = clock.now() + timedelta(days=20)
    scopes.grant(user=locum, role="requester", place=desk.ward, by=desk.system, valid_until=until)
    assert "They work here until" in refused(desk, person=locum.username)["until"][0]
    assert asked(desk, person=locum.username, until=day(19)).beneficiary == locum


def test_a_system_that_needs_training_asks_for_its_day(desk: SimpleNamespace) -> None:
    assert set(refused(desk, system="patient-record")) == {"trained"}
    assert asked(desk, system="patient-record", trained=day(-10)).title == "Access: Electronic patient record"


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("person", "ward login 7B"),
        ("person", "shared account"),
        ("reason", "a generic login for the night shift"),
        ("reason", "One password for everybody, please"),
        ("reason", "Stationskonto, weil alle es brauchen"),
    ],
)
def test_a_shared_login_is_refused_with_the_reason(desk: SimpleNamespace, field: str, words: str) -> None:
    if "konto" in words:
        words = "Stationskonto"
    errors = refused(desk, **{field: words})
    assert set(errors) == {field}
    assert "belongs to one person" in errors[field][0]


def test_plain_reasons_are_no_shared_login(desk: SimpleNamespace) -> None:
    for reason in (
        "To share results with the team",
        "I cannot log in",
        "My group password was never set up?",
    ):
        if "group password" in reason:
            assert "reason" in refused(desk, reason=reason)
        else:
            assert asked(desk, reason=reason).state == "submitted"


def test_a_person_is_named_by_sign_in_name_or_full_name_and_a_stranger_by_neither(
    desk: SimpleNamespace,
) -> None:
    assert asked(desk, person="Ben Carter").beneficiary == desk.other_nurse
    assert asked(desk, person="BEN.CARTER").beneficiary == desk.other_nurse
    assert set(refused(desk, person="nora.finch")) == {"person"}
    assert set(refused(desk, person="Nora Finch")) == {"person"}
    personas.person("ben.carter2", role="requester", place=desk.ward)
    User.objects.filter(username="ben.carter2").update(first_name="Ben", last_name="Carter")
    assert set(refused(desk, person="Ben Carter")) == {"person"}


def test_who_cannot_work_without_it_is_urgent(desk: SimpleNamespace) -> None:
    assert asked(desk).priority == Priority.ROUTINE
    assert asked(desk, need="today").priority == Priority.URGENT


def test_it_is_asked_and_read_on_its_pages(desk: SimpleNamespace) -> None:
    nurse = personas.signed_in(desk.nurse)
    address = reverse("requests:ask-new", args=["access"])
    page = nurse.get(address)
    assert 'value="asha.menon"' in page.text
    assert f'value="{day(365)}"' in page.text
    assert "Electronic patient record" in page.text
    typed = {
        "q-person": "tom.reid",
        "q-system": "roster",
        "q-level": "standard",
        "q-until": day(20),
        "q-reason": "Shifts",
    }
    answer = nurse.post(address, typed | {"department": desk.ward.pk, "do": "send"})
    request = ServiceRequest.objects.get()
    assert request.beneficiary == desk.colleague
    text = nurse.get(answer["Location"]).text
    assert "Tom Reid" in text
    assert "What everybody in this job has" in text
    assert ApprovalStep.objects.get().role == "head"


def test_a_system_of_another_hospital_is_not_offered(desk: SimpleNamespace) -> None:
    ItSystem.objects.create(hospital=desk.other_hospital, code="canary", name="Canary system")
    page = personas.signed_in(desk.nurse).get(reverse("requests:ask-new", args=["access"]))
    assert "Canary" not in page.text
    assert set(refused(desk, system="canary")) == {"system"}


def test_a_year_is_counted_from_the_first_day(desk: SimpleNamespace) -> None:
    begins = clock.now().date() + timedelta(days=100)
    assert isinstance(begins, date)
    assert "until" in refused(
        desk, **{"from": begins.isoformat(), "until": (begins + timedelta(days=367)).isoformat()}
    )
