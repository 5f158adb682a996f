"""Questions of a form, and what counts as an answer. PURE: no database, no clock, no HTTP.

The questions of the shipped kinds are written in `requests_app.kinds`, those of configured types come from a JSON Schema
(`requests_app.configured.schema`); pages, API and verbs use both in the same way. Answers are plain values as typed: a
string, or a list of strings for `SEVERAL`. Whatever was typed can be saved; `problems` says what keeps it from being sent.
"""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Text = str | Promise
Answers = Mapping[str, str | list[str]]

LONGEST_TEXT, LONGEST_LONG = 200, 1_000  # characters
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)  # what any answer may be: time is counted from it
LONGEST_CHIP = 28  # characters of a choice that stands beside others
MOST_VISIBLE = 5  # questions of one form that are not behind "Add details"


class Ask(enum.StrEnum):
    """How it is answered. The last four name a row of the hospital; `requests_app.kinds.references` finds it."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"  # whole
    DATE = "date"  # 2027-05-14
    MOMENT = "moment"  # 2027-05-14T15:30, on the clock of the hospital
    ONE = "one"  # the code of a choice
    SEVERAL = "several"  # codes of choices
    EQUIPMENT = "equipment"  # the number on the label
    PLACE = "place"  # the code of a location
    WARD = "ward"  # the code of a department
    PERSON = "person"  # the name that they sign in with


@dataclass(frozen=True)
class Choice:
    code: str
    label: Text
    hint: Text = ""
    icon: str = ""
    emergency: bool = False  # the page shows the telephone number as soon as it is chosen


@dataclass(frozen=True)
class Question:
    """`only_if`: asked only while the answer of that question is one of those codes. `detail`: behind "Add details"."""

    key: str
    label: Text
    ask: Ask = Ask.TEXT
    choices: tuple[Choice, ...] = ()
    required: bool = True
    hint: Text = ""
    least: int | None = None
    most: int | None = None  # of a number; of a text its characters
    only_if: tuple[str, tuple[str, ...]] | None = None
    detail: bool = False
    missing: Text = ""  # what is said when it is not answered
    patient: bool = False  # finds a patient: answered on the page of the request only

    def choice(self, code: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)

    @property
    def look(self) -> str:
        """How its choices stand on the page: long ones one under the other."""
        longest = max((len(str(one.label)) for one in self.choices), default=0)
        return "stacked" if longest > LONGEST_CHIP else ""

    def optional(self) -> "Question":
        return replace(self, required=False)


def text(answers: Answers, key: str) -> str:
    """The answer to a question that takes one value, '' where there is none."""
    value = answers.get(key, "")
    return value.strip() if isinstance(value, str) else ""


def several(answers: Answers, key: str) -> list[str]:
    """The answers to a question that takes several values."""
    value = answers.get(key, [])
    return [value] if isinstance(value, str) and value else [one for one in value if isinstance(one, str)]


def applies(question: Question, answers: Answers) -> bool:
    """Is it asked at all, given the other answers?"""
    if question.only_if is None:
        return True
    key, codes = question.only_if
    return bool(set(several(answers, key)) & set(codes))


def asked(questions: Iterable[Question], answers: Answers) -> list[Question]:
    return [question for question in questions if applies(question, answers)]


def visible(questions: Iterable[Question]) -> list[Question]:
    """Those that somebody sees at once when the form opens."""
    return [question for question in questions if not question.detail and question.only_if is None]


def problems(questions: Iterable[Question], answers: Answers) -> dict[str, list[str]]:
    """What keeps the answers from being sent: a sentence by key. Rows that an answer names are looked up elsewhere."""
    found = {}
    for question in asked(questions, answers):
        sentence = _problem(question, answers)
        if sentence:
            found[question.key] = [sentence]
    return found


def _problem(question: Question, answers: Answers) -> str:
    if question.ask == Ask.SEVERAL:
        chosen = several(answers, question.key)
        if not chosen:
            return _missing(question) if question.required else ""
        return "" if all(question.choice(code) for code in chosen) else _("Choose from the list.")
    answer = text(answers, question.key)
    if not answer:
        return _missing(question) if question.required else ""
    return _wrong(question, answer)


def _missing(question: Question) -> str:
    if question.missing:
        return str(question.missing)
    picks = question.choices or question.ask in (Ask.EQUIPMENT, Ask.PLACE, Ask.WARD, Ask.PERSON)
    return _("Choose an answer.") if picks else _("Answer this question.")


def _wrong(question: Question, answer: str) -> str:
    match question.ask:
        case Ask.ONE:
            return "" if question.choice(answer) else _("Choose from the list.")
        case Ask.NUMBER:
            return _wrong_number(question, answer)
        case Ask.DATE:
            return "" if as_date(answer) else _("Enter a date, such as 2027-05-14.")
        case Ask.MOMENT:
            return "" if as_moment(answer) else _("Enter a day and a time.")
    most = question.most or (LONGEST_LONG if question.ask == Ask.LONG else LONGEST_TEXT)
    return _("Keep it to %(most)s characters.") % {"most": most} if len(answer) > most else ""


def _wrong_number(question: Question, answer: str) -> str:
    least, most = question.least or 0, 999_999 if question.most is None else question.most
    number = as_number(answer)
    if number is None or not least <= number <= most:
        return _("Enter a number, %(least)s to %(most)s.") % {"least": least, "most": most}
    return ""


def as_number(answer: str) -> int | None:
    """A whole number of at most nine digits, or None."""
    return int(answer) if answer.isascii() and answer.isdecimal() and len(answer) <= 9 else None


def as_date(answer: str) -> date | None:
    """A day between EARLIEST and LATEST, or None."""
    try:
        day = date.fromisoformat(answer) if len(answer) == 10 else None
    except ValueError:
        return None
    return day if day and EARLIEST <= day <= LATEST else None


def as_moment(answer: str) -> datetime | None:
    """Between EARLIEST and LATEST, without a zone: it is meant on the clock of the hospital. Else None."""
    try:
        moment = datetime.fromisoformat(answer) if len(answer) in (16, 19) else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is not None:
        return None
    return moment if EARLIEST <= moment.date() <= LATEST else None


def in_words(question: Question, answers: Answers) -> str:
    """The answer as somebody reads it: labels instead of codes, '' where there is none."""
    if question.choices:
        chosen = (question.choice(code) for code in several(answers, question.key))
        return ", ".join(str(choice.label) for choice in chosen if choice)
    return _as_said(question.ask, text(answers, question.key))


def day_in_words(day: date) -> str:
    """ "Mon 22 Nov 2027"."""
    return date_format(day, "D j M Y")


def _as_said(ask: Ask, answer: str) -> str:
    """A day or a moment as people say it; it is meant on the clock of the hospital already. Else as it was typed."""
    if ask == Ask.DATE and (day := as_date(answer)):
        return day_in_words(day)
    if ask == Ask.MOMENT and (moment := as_moment(answer)):
        return date_format(moment, "D j M, H:i")
    return answer
