"""Files and the look for patient data, as forms and the request page show them."""

from typing import Any

from django import template
from django.forms import BaseForm

from portal.accounts.models import User
from portal.accounts.place import Standing, standing
from requests_app import attachments, permissions, screening
from requests_app.attachments import intake
from requests_app.models import ServiceRequest

register = template.Library()


def _common(request: ServiceRequest | None) -> dict[str, Any]:
    found = attachments.shown(request) if request else []
    there = [row for row in found if row.removed_at is None]
    return {
        "files": found,
        "request": request,
        "accept": intake.ACCEPT,
        "field": attachments.FIELD,
        "most": attachments.MOST,
        "largest": intake.LARGEST_MB,
        "full": len(there) >= attachments.MOST,
    }


@register.inclusion_tag("requests_app/_files.html", takes_context=True)
def files_field(context: dict[str, Any], draft: ServiceRequest | None) -> dict[str, Any]:
    """`{% files_field draft %}` inside the form of a draft: its files, and how to add one. One query, none before the first save.

    The form needs enctype="multipart/form-data", and its view `file_views.take_files`.
    """
    told = [message for message in context.get("messages", ()) if "files" in message.tags]
    return _common(draft) | {"told": told, "here": context["request"].path}


@register.inclusion_tag("requests_app/_file_input.html")
def file_input() -> dict[str, Any]:
    """`{% file_input %}`: only the field, in a form whose view is of a request that was sent. No query."""
    return {"accept": intake.ACCEPT, "field": attachments.FIELD, "largest": intake.LARGEST_MB}


@register.inclusion_tag("requests_app/_files_panel.html", takes_context=True)
def files_panel(context: dict[str, Any], request: ServiceRequest, user: User) -> dict[str, Any]:
    """`{% files_panel case user %}` on the request page: its files; who may adds and removes. One query."""
    common = _common(request)
    for row in common["files"]:
        row.request = request
    own = {row.ref for row in common["files"] if attachments.may_remove(user, row)}
    may_add = _may_add(standing(context["request"]), request, user)
    return common | {"may_add": may_add, "own": own, "csrf_token": context.get("csrf_token")}


def _may_add(where: Standing, case: ServiceRequest, user: User) -> bool:
    """As `attachments.may_add`, from what the page has read about the person already; the verb asks the database itself."""
    if user.pk in (case.filed_by_id, case.requester_id) or not case.is_open:
        return case.is_open or permissions.can_edit(user, case)
    on_ward = not case.private and where.may("work_here", case.department)
    return on_ward or where.may("fulfil_here", case.team)


@register.inclusion_tag("requests_app/_patient_data.html")
def patient_data_check(form: BaseForm | None = None) -> dict[str, Any]:
    """`{% patient_data_check form %}` inside a form with free text: what the browser judges by, and the choice to send it anyway.

    The choice is shown once the server or the browser has found something.
    """
    return {
        "rules": screening.rules(),
        "sentences": [(kind.replace("_", "-"), said) for kind, said in screening.SENTENCES.items()],
        "warned": screening.warns(form),
        "chosen": form is not None and screening.AGREED in form.data,
        "agreed": screening.AGREED,
    }
