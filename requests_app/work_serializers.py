"""Types with their questions, and what sender and team do with the work, as the API shows and reads them."""

from decimal import Decimal

from django.utils.translation import gettext as _
from rest_framework import serializers

from portal.accounts.models import Department, User
from portal.accounts.serializers import department_of
from portal.drf import Asked, Body, Text, Whole
from requests_app import lifecycle, queueing, waiting, waiting_reasons, ward_questions, work
from requests_app.models import WorkRecord
from requests_app.serializers import ChoiceShown, FreeText, QuestionShown, RequestBrief


class AnswerShown(serializers.Serializer):
    question = serializers.CharField()
    answer = serializers.CharField()


class TypeShown(serializers.Serializer):
    """A kind of request that people of this ward may ask for; those for supplies have lines instead of questions."""

    code = serializers.CharField(source="category.code")
    name = serializers.CharField(source="category.name")
    hint = serializers.CharField(source="category.hint")
    questions = QuestionShown(
        many=True, help_text="before anything is answered; a draft shows those that its answers bring"
    )
    outcomes = ChoiceShown(many=True, help_text="how its work may end; none of supplies")


class TypesShown(serializers.Serializer):
    results = TypeShown(many=True)


class TypesAsked(Asked):
    department = serializers.CharField(
        max_length=21, help_text="`ref` of a ward of a hospital where you work, as SBG/7B"
    )

    def validate_department(self, value: str) -> Department:
        return department_of(value)


class PartBody(Body):
    name = Text(max_length=work.LONGEST_PART)
    quantity = Whole(min_value=1, max_value=work.MOST_OF_A_PART)
    price = serializers.DecimalField(
        max_digits=8,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=work.DEAREST_PART,
        help_text="of one, in the currency of the request",
    )


class FinishBody(FreeText):
    outcome = Text(max_length=40, help_text="code of how it ended: `outcomes` of its type")
    note = Text(max_length=work.LONGEST_NOTE, required=False, allow_blank=True, default="")
    minutes = Whole(
        min_value=0,
        max_value=work.MOST_MINUTES,
        required=False,
        allow_null=True,
        default=None,
        help_text="of work",
    )
    parts = PartBody(many=True, required=False, default=list, max_length=work.MOST_PARTS)
    test = serializers.ChoiceField(
        choices=WorkRecord.Test.choices,
        required=False,
        allow_blank=True,
        default="",
        help_text="after a repair; empty: none was needed",
    )


class AssignBody(Body):
    to = Text(max_length=150, help_text="the name that they sign in with")

    def validate_to(self, value: str) -> User:
        found = User.objects.filter(username__iexact=value, is_active=True, kind=User.Kind.PERSON).first()
        if found is None:
            raise serializers.ValidationError(_("Choose somebody of the team."))
        return found


class AgainBody(FreeText):
    again_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        default=None,
        help_text="when it is asked again; without it, as usual for the reason, if that has a usual time",
    )


class WaitBody(AgainBody):
    reason = serializers.ChoiceField(choices=list(waiting_reasons.by_hand().items()))
    note = Text(max_length=waiting.LONGEST_NOTE, required=False, allow_blank=True, default="")


class AskBody(AgainBody):
    text = Text(max_length=ward_questions.LONGEST_QUESTION)
    choices = serializers.ListField(
        child=Text(max_length=ward_questions.LONGEST_CHOICE),
        required=False,
        default=list,
        max_length=ward_questions.MOST_CHOICES,
        help_text="answers that are one press",
    )


class AnswerBody(FreeText):
    text = Text(max_length=waiting.LONGEST_ANSWER, help_text="one of `choices`, or a reply")


class PassBody(FreeText):
    team = Text(max_length=20, help_text="code of a team of the same hospital")
    reason = Text(max_length=work.LONGEST_REASON)


class WardQuestionShown(serializers.Serializer):
    ref = serializers.CharField()
    request = serializers.CharField(source="request.public_id", help_text="id of what it is about")
    text = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())
    asked_by = serializers.CharField(source="by.get_full_name")
    asked_at = serializers.DateTimeField()
    answer = serializers.CharField(help_text="empty: not answered yet")
    answered_at = serializers.DateTimeField(allow_null=True)


class WorkAsked(Asked):
    """Filters of the list of work, and where the last page ended."""

    show = serializers.ChoiceField(
        choices=[code for code in queueing.SHOWS if code],
        required=False,
        default="",
        help_text="nobody has it, yours, waiting, late; without it, all",
    )
    team = serializers.CharField(
        required=False, default="", max_length=20, help_text="code of one of your teams"
    )
    after = serializers.CharField(
        required=False,
        default="",
        max_length=400,
        help_text="Where the last page ended: `next` of it has it.",
    )
    size = serializers.IntegerField(required=False, default=25, min_value=1, max_value=100)


class WorkRow(serializers.Serializer):
    """A piece of work as the list of its team shows it."""

    request = RequestBrief()
    team = serializers.CharField(source="request.team.code")
    who_has_it = serializers.SerializerMethodField(help_text="in words; empty: nobody yet")
    mine = serializers.BooleanField()
    waiting = serializers.BooleanField()
    origin = serializers.CharField(source="origin.name", default="", help_text="of a move: from where")
    place = serializers.CharField(source="destination.name", default="", help_text="where it goes or is done")
    precautions = serializers.SerializerMethodField(help_text="codes of infection precautions")
    released_at = serializers.DateTimeField(source="request.released_at")

    def get_who_has_it(self, job: queueing.Job) -> str:
        return job.request.assignee.get_full_name() if job.request.assignee else ""

    def get_precautions(self, job: queueing.Job) -> list[str]:
        return job.request.precautions.split()


class ReasonBody(FreeText):
    reason = Text(max_length=lifecycle.LONGEST_REASON, allow_blank=True, help_text="what was not right")
