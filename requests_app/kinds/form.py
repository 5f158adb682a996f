"""A configured type: its questions are data, and its options say what follows from them."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal.clock import now
from requests_app import questions
from requests_app.configured import schema
from requests_app.kinds import references
from requests_app.kinds.base import Facts, Kind, Read
from requests_app.questions import Ask, Question
from requests_app.states import Priority
from requests_app.transport.precautions import STANDARD

if TYPE_CHECKING:
    from requests_app.models import ServiceRequest

SPEAKS_OF_ANYTHING = ("new_supplier", "lost_property")  # types whose words name what is had elsewhere
OTHER = "other"  # the target times of a type that has none of its own
DUE_HOUR, END_OF_DAY = time(12), time(23, 59)  # of a date without a time
LONGEST_AHEAD = timedelta(days=731)
BACK = {"due": timedelta(0), "until": timedelta(0), "start": timedelta(days=60)}  # how long ago each may be
YES_NO = frozenset({"yes", "no"})


class FormKind(Kind):
    """The draft's version of the form says what is asked; a draft keeps the version with which it was begun."""

    def form(self, draft: "ServiceRequest") -> schema.Form:
        return schema.read(draft.form_version.schema) if draft.form_version else schema.Form()

    def questions(self, draft: "ServiceRequest") -> list[Question]:
        return self.form(draft).questions

    def problems(self, draft: "ServiceRequest") -> dict[str, list[str]]:
        """Plain work of a bundle repeats what was asked and answered there: nothing in it holds up who agrees to it."""
        task = draft.task
        return {} if task and task.category_id != draft.category_id else super().problems(draft)

    def further(self, draft: "ServiceRequest") -> dict[str, list[str]]:
        """What the JSON Schema itself refuses; and a task without its bundle, which nobody asks for."""
        if draft.form_version is None and draft.task_id is None:
            return {"note": [_("This cannot be asked for by itself.")]}
        refused = schema.refused(draft.form_version.schema, draft.answers) if draft.form_version else set()
        if refused:
            return {key: [_("This answer does not fit the question.")] for key in refused}
        if draft.task_id:
            return {}
        only_rung = draft.category.code in SPEAKS_OF_ANYTHING
        signs = self.elsewhere(draft, self.questions(draft), only_rung=only_rung)
        return self._contrary(draft) | self._out_of_time(draft) | signs

    def _contrary(self, draft: "ServiceRequest") -> dict[str, list[str]]:
        question = self.form(draft).meaning("precautions")
        chosen = set(questions.several(draft.answers, question.key)) if question else set()
        if question is None or STANDARD not in chosen or len(chosen) == 1:
            return {}
        said = _("“None known” does not go with another precaution: choose one or the other.")
        return {question.key: [said]}

    def _out_of_time(self, draft: "ServiceRequest") -> dict[str, list[str]]:
        """Days that were over when it was sent, or that nobody plans for. Tasks have the days of their bundle, whenever
        that was agreed."""
        form, today = self.form(draft), now().astimezone(Read(draft).zone).date()
        found = {}
        for means, back in BACK.items():
            question, moment = form.meaning(means), self.moment(draft, means)
            if question and moment and (wrong := _wrong_day(moment.date(), today, back)):
                found[question.key] = [wrong]
        return found

    def facts(self, draft: "ServiceRequest") -> Facts:
        form, read = self.form(draft), Read(draft)
        due = self.moment(draft, "due")
        priority, reason = self._priority(form, draft, due)
        person = form.meaning("person")
        precautions = form.meaning("precautions")
        place = next((one for one in form.questions if one.ask == Ask.PLACE), None)
        return Facts(
            title=self.title(form, draft),
            service=form.effect("service", draft.answers) or draft.category.service or OTHER,
            priority=priority,
            reason=reason,
            team_code=form.effect("team", draft.answers) or draft.category.team_code,
            place=references.place(draft, place.key) if place else None,
            beneficiary=references.someone(draft, person.key) if person else None,
            agreed_at=due if priority == Priority.PLANNED else None,
            precautions=tuple(read.several(precautions.key)) if precautions else (),
        )

    def likely_priority(self, draft: "ServiceRequest") -> Priority:
        form = self.form(draft)
        return self._priority(form, draft, self.moment(draft, "due"))[0]

    def prefill(self, draft: "ServiceRequest", given: Mapping[str, str]) -> dict[str, Any]:
        """The ward, where one is asked for; and whatever the address says."""
        wards = {one.key: draft.department.code for one in self.questions(draft) if one.ask == Ask.WARD}
        return wards | super().prefill(draft, given)

    def moment(self, draft: "ServiceRequest", means: str) -> datetime | None:
        """The day or time that the question with this meaning was answered with; noon of a day, of today its end."""
        question = self.form(draft).meaning(means)
        if question is None or not questions.applies(question, draft.answers):
            return None
        read = Read(draft)
        if question.ask == Ask.MOMENT:
            return read.moment(question.key)
        day = questions.as_date(read.text(question.key))
        if day is None:
            return None
        today = now().astimezone(read.zone).date()
        return datetime.combine(day, END_OF_DAY if day == today else DUE_HOUR, read.zone)

    def title(self, form: schema.Form, draft: "ServiceRequest") -> str:
        """The type and the first answer that was chosen from a list: words of the form, never what somebody typed.

        “Yes” and “No” say nothing without their question.
        """
        picked = (one for one in form.questions if one.ask == Ask.ONE and not _is_yes_or_no(one))
        chosen = (questions.in_words(one, draft.answers) for one in picked)
        first = next((words for words in chosen if words), "")
        return f"{draft.category.name}: {first}" if first else draft.category.name

    def _priority(
        self, form: schema.Form, draft: "ServiceRequest", due: datetime | None
    ) -> tuple[Priority, str]:
        """From the one question in the ward's words; a day that was agreed makes routine work planned."""
        said = form.effect("priority", draft.answers)
        priority = Priority(said) if said in Priority.values else Priority.ROUTINE
        if priority in (Priority.ROUTINE, Priority.PLANNED):
            priority = Priority.PLANNED if due else Priority.ROUTINE
        asks = next((o for o in form.asked if any("priority" in e for e in o.effects.values())), None)
        if priority == Priority.PLANNED:
            return priority, _("For an agreed date")
        return priority, questions.in_words(asks.question, draft.answers) if asks else ""


def _is_yes_or_no(question: Question) -> bool:
    return {choice.code for choice in question.choices} >= YES_NO


def _wrong_day(day: date, today: date, back: timedelta) -> str:
    """What is wrong with the day, or ''."""
    if day > today + LONGEST_AHEAD:
        return _("Enter a day within the next two years.")
    if day >= today - back:
        return ""
    if not back:
        return _("That day is over. Enter today or a later day.")
    return _("That is more than %(days)s days ago. Enter a later day.") % {"days": back.days}
