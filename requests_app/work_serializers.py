"""Types with their questions, and what sender and team do with the work, as the API shows and reads them."""

from rest_framework import serializers

from portal.accounts.models import Department
from portal.accounts.serializers import department_of
from portal.drf import Asked, Text
from requests_app import lifecycle, work
from requests_app.serializers import ChoiceShown, FreeText, QuestionShown


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


class FinishBody(FreeText):
    outcome = Text(max_length=40, help_text="code of how it ended: `outcomes` of its type")
    note = Text(max_length=work.LONGEST_NOTE, required=False, allow_blank=True, default="")


class ReasonBody(FreeText):
    reason = Text(max_length=lifecycle.LONGEST_REASON, allow_blank=True, help_text="what was not right")
