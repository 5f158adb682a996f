"""Steps, decisions and the inbox as the API shows and reads them."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from approvals import batch, documents, step_up, wording
from approvals.batch import Sheet
from approvals.inbox import Card
from approvals.models import ApprovalStep, Decision
from approvals.panel import PanelStep
from portal.drf import Asked, Body, Text, Whole
from requests_app import ward_questions
from requests_app.serializers import FreeText, LineShown, RequestBrief
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
    adjust = serializers.SerializerMethodField(help_text="address: yes, with less of some lines")
    ask = serializers.SerializerMethodField(
        help_text="address: whoever asked for it is asked something first"
    )
    pass_on = serializers.SerializerMethodField(help_text="address: somebody else decides; GET says who may")
    password = serializers.SerializerMethodField(
        help_text="true: a yes takes the password once more, on the pages; a token gets 403 `confirm_first`"
    )
    documents = serializers.SerializerMethodField(
        help_text="what must be attached before a yes, in words; empty for most"
    )

    def get_effect(self, card: Card) -> str:
        return wording.effect(card)

    def get_approve(self, card: Card) -> str:
        return reverse("api:step-approve", args=[card.step.ref])

    def get_reject(self, card: Card) -> str:
        return reverse("api:step-reject", args=[card.step.ref])

    def get_give_back(self, card: Card) -> str:
        return reverse("api:step-return", args=[card.step.ref])

    def get_adjust(self, card: Card) -> str:
        return reverse("api:step-adjust", args=[card.step.ref])

    def get_ask(self, card: Card) -> str:
        return reverse("api:step-ask", args=[card.step.ref])

    def get_pass_on(self, card: Card) -> str:
        return reverse("api:step-pass", args=[card.step.ref])

    def get_password(self, card: Card) -> bool:
        return step_up.needed(card.request)

    def get_documents(self, card: Card) -> str:
        return documents.in_words(card.step.documents)

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


class LeftBody(Body):
    id = Text(max_length=30, help_text="`id` of a line of the card")
    quantity = Whole(
        min_value=0, max_value=1_000_000, help_text="what is left of it, in order units; 0: struck"
    )


class AdjustBody(RejectBody):
    lines = LeftBody(many=True, help_text="those with less; the others stay as they are")

    def validate_lines(self, lines: list[dict[str, Any]]) -> dict[str, int]:
        found = {line["id"]: line["quantity"] for line in lines}
        if len(found) < len(lines):
            raise serializers.ValidationError(_("A line stands there twice."))
        return found


class StepAskBody(FreeText):
    text = Text(max_length=ward_questions.LONGEST_QUESTION)
    choices = serializers.ListField(
        child=Text(max_length=ward_questions.LONGEST_CHOICE),
        required=False,
        default=list,
        max_length=ward_questions.MOST_CHOICES,
        help_text="answers that are one press",
    )


class StepPassBody(Body):
    to = Text(max_length=150, help_text="`username` of one of those whom GET names")
    reason = Text(max_length=500, allow_blank=True, help_text="whom you leave it to reads it")


class CandidateShown(serializers.Serializer):
    username = serializers.CharField()
    name = serializers.CharField(source="get_full_name")


class CandidatesShown(serializers.Serializer):
    results = CandidateShown(many=True, help_text="who may take this decision in your place; empty: nobody")


class SheetAsked(Asked):
    refs = serializers.CharField(max_length=2000, help_text="`ref` of each, with commas; at most 50")

    def validate_refs(self, value: str) -> list[str]:
        return [ref.strip() for ref in value.split(",") if ref.strip()]


class LeftOutShown(serializers.Serializer):
    card = CardShown()
    why = serializers.CharField()


class TotalShown(serializers.Serializer):
    cost_centre = serializers.CharField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    currency = serializers.CharField()


class SheetShown(serializers.Serializer):
    included = CardShown(many=True, help_text="what `POST` approves: send `ref` and `seen` of each")
    excluded = serializers.SerializerMethodField(help_text="what you look at by itself, and why")
    totals = serializers.SerializerMethodField(help_text="of what is included, by cost centre")

    @extend_schema_field(LeftOutShown(many=True))
    def get_excluded(self, sheet: Sheet) -> list[Any]:
        return LeftOutShown([{"card": card, "why": why} for card, why in sheet.excluded], many=True).data

    @extend_schema_field(TotalShown(many=True))
    def get_totals(self, sheet: Sheet) -> list[Any]:
        named = [
            dict(zip(("cost_centre", "amount", "currency"), total, strict=True)) for total in sheet.totals
        ]
        return TotalShown(named, many=True).data


class BatchItem(Body):
    ref = Text(max_length=30)
    seen = Text(max_length=64, help_text="`seen` of its card")


class BatchBody(Body):
    items = BatchItem(many=True, max_length=batch.MOST, min_length=1)


class BatchResult(serializers.Serializer):
    ref = serializers.CharField()
    title = serializers.CharField()
    number = serializers.CharField()
    approved = serializers.BooleanField()
    message = serializers.CharField(help_text="why not")


class BatchShown(serializers.Serializer):
    results = BatchResult(many=True, help_text="one for each ref that was sent, in that order")


class DecidedShown(serializers.Serializer):
    ref = serializers.CharField()
    state = serializers.ChoiceField(choices=ApprovalStep.State.choices)
    state_words = serializers.CharField(source="get_state_display")
    undo_until = serializers.SerializerMethodField(
        allow_null=True, help_text="until when you may take your decision back; null: you may not"
    )
    request = RequestBrief(source="approval.request")

    def get_undo_until(self, step: ApprovalStep) -> datetime | None:
        return self.context.get("undo_until")
