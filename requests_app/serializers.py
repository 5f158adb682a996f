"""Catalogue, drafts and requests as the API shows and reads them. Amounts are text with their decimals, times are UTC."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers

from portal.accounts.models import Department, User
from portal.accounts.serializers import DepartmentShown, LocationShown, department_of, hospital_of
from portal.drf import Body, Paged, Text, Whole, YesNo
from requests_app import lifecycle, listing
from requests_app.models import CatalogueItem, Category, RequestItem, ServiceRequest
from requests_app.questions import Question
from requests_app.states import EmergencyReason, LineState, Priority, RequestState, RunOut, Source
from requests_app.supplies import drafting
from requests_app.supplies.stock import on_hand

SENT = [choice for choice in RequestState.choices if choice[0] != RequestState.DRAFT]


def _placed(request: ServiceRequest) -> ServiceRequest:
    """A request's department is one of its hospital, which lists have loaded already."""
    request.department.hospital = request.hospital
    return request


class ItemShown(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    group = serializers.CharField()
    order_unit = serializers.CharField()
    contains_quantity = serializers.IntegerField(help_text="how many `contains_unit` one order unit holds")
    contains_unit = serializers.CharField()
    price = serializers.DecimalField(max_digits=12, decimal_places=4, help_text="net, for one order unit")
    source = serializers.ChoiceField(choices=Source.choices)
    vendor = serializers.CharField(source="vendor.name", allow_null=True)
    lead_days = serializers.IntegerField()
    usual_max = serializers.IntegerField(help_text="more than this needs a note that says why")
    flags = serializers.ListField(child=serializers.CharField())
    stopped_reason = serializers.CharField(help_text="why it cannot be ordered, or empty")
    alternative = serializers.CharField(
        source="alternative_code", allow_null=True, help_text="code of what may be had in its place"
    )
    barcode = serializers.CharField(help_text="what a scanner reads, or empty")
    in_store = serializers.SerializerMethodField(
        help_text="order units in the central store when it was last read; null: unknown"
    )

    def get_in_store(self, item: CatalogueItem) -> int | None:
        known = on_hand(item)
        return known.quantity if known else None


class CatalogueAsked(Paged):
    q = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=100,
        help_text="Words of a name, a synonym or a code: the twelve best matches. Without it, everything by name.",
    )
    hospital = serializers.CharField(
        required=False, max_length=10, help_text="Its `ref`; without it, the first hospital where you work."
    )

    def validate_hospital(self, value: str) -> Any:
        return hospital_of(value)


class CatalogueShown(serializers.Serializer):
    results = ItemShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="address of the next page")
    elsewhere = serializers.CharField(help_text="where to ask for what is not sold here, or empty")


class LineWanted(Body):
    code = Text(max_length=30)
    quantity = Whole(min_value=1, max_value=drafting.MOST, help_text="in order units")


class AnswersField(serializers.DictField):
    """Answers by key of the question: text, or a list of codes."""

    child = serializers.JSONField()

    def to_internal_value(self, data: Any) -> dict[str, str | list[str]]:
        answers = super().to_internal_value(data)
        for value in answers.values():
            if not isinstance(value, str) and not (
                isinstance(value, list) and all(isinstance(one, str) for one in value)
            ):
                raise serializers.ValidationError(_("An answer is a text or a list of texts."))
        return answers


