"""The types of request as shipped, with the questions of the configured ones and the tasks of the bundles."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.clock import now
from portal.facts import verb
from requests_app import costs
from requests_app.configured import schema, shipped_forms
from requests_app.configured.schema import Form
from requests_app.kinds.bundle import TASK
from requests_app.kinds.form import OTHER
from requests_app.models import BundleTask, Category, FormVersion
from requests_app.models.bundle import OffsetUnit
from requests_app.states import Kind

if TYPE_CHECKING:
    from portal.accounts.models import User

# code, kind, name, what it is for, icon, team, service (of types whose options do not say)
TYPES: tuple[tuple[str, str, str, str, str, str, str], ...] = (
    (
        "repair",
        Kind.REPAIR,
        gettext_noop("Repair"),
        gettext_noop("Something is broken or not safe"),
        "wrench",
        "",
        "",
    ),
    (
        "it",
        Kind.IT,
        gettext_noop("IT fault"),
        gettext_noop("A system or a computer does not work"),
        "monitor",
        "it",
        "",
    ),
    (
        "transport",
        Kind.TRANSPORT,
        gettext_noop("Move"),
        gettext_noop("A patient, a sample, a bed, a thing"),
        "truck",
        "porters",
        "",
    ),
    (
        "clean",
        Kind.FORM,
        gettext_noop("Clean"),
        gettext_noop("A bed, a room, a spill"),
        "sparkles",
        "domestic",
        "",
    ),
    (
        "loan",
        Kind.FORM,
        gettext_noop("Borrow equipment"),
        gettext_noop("From the equipment library"),
        "stethoscope",
        "library",
        "loan",
    ),
    (
        "give_back",
        Kind.FORM,
        gettext_noop("Give equipment back"),
        gettext_noop("Borrowed and no longer needed"),
        "undo-2",
        "library",
        "loan",
    ),
    (
        "linen_waste",
        Kind.FORM,
        gettext_noop("Linen or waste, extra"),
        gettext_noop("More, or fetched before the round"),
        "shirt",
        "linen",
        "linen_waste",
    ),
    (
        "access",
        Kind.ACCESS,
        gettext_noop("IT access"),
        gettext_noop("To a system, for a person"),
        "user-plus",
        "it",
        "",
    ),
    (
        "pass_key",
        Kind.FORM,
        gettext_noop("Access pass, key, locker"),
        gettext_noop("For somebody who works here"),
        "key-round",
        "estates",
        "",
    ),
    (
        "document",
        Kind.FORM,
        gettext_noop("Document or help"),
        gettext_noop("Letters, certificates, forms"),
        "file-text",
        "hr",
        "",
    ),
    (
        "minor_works",
        Kind.FORM,
        gettext_noop("Minor works"),
        gettext_noop("A socket, a shelf, paint"),
        "hammer",
        "estates",
        "repair_building",
    ),
    (
        "new_supplier",
        Kind.FORM,
        gettext_noop("New supplier"),
        gettext_noop("Somebody we do not buy from yet"),
        "store",
        "buying",
        "",
    ),
    (
        "lost_property",
        Kind.FORM,
        gettext_noop("Security or lost property"),
        gettext_noop("Lost, found, or a worry"),
        "search",
        "triage",
        "",
    ),
    (
        "room_turnover",
        Kind.BUNDLE,
        gettext_noop("Room turnover"),
        gettext_noop("A patient has left: clean, check, fill up"),
        "bed-double",
        "",
        "",
    ),
    (
        "new_starter",
        Kind.BUNDLE,
        gettext_noop("New starter"),
        gettext_noop("All that somebody new needs"),
        "id-card",
        "",
        "",
    ),
)
SHIPPED_TYPES = frozenset({TASK, *(code for code, *_rest in TYPES)})
FIRST_POSITION = 2  # supplies are first
FORMS: dict[str, Callable[[], Form]] = {
    code: getattr(shipped_forms, code) for code, kind, *_rest in TYPES if kind in (Kind.FORM, Kind.BUNDLE)
}
CLINICAL = ["nurse", "doctor", "therapist"]
MIN, H, WD = OffsetUnit.MINUTES, OffsetUnit.HOURS, OffsetUnit.WORKING_DAYS
# title, type or team, due after the start (None: own target times), and what else
TASKS: dict[str, tuple[tuple[str, str, tuple[int, str] | None, dict[str, Any]], ...]] = {
    "room_turnover": (
        (gettext_noop("Clean the room"), "type:clean", None, {"answers": {"when": "bed"}}),
        (gettext_noop("Check and wipe the equipment"), "library", (15, MIN), {}),
        (gettext_noop("Lay out a set of linen"), "linen", (75, MIN), {}),
        (gettext_noop("Fill up what is missing"), "stores", (4, H), {}),
        (gettext_noop("Repair what is broken in the room"), "estates", None, {"only_if_key": "broken"}),
    ),
    "new_starter": (
        (gettext_noop("Contract, right to work, health and registration checked"), "hr", (-10, WD), {}),
        (gettext_noop("Account and e-mail"), "it", (-5, WD), {}),
        (gettext_noop("Systems of the post"), "it", (-3, WD), {}),
        (gettext_noop("Badge and locker"), "estates", (-2, WD), {}),
        (gettext_noop("Uniform"), "linen", (-2, WD), {"only_if_key": "post", "only_if_codes": CLINICAL}),
        (gettext_noop("Computer or telephone"), "it", (-3, WD), {"only_if_key": "computer", "only_if_codes": ["yes"]}),
        (gettext_noop("Mandatory training booked"), "hr", (-5, WD), {}),
        (gettext_noop("Fit test of the respirator"), "hr", (5, WD), {"only_if_key": "post", "only_if_codes": CLINICAL}),
        (gettext_noop("Local induction and equipment training"), "hr", (10, WD), {}),
    ),
}  # fmt: skip


@verb
def install(*, by: "User") -> int:
    """Make the shipped types that are not there yet, with questions and tasks; count them. What is there stays as it is."""
    known = set(Category.objects.values_list("code", flat=True))
    if TASK not in known:
        Category.objects.create(
            code=TASK, name=_("Task"), kind=Kind.FORM, service=TASK, active=False, position=999
        )
    costs.category()
    new = [row for row in TYPES if row[0] not in known]
    for row in new:
        _make(row, by)
    for row in new:
        if row[0] in TASKS:
            _give_tasks(row[0])
    return len(new)


def _make(row: tuple[str, str, str, str, str, str, str], by: "User") -> None:
    code, kind, name, hint, icon, team, service = row
    category = Category.objects.create(
        code=code,
        kind=kind,
        name=_(name),
        hint=_(hint),
        icon=icon,
        team_code=team,
        service=service or (TASK if code in TASKS else OTHER if code in FORMS else ""),
        position=FIRST_POSITION + TYPES.index(row),
    )
    if code in FORMS:
        moment = now()
        FormVersion.objects.create(
            category=category,
            schema=schema.write(FORMS[code]()),
            made_at=moment,
            made_by=by,
            published_at=moment,
        )


def _give_tasks(code: str) -> None:
    bundle = Category.objects.get(code=code)
    for position, (title, whose, offset, more) in enumerate(TASKS[code], start=1):
        of_type = whose.removeprefix("type:") if whose.startswith("type:") else ""
        BundleTask.objects.create(
            bundle=bundle,
            position=position,
            title=_(title),
            category=Category.objects.get(code=of_type) if of_type else None,
            team_code="" if of_type else whose,
            offset_amount=offset[0] if offset else None,
            offset_unit=offset[1] if offset else WD,
            **more,
        )
