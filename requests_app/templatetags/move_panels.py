"""What a move shows on the page of its request."""

from typing import TYPE_CHECKING, Any

from django import template
from django.db.models import Q

from requests_app import releasing
from requests_app.models import ServiceRequest
from requests_app.states import Kind

if TYPE_CHECKING:
    from portal.accounts.models import User

register = template.Library()


@register.inclusion_tag("requests_app/_move_panel.html", takes_context=True)
def move_panel(context: template.Context, request: ServiceRequest, user: "User") -> dict[str, Any]:
    """`{% move_panel case user %}`: precautions, the way back or there, *Ready to go back*. At most two queries, none
    for other requests. Only what `user` may see is linked.
    """
    if request.category.kind != Kind.TRANSPORT:
        return {}
    linked = ServiceRequest.objects.visible_to(user).filter(
        Q(move__return_of__request=request) | Q(move__returns__request=request), closed_at=None
    )
    return {
        "case": request,
        "linked": list(linked.select_related("hospital").order_by("pk")),
        "may_release": releasing.may_release(request, user),
        "csrf_token": context.get("csrf_token"),
    }
