"""Files are a part of what is decided about: one that goes away asks everybody again, one that comes asks nobody."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from approvals.decisions import approve_step
from approvals.gate import held_back
from approvals.models import Approval, Decision
from portal.desk.consistency import find
from portal.errors import StaleState
from requests_app import attachments
from requests_app.models import Attachment, ServiceRequest
from tests import journeys
from tests.files.conftest import pdf, upload
from tests.journeys import approve, fresh, open_steps, seen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shelf(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def attach(request: ServiceRequest, by: object, name: str = "quotation.pdf") -> Attachment:
    return attachments.attach(request=request, upload=upload(name, pdf()), by=by)  # type: ignore[arg-type]


def with_quotation(world: SimpleNamespace) -> tuple[ServiceRequest, Attachment]:
    """Head and procurement are asked about it; it was sent with a file."""
    draft = journeys.draft(world, note="For the theatre list", NPW_KIT=1)
    file = attach(draft, world.nurse)
    return journeys.send(fresh(draft)), file


def agree(request: ServiceRequest) -> None:
    """The next who is asked says yes to what it is now."""
    step = open_steps(request)[0]
    approve(fresh(request), step.approvers.get(open=True).user, role=step.asked_role)


def test_a_file_is_a_part_of_what_is_decided_about(world: SimpleNamespace) -> None:
    request, file = with_quotation(world)
    assert Approval.objects.get(request=request).content["files"] == [file.digest]


def test_one_that_goes_away_asks_those_again_who_agreed_with_it(world: SimpleNamespace) -> None:
    request, file = with_quotation(world)
    agree(request)
    shown = seen(fresh(request))
    attachments.remove(attachment=file, by=world.nurse)
    assert Approval.objects.filter(request=request).count() == 2
    [step] = open_steps(request)
    assert step.role == "head"
    assert Decision.objects.count() == 1
    with pytest.raises(StaleState) as told:
        approve_step(step_id=step.pk, by=world.head, seen=shown)
    assert told.value.fields["changes"] == ["A file that was attached is not there any more."]
    agree(request)
    agree(request)
    request = fresh(request)
    assert (request.state, held_back(request), find()) == ("approved", None, [])


def test_one_that_comes_later_asks_nobody_and_holds_nothing_back(world: SimpleNamespace) -> None:
    request, _file = with_quotation(world)
    agree(request)
    later = attach(fresh(request), world.nurse, "photo.pdf")
    attachments.remove(attachment=later, by=world.nurse)
    attach(fresh(request), world.nurse, "again.pdf")
    agree(request)
    assert Approval.objects.filter(request=request).count() == 1
    assert held_back(fresh(request)) is None


def test_after_it_was_agreed_a_file_that_goes_away_is_only_on_record(world: SimpleNamespace) -> None:
    request, file = with_quotation(world)
    agree(request)
    agree(request)
    attachments.remove(attachment=file, by=world.nurse)
    assert fresh(request).files == [file.digest]
    assert held_back(fresh(request)) is None
