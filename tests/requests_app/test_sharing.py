"""A request is shown to one more person, who reads it and says something, and nothing else; and no longer, at once."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, NotFound
from portal.notify.models import Notice
from requests_app import listing, permissions, sharing
from requests_app.models import RequestShare, ServiceRequest
from tests import it_desk, journeys
from tests.personas import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world: SimpleNamespace) -> ServiceRequest:
    return journeys.sent(world, SET_PMP=2)


def url(name: str, case: ServiceRequest) -> str:
    return reverse(name, args=[case.public_id])


def test_shared_by_name_and_no_longer_from_the_same_moment(
    world: SimpleNamespace, case: ServiceRequest
) -> None:
    nurse, other = signed_in(world.nurse), signed_in(world.other_nurse)
    page, people = url("desk:request-detail", case), url("requests:people", case)
    there = reverse("api:request", args=[case.public_id])
    assert [other.get(one).status_code for one in (page, people, there)] == [404, 404, 404]
    assert nurse.post(people, {"person": "Ben Carter"}).status_code == 302
    assert [other.get(one).status_code for one in (page, people, there)] == [200, 200, 200]
    assert list(ServiceRequest.objects.visible_to(world.other_nurse)) == [case]
    assert [row.pk for row in listing.soonest(world.other_nurse, most=5)] == [case.pk]
    row = RequestShare.objects.get()
    assert (row.permission.codename, row.by, row.user) == (
        "view_servicerequest",
        world.nurse,
        world.other_nurse,
    )
    assert Notice.objects.get(kind="request_shared").user == world.other_nurse
    assert "Ben Carter" in nurse.get(people).text
    assert nurse.post(url("requests:unshare", case), {"person": "ben.carter"}).status_code == 302
    assert [other.get(one).status_code for one in (page, people, there)] == [404, 404, 404]
    assert not ServiceRequest.objects.visible_to(world.other_nurse).exists()
    assert listing.soonest(world.other_nurse, most=5) == []
    told = Event.objects.filter(action__in=["request.shared", "request.unshared"])
    assert [(event.action, event.reason) for event in told] == [
        ("request.shared", "Ben Carter"),
        ("request.unshared", "Ben Carter"),
    ]


def test_whom_it_is_shared_with_reads_and_talks_and_does_nothing_else(
    world: SimpleNamespace, case: ServiceRequest
) -> None:
    sharing.share(request=case, user=world.other_nurse, by=world.colleague)
    other = signed_in(world.other_nurse)
    assert other.post(url("requests:say", case), {"text": "We have spare ones."}).status_code == 302
    step = journeys.open_steps(case)[0].ref
    refused = {
        url("requests:cancel", case): {"reason": "no"},
        url("requests:people", case): {"person": "tom.reid"},
        reverse("approvals:step-approve", args=[step]): {"seen": journeys.seen(case)},
        reverse("approvals:step-reject", args=[step]): {"seen": journeys.seen(case), "reason": "no"},
    }
    for address, fields in refused.items():
        assert other.post(address, fields).status_code in (403, 404, 422), address
    journeys.fresh(case).refresh_from_db()
    assert journeys.fresh(case).state == "submitted"
    assert not permissions.works_on(world.other_nurse, case)
    actions = {one["name"]: one["allowed"] for one in other.get(
        reverse("api:request", args=[case.public_id])
    ).json()["allowed_actions"]}  # fmt: skip
    assert not any(actions.values()), actions
    shown = other.get(url("desk:request-detail", case)).text
    assert url("requests:cancel", case) not in shown


def test_who_may_share_and_with_whom(world: SimpleNamespace, case: ServiceRequest) -> None:
    for who, error in ((world.finance, NotAllowed), (world.stranger, NotFound)):
        with pytest.raises(error):
            sharing.share(request=case, user=world.other_nurse, by=who)
    for whom in (world.stranger, world.colleague, world.system):
        with pytest.raises(Invalid):
            sharing.share(request=case, user=whom, by=world.nurse)
    nurse, people = signed_in(world.nurse), url("requests:people", case)
    for said in ("", "Nora Finch", "nobody at all", "asha.menon", "Tom"):
        refused = nurse.post(people, {"person": said})
        assert refused.status_code == 422
        assert f'value="{said}"' in refused.text or not said
    assert signed_in(world.finance).post(people, {"person": "ben.carter"}).status_code == 403
    assert signed_in(world.stranger).post(people, {"person": "ben.carter"}).status_code == 404
    assert not RequestShare.objects.exists()


def test_a_private_one_is_shared_by_who_asked_for_it_only(world: SimpleNamespace) -> None:
    it_desk.add(world)
    case = journeys.sent(world, SET_PMP=1)
    ServiceRequest.objects.filter(pk=case.pk).update(private=True)
    case = journeys.fresh(case)
    with pytest.raises(NotFound):
        sharing.share(request=case, user=world.other_nurse, by=world.colleague)
    sharing.share(request=case, user=world.other_nurse, by=world.nurse)
    assert permissions.can_view(world.other_nurse, case)
    assert not permissions.can_view(world.colleague, case)
    with pytest.raises(NotAllowed):
        sharing.share(request=case, user=world.head, by=world.other_nurse)


def test_sharing_twice_is_once_and_everybody_may_give_up_their_own(
    world: SimpleNamespace, case: ServiceRequest
) -> None:
    first = sharing.share(request=case, user=world.other_nurse, by=world.nurse)
    assert sharing.share(request=case, user=world.other_nurse, by=world.colleague) == first
    own = signed_in(world.other_nurse).post(url("requests:unshare", case), {"person": "ben.carter"})
    assert (own.status_code, own.url) == (302, reverse("desk:home"))
    assert not RequestShare.objects.exists()
    assert (
        signed_in(world.nurse).post(url("requests:unshare", case), {"person": "ben.carter"}).status_code
        == 404
    )
