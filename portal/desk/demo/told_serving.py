"""Stories of teams at work: passed on, asked about, waited for."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Team
from portal.audit.origin import acting_from
from portal.desk.demo.everyday_work import RUNG
from portal.desk.demo.hours import on
from portal.desk.demo.stage import Stage, story_key
from portal.desk.demo.story import Story, file
from requests_app import waiting, work
from requests_app.equipment import loans
from requests_app.models import Equipment, ServiceRequest
from requests_app.transport import carrying

SYRINGE_PUMP, SPARE_SYRINGE_PUMP = "10329", "10472"
NOBODY_YET = {"take": None}  # the story itself says who takes it, and when


def then(stage: Stage, code: str, moment: datetime, act: Callable[[ServiceRequest], object]) -> None:
    """At `moment` somebody does something with the request of the story."""

    def do() -> None:
        request = ServiceRequest.objects.select_related("hospital", "category", "team").get(
            client_key=story_key(code)
        )
        with acting_from("web"):
            act(request)
        stage.look(request.pk)

    stage.queue.push(moment, do)


def passed_on(stage: Stage) -> None:
    """Looked at by IT for 45 minutes; it was the socket."""
    began = on(stage.day("SBG", 3), "10:05")
    file(
        stage, "passed-on", began, by="asha.menon", ward=("SBG", "7B"), type="it", manners=NOBODY_YET,
        answers={"service": "computer", "symptom": "start", "stops": "one_person", "reach": "one", "contact": "4711"} | RUNG,
    )  # fmt: skip
    it, estates = stage.person("ivy.chan"), stage.person("gwen.rees")
    then(stage, "passed-on", began + timedelta(minutes=25), lambda request: work.take(request=request, by=it))

    def to_estates(request: ServiceRequest) -> None:
        team = Team.objects.get(hospital=request.hospital, code="estates")
        work.pass_on(request=request, team=team, reason="Not ours. The socket has no power.", by=it)

    then(stage, "passed-on", began + timedelta(minutes=70), to_estates)
    then(
        stage, "passed-on", began + timedelta(hours=3), lambda request: work.take(request=request, by=estates)
    )
    then(
        stage, "passed-on", began + timedelta(hours=4),
        lambda request: work.finish(request=request, by=estates, outcome="fixed", minutes=35, note="Fuse changed."),
    )  # fmt: skip


def asked_back(stage: Stage) -> None:
    """The technician stands ready and asks one thing first."""
    began = stage.until - timedelta(minutes=95)
    file(
        stage, "asked-back", began, by="asha.menon", ward=("SBG", "7B"), type="repair", manners=NOBODY_YET,
        answers={
            "equipment": "10231", "symptoms": ["screen"], "needed": "today", "safe": "no_removed", "clean": "not_clean"
        } | RUNG,
    )  # fmt: skip
    by = stage.person("karim.aziz")
    then(
        stage, "asked-back", began + timedelta(minutes=30), lambda request: work.take(request=request, by=by)
    )
    then(
        stage, "asked-back", began + timedelta(minutes=50),
        lambda request: waiting.ask_ward(
            request=request, text="Is it clean and ready to collect?", choices=["Yes", "In 15 min"], by=by
        ),
    )  # fmt: skip


def pump_with_loan(stage: Stage) -> None:
    """The motor has to be ordered; the ward has another pump meanwhile."""
    began = on(stage.day("SBG", 2), "09:10")
    file(
        stage, "pump-with-loan", began, by="ben.carter", ward=("SBG", "5C"), type="repair", manners=NOBODY_YET,
        answers={
            "equipment": SYRINGE_PUMP, "symptoms": ["start"], "needed": "today", "safe": "no_removed", "clean": "clean"
        } | RUNG,
    )  # fmt: skip
    by = stage.person("karim.aziz")

    def lend(request: ServiceRequest) -> None:
        spare = Equipment.objects.get(hospital=request.hospital, tag=SPARE_SYRINGE_PUMP)
        loans.lend(equipment=spare, request=request, by=by)

    def parts(request: ServiceRequest) -> None:
        waiting.wait(
            request=request, reason="parts", again_at=stage.until + timedelta(days=3), note="New motor, ordered.", by=by
        )  # fmt: skip

    then(
        stage,
        "pump-with-loan",
        began + timedelta(minutes=20),
        lambda request: work.take(request=request, by=by),
    )
    then(stage, "pump-with-loan", began + timedelta(minutes=45), lend)
    then(stage, "pump-with-loan", began + timedelta(hours=2), parts)


def not_ready_twice(stage: Stage) -> None:
    """Nobody's fault and everybody's time: who waited for whom is on record."""
    began = on(stage.day("SBG", 1), "10:40")
    file(
        stage, "not-ready-twice", began, by="tom.reid", ward=("SBG", "7B"), type="transport", manners=NOBODY_YET,
        answers={
            "what": "patient", "from": "SBG-MB-07-7B-NS", "to": "SBG-MB-00-IMG-TR01", "how": "chair",
            "precautions": ["standard"], "when": "free", "bed": "4",
        },
    )  # fmt: skip
    joe, tess, ward = stage.person("joe.mbeki"), stage.person("tess.hartley"), stage.person("tom.reid")
    steps: tuple[tuple[int, Callable[[ServiceRequest], object]], ...] = (
        (5, lambda one: work.take(request=one, by=joe)),
        (12, lambda one: carrying.not_ready(request=one, reason="patient_not_ready", by=joe)),
        (24, lambda one: carrying.hand_back(request=one, by=joe)),
        (35, lambda one: carrying.ready(request=one, by=ward)),
        (38, lambda one: work.take(request=one, by=tess)),
        (44, lambda one: carrying.not_ready(request=one, reason="papers_missing", by=tess)),
        (51, lambda one: carrying.ready(request=one, by=ward)),
        (53, lambda one: carrying.pick_up(request=one, by=tess, wristband=True)),
        (66, lambda one: carrying.deliver(request=one, by=tess, handed_to="radiographer")),
    )
    for minutes, act in steps:
        then(stage, "not-ready-twice", began + timedelta(minutes=minutes), act)


STORIES = (
    Story(
        "passed-on", _("Not ours: passed on"),
        _("IT looked for 45 minutes, then passed it to Estates. The clock went on, and each team has its own minutes."),
        "asha.menon", passed_on, situations=(6,),
    ),
    Story(
        "asked-back", _("One question first"),
        _("Clinical engineering asks whether the pump is clean. One tap answers, and until then the clock stands still."),
        "asha.menon", asked_back,
    ),
    Story(
        "pump-with-loan", _("Waiting for a part, with a loan"),
        _("The ward has another pump, so the clock may stand still while the motor comes; the page says until when."),
        "ben.carter", pump_with_loan, situations=(4,),
    ),
    Story(
        "not-ready-twice", _("Not ready, twice"),
        _("Handed back, taken by somebody else, not ready again, delivered: each minute belongs to whoever was waited for."),
        "tom.reid", not_ready_twice, situations=(1,),
    ),
)  # fmt: skip
