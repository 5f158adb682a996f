"""What a type needs before people may ask for it, and the verbs that put it together."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import publishing as policies
from approvals.models import ApprovalPolicy
from approvals.shipped import NOBODY, asked
from portal.accounts.models import Team
from portal.errors import Invalid
from portal.facts import verb
from requests_app.configured import publishing
from requests_app.models import BundleTask, Category
from requests_app.states import Kind, Priority
from sla import promising

if TYPE_CHECKING:
    from portal.accounts.models import User

# code -> what it is called, who decides in this order
ROUTES = {
    "nobody": (gettext_lazy("Nobody: it goes to the team at once"), ()),
    "head": (gettext_lazy("Head of department"), ("head",)),
    "head-finance": (gettext_lazy("Head, then finance partner"), ("head", "finance")),
    "head-it": (gettext_lazy("Head, then head of IT"), ("head", "it_head")),
    "head-compliance": (gettext_lazy("Head, then compliance officer"), ("head", "compliance")),
    "head-finance-director": (
        gettext_lazy("Head, then finance partner, then director"),
        ("head", "finance", "director"),
    ),
    "procurement-finance": (
        gettext_lazy("Procurement lead, then finance partner"),
        ("procurement", "finance"),
    ),
}
DRAFT, PUBLISHED = ApprovalPolicy.Status.DRAFT, ApprovalPolicy.Status.PUBLISHED
Time = tuple[int, str]


@verb
def set_route(*, category: Category, route: str, by: "User") -> ApprovalPolicy:
    """Who decides, from the next publishing on. Raises NotAllowed, Invalid (route)."""
    publishing.check_administers(by)
    if route not in ROUTES:
        raise Invalid({"route": [_("Choose who decides.")]})
    label, roles = ROUTES[route]
    rule = asked(route, _("For “%(type)s”: %(who)s") % {"type": category.name, "who": label}, *roles)
    return policies.draft(
        category=category,
        code=category.code,
        name=category.name,
        rules=(rule,) if roles else (NOBODY,),
        by=by,
    )


@verb
def set_times(*, category: Category, times: dict[str, tuple[Time, Time]], calendar: str, by: "User") -> None:
    """Target times of its own, by priority: response and fulfilment on the hours `calendar`. They count at once.

    Raises NotAllowed, Invalid (calendar, response, fulfilment).
    """
    publishing.check_administers(by)
    if Priority.ROUTINE not in times:
        raise Invalid({"response": [_("Enter how soon somebody answers, and by when it is done.")]})
    for priority, (response, fulfilment) in times.items():
        promising.promise(
            service=category.code,
            priority=priority,
            response=response,
            fulfilment=fulfilment,
            calendar=calendar,
            by=by,
        )
    if category.service != category.code:
        publishing.set_service(category=category, service=category.code, by=by)


@verb
def set_terms(
    *,
    category: Category,
    by: "User",
    team: str = "",
    route: str = "",
    times: dict[str, tuple[Time, Time]] | None = None,
    calendar: str = "",
) -> None:
    """Team, policy and target times; what is empty stays as it is. Raises NotAllowed, Invalid."""
    if team and team != category.team_code:
        publishing.set_team(category=category, team_code=team, by=by)
    if route:
        set_route(category=category, route=route, by=by)
    if times:
        set_times(category=category, times=times, calendar=calendar, by=by)


def policy_of(category: Category) -> ApprovalPolicy | None:
    """The policy that will decide once the type is published: the draft, else the one that decides now. One query."""
    ours = Q(status=PUBLISHED) | Q(
        status=DRAFT, author=None
    )  # what policy owners write has a second person of its own
    rows = ApprovalPolicy.objects.filter(ours, category=category, hospital=None)
    found = {row.status: row for row in rows.prefetch_related("rules")}
    return found.get(DRAFT) or found.get(PUBLISHED)


def lacking(category: Category) -> list[str]:
    """What keeps the type from being published, as sentences; [] when nothing does."""
    return [*publishing.wrong_questions(category), *_without_owner(category), *_without_promise(category)]


def _without_owner(category: Category) -> Iterator[str]:
    if category.kind == Kind.BUNDLE:
        yield from wrong_tasks(category)
    elif not Team.objects.filter(code=category.team_code, active=True).exists():
        yield _("No team does it: choose one.")
    if policy_of(category) is None:
        yield _("Nobody is named who decides: choose who does, or that nobody needs to.")


def _without_promise(category: Category) -> Iterator[str]:
    effects = (effect for one in publishing.form_of(category).asked for effect in one.effects.values())
    named = {effect["service"] for effect in effects if "service" in effect}
    for service in sorted(promising.unpromised({category.service, *named})):
        if service in named:
            yield _("“%(service)s” has no target times.") % {"service": service}
        else:
            yield _("There are no target times: say how soon somebody answers, and by when it is done.")


def wrong_tasks(bundle: Category) -> Iterator[str]:
    """A bundle has tasks, and each has somebody who does it."""
    tasks = list(bundle.tasks.select_related("category"))
    if not tasks:
        yield _("A bundle needs at least one task.")
    teams = set(Team.objects.filter(active=True).values_list("code", flat=True))
    for task in tasks:
        yield from _wrong_task(task, teams)


def _wrong_task(task: BundleTask, teams: set[str]) -> Iterator[str]:
    said = {"task": task.title}
    if task.category and not task.category.active:
        yield _("The task “%(task)s” is of a type that nobody can ask for.") % said
    if task.category is None and task.team_code not in teams:
        yield _("The task “%(task)s” has no team.") % said
    keys = {one.key for one in publishing.form_of(task.bundle).asked}
    if task.only_if_key and task.only_if_key not in keys:
        yield _("The task “%(task)s” depends on a question that is not there.") % said


@verb
def publish(*, category: Category, by: "User") -> Category:
    """Let people ask for it, with the questions, the policy and the tasks as they stand. Raises NotAllowed, Invalid (type)."""
    publishing.check_administers(by)
    found = lacking(category)
    if found:
        raise Invalid({"type": found})
    publishing.publish_form(owner=category, by=by)
    policy = policy_of(category)
    if policy and policy.status == DRAFT:
        policies.release(policy=policy, by=by)
    return publishing.offer(category=category, by=by)


@verb
def publish_any(*, owner: publishing.Owner, by: "User") -> None:
    """A type with all that belongs to it, or the questions of an item. Raises NotAllowed, Invalid."""
    if isinstance(owner, Category):
        publish(category=owner, by=by)
    else:
        publishing.publish_form(owner=owner, by=by)
