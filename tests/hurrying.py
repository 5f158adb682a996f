"""What cannot wait, and who is on duty, for tests of the hours."""

import uuid
from types import SimpleNamespace

from portal.accounts import duties
from portal.accounts.models import Duty, User
from requests_app.models import ServiceRequest
from requests_app.states import EmergencyReason, RunOut
from requests_app.supplies import drafting
from tests.journeys import fresh, send


def hurried(
    world: SimpleNamespace, run_out: str = RunOut.NOW, /, by: User | None = None, **lines: int
) -> ServiceRequest:
    """Sent at the present moment by the nurse, who said `run_out`; lines as keywords, else a dressing kit that is bought."""
    draft = drafting.save_draft(
        by=by or world.nurse,
        client_key=uuid.uuid4(),
        department=world.ward,
        quantities={code.replace("_", "-"): count for code, count in (lines or {"NPW_KIT": 1}).items()},
        run_out=run_out,
        answered_by="Sam" if run_out == RunOut.NOW else "",
        emergency_reason=EmergencyReason.NO_STOCK if run_out == RunOut.NOW else "",
    )
    return fresh(send(draft))


def on_duty(world: SimpleNamespace, code: str, user: User) -> None:
    """`user` has the duty `code` of the hospital from now on."""
    duty, _made = Duty.objects.get_or_create(
        hospital=world.hospital, department=None, code=code, defaults={"calendar": "always"}
    )
    duties.take_duty(duty=duty, user=user, by=user)
