"""Questions that come with a catalogue item: which ones a line is asked, its answers, and what is wrong with them."""

from collections.abc import Iterable, Mapping

from django.db.models import OuterRef, Subquery

from requests_app import questions
from requests_app.configured import schema
from requests_app.models import FormVersion, RequestItem, ServiceRequest
from requests_app.questions import Answers, Question

ASK = "ask-"  # before the code of the item and the key of the question, in the names of fields


def published(item: str) -> Subquery:
    """For a queryset: the key of the questions that are asked now with the item in column `item`."""
    forms = FormVersion.objects.filter(item=OuterRef(item), published_at__isnull=False)
    return Subquery(forms.order_by("-version").values("pk")[:1])


def read(keys: Iterable[int | None]) -> dict[int, list[Question]]:
    """The questions by key of their version. One query, none while nothing is asked."""
    wanted = {key for key in keys if key}
    if not wanted:
        return {}
    return {form.pk: schema.read(form.schema).questions for form in FormVersion.objects.filter(pk__in=wanted)}


def name_of(code: str, key: str) -> str:
    """The name of the field on the supply form."""
    return f"{ASK}{code}-{key}"


def problems(code: str, asked: list[Question], answers: Answers) -> dict[str, list[str]]:
    """What keeps these answers from being sent, by name of the field."""
    found = questions.problems(asked, answers)
    return {name_of(code, key): sentences for key, sentences in found.items()}


def keep_answers(request: ServiceRequest, asked: Mapping[str, Answers]) -> None:
    """Write what was typed onto the lines of a locked draft. A line keeps the questions that it was first asked."""
    lines = request.lines.filter(code__in=asked).annotate(asks=published("item"))
    for line in lines:
        line.answers = dict(asked[line.code])
        line.form_version_id = line.form_version_id or line.asks
        line.save(update_fields=["answers", "form_version"])


def told(line: RequestItem) -> list[tuple[str, str]]:
    """Question and answer as they were asked, for whoever reads the line. Needs `form_version` loaded."""
    if line.form_version is None:
        return []
    asked = questions.asked(schema.read(line.form_version.schema).questions, line.answers)
    pairs = ((str(one.label), questions.in_words(one, line.answers)) for one in asked)
    return [(label, answer) for label, answer in pairs if answer]
