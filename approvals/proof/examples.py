"""The case of a finding in words: only what is unusual about it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from approvals.proof.finding import Finding
from approvals.proof.words import money
from approvals.proof.world import World
from approvals.routing import RoutingCase
from requests_app.states import Priority


def example(finding: Finding, world: World) -> str:
    """ "SBG/7B, 1,000, urgent, a line that is hazardous; asked for by Priya Shah"."""
    said = list(_said(finding.case))
    if finding.requester:
        said.append(_("asked for by %s") % world.names.get(finding.requester, finding.requester))
    if finding.away:
        said.append(_("%s is away") % world.names.get(finding.away, finding.away))
    return "; ".join(said)


def _said(case: RoutingCase) -> Iterator[str]:
    yield f"{case.hospital}/{case.department}"
    yield _("amount %s") % money(case.amount)
    if case.priority != Priority.ROUTINE:
        yield str(dict(Priority.choices).get(case.priority, case.priority))
    if case.cannot_wait:
        yield _("cannot wait")
    if case.out_of_hours:
        yield _("the office is closed")
    if case.weekly_standing_total:
        yield _("standing orders of %s this week") % money(case.weekly_standing_total)
    named = {
        _("service"): [case.service],
        _("to"): [case.location],
        _("budget"): [case.budget],
        _("marks"): case.marks,
        _("suppliers"): case.vendors,
        _("suppliers that are"): case.vendor_states,
        _("the requester is"): case.requester_roles,
        _("open exceptions"): case.exceptions,
    }
    for name, values in named.items():
        if any(values):
            yield f"{name}: {', '.join(values)}"
    for line in case.lines:
        if line.flags:
            yield _("a line of “%(group)s” with %(flags)s") % {
                "group": line.group,
                "flags": ", ".join(line.flags),
            }
        elif line.par is not None:
            yield _("a line on the agreed list")
