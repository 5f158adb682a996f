"""Breaking the glass, for tests that need it broken."""

from types import SimpleNamespace

from approvals import break_glass
from approvals.models import BreakGlass
from portal import clock
from portal.accounts.models import Duty, DutyHolder, User
from requests_app.models import ServiceRequest

WORDS = "The last pump failed and the patient in bay 4 needs one now"


def on_duty(world: SimpleNamespace, user: User | None = None, code: str = "site_manager") -> User:
    """`user` (else the service manager) has the duty from now on, also where no role of theirs would take it."""
    user = user or world.service_manager
    duty, _made = Duty.objects.get_or_create(hospital=world.hospital, department=None, code=code)
    DutyHolder.objects.filter(duty=duty, until=None).update(until=clock.now())
    DutyHolder.objects.create(duty=duty, user=user, since=clock.now())
    return user


def smash(request: ServiceRequest, by: User, words: str = WORDS) -> BreakGlass:
    return break_glass.use(request=request, by=by, reason=BreakGlass.Reason.UTILITIES, words=words)
