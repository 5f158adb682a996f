"""Stories of what could not wait for its approval: told at once, looked at afterwards."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from approvals import break_glass
from approvals.models import BreakGlass
from portal.audit.origin import acting_from
from portal.desk.demo.hours import on
from portal.desk.demo.plan import Answer, Buyer
from portal.desk.demo.stage import Stage, story_key
from portal.desk.demo.story import Story, file
from requests_app.models import ServiceRequest

SOON = Answer(share=0.3)


def broken(stage: Stage, code: str, moment: datetime, *, by: str, words: str) -> None:
    """At `moment` `by`, who has the duty, does not wait for the approval of the request of the story."""
    _later(stage, moment, lambda: _break(stage, code, by, words))


def reviewed(stage: Stage, code: str, moment: datetime, *, words: str) -> None:
    """At `moment` a finance partner says that it was right."""
    _later(stage, moment, lambda: _review(stage, code, words))


def _later(stage: Stage, moment: datetime, act: Callable[[], None]) -> None:
    def as_on_the_web() -> None:
        with acting_from("web"):
            act()

    stage.queue.push(moment, as_on_the_web)


def _break(stage: Stage, code: str, by: str, words: str) -> None:
    request = ServiceRequest.objects.get(client_key=story_key(code))
    reason = BreakGlass.Reason.PATIENT_SAFETY
    break_glass.use(request=request, by=stage.person(by), reason=reason, words=words)
    stage.look(request.pk)


def _review(stage: Stage, code: str, words: str) -> None:
    used = BreakGlass.objects.get(request__client_key=story_key(code))
    by = stage.staff.holders("SBG", "finance")[0]
    break_glass.review(ref=used.ref, by=by, verdict=BreakGlass.Verdict.JUSTIFIED, words=words)


def bed_at_night(stage: Stage) -> None:
    night, code = stage.day("SBG", 9), "bed-at-night"
    file(
        stage, code, on(night, "02:28"), by="tom.reid", ward=("SBG", "7B"), lines={"HIR-BAR": 7}, write=3.0,
        note="Admitted at 02:10, 190 kg; the library has no wide bed. Rung: Marlow can bring one before noon.",
        manners={"answer": SOON, "receive": 0.5, "receiver": "grace.hill", "buyer": Buyer(confirm=0.3, goods=0.2)},
    )  # fmt: skip
    broken(
        stage, code, on(night, "02:40"), by="claire.dubois",
        words="190 kg on a bed that carries 180; there is no wide bed in the house before the morning.",
    )  # fmt: skip
    reviewed(
        stage,
        code,
        on(stage.day("SBG", 8), "09:20"),
        words="The head was rung at 02:35 and would have agreed.",
    )


def probes_at_night(stage: Stage) -> None:
    evening, code = stage.day("SBG", 1), "probes-at-night"
    file(
        stage, code, on(evening, "18:52"), by="chidi.eze", ward=("SBG", "ED"), lines={"SPO-SEN": 2}, write=4.0,
        note="The last two failed within an hour", manners={"answer": SOON, "receiver": "hamid.rezai"},
    )  # fmt: skip
    broken(
        stage, code, on(evening, "19:05"), by="ravi.nair",
        words="Two resuscitation bays have no working probe tonight; the supplier sends them by taxi.",
    )  # fmt: skip


STORIES = (
    Story(
        "bed-at-night", _("A wide bed at 02:40"),
        _("The site manager did not wait for the approval: head and finance were told at once, finance reviewed it next day."),
        "priya.shah", bed_at_night, situations=(8,),
    ),
    Story(
        "probes-at-night", _("Nobody was waited for, and somebody must look at it"),
        _("The manager on call broke the glass last evening. It waits for a review by somebody who had no part in it."),
        "priya.shah", probes_at_night, "approvals:glass-reviews",
    ),
)  # fmt: skip
