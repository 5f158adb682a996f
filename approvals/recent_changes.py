"""Who changed a rule, a role, a price or a supplier by hand lately does not decide what it affects (RECENT_CHANGE_DAYS).

By hand is what a person did: django-auditlog names an actor, which synchronisation and commands have not; policies name who
wrote and who published them; the record names who gave and ended roles. All of it is asked inside the queries that
look for people, so that nobody pays a query for it.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from auditlog.models import LogEntry
from django.conf import settings
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from approvals.models import ApprovalPolicy
from portal.accounts.models import User
from portal.accounts.roles import DECIDERS
from portal.audit.models import Event
from portal.clock import now
from requests_app.models import RequestItem, ServiceRequest, UsualLine

if TYPE_CHECKING:
    from collections.abc import Iterable

ROLE_CHANGES = ("membership.granted", "membership.revoked")
# By whom a version was written, whenever: it counts from its publishing on.
POLICY_CHANGES = ("policy.started", "policy.changed", "policy.imported")
# What of an item says who decides and what it costs; its name or its barcode do not.
OF_ITEMS = ("price", "vendor", "source", "flags", "usual_max", "group", "stopped_reason")


def without_changers(people: QuerySet[User], request: ServiceRequest) -> QuerySet[User]:
    """`people` less those who changed by hand lately what decides about `request`. Lazy; no query of its own."""
    return people.exclude(_changed(request, OuterRef("pk")))


def touched(request: ServiceRequest, people: "Iterable[int]") -> Exists:
    """Did one of `people` do so, or change what the ward agreed to hold? An expression, for a query that is made anyway."""
    lists = UsualLine.objects.filter(usual_list__department=request.department_id)
    of_lists = _entries("usualline", object_id__in=lists.values("pk"))
    found = User.objects.filter(pk__in=list(people))
    return Exists(
        found.filter(_changed(request, OuterRef("pk")) | Exists(of_lists.filter(actor=OuterRef("pk"))))
    )


def why_not(user: User, request: ServiceRequest) -> str:
    """In words what `user` changed that bars them from deciding `request`; '' where nothing does. Three queries at most."""
    for said, found in (
        (_("a rule that decides about it"), _rules(request, user.pk)),
        (_("a price, a supplier or an item of it"), _goods(request, user.pk)),
        (_("who decides here"), _roles(request, user.pk)),
    ):
        if User.objects.filter(found, pk=user.pk).exists():
            return _(
                "You changed %(what)s by hand within the last %(days)d days, so somebody else decides it."
            ) % {
                "what": said,
                "days": settings.RECENT_CHANGE_DAYS,
            }
    return ""


def _changed(request: ServiceRequest, who: Any) -> Q:
    return _rules(request, who) | _goods(request, who) | _roles(request, who)


def _rules(request: ServiceRequest, who: Any) -> Q:
    """A published policy that decides about such requests here: its writers, and who put it in force."""
    here = Q(hospital=None) | Q(hospital=request.hospital_id)
    policies = ApprovalPolicy.objects.filter(here, category=request.category_id, published_at__gt=_since())
    signed = policies.filter(Q(author=who) | Q(published_by=who))
    logged = _entries("approvalpolicy", object_id__in=policies.values("pk"), actor=who)
    named = policies.annotate(subject=Concat(Value("policy:"), Cast("pk", CharField())))
    written = Event.objects.filter(action__in=POLICY_CHANGES, actor=who, subject__in=named.values("subject"))
    return Q(Exists(signed)) | Q(Exists(logged)) | Q(Exists(written))


def _goods(request: ServiceRequest, who: Any) -> Q:
    """What its lines cost, what flags they carry, and who supplies them."""
    lines = RequestItem.objects.filter(request=request.pk)
    keys = Q()
    for name in OF_ITEMS:
        keys |= Q(changes__has_key=name)
    items = _entries("catalogueitem", object_id__in=lines.values("item"), actor=who).filter(keys)
    vendors = _entries("vendor", object_id__in=lines.filter(vendor__isnull=False).values("vendor"), actor=who)
    return Q(Exists(items)) | Q(Exists(vendors))


def _roles(request: ServiceRequest, who: Any) -> Q:
    """Roles that decide, given or ended at its department or its hospital or everywhere."""
    places = ["group:", f"hospital:{request.hospital_id}", f"department:{request.department_id}"]
    given = Event.objects.filter(
        action__in=ROLE_CHANGES, at__gt=_since(), actor=who, after__role__in=DECIDERS, after__at__in=places
    )
    return Q(Exists(given))


def _entries(model: str, **more: Any) -> QuerySet[LogEntry]:
    """What people changed by hand lately of a model of the portal."""
    return LogEntry.objects.filter(timestamp__gt=_since(), content_type__model=model, **more)


def _since() -> datetime:
    return now() - timedelta(days=settings.RECENT_CHANGE_DAYS)
