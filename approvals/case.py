"""The facts of a request, as a policy may see them."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Sum

from approvals.models import Approval
from approvals.routing import CaseLine, RoutingCase
from portal.clock import now
from requests_app.models import CaseException, RequestItem, ServiceRequest, UsualLine
from requests_app.states import CONTROL_FLAGS, LineState, RequestState


def build_case(request: ServiceRequest, lines: list[RequestItem] | None = None) -> RoutingCase:
    """Collect the RoutingCase of `request` (a draft or sent). Amounts in base currency. At most six queries."""
    if lines is None:
        lines = list(request.lines.select_related("item", "vendor"))
    pars = dict(
        UsualLine.objects.filter(
            usual_list__department=request.department, item__in=[line.item_id for line in lines]
        ).values_list("item_id", "quantity")
    )
    ordered_before = _ordered_before(request, lines)
    return RoutingCase(
        category=request.category.code,
        hospital=request.hospital.code,
        department=request.department.code,
        priority=str(request.priority),
        amount=request.base_amount,
        lines=tuple(
            CaseLine(
                code=line.code,
                group=line.item.group,
                quantity=line.quantity,
                amount=line.amount,
                source=line.source,
                flags=tuple(line.flags),
                control_flags=tuple(flag for flag in line.flags if flag in CONTROL_FLAGS),
                par=pars.get(line.item_id),
                usual_max=line.usual_max,
                on_contract=bool(line.vendor and line.vendor.on_contract),
                first_order=line.item_id not in ordered_before,
                stopped=bool(line.item.stopped_reason),
            )
            for line in lines
        ),
        weekly_standing_total=_weekly_standing_total(request),
        open_exceptions=CaseException.objects.filter(request__department=request.department, closed_at=None)
        .exclude(request=request)
        .count(),
    )


def _weekly_standing_total(request: ServiceRequest) -> Decimal:
    """What a policy decided for this department in the last seven days."""
    return Approval.objects.filter(
        request__department=request.department,
        status=Approval.Status.APPROVED,
        steps=None,
        opened_at__gt=now() - timedelta(days=7),
    ).aggregate(total=Sum("request__base_amount"))["total"] or Decimal("0.00")


def _ordered_before(request: ServiceRequest, lines: list[RequestItem]) -> set[int]:
    """Hazardous items that this department was given before, within twelve months (no query when there is none)."""
    hazardous = [line.item_id for line in lines if "hazardous" in line.flags]
    if not hazardous:
        return set()
    return set(
        RequestItem.objects.filter(
            item__in=hazardous,
            request__department=request.department,
            request__submitted_at__gt=now() - timedelta(days=365),
        )
        .exclude(request=request)
        .exclude(request__state__in=[RequestState.DRAFT, RequestState.SUBMITTED, RequestState.REJECTED, RequestState.CANCELLED])
        .exclude(state=LineState.REJECTED)
        .values_list("item_id", flat=True)
    )
