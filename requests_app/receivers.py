"""What the core itself does when something became true in it; portal/flow.py says which fact reaches which."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from requests_app.models import ServiceRequest
from requests_app.transport import returning

if TYPE_CHECKING:
    from portal.accounts.models import User


def on_move_submitted(request: ServiceRequest, by: "User", **_more: Any) -> None:
    """The way back is asked for with the way there."""
    returning.file_return(request=request, by=by)


def on_move_ended(request: ServiceRequest, by: "User", **_more: Any) -> None:
    """The way there will not be: nor will the way back."""
    returning.drop_returns(request=request, by=by, reason=_("The way there was cancelled."))
