"""A bundle: one request whose tasks become requests of several teams."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from requests_app.kinds.base import Facts
from requests_app.kinds.form import FormKind
from requests_app.states import Priority

if TYPE_CHECKING:
    from requests_app.models import ServiceRequest

TASK = "task"  # code of the type of a task that is plain work for a team; nobody asks for it by itself


class BundleKind(FormKind):
    """Asked like every configured type. No team has it: its tasks do, from the moment it is agreed."""

    def facts(self, draft: "ServiceRequest") -> Facts:
        return replace(super().facts(draft), team_code="", agreed_at=None)

    def start(self, draft: "ServiceRequest") -> datetime | None:
        """What the days of its tasks count from, where a question asks for it."""
        return self.moment(draft, "start")


def of_task(request: "ServiceRequest", facts: Facts) -> Facts:
    """What its bundle says of a request: its title, its team unless its type has one, and when it is due."""
    if request.task is None:
        return facts
    task = request.task
    if request.agreed_at and facts.priority in (Priority.ROUTINE, Priority.PLANNED):
        facts = replace(facts, priority=Priority.PLANNED, agreed_at=request.agreed_at)
    return replace(
        facts,
        title=task.title,
        team_code=facts.team_code if request.category_id == task.category_id else task.team_code,
    )
