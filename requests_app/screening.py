"""Patient data in free text: the door asks before it is sent, and a choice to send it anyway is on record, without the text."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.forms import BaseForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.audit import events
from portal.clock import now
from portal.errors import Invalid
from portal.facts import verb
from requests_app import access, patient_data, questions
from requests_app.configured import schema
from requests_app.kinds import kind_of

if TYPE_CHECKING:
    from portal.accounts.models import User
    from requests_app.models import RequestItem, ServiceRequest

AGREED = "patient_data_ok"  # the name of the box "Send it anyway"
SENTENCES = {
    patient_data.NHS_NUMBER: gettext_lazy("This looks like an NHS number. Please leave patients' data out."),
    patient_data.RECORD_NUMBER: gettext_lazy(
        "This looks like the number of a patient's record. Please leave patients' data out."
    ),
    patient_data.BIRTH_DATE: gettext_lazy(
        "This looks like a date of birth. Please leave patients' data out."
    ),
    patient_data.POSTCODE: gettext_lazy(
        "This looks like an address and a date of birth. Please leave patients' data out."
    ),
}


def kinds(text: str) -> list[str]:
    """Kinds of patient data in `text`, by the record numbers of this installation and the date of today."""
    return patient_data.found(text, this_year=now().year, shapes=settings.MRN_SHAPES)


def rules() -> str:
    """What the browser judges by, as JSON."""
    return json.dumps(patient_data.rules(this_year=now().year, shapes=settings.MRN_SHAPES))


def warned(texts: Mapping[str, str], *, agreed: bool = False) -> dict[str, list[str]]:
    """Sentences beside the fields whose text looks like patient data; none once somebody chose to send it anyway."""
    if agreed:
        return {}
    said = ((name, kinds(text)) for name, text in texts.items() if isinstance(text, str))
    return {name: [str(SENTENCES[kind]) for kind in found] for name, found in said if found}


def check(texts: Mapping[str, str], *, agreed: bool) -> None:
    """Raises Invalid with the sentences beside the fields, until somebody chose to send it anyway."""
    found = warned(texts, agreed=agreed)
    if found:
        raise Invalid(found)


def ask(texts: Mapping[str, str], *, agreed: bool) -> None:
    """For programs: as `check`, and the field that says "send it anyway" is named beside the sentences."""
    found = warned(texts, agreed=agreed)
    if found:
        said = _("Leave it out, or send true here to send it anyway. That is put on record.")
        raise Invalid(found | {AGREED: [said]})


def texts_of(request: "ServiceRequest", lines: "Iterable[RequestItem] | None" = None) -> dict[str, str]:
    """What was written freely into a draft, by the key of its field: what is looked at before it is sent.

    `lines`: those of supplies, if they are read already, with item and version of its questions.
    """
    if request.is_supply:
        free = _texts_of_lines(
            request.lines.select_related("item", "form_version") if lines is None else lines
        )
    else:
        free = typed(kind_of(request).questions(request), request.answers)
    return free | {"note": request.note, "answered_by": questions.text(request.answers, "answered_by")}


def typed(asked: Iterable[questions.Question], answers: questions.Answers) -> dict[str, str]:
    """The answers that take any words, by key of the question."""
    keys = (one.key for one in asked if one.ask in (questions.Ask.TEXT, questions.Ask.LONG))
    return {key: questions.text(answers, key) for key in keys}


def _texts_of_lines(lines: "Iterable[RequestItem]") -> dict[str, str]:
    """By line: somebody's own words, and what was answered freely to the questions of an item."""
    free: dict[str, str] = {}
    for line in lines:
        texts = [line.name, line.item.description] if line.item.one_off else []
        if line.form_version:
            texts += typed(schema.read(line.form_version.schema).questions, line.answers).values()
        if texts:
            free[f"line-{line.code}"] = "\n".join(texts)
    return free


def chosen(request: "ServiceRequest") -> bool:
    """Did its writer choose to send this draft of supplies as it stands? Saving it again asks again."""
    return bool(request.answers.get(AGREED))


def warns(form: BaseForm | None) -> bool:
    """Does `form` show one of the sentences, or was the choice made on it already?"""
    if form is None or not form.is_bound:
        return False
    said = {str(sentence) for sentence in SENTENCES.values()}
    return AGREED in form.data or any(said & set(texts) for texts in form.errors.values())


def record_kept(*, request: "ServiceRequest", by: "User", texts: Mapping[str, str]) -> None:
    """Put on record that `by` sends on what looks like patient data: kinds and fields, never the text.

    A draft of supplies keeps the choice until it is saved again (`chosen`). Nothing found: nothing happens, without a query.
    """
    found = {name: kinds(text) for name, text in texts.items() if isinstance(text, str)}
    kept = {name: there for name, there in found.items() if there}
    if kept:
        _record(request=request, by=by, kept=kept)


@verb
def choose(*, request: "ServiceRequest", by: "User") -> None:
    """`by` wants this draft of supplies to be sent as it stands; it holds until it is saved again. Nothing for others."""
    if request.is_supply and request.is_editable:
        request = access.locked(request)
        request.answers = {**request.answers, AGREED: "yes"}
        request.save(update_fields=["answers"])


@verb
def _record(*, request: "ServiceRequest", by: "User", kept: dict[str, list[str]]) -> None:
    """A draft has no record of its own yet, so its event names it without belonging to it."""
    choose(request=request, by=by)
    events.record(
        action="request.patient_data_kept",
        by=by,
        case=request.public_id if request.number else "",
        after={"fields": kept, "request": request.public_id},
        reason=_("Sent although it looks like patient data."),
    )
