"""What a policy wants attached: refused, with the names, until as many checked files are there."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from approvals import documents, publishing
from approvals.decisions import reject_step
from approvals.models import ApprovalPolicy
from approvals.routing import Rule, StepRule
from portal.errors import WrongState
from requests_app import attachments
from requests_app.models import Attachment, Category, ServiceRequest
from tests.files.conftest import pdf
from tests.journeys import approve, fresh, open_steps, seen, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict(world: SimpleNamespace, settings: Any, tmp_path: Any) -> SimpleNamespace:
    """The head needs a quotation and a safety sheet with every purchase."""
    settings.MEDIA_ROOT = tmp_path
    head = StepRule(10, "head", "office", documents=("quotation", "safety_sheet"))
    publishing.publish(
        category=Category.objects.get(code="supply"),
        code="supply-purchases",
        name="Strict",
        rules=[Rule(code="all", why="Everything", steps=(head,))],
        by=world.system,
    )
    assert ApprovalPolicy.objects.filter(status="published", category__code="supply").count() == 1
    return world


def attach(request: ServiceRequest, world: SimpleNamespace, name: str) -> Attachment:
    upload = SimpleUploadedFile(name, pdf(), content_type="application/pdf")
    return attachments.attach(request=fresh(request), upload=upload, by=world.nurse)


def test_refused_with_the_names_until_as_many_files_are_there(strict: SimpleNamespace) -> None:
    request = sent(strict, NPW_KIT=1)
    for name in ("", "quote.pdf"):
        if name:
            attach(request, strict, name)
        with pytest.raises(WrongState) as refusal:
            approve(request, strict.head)
        assert refusal.value.code == "documents_missing"
        assert "1 quotation, the safety data sheet" in refusal.value.message
    file = attach(request, strict, "sheet.pdf")
    assert documents.missing(open_steps(request)[0], request) == ""
    attachments.remove(attachment=file, by=strict.nurse)
    with pytest.raises(WrongState):
        approve(request, strict.head)
    attach(request, strict, "sheet again.pdf")
    approve(request, strict.head)
    assert fresh(request).state == "approved"


def test_what_waits_for_the_scanner_does_not_count(strict: SimpleNamespace, settings: Any) -> None:
    request = sent(strict, NPW_KIT=1)
    for name in ("quote.pdf", "sheet.pdf"):
        attach(request, strict, name)
    Attachment.objects.update(state=Attachment.State.HELD)
    with pytest.raises(WrongState):
        approve(request, strict.head)


def test_a_no_needs_no_documents(strict: SimpleNamespace) -> None:
    request = sent(strict, NPW_KIT=1)
    reject_step(step_id=open_steps(request)[0].pk, by=strict.head, seen=seen(request), reason="No")
    assert fresh(request).state == "rejected"
