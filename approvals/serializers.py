"""Steps, decisions and the inbox as the API shows and reads them."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from approvals import wording
from approvals.inbox import Card
from approvals.models import ApprovalStep, Decision
from approvals.panel import PanelStep
from portal.drf import Body, Text
from requests_app.serializers import LineShown, RequestBrief
from requests_app.work_serializers import AnswerShown


class SaidShown(serializers.Serializer):
    who = serializers.CharField(source="actor.get_full_name")
    for_whom = serializers.SerializerMethodField(
        allow_null=True, help_text="whose authority it was, if another's"
    )
    outcome = serializers.ChoiceField(choices=Decision.Outcome.choices)
    reason = serializers.CharField()
    at = serializers.DateTimeField(source="decided_at")

    def get_for_whom(self, said: Decision) -> str | None:
        return said.authority.get_full_name() if said.authority_id != said.actor_id else None


class StepShown(serializers.Serializer):
    """One decision that is asked for, or was."""

    ref = serializers.CharField(source="step.ref")
    turn = serializers.IntegerField(source="number", help_text="those with the same number are asked at once")
    role = serializers.CharField()
    why = serializers.CharField(source="step.why")
    state = serializers.ChoiceField(source="step.state", choices=ApprovalStep.State.choices)
    state_words = serializers.CharField(source="step.get_state_display")
    asked = serializers.ListField(child=serializers.CharField(), help_text="who may decide it now")
    said = serializers.SerializerMethodField()
    yours = serializers.BooleanField()
    opened_at = serializers.DateTimeField(source="step.opened_at", allow_null=True)
    closed_at = serializers.DateTimeField(source="step.closed_at", allow_null=True)

    def get_said(self, shown: PanelStep) -> list[Any]:
        return SaidShown([decision for decision, _yes in shown.said], many=True).data


class CardLineShown(LineShown):
    must_know = serializers.SerializerMethodField(help_text="what a decider must know of it, in words")

    def get_must_know(self, line: Any) -> str:
        return wording.flag_words(line.flags)


class CardShown(serializers.Serializer):
    """What a decision needs. `seen` says what you decide on: send it with your decision."""

    ref = serializers.CharField(source="step.ref")
    state = serializers.ChoiceField(source="step.state", choices=ApprovalStep.State.choices)
    role = serializers.CharField(help_text="as whom you were asked")
    why = serializers.CharField(source="step.why", help_text="why this decision is needed")
    request = RequestBrief()
    note = serializers.CharField(source="request.note")
    run_out_words = serializers.CharField(source="request.get_run_out_display")
    lines = CardLineShown(many=True)
    said = serializers.SerializerMethodField(help_text="questions and answers of a request without lines")
    carriage = serializers.DecimalField(source="request.carriage", max_digits=12, decimal_places=2)
    effect = serializers.SerializerMethodField(help_text="what your yes does, as a sentence")
    alone = serializers.BooleanField(help_text="nobody else was asked")
    seen = serializers.CharField()
    approve = serializers.SerializerMethodField(help_text="address")
    reject = serializers.SerializerMethodField(help_text="address")
    give_back = serializers.SerializerMethodField(
        help_text="address: its sender is asked for what is missing"
    )

    def get_effect(self, card: Card) -> str:
        return wording.effect(card)

    def get_approve(self, card: Card) -> str:
        return reverse("api:step-approve", args=[card.step.ref])

    def get_reject(self, card: Card) -> str:
        return reverse("api:step-reject", args=[card.step.ref])

    def get_give_back(self, card: Card) -> str:
        return reverse("api:step-return", args=[card.step.ref])

    @extend_schema_field(AnswerShown(many=True))
    def get_said(self, card: Card) -> list[dict[str, str]]:
        return [{"question": question, "answer": answer} for question, answer in card.said]


class InboxShown(serializers.Serializer):
    results = CardShown(many=True, help_text="the fifty that are due first")
    waiting = serializers.IntegerField(help_text="how many wait, counted up to 100")


class ApproveBody(Body):
    seen = Text(max_length=64, help_text="`seen` of the card: what you agree to")


class RejectBody(ApproveBody):
    reason = Text(max_length=500, allow_blank=True, help_text="the ward reads it")


class DecidedShown(serializers.Serializer):
    ref = serializers.CharField()
    state = serializers.ChoiceField(choices=ApprovalStep.State.choices)
    state_words = serializers.CharField(source="get_state_display")
    request = RequestBrief(source="approval.request")
