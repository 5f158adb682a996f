"""The tasks of a bundle on its page; on the page of a task, the bundle that it belongs to."""

from typing import Any

from django import template

from portal.accounts.models import User
from portal.clock import now
from requests_app.configured import bundles
from requests_app.models import ServiceRequest
from requests_app.states import Kind

register = template.Library()


@register.inclusion_tag("requests_app/_bundle.html")
def bundle_panel(case: ServiceRequest, user: User) -> dict[str, Any]:
    """One query for a bundle or a task, none for what is neither."""
    if case.category.kind == Kind.BUNDLE:
        return {"case": case, "tasks": bundles.tasks_of(case, user), "now": now()}
    if case.parent_id is not None:
        parent = ServiceRequest.objects.visible_to(user).filter(pk=case.parent_id).first()
        return {"case": case, "parent": parent}
    return {}
