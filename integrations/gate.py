"""The last look before something leaves: is it still what was agreed? Whoever decides says so; the roof makes the link."""

from collections.abc import Callable

from requests_app.models import ServiceRequest

# Kind of the exception and why, or None: see portal/flow.py.
Judge = Callable[[ServiceRequest], tuple[str, str] | None]
_judges: list[Judge] = []
KINDS = ("missing_approval", "policy_deviation")
NOT_AGREED = "not_agreed"  # `error_kind` of a message that was held back


def judged_by(judge: Judge) -> None:
    """Ask `judge` before anything leaves. Safe to call twice."""
    if judge not in _judges:
        _judges.append(judge)


def held_back(request: ServiceRequest) -> tuple[str, str] | None:
    """The kind of exception and the reason for which nothing of this request may leave now; None: it may."""
    return next((found for judge in _judges if (found := judge(request))), None)
