"""The orders of the sample as they are shown: with their lines, and what to ask about them."""

from dataclasses import dataclass

from django.db.models import Prefetch

from approvals.models import SampledOrder
from approvals.sampling.sample_forms import QueryForm
from requests_app.models import RequestItem, ServiceRequest


@dataclass(frozen=True)
class Row:
    sampled: SampledOrder
    case: ServiceRequest
    lines: list[RequestItem]
    form: QueryForm


def rows(sampled: list[SampledOrder], typed: dict[int, QueryForm]) -> list[Row]:
    """`sampled` with requests, lines and forms; `typed` holds what was refused. Two queries."""
    lines = Prefetch("lines", RequestItem.objects.order_by("position"))
    about = ServiceRequest.objects.select_related("department", "requester", "hospital").prefetch_related(
        lines
    )
    cases = about.in_bulk([one.request_id for one in sampled])
    found = []
    for one in sampled:
        case = cases[one.request_id]
        own = list(case.lines.all())
        form = typed.get(one.pk) or QueryForm(sampled=one, lines=own)
        found.append(Row(one, case, own, form))
    return found
