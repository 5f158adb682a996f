"""A story: something that happened to one request or a few, to be looked at as somebody, somewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from portal.desk.demo.plan import Ask, Plan
from portal.desk.demo.stage import Stage, story_key
from requests_app.models import ServiceRequest
from requests_app.states import RequestState


@dataclass(frozen=True)
class Story:
    """`look_as` is whom to sign in as, `where` the name of the page to open ('': that of its first request).

    `query` is what its address says behind the "?", `situations` are those of the design's list that it shows; `tell`
    puts what happens into the queue.
    """

    code: str
    title: str | Promise
    sentence: str | Promise
    look_as: str
    tell: Callable[[Stage], None]
    where: str = ""
    situations: tuple[int, ...] = ()
    query: str = ""

    def request(self, number: int = 1) -> ServiceRequest | None:
        """Its first request, or its second ...; None where the story was not played."""
        return ServiceRequest.objects.filter(client_key=story_key(self.code, number)).first()

    def address(self) -> str:
        """The page to look at; '' where the story was not played."""
        found = self.request()
        if found is None:
            return ""
        if self.where:
            return reverse(self.where) + (f"?{self.query}" if self.query else "")
        page = "desk:review" if found.state == RequestState.DRAFT else "desk:request-detail"
        return reverse(page, args=[found.public_id])


def file(
    stage: Stage,
    code: str,
    moment: datetime,
    *,
    by: str,
    ward: tuple[str, str],
    lines: Mapping[str, int] | None = None,
    number: int = 1,
    manners: Mapping[str, Any] | None = None,
    **more: Any,
) -> None:
    """Let `by` file a request of the story `code`. `manners` are fields of Plan, `more` fields of Ask."""
    plan = Plan(rng=stage.chance(code, number), **(manners or {}))
    key = story_key(code, number)
    place = stage.ward(*ward)
    stage.ask(moment, Ask(by=stage.person(by), ward=place, key=key, plan=plan, lines=lines or {}, **more))
