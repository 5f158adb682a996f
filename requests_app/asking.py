"""A draft of a request that is made of answers: every kind but supplies. It belongs to its writer until it is sent."""

import uuid
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.models import Department
from portal.clock import now
from portal.errors import Invalid, WrongState
from portal.facts import verb
from requests_app import questions
from requests_app.kinds import kind_of, references
from requests_app.models import Category, FormVersion, ServiceRequest
from requests_app.questions import LONGEST_LONG, Answers, Ask
from requests_app.supplies import drafting

if TYPE_CHECKING:
    from portal.accounts.models import User

MOST_ANSWERS = 60  # keys of one form
# Answers that a copy does not take over: they belong to the day, or to one patient.
DATED = frozenset(
    {"agreed_at", "agreed_from", "agreed_to", "on_date", "answered_by", "emergency_reason", "bed", "initials"}
)
COLLEAGUE = "requester"  # the answer that holds a name which is nobody's yet; no question may be called so
NAMING = frozenset({Ask.TEXT, Ask.ONE, Ask.SEVERAL, Ask.EQUIPMENT, Ask.PLACE, Ask.WARD})
LONGEST_SAVED = 5_000  # characters of one answer: more than any question takes, so that nothing typed is lost


def empty_draft(
    *, by: "User", category: Category, department: Department, client_key: uuid.UUID, answers: Answers
) -> ServiceRequest:
    """A draft that is in no table: what a form shows before the first save."""
    return ServiceRequest(
        client_key=client_key,
        category=category,
        department=department,
        hospital=department.hospital,
        currency=department.hospital.currency,
        requester=by,
        filed_by=by,
        title=category.name,
        answers=dict(answers),
        form_version=published_form(category),
    )


def published_form(category: Category) -> FormVersion | None:
    """The questions that are asked now. One query; None for the kinds that bring their own."""
    return category.forms.filter(published_at__isnull=False).order_by("-version").first()


@verb
def save_answers(
    *,
    by: "User",
    client_key: uuid.UUID,
    category: Category,
    department: Department,
    answers: Answers,
    note: str = "",
    requester: "User | None" = None,
) -> ServiceRequest:
    """Make or replace the draft that this form's `client_key` names for `by`; answers as typed, right or wrong.

    `requester`: the colleague who needs it, where that is not `by`. The questions of the draft stay those of the day
    when it was begun. A note that is too long is kept (`unfinished` says so). Raises Invalid (department,
    requester), WrongState when it was sent meanwhile (`public_id`).
    """
    drafting.check_place(by, department, None)
    if requester and not scopes.hospitals_of(requester).filter(pk=department.hospital_id).exists():
        raise Invalid({"requester": [_("Choose somebody who works at this hospital.")]})
    request = drafting.own_draft(by, client_key, department, category)
    if not request.is_editable:
        raise WrongState(_("This was sent already."), public_id=request.public_id)
    if request._state.adding or request.form_version_id is None:
        request.form_version = published_form(request.category)
    request.department, request.hospital = department, department.hospital
    request.currency = department.hospital.currency
    request.requester = requester or by
    request.answers, request.note = _kept(answers), note.replace("\x00", "")[:LONGEST_SAVED]
    if not request.number:
        request.title = _title(request)
    request.updated_at = now()
    request.version += 1
    request.save()
    return request


def unfinished(request: ServiceRequest) -> dict[str, list[str]]:
    """What keeps a draft from being sent besides its answers: sentences by field."""
    found = {}
    if questions.text(request.answers, COLLEAGUE):
        found["requester"] = [_("Nobody here signs in with this name.")]
    if len(request.note) > LONGEST_LONG:
        found["note"] = [_("Keep it to %(most)s characters.") % {"most": LONGEST_LONG}]
    return found


def _title(draft: ServiceRequest) -> str:
    """The type and the first thing that was chosen or named: what tells drafts apart. Never what finds a patient."""
    for question in questions.asked(kind_of(draft).questions(draft), draft.answers):
        yes_or_no = {one.code for one in question.choices} == {"yes", "no"}
        if question.ask not in NAMING or question.patient or yes_or_no:
            continue
        said = references.in_words(question, draft) or questions.in_words(question, draft.answers)
        if said:
            return f"{draft.category.name}: {said}"[:160]
    return draft.category.name


def _kept(answers: Answers) -> dict[str, str | list[str]]:
    """At most so much as a form can hold; what is in it stays as it was typed."""
    kept: dict[str, str | list[str]] = {}
    for key, value in list(answers.items())[:MOST_ANSWERS]:
        if isinstance(value, str):
            kept[key[:60]] = value.replace("\x00", "")[:LONGEST_SAVED]
        else:
            kept[key[:60]] = [one.replace("\x00", "")[:200] for one in value[:40]]
    return kept


@verb
def copy(*, request: ServiceRequest, by: "User", client_key: uuid.UUID) -> ServiceRequest:
    """A new draft of `by` with the same answers, or the same lines; dates are left out. Raises as `save_answers`."""
    if request.is_supply:
        lines = request.lines.filter(
            item__active=True, item__stopped_reason="", item__hospital=request.hospital_id
        )
        return drafting.save_draft(
            by=by,
            client_key=client_key,
            department=request.department,
            quantities={line.code: line.quantity for line in lines},
            deliver_to=request.deliver_to,
            note=request.note,
        )
    return save_answers(
        by=by,
        client_key=client_key,
        category=request.category,
        department=request.department,
        answers=_undated(request),
        note=request.note,
    )


def _undated(request: ServiceRequest) -> dict[str, str | list[str]]:
    """The answers that hold on another day too."""
    dated = {one.key for one in kind_of(request).questions(request) if one.ask in (Ask.DATE, Ask.MOMENT)}
    return {key: value for key, value in request.answers.items() if key not in dated | DATED}
