"""What a decision asks for, as values for the verbs; messages come back beside the fields."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import adjusting, decisions, passing, questioning, quick_questions, step_up
from approvals.inbox import Card
from approvals.open_card import run_of
from portal.errors import Invalid
from portal.forms import PlainForm
from portal.money import in_base
from requests_app.forms import Screened, VerbForm
from requests_app.models import RequestItem
from requests_app.models.item import line_amount

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from portal.accounts.models import User

OTHER = "other"
LINE = "line-"
LIKE_A_QUANTITY = re.compile(r"\d{1,9}", re.ASCII)
OWN_WORDS = gettext_lazy("In your own words")
REJECTING = [
    ("in_stock", gettext_lazy("Not needed: stock is there")),
    ("standard_item", gettext_lazy("Use the standard item instead")),
    ("ordered_already", gettext_lazy("Ordered already")),
    ("no_budget", gettext_lazy("No budget this period")),
    ("wrong_route", gettext_lazy("Another team or form")),
    ("not_allowed", gettext_lazy("Not allowed by our rules")),
    ("unsafe", gettext_lazy("Unsafe or not approved for use")),
    (OTHER, gettext_lazy("Another reason")),
]
MISSING = [
    ("quantity", gettext_lazy("Quantity or unit not clear")),
    ("purpose", gettext_lazy("What it is for")),
    ("document", gettext_lazy("Quotation or document")),
    ("cost_centre", gettext_lazy("Cost centre or project")),
    ("training", gettext_lazy("Who is trained to use it")),
    ("where_when", gettext_lazy("Where it goes and when")),
    ("specialist", gettext_lazy("Agreement of the specialist")),
    (OTHER, gettext_lazy("Something else")),
]
MORE_THAN_USUAL = "above_usual"
LESS = [
    (MORE_THAN_USUAL, gettext_lazy("More than the usual use")),
    ("enough", gettext_lazy("Enough on the ward")),
    ("next_order", gettext_lazy("Share with the next order")),
    ("standard_item", gettext_lazy("Standard item instead")),
    ("not_here", gettext_lazy("Not for this ward")),
    ("trial", gettext_lazy("Trial quantity first")),
    (OTHER, gettext_lazy("Another reason")),
]
PASSING = [
    ("conflict", gettext_lazy("Conflict of interest")),
    ("not_mine", gettext_lazy("Not my area")),
    ("over_limit", gettext_lazy("Over my limit")),
    ("away", gettext_lazy("Away")),
    ("specialist", gettext_lazy("Needs a specialist")),
    (OTHER, gettext_lazy("Another reason")),
]


def password_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Enter your password.")},
    )


class StepForm(VerbForm):
    """One way to decide or to get on with a step; `fresh`: the password was given a moment ago."""

    name: ClassVar[str]  # of the action, as `options` has it
    heading: "ClassVar[str | Promise]"  # of the page
    title: "ClassVar[str | Promise]"  # what is asked first
    button: "ClassVar[str | Promise]"
    icon: ClassVar[str]
    css = "btn-primary"
    then: "str | Promise" = ""  # what follows from it
    undone = True  # can be taken back for ten seconds
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, card: Card, by: "User", fresh: bool = False
    ) -> None:
        self.card, self.by, self.fresh = card, by, fresh
        super().__init__(data, initial={"seen": card.seen})
        self.build()

    def build(self) -> None:
        """Add the fields that depend on the request."""

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """Those that stand one below the other."""
        return self.visible_fields()

    @property
    def rows(self) -> list[tuple[RequestItem, forms.BoundField]]:
        """Lines with the field of what is left of each."""
        return []

    @property
    def password(self) -> str | None:
        """What was typed as the password, None where none is asked for."""
        return self.cleaned_data.get("password")

    def do(self, *, confirmed: bool) -> None:
        """Call the verb with what the valid form says. Raises what it raises."""
        raise NotImplementedError

    def act(self, *, confirmed: bool) -> bool:
        """Do it; False with the sentences of the verb beside the fields."""
        try:
            self.do(confirmed=confirmed)
        except Invalid as refusal:
            self.add_problems(refusal.errors)
            return False
        return True

    @property
    def told(self) -> str:
        """What is said once it is done."""
        return ""


class ReasonForm(StepForm):
    """A reason chip, words of one's own, or both; `cleaned_data["reason"]` is the sentence that people read."""

    chips: "ClassVar[Sequence[tuple[str, Promise | str]]]"
    chip = forms.ChoiceField(choices=(), widget=forms.RadioSelect, required=False)
    words = forms.CharField(
        label=OWN_WORDS, max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order: Sequence[str] = ("chip", "words")

    def build(self) -> None:
        self.fields["chip"].choices = self.chips  # type: ignore[attr-defined]
        self.fields["chip"].label = str(self.title)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chip, words = cleaned.get("chip", ""), cleaned.get("words", "").strip()
        if not (chip or words) and not self.errors:
            self.add_error("chip", _("Choose a reason or write one, so that the ward knows why."))
        elif chip == OTHER and not words:
            self.add_error("words", _("Write the reason, so that the ward knows why."))
        said = [] if chip in ("", OTHER) else [str(dict(self.chips)[chip])]
        cleaned["reason"] = ". ".join([*said, words] if words else said)
        return cleaned


class RejectForm(ReasonForm):
    name, chips, icon, css = "reject", REJECTING, "x", "btn-stop"
    heading, title, button = gettext_lazy("Say no?"), gettext_lazy("Why not?"), gettext_lazy("Reject")
    then: "str | Promise" = gettext_lazy("The whole request ends here, and the ward is told why.")

    def build(self) -> None:
        super().build()
        if self.card.step.approval.about_price:
            self.then = _(
                "The request goes on. The buyer reads this and settles the price, or cancels the order."
            )
        else:
            self.fields["words"].help_text = _("The ward reads this. Say what they can do instead.")

    def do(self, *, confirmed: bool) -> None:
        given = self.cleaned_data
        decisions.reject_step(
            step_id=self.card.step.pk, by=self.by, seen=given["seen"], reason=given["reason"]
        )


class ReturnForm(ReasonForm):
    name, chips, icon = "return", MISSING, "undo-2"
    heading, title = gettext_lazy("Ask its sender for more?"), gettext_lazy("What is missing?")
    button = gettext_lazy("Give it back")
    then = gettext_lazy("It goes back to its sender to be changed. Sent again, it is decided anew.")

    def do(self, *, confirmed: bool) -> None:
        given = self.cleaned_data
        decisions.return_step(
            step_id=self.card.step.pk, by=self.by, seen=given["seen"], reason=given["reason"]
        )


class AdjustForm(ReasonForm):
    """Fewer order units of some lines, none strikes one; the reason is for all of them."""

    name, chips, icon = "adjust", LESS, "check"
    heading, title = gettext_lazy("Approve less?"), gettext_lazy("Why less?")
    button = gettext_lazy("Approve what is left")
    then = gettext_lazy("What is left is approved. The ward is told which line is less, and why.")

    def build(self) -> None:
        super().build()
        for line in self.lines:
            wrong = _("Enter how many, 0 to %(most)s. 0 strikes the line.") % {"most": line.quantity}
            self.fields[f"{LINE}{line.public_id}"] = forms.IntegerField(
                label=line.name,
                min_value=0,
                max_value=line.quantity,
                initial=line.quantity,
                error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
            )
        if any(line.quantity > line.usual_max for line in self.lines):
            self.initial["chip"] = MORE_THAN_USUAL
        if not self.fresh and step_up.needed(self.card.request):
            self.fields["password"] = password_field()
            self.fields["password"].required = self.is_bound and step_up.from_amount(
                in_base(self.amount, self.card.request.rate)
            )

    @property
    def lines(self) -> list[RequestItem]:
        return [line for line in self.card.lines if not line.is_struck]

    @property
    def rows(self) -> list[tuple[RequestItem, forms.BoundField]]:
        return [(line, self[f"{LINE}{line.public_id}"]) for line in self.lines]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        asked = ("chip", "words", "password")
        return [self[name] for name in asked if name in self.fields]

    @property
    def password(self) -> str | None:
        """Not asked for where what is left is a small amount."""
        field = self.fields.get("password")
        return super().password if field and field.required else None

    @property
    def amount(self) -> Decimal:
        """What is left of the amount with the quantities as typed; a quantity that makes no sense counts as it was."""
        total = self.card.request.carriage
        left, suppliers = set(), {}
        for line, bound in self.rows:
            typed = str(bound.value())
            quantity = min(int(typed), line.quantity) if LIKE_A_QUANTITY.fullmatch(typed) else line.quantity
            total += line_amount(quantity, line.unit_price)
            if line.is_bought and line.vendor:
                suppliers[line.vendor.pk] = line.vendor.carriage
                left |= {line.vendor.pk} if quantity else set()
        return total - sum((cost for pk, cost in suppliers.items() if pk not in left), Decimal(0))

    def do(self, *, confirmed: bool) -> None:
        given = self.cleaned_data
        adjusting.adjust_and_approve(
            step_id=self.card.step.pk,
            by=self.by,
            seen=given["seen"],
            quantities={line.public_id: given[f"{LINE}{line.public_id}"] for line in self.lines},
            reason=given["reason"],
            confirmed=confirmed,
        )


class AskForm(StepForm, Screened):
    FREE = ("text",)
    name, icon, undone = "ask", "message-circle-question-mark", False
    heading, button = gettext_lazy("What do you want to know?"), gettext_lazy("Ask")
    title = heading
    then = gettext_lazy(
        "Whoever asked for it is told at once. It stays with you meanwhile, and you read the answer here."
    )
    question = forms.ChoiceField(
        label=gettext_lazy("Often asked"), choices=(), widget=forms.RadioSelect, required=False
    )
    text = forms.CharField(
        label=OWN_WORDS, max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ("question", "text")

    def build(self) -> None:
        self.offered = quick_questions.of(self.card.request.category.kind)
        self.fields["question"].choices = [(code, one.text) for code, one in self.offered.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not (cleaned.get("question") or cleaned.get("text", "").strip()) and not self.errors:
            self.add_error("question", _("Choose a question or write one."))
        return cleaned

    def do(self, *, confirmed: bool) -> None:
        chosen = self.offered.get(self.cleaned_data["question"])
        text: str = self.cleaned_data["text"].strip()
        answers: tuple[str, ...] = ()
        if chosen and not text:
            text, answers = str(chosen.text), tuple(str(answer) for answer in chosen.answers)
        questioning.ask(step_id=self.card.step.pk, by=self.by, text=text, choices=answers)

    @property
    def told(self) -> str:
        return _("%(name)s is asked. The answer comes to this card.") % {
            "name": self.card.request.requester.get_full_name()
        }


class PassForm(ReasonForm):
    name, chips, icon, undone = "pass", PASSING, "forward", False
    heading, title = gettext_lazy("Pass it on?"), gettext_lazy("Why not you?")
    button = gettext_lazy("Pass it on")
    then = gettext_lazy("It leaves your inbox, and they are told why.")
    to = forms.ChoiceField(
        label=gettext_lazy("Who is to decide?"),
        choices=(),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who is to decide.")},
    )
    field_order = ("to", "chip", "words")

    def build(self) -> None:
        super().build()
        self.people = {str(one.pk): one for one in passing.candidates(run_of(self.card), self.by)}
        self.fields["to"].choices = [(pk, one.get_full_name()) for pk, one in self.people.items()]  # type: ignore[attr-defined]
        if not self.people:
            self.fields["to"].help_text = passing.nobody(self.card.step)

    def do(self, *, confirmed: bool) -> None:
        given = self.cleaned_data
        to = self.people[given["to"]]
        passing.pass_on(step_id=self.card.step.pk, by=self.by, to=to, reason=given["reason"])

    @property
    def told(self) -> str:
        return _("%(name)s decides %(number)s now.") % {
            "name": self.people[self.cleaned_data["to"]].get_full_name(),
            "number": self.card.request.number,
        }


class ConfirmForm(PlainForm):
    """The password once more, and what it is for."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    password = password_field()


ACTS: dict[str, type[StepForm]] = {
    form.name: form for form in (RejectForm, ReturnForm, AdjustForm, AskForm, PassForm)
}
