"""What is watched, in templates."""

from typing import Any

from django import template

from approvals import approvers
from approvals.models import SplitSuspicion
from approvals.sampling import answering
from approvals.watching import reciprocal, separation, suspects
from portal.accounts.place import person, standing
from requests_app.models import ServiceRequest

register = template.Library()


@register.filter
def at(named: dict[int, str], key: int) -> str:
    """`names|at:key`."""
    return named.get(key, "")


@register.inclusion_tag("approvals/_watch_links.html", takes_context=True)
def watch_links(context: template.Context) -> dict[str, Any]:
    """`{% watch_links %}`: the pages of what is watched that are this person's. One query for who is shown samples, else none."""
    where = standing(context["request"])
    samples = answering.waiting(person(context["request"])).count() if answering.answers(where) else 0
    return {
        "samples": samples,
        "splits": suspects.reads(where),
        "deciding": reciprocal.reads(where),
        "duties": separation.reads(where),
        "approvers": approvers.reads(where),
    }


@register.inclusion_tag("approvals/_split_banner.html", takes_context=True)
def split_banner(context: template.Context, request: ServiceRequest) -> dict[str, Any]:
    """`{% split_banner case %}`: it may be part of a larger order, or somebody said why it is none.

    One query where the page knows that there is something to say (`has_split`), else none.
    """
    if not getattr(request, "has_split", False):
        return {}
    found = SplitSuspicion.objects.filter(parts__request=request).select_related("cleared_by").order_by("-pk")
    return {"found": found.first(), "case": request, "reads": suspects.reads(standing(context["request"]))}
