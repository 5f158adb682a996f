"""One request with everything that the apps know of it, as the API shows it."""

from rest_framework import serializers

from approvals.glass_serializers import UsedShown
from approvals.serializers import StepShown
from integrations.serializers import OrderShown
from portal.accounts.serializers import HospitalShown, LocationShown
from portal.desk.telling import Entry
from requests_app.file_serializers import FileShown
from requests_app.models import CaseException
from requests_app.serializers import LineShown, RequestBrief
from requests_app.states import RunOut
from requests_app.work_serializers import AnswerShown
from sla.serializers import ClockShown


class ActionShown(serializers.Serializer):
    name = serializers.CharField(
        help_text="submit, save, discard, approve, reject, return, pick, send, take, finish, receive, withdraw, cancel, "
        "reopen"
    )
    title = serializers.CharField()
    method = serializers.CharField()
    href = serializers.CharField()
    allowed = serializers.BooleanField()
    why_not = serializers.CharField(
        help_text="the sentence with which it would be refused; empty where allowed"
    )
    seen = serializers.CharField(help_text="send it as `seen`; empty where none is asked for")


class ChangeShown(serializers.Serializer):
    thing = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class EntryShown(serializers.Serializer):
    at = serializers.DateTimeField()
    what = serializers.CharField()
    who = serializers.CharField(help_text="empty: the portal by itself")
    on_behalf_of = serializers.CharField()
    why = serializers.CharField()
    changes = serializers.SerializerMethodField()

    def get_changes(self, entry: Entry) -> list[dict[str, str]]:
        return [{"thing": thing, "before": before, "after": after} for thing, before, after in entry.changes]


class TroubleShown(serializers.Serializer):
    kind = serializers.ChoiceField(choices=CaseException.Kind.choices)
    words = serializers.CharField(source="get_kind_display")
    detail = serializers.CharField()
    owner_role = serializers.CharField()
    due_at = serializers.DateTimeField()


class ForeseenShown(serializers.Serializer):
    turn = serializers.IntegerField(source="number")
    role = serializers.CharField()
    people = serializers.ListField(child=serializers.CharField())
    why = serializers.ListField(child=serializers.CharField())


class BeforeSending(serializers.Serializer):
    """Of a draft, or of what came back to its sender: what it costs today, what is missing, who will decide, and what to
    send with `submit`."""

    client_key = serializers.UUIDField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    carriage = serializers.DecimalField(max_digits=12, decimal_places=2)
    missing = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    at_once = serializers.BooleanField(help_text="the agreed list decides, nobody is asked")
    will_decide = ForeseenShown(many=True)
    seen = serializers.CharField()


class RequestPlain(RequestBrief):
    """The columns of a request."""

    hospital = HospitalShown()
    filed_by = serializers.CharField(source="filed_by.get_full_name")
    deliver_to = LocationShown(allow_null=True)
    run_out = serializers.ChoiceField(choices=RunOut.choices, allow_blank=True)
    needed_by = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    carriage = serializers.DecimalField(max_digits=12, decimal_places=2)


class DetailShown(serializers.Serializer):
    """What the apps know of it."""

    where = serializers.CharField(help_text="where it stands, in words")
    coming = serializers.BooleanField(help_text="something is on its way to the ward")
    lines = LineShown(many=True)
    files = FileShown(many=True, help_text="what was added, and what was removed after others could see it")
    said = AnswerShown(many=True, help_text="questions of its type and their answers, as it was asked")
    steps = StepShown(many=True, help_text="the decisions, in their order")
    break_glass = UsedShown(allow_null=True, help_text="set where it did not wait for its approval")
    clocks = ClockShown(many=True)
    orders = OrderShown(many=True)
    exceptions = TroubleShown(many=True, help_text="what somebody looks at")
    timeline = EntryShown(many=True, help_text="the record, latest first")
    before_sending = BeforeSending(allow_null=True, help_text="null while it is not yours to send")
    allowed_actions = ActionShown(many=True)


class RequestShown(DetailShown, RequestPlain):
    """One request, whole."""
