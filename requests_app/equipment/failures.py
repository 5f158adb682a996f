"""How often a piece was reported lately. Reads only."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.clock import now
from requests_app.models import Equipment, Repair
from requests_app.states import RequestState

WINDOW = timedelta(days=90)
MOST_REPORTS, MOST_NO_FAULTS = 3, 2  # in the window: from here on somebody looks at it


@dataclass(frozen=True)
class Lately:
    """In 90 days: reports of a piece, and how many of them ended with no fault found."""

    reports: int
    no_faults: int

    @property
    def often(self) -> bool:
        return self.reports >= MOST_REPORTS or self.no_faults >= MOST_NO_FAULTS

    @property
    def in_words(self) -> str:
        """ "3 reports in 90 days, no fault found 2 times"; '' for a single report."""
        if self.reports < 2:
            return ""
        said = _("%(n)s reports in 90 days") % {"n": self.reports}
        if not self.no_faults:
            return said
        found = ngettext("no fault found once", "no fault found %(n)s times", self.no_faults)
        return f"{said}, {found % {'n': self.no_faults}}"


def lately(piece: Equipment) -> Lately:
    """One query. What was cancelled, refused or reported twice does not count."""
    over = (RequestState.DRAFT, RequestState.RETURNED, RequestState.CANCELLED, RequestState.REJECTED)
    rows = Repair.objects.filter(equipment=piece, request__submitted_at__gt=now() - WINDOW)
    rows = rows.exclude(request__state__in=over).exclude(request__outcome="duplicate")
    found = rows.aggregate(
        reports=Count("pk"), no_faults=Count("pk", filter=Q(request__outcome="no_fault_found"))
    )
    return Lately(found["reports"], found["no_faults"])