class DraftBody(Body):
    type = Text(max_length=50, required=False, default="supply", help_text="`code` of GET types")
    answers = AnswersField(
        required=False, default=dict, help_text="to the `questions` of the type, by key; not for supplies"
    )
    requester = Text(
        max_length=150,
        required=False,
        allow_blank=True,
        default="",
        help_text="for a colleague: the name that they sign in with; not for supplies",
    )
    answered_by = Text(
        max_length=80,
        required=False,
        allow_blank=True,
        default="",
        help_text="emergency: who answered the call",
    )
    emergency_reason = serializers.ChoiceField(
        choices=EmergencyReason.choices, required=False, allow_blank=True, default=""
    )
    department = Text(max_length=21, help_text="`ref` of a ward of a hospital where you work, as SBG/7B")
    deliver_to = Text(
        max_length=40,
        required=False,
        allow_null=True,
        default=None,
        help_text="`ref` of a place on that ward; null: its delivery point",
    )
    run_out = serializers.ChoiceField(
        choices=RunOut.choices,
        required=False,
        allow_blank=True,
        default="",
        help_text="when the ward runs out: it sets the priority. May wait until it is sent.",
    )
    needed_by = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="only with run_out on_date"
    )
    note = Text(max_length=drafting.LONGEST_NOTE, required=False, allow_blank=True, default="")
    lines = LineWanted(many=True, required=False, default=list, max_length=drafting.MOST_LINES)

    def validate_department(self, value: str) -> Department:
        return department_of(value)

    def validate_type(self, value: str) -> Category:
        found = Category.objects.filter(code=value, active=True).first()
        if found is None:
            raise serializers.ValidationError(_("There is no such kind of request."))
        return found

    def validate_requester(self, value: str) -> User | None:
        if not value:
            return None
        found = User.objects.filter(username__iexact=value, is_active=True, kind=User.Kind.PERSON).first()
        if found is None:
            raise serializers.ValidationError(_("Nobody here signs in with this name."))
        return found

    def validate_lines(self, value: list[dict[str, Any]]) -> dict[str, int]:
        wanted = {line["code"]: line["quantity"] for line in value}
        if len(wanted) < len(value):
            raise serializers.ValidationError(_("An item stands on the list twice."))
        return wanted

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["deliver_to"] is not None:
            places = attrs["department"].locations.filter(active=True)
            attrs["deliver_to"] = places.filter(code=attrs["deliver_to"]).first()
            if attrs["deliver_to"] is None:
                raise serializers.ValidationError({"deliver_to": [_("Choose a place on this ward.")]})
        attrs["quantities"] = attrs.pop("lines")
        return attrs


class ChoiceShown(serializers.Serializer):
    code = serializers.CharField()
    label = serializers.CharField()


