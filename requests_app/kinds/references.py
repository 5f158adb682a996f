"""Answers that name a row: equipment by the number on its label, a place or ward by its code, a person by their name."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.db.models import Model
from django.utils.translation import gettext as _

from portal.accounts import people, scopes
from portal.accounts.models import Department, Location, User
from requests_app import questions
from requests_app.models.equipment import Equipment
from requests_app.questions import Ask, Question

if TYPE_CHECKING:
    from requests_app.models import ServiceRequest


def equipment(draft: "ServiceRequest", key: str = "equipment") -> Equipment | None:
    """The piece of the draft's hospital whose label was given, or None."""
    tag = questions.text(draft.answers, key)
    if not tag:
        return None
    found = Equipment.objects.filter(hospital=draft.hospital_id, tag__iexact=tag, active=True)
    return found.select_related("location", "department").first()


def place(draft: "ServiceRequest", key: str) -> Location | None:
    code = questions.text(draft.answers, key)
    if not code:
        return None
    return Location.objects.filter(hospital=draft.hospital_id, code=code, active=True).first()


def ward(draft: "ServiceRequest", key: str) -> Department | None:
    code = questions.text(draft.answers, key)
    return (
        Department.objects.filter(hospital=draft.hospital_id, code=code, active=True).first()
        if code
        else None
    )


def someone(draft: "ServiceRequest", key: str) -> User | None:
    """An active person who works at the draft's hospital, by the name that they sign in with or their full name."""
    name = questions.text(draft.answers, key)
    if not name:
        return None
    person = User.objects.filter(username__iexact=name, is_active=True, kind=User.Kind.PERSON).first()
    if person is None:
        return people.named(draft.hospital, name)
    works_here = scopes.hospitals_of(person).filter(pk=draft.hospital_id).exists()
    return person if works_here else None


FINDERS: dict[Ask, Callable[["ServiceRequest", str], Model | None]] = {
    Ask.EQUIPMENT: equipment,
    Ask.PLACE: place,
    Ask.WARD: ward,
    Ask.PERSON: someone,
}


def problems(asked: Iterable[Question], draft: "ServiceRequest") -> dict[str, list[str]]:
    """A sentence for each answer that names nothing at this hospital. One query for each such question."""
    said = {
        Ask.EQUIPMENT: _("No equipment here has this number on its label."),
        Ask.PLACE: _("Choose a place of this hospital."),
        Ask.WARD: _("Choose a ward of this hospital."),
        Ask.PERSON: _("Nobody here signs in with this name."),
    }
    return {
        one.key: [said[one.ask]]
        for one in questions.asked(asked, draft.answers)
        if one.ask in FINDERS
        and questions.text(draft.answers, one.key)
        and not FINDERS[one.ask](draft, one.key)
    }


def all_in_words(asked: Iterable[Question], draft: "ServiceRequest") -> dict[str, str]:
    """`in_words` of every question that names a row, by its key. One query for all places, one for each other row."""
    asked = [one for one in asked if one.ask in FINDERS and questions.text(draft.answers, one.key)]
    codes = {one.key: questions.text(draft.answers, one.key) for one in asked if one.ask == Ask.PLACE}
    places = Location.objects.filter(hospital=draft.hospital_id, code__in=codes.values(), active=True)
    named = {place.code: str(place) for place in places} if codes else {}
    said = {key: named.get(code, "") for key, code in codes.items()}
    return said | {one.key: in_words(one, draft) for one in asked if one.key not in codes}


def in_words(question: Question, draft: "ServiceRequest") -> str:
    """The name of what the answer names; '' for other questions. One query."""
    found = FINDERS[question.ask](draft, question.key) if question.ask in FINDERS else None
    return str(found) if found else ""
