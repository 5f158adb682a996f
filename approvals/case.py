"""The facts of a request, as a policy may see them."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum

from approvals import authority, hours, recent_changes
from approvals.models import Approval, SplitSuspicion
from approvals.routing import CaseLine, RoutingCase
from portal.accounts.models import Department, Membership
from portal.clock import now
from requests_app.kinds import kind_of
from requests_app.models import CaseException, CatalogueItem, RequestItem, ServiceRequest
from requests_app.states import CONTROL_FLAGS, LineState, Priority, RequestState, RunOut

CENT = Decimal("0.01")
# A broken pump says nothing about what its ward orders.
OF_EQUIPMENT = (CaseException.Kind.EQUIPMENT_DOWN, CaseException.Kind.REPEAT_FAILURE)


def build_case(
    request: ServiceRequest,
    lines: list[RequestItem] | None = None,
    *,
    wanted: frozenset[str] = frozenset(),
    budget: str = "",
) -> RoutingCase:
    """Collect the RoutingCase of `request` (a draft or sent); amounts in base currency.

    `lines` as `quote` or `all_lines` read them; `wanted`: what the rules ask about (`routing.wanted`);
    `budget`: as `budgets.funds` found it. One query, one
    more for hazardous items, and one for each fact that only some rules want.
    """
    if lines is None:
        lines = request.wanted_lines
    ordered_before = _ordered_before(request, lines)
    weekly_standing_total, open_exceptions, together, touched = _recently(request)
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
                par=line.par,
                usual_max=line.usual_max,
                on_contract=bool(line.vendor and line.vendor.on_contract),
                first_order=line.item_id not in ordered_before,
                stopped=bool(line.item.stopped_reason),
            )
            for line in lines
        ),
        weekly_standing_total=weekly_standing_total,
        open_exceptions=open_exceptions,
        beside=max(together - request.base_amount, Decimal(0)),
        touched=touched,
        service=request.service,
        marks=() if request.is_supply else kind_of(request).marks(request),
        location=request.deliver_to.code if "locations" in wanted and request.deliver_to else "",
        vendors=tuple(sorted({line.vendor.code for line in lines if line.vendor})),
        requester_roles=_roles(request) if "any_requester_role" in wanted else (),
        exceptions=_exceptions(request) if "any_exception" in wanted else (),
        cannot_wait=cannot_wait(request),
        budget=budget,
        out_of_hours="out_of_hours" in wanted and _out_of_hours(request),
        vendor_states=tuple(sorted({state for line in lines for state in _vendor_states(line)})),
    )


def _out_of_hours(request: ServiceRequest) -> bool:
    """Is there a morning to wait for? Asked only of what cannot wait."""
    return cannot_wait(request) and hours.office_is_closed(request.hospital)


def _vendor_states(line: RequestItem) -> list[str]:
    """How its supplier stands with us; none where nobody supplies it."""
    if not line.vendor:
        return []
    states = ["on_contract" if line.vendor.on_contract else "off_contract"]
    states += ["new"] if "new_vendor" in line.flags else []
    return states + ([] if line.vendor.active else ["stopped"])


def cannot_wait(request: ServiceRequest) -> bool:
    """An emergency; or urgent, and not only because of what it is about: the ward itself said that it will not last."""
    if request.priority == Priority.EMERGENCY:
        return True
    lasts = request.is_supply and request.run_out in (RunOut.FINE, RunOut.ON_DATE)
    return bool(request.priority == Priority.URGENT) and not lasts


def _roles(request: ServiceRequest) -> tuple[str, ...]:
    """What its requester is here: at its department, its hospital, or everywhere."""
    here = Q(department=request.department_id) | Q(hospital=request.hospital_id)
    everywhere = Q(department=None, hospital=None, team=None)
    held = Membership.objects.current(now()).filter(here | everywhere, user=request.requester_id)
    return tuple(sorted(set(held.values_list("role", flat=True))))


def _exceptions(request: ServiceRequest) -> tuple[str, ...]:
    opened = CaseException.objects.filter(request=request.pk, closed_at=None)
    return tuple(sorted(set(opened.values_list("kind", flat=True))))


def _recently(request: ServiceRequest) -> tuple[Decimal, int, Decimal, bool]:
    """What a policy decided for this department in the last seven days; its other open exceptions; the total of what the
    request may have been split from; whether who has a part in it changed lately what it goes by. One query.
    """
    week_ago = now() - timedelta(days=7)
    exceptions = (
        CaseException.objects.filter(request__department=OuterRef("pk"), closed_at=None)
        .exclude(request=request.pk)
        .exclude(kind__in=OF_EQUIPMENT)
        .order_by()
        .values("request__department")
        .annotate(count=Count("pk"))
        .values("count")
    )
    standing = (
        Approval.objects.filter(
            request__department=OuterRef("pk"),
            request__released_at__gt=week_ago,  # says no more than opened_at, and has an index
            status=Approval.Status.APPROVED,
            opened_at__gt=week_ago,
            steps=None,
        )
        .order_by()
        .values("request__department")
        .annotate(total=Sum("request__base_amount"))
        .values("total")
    )
    split = SplitSuspicion.objects.filter(parts__request=request.pk, cleared_at=None).order_by("-total")
    found = Department.objects.filter(pk=request.department_id).values_list(
        Subquery(standing),
        Subquery(exceptions),
        Subquery(split.values("total")[:1]),
        recent_changes.touched(request, authority.subjects(request)),
    )
    total, count, together, touched = found.get()
    return Decimal(total or 0).quantize(CENT), count or 0, Decimal(together or 0).quantize(CENT), touched


def _ordered_before(request: ServiceRequest, lines: list[RequestItem]) -> set[int]:
    """Hazardous items that this department was given before, within twelve months (no query when there is none)."""
    hazardous = [line.item_id for line in lines if "hazardous" in line.flags]
    if not hazardous:
        return set()
    not_given = (RequestState.DRAFT, RequestState.SUBMITTED, RequestState.REJECTED, RequestState.CANCELLED)
    given = (
        RequestItem.objects.filter(
            item=OuterRef("pk"),
            request__department=request.department_id,
            request__submitted_at__gt=now() - timedelta(days=365),
        )
        .exclude(request=request.pk)
        .exclude(request__state__in=not_given)
        .exclude(state=LineState.REJECTED)
    )
    return set(CatalogueItem.objects.filter(Exists(given), pk__in=hazardous).values_list("pk", flat=True))