class QuestionShown(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    ask = serializers.CharField(
        help_text="how it is answered: text, number, date, one, several, equipment, ..."
    )
    required = serializers.BooleanField()
    hint = serializers.CharField()
    choices = ChoiceShown(many=True)
    asked_if = serializers.SerializerMethodField(
        help_text="key of another question, and codes of which its answer must be one; empty: always"
    )

    def get_asked_if(self, question: Question) -> dict[str, list[str]]:
        return {question.only_if[0]: list(question.only_if[1])} if question.only_if else {}


class DraftLineShown(serializers.Serializer):
    code = serializers.CharField(source="item.code")
    name = serializers.CharField(source="item.name")
    quantity = serializers.IntegerField(source="line.quantity")
    unit = serializers.CharField(source="item.order_unit")
    unit_price = serializers.DecimalField(max_digits=12, decimal_places=4, help_text="today's")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    was = serializers.DecimalField(
        max_digits=12, decimal_places=4, allow_null=True, help_text="the price when it was added, if another"
    )


class DraftShown(serializers.Serializer):
    """A draft at today's prices. `missing` is what still keeps it from being sent."""

    id = serializers.CharField(source="draft.public_id")
    client_key = serializers.UUIDField(source="draft.client_key")
    title = serializers.CharField(source="draft.title")
    type = serializers.CharField(source="draft.category.code")
    answers = AnswersField(source="draft.answers")
    questions = QuestionShown(many=True, help_text="of its type, as the answers so far bring them")
    department = DepartmentShown(source="draft.department")
    deliver_to = LocationShown(source="draft.deliver_to", allow_null=True)
    run_out = serializers.CharField(source="draft.run_out")
    needed_by = serializers.DateField(source="draft.needed_by", allow_null=True)
    note = serializers.CharField(source="draft.note")
    lines = DraftLineShown(source="quote.lines", many=True)
    carriage = serializers.DecimalField(source="quote.carriage", max_digits=12, decimal_places=2)
    amount = serializers.DecimalField(
        source="quote.amount", max_digits=14, decimal_places=2, help_text="with carriage"
    )
    currency = serializers.CharField(source="draft.currency")
    seen = serializers.CharField(source="quote.fingerprint", help_text="send it with `submit`: what you saw")
    missing = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    updated_at = serializers.DateTimeField(source="draft.updated_at")
    submit = serializers.SerializerMethodField(help_text="address to send it")

    def to_representation(self, drafted: dict[str, Any]) -> dict[str, Any]:
        return super().to_representation({**drafted, "draft": _placed(drafted["draft"])})

    def get_submit(self, drafted: dict[str, Any]) -> str:
        return reverse("api:request-submit", args=[drafted["draft"].public_id])


class DraftRow(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    client_key = serializers.UUIDField()
    title = serializers.CharField()
    department = DepartmentShown()
    line_count = serializers.SerializerMethodField()
    updated_at = serializers.DateTimeField()
    href = serializers.SerializerMethodField()

    def to_representation(self, draft: ServiceRequest) -> dict[str, Any]:
        return super().to_representation(_placed(draft))

    def get_line_count(self, draft: Any) -> int:
        return draft.line_count or 0

    def get_href(self, draft: ServiceRequest) -> str:
        return reverse("api:draft", args=[draft.client_key])


class RequestBrief(serializers.Serializer):
    """A sent request in short. `href` has everything, with what you may do."""

    id = serializers.CharField(source="public_id")
    number = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    type = serializers.CharField(source="category.code")
    state = serializers.ChoiceField(choices=RequestState.choices)
    state_words = serializers.CharField(source="get_state_display")
    department = DepartmentShown()
    requester = serializers.CharField(source="requester.get_full_name")
    priority = serializers.ChoiceField(choices=Priority.choices)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    currency = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    likely_late_at = serializers.DateTimeField(source="warn_at", allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="grows with every change")
    href = serializers.SerializerMethodField()

    def to_representation(self, request: ServiceRequest) -> dict[str, Any]:
        return super().to_representation(_placed(request))

    def get_href(self, request: ServiceRequest) -> str:
        return reverse("api:request", args=[request.public_id])


class RequestRow(RequestBrief):
    where = serializers.SerializerMethodField(help_text="where it stands, in words")
    line_count = serializers.SerializerMethodField()
    coming = serializers.BooleanField(help_text="something is on its way to the ward")

    def get_where(self, request: ServiceRequest) -> str:
        return listing.where_of(request)

    def get_line_count(self, request: Any) -> int:
        return request.line_count or 0


class RequestsAsked(Paged):
    state = serializers.ChoiceField(choices=SENT, required=False)
    ended = YesNo(required=False, allow_null=False, help_text="true: closed, refused, cancelled; false: open")
    mine = YesNo(required=False, default=False, help_text="true: what you asked for or wrote")
    department = serializers.CharField(required=False, max_length=21, help_text="its `ref`, as SBG/7B")
    hospital = serializers.CharField(required=False, max_length=10, help_text="its `ref`, as SBG")

    def validate_department(self, value: str) -> int:
        return department_of(value).pk

    def validate_hospital(self, value: str) -> int:
        return hospital_of(value).pk


class LineShown(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    asked = serializers.IntegerField(help_text="in order units, as all counts here")
    quantity = serializers.IntegerField(help_text="asked for, or what a decider left of it")
    agreed = serializers.IntegerField(source="approved_quantity", allow_null=True)
    to_follow = serializers.IntegerField(
        source="follow_quantity", help_text="the store has none of these yet"
    )
    picked = serializers.IntegerField(source="picked_quantity", help_text="in the store, not yet sent")
    sent = serializers.IntegerField(
        source="sent_quantity", help_text="by the store, without what did not arrive"
    )
    arrived = serializers.IntegerField(source="received_quantity")
    expected = serializers.SerializerMethodField(help_text="on its way now: what `receive` may confirm")
    unit_price = serializers.DecimalField(max_digits=12, decimal_places=4)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    source = serializers.ChoiceField(choices=Source.choices)
    vendor = serializers.CharField(source="vendor.name", allow_null=True)
    state = serializers.ChoiceField(choices=LineState.choices)
    state_words = serializers.CharField(source="get_state_display")
    order = serializers.CharField(source="order_name", help_text="name of the order, once there is one")
    expected_on = serializers.DateField(allow_null=True)

    def get_expected(self, line: RequestItem) -> int:
        return listing.expected(line)


class FreeText(Body):
    """A call with text that people read: it is asked about where it looks like patient data."""

    patient_data_ok = YesNo(
        required=False, default=False, help_text="true: send it although it looks like patient data"
    )


class SubmitBody(FreeText):
    seen = Text(max_length=64, help_text="`seen` of the draft: the prices and lines that you agree to send")


class CancelBody(FreeText):
    reason = Text(
        max_length=lifecycle.LONGEST_REASON, allow_blank=True, help_text="why it is no longer needed"
    )
