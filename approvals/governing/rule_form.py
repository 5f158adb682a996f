"""One rule as a form that reads like a sentence: when it holds, and what follows. Its steps: `step_form`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.governing.choices import Choices
from approvals.governing.fields import Amount, Codes, Ticked, YesNo, as_held
from approvals.governing.vocabulary import AMOUNTS, LISTED, ROLES, TYPED
from approvals.routing import Rule
from requests_app.forms import VerbForm

ASKS, DECIDES = "asks", "decides"
STANDING = {"standing_below": "amount_below", "standing_weekly": "weekly_below"}


class RuleForm(VerbForm):
    why = forms.CharField(
        label=_("What people read when this rule asks"),
        max_length=200,
        help_text=_("Amounts in braces, such as {1000}, are shown in the reader's currency."),
        error_messages={"required": _("Say in a sentence why it is asked: people read this.")},
    )
    code = forms.CharField(
        label=_("Its code"),
        max_length=50,
        required=False,
        help_text=_("Left empty, it is made from the sentence. It stays the same in later versions."),
    )
    amount_from = Amount(_("from (£)"))
    amount_to = Amount(_("up to, not including (£)"))
    any_flag = Ticked(_("a line is one of these"))
    groups = Ticked(_("and of one of these groups of the catalogue"))
    first_order = forms.BooleanField(
        label=_("and ordered for the first time in twelve months"), required=False
    )
    any_vendor = Codes(_("a supplier is one of"))
    any_vendor_state = Ticked(_("a supplier is"))
    hospitals = Ticked(_("the hospital is one of"))
    departments = Codes(_("the department is one of"))
    locations = Codes(_("it goes to one of these places"))
    priorities = Ticked(_("the priority is one of"))
    out_of_hours = YesNo(_("the office"), _("is closed"), _("is open"))
    cannot_wait = YesNo(_("it"), _("cannot wait"), _("can wait"))
    categories = Ticked(_("the type is one of"))
    services = Codes(_("its target times are those of one of"))
    any_mark = Codes(_("it is marked as one of"))
    any_requester_role = Ticked(_("who asks is one of"))
    any_exception = Ticked(_("one of these is open on it"))
    budget_states = Ticked(_("of its budget"))
    standing_below = Amount(_("under (£)"))
    standing_weekly = Amount(_("and in seven days under (£)"))
    follows = forms.ChoiceField(
        label=_("What follows?"),
        choices=[
            (ASKS, _("These people are asked")),
            (DECIDES, _("Nobody needs to agree: the rule decides")),
        ],
        initial=ASKS,
        widget=forms.RadioSelect,
    )
    replaces = Ticked(_("Who is not asked then, though other rules say so"))
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, choices: Choices, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        for name in LISTED:
            self.fields[name].choices = choices.of(name)  # type: ignore[attr-defined]
        named = [(code, name) for code, name in choices.roles if code and not code.endswith(":")]
        held = [(code, choices.words.name(ROLES, code)) for code in initial.get("replaces", ())]
        self.fields["replaces"].choices = list(dict([*named, *held]).items())  # type: ignore[attr-defined]

    def conditions(self) -> dict[str, Any]:
        """What the valid form says of when the rule holds; what is left empty does not matter."""
        said = self.cleaned_data
        found: dict[str, Any] = {name: said[name] for name in AMOUNTS if said.get(name)}
        listed = {name: said[name] for name in (*LISTED, *TYPED) if said.get(name)}
        found |= {name: as_held(codes, self.initial.get(name)) for name, codes in listed.items()}
        found |= {name: said[name] for name in ("out_of_hours", "cannot_wait") if said.get(name) is not None}
        if said.get("first_order"):
            found["first_order"] = True
        limits = {key: said[name] for name, key in STANDING.items() if said.get(name)}
        return found | ({"standing_order": limits} if limits else {})


def initial(rule: Rule, seen: str) -> dict[str, Any]:
    """The form filled in with `rule`."""
    limits = rule.conditions.get("standing_order", {})
    return {
        **{name: value for name, value in rule.conditions.items() if name != "standing_order"},
        **{name: limits.get(key) for name, key in STANDING.items()},
        "why": rule.why,
        "code": rule.code,
        "follows": DECIDES if rule.decides else ASKS,
        "replaces": list(rule.replaces),
        "seen": seen,
    }


def field_of(path: str) -> str:
    """The field beside which a problem of `checking` is shown: "conditions.amount_to" -> "amount_to"."""
    names = path.split(".")
    if names[:2] == ["conditions", "standing_order"]:
        return "standing_weekly" if names[-1] == "weekly_below" else "standing_below"
    name = names[1] if names[0] == "conditions" else names[0]
    return {"decides": "follows", "steps": "follows"}.get(name, name)
