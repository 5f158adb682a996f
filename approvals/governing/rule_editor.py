"""The form of a rule and those of its steps as one: what was typed, the rule it says, and each problem at its place."""

from typing import TYPE_CHECKING, Any

from django.utils.datastructures import MultiValueDict
from django.utils.text import slugify

from approvals.governing import choices, revising, rule_form
from approvals.governing.checking import MOST_STEPS
from approvals.governing.fields import as_held
from approvals.governing.rule_form import DECIDES, RuleForm
from approvals.governing.step_form import NEXT, StepForm
from approvals.governing.version import Version
from approvals.models import ApprovalPolicy
from approvals.routing import Rule
from portal.errors import Invalid

if TYPE_CHECKING:
    from portal.accounts.models import User

# Parts of the form that are open when something stands in them, or is wrong there.
PARTS = {
    "lines": ("any_flag", "groups", "first_order", "any_vendor", "any_vendor_state"),
    "place": ("hospitals", "departments", "locations", "priorities", "out_of_hours", "cannot_wait"),
    "rest": ("budget_states", "any_requester_role", "any_exception", "categories", "services", "any_mark"),
    "standing": ("standing_below", "standing_weekly"),
    "replaces": ("replaces",),
}
MORE = "more"  # the button that asks for room for another step


class RuleEditor:
    """`held`: the rule that is changed, `given`: the one of the group that a hospital puts another in the place of."""

    def __init__(
        self, data: MultiValueDict | None, *, held: Rule | None = None, given: Rule | None = None
    ) -> None:
        self.data, self.held, self.fixed = data, held, bool(held or given)
        shown = held or given
        offered = choices.load(shown)
        filled = rule_form.initial(shown, revising.rule_seen(held)) if shown else {}
        self.adding = data is not None and MORE in data
        self.form = RuleForm(data, choices=offered, initial=filled)
        if self.fixed:
            del self.form.fields["code"]
        steps = shown.steps if shown else ()
        count = len(steps) + 1 if data is None else _count(data) + self.adding
        last = max((step.sequence for step in steps), default=0)
        self.steps = [
            StepForm(
                _typed(data, f"s{at}"),
                choices=offered,
                step=steps[at] if at < len(steps) else None,
                turn=last + NEXT,
                prefix=f"s{at}",
            )
            for at in range(min(count, MOST_STEPS + 1))
        ]
        self.code = shown.code if shown else ""

    @property
    def count(self) -> int:
        return len(self.steps)

    def is_valid(self) -> bool:
        """False also where somebody only asked for room for another step."""
        return all([self.form.is_valid(), *(step.is_valid() for step in self.steps)]) and not self.adding

    def result(self, version: Version) -> Rule:
        """The rule that the valid form says; a new one gets a code that `version` does not have yet."""
        said = self.form.cleaned_data
        typed = said.get("code") or _free(slugify(said["why"])[:40] or "rule", version)
        return Rule(
            code=self.code or typed,
            why=said["why"].strip(),
            conditions=self.form.conditions(),
            steps=tuple(step.result() for step in self.steps if step.counts),
            decides=said["follows"] == DECIDES,
            replaces=tuple(as_held(said["replaces"], self.form.initial.get("replaces"))),
        )

    def overtaken(self, said: str) -> None:
        """Somebody changed the rule meanwhile: `said` above the form, and the next press puts what was typed there."""
        self.form.add_error(None, said)
        data = MultiValueDict(dict(self.data.lists()) if self.data else {})
        data["seen"] = revising.rule_seen(self.held)
        self.form.data = data

    def keep(self, policy: ApprovalPolicy, version: Version, *, by: "User") -> None:
        """Call the verb; its problems go beside what they are about. Raises what it raises, Invalid too."""
        instead_of = self.held.code if self.held else ""
        try:
            revising.put_rule(
                policy_id=policy.pk,
                rule=self.result(version),
                instead_of=instead_of,
                seen=self.form.cleaned_data["seen"],
                by=by,
            )
        except Invalid as refusal:
            self._add(refusal.errors)
            raise

    def _add(self, errors: dict[str, list[str]]) -> None:
        counting = [step for step in self.steps if step.counts]
        for path, texts in errors.items():
            first, *rest = path.split(".")
            if first == "steps" and len(rest) > 1:
                name = {"within": "time"}.get(rest[1], rest[1])
                form = counting[int(rest[0])]
                by_name = name == "role" and form.cleaned_data["role"].endswith(":")
                form.add_problems({"login" if by_name else name: texts})
            else:
                self.form.add_problems({rule_form.field_of(path): texts})

    @property
    def opened(self) -> dict[str, bool]:
        """Which of PARTS are open."""
        form = self.form
        return {
            part: any(form[name].value() not in (None, "", [], False) or form[name].errors for name in names)
            for part, names in PARTS.items()
        }

    @property
    def problems(self) -> list[tuple[str, str]]:
        """All messages with the fields that they link to; none while room is asked for."""
        if self.adding or not self.form.is_bound:
            return []
        forms = [self.form, *self.steps]
        return [
            (_anchor(form, name), str(text))
            for form in forms
            for name, texts in form.errors.items()
            for text in texts
        ]


def _typed(data: MultiValueDict | None, prefix: str) -> Any:
    """What was typed of a step; of one that was just added, nothing."""
    return data if data is not None and f"{prefix}-role" in data else None


def _count(data: MultiValueDict) -> int:
    said = data.get("steps", "")
    return int(said) if said.isdecimal() and len(said) < 4 else 0


def _anchor(form: Any, name: str) -> str:
    return (form[name].id_for_label or form[name].auto_id) if name in form.fields else ""


def _free(wanted: str, version: Version) -> str:
    taken = {rule.code for rule in version.rules}
    return next(
        code for n in range(len(taken) + 1) if (code := f"{wanted}-{n}" if n else wanted) not in taken
    )
