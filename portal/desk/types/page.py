"""What the pages of the editor show: the list of types, and one type or catalogue item with its questions."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from approvals.models import ApprovalPolicy
from portal.accounts.models import Team, User
from portal.desk.types.publishing import ROUTES, lacking, policy_of
from portal.errors import NotFound
from requests_app.configured import publishing
from requests_app.configured.publishing import CONFIGURED, OWN_REF, Owner
from requests_app.configured.schema import Asked, Form
from requests_app.kinds.bundle import TASK
from requests_app.models import BundleTask, CatalogueItem, Category, FormVersion
from requests_app.states import Kind
from sla import promising
from sla.models import SlaTarget
from sla.models.target import service_label

SHOWN_ITEMS = 20


def types() -> QuerySet[Category]:
    """All types that people know, each with `published` and `latest`: numbers of versions of its questions. One query."""
    versions = FormVersion.objects.filter(category=OuterRef("pk")).order_by("-version").values("version")
    return Category.objects.exclude(code=TASK).annotate(
        latest=Subquery(versions[:1]), published=Subquery(versions.filter(published_at__isnull=False)[:1])
    )


def items(words: str) -> list[tuple[str, CatalogueItem]]:
    """Items, by how addresses name them, whose questions somebody may want to write. One query, none without words."""
    if not words:
        return []
    found = CatalogueItem.objects.filter(Q(code__iexact=words) | Q(name__icontains=words), active=True)
    rows = list(found.select_related("hospital").order_by("name", "hospital")[:SHOWN_ITEMS])
    return [(ref_of(row), row) for row in rows]


def owner(user: User, ref: str) -> Owner:
    """The configured type or the item that an address names. Raises NotFound, also to who administers nothing."""
    publishing.check_administers(user)
    found: Owner | None
    if ref.startswith(OWN_REF):
        key = ref.removeprefix(OWN_REF)
        found = (
            CatalogueItem.objects.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 10 else None
        )
    else:
        found = Category.objects.filter(code=ref, kind__in=CONFIGURED).exclude(code=TASK).first()
    if found is None:
        raise NotFound
    return found


def category(user: User, ref: str) -> Category:
    found = owner(user, ref)
    if not isinstance(found, Category):
        raise NotFound
    return found


def ref_of(found: Owner) -> str:
    return found.code if isinstance(found, Category) else f"{OWN_REF}{found.pk}"


@dataclass(frozen=True)
class Subject:
    """One type or item in the editor."""

    owner: Owner
    version: FormVersion | None
    form: Form
    lacking: list[str]
    team: str = ""
    route: str = ""
    times: list[SlaTarget] = field(default_factory=list)
    times_of: str = ""
    tasks: list[BundleTask] = field(default_factory=list)

    @property
    def ref(self) -> str:
        return ref_of(self.owner)

    @property
    def is_type(self) -> bool:
        return isinstance(self.owner, Category)

    @property
    def is_bundle(self) -> bool:
        return isinstance(self.owner, Category) and self.owner.kind == Kind.BUNDLE

    @property
    def is_published(self) -> bool:
        """Nothing is left to publish."""
        done = self.version is not None and self.version.published_at is not None
        return done and (not isinstance(self.owner, Category) or self.owner.active)


def subject(found: Owner) -> Subject:
    version = publishing.latest(found)
    form = publishing.form_of(found)
    if not isinstance(found, Category):
        return Subject(found, version, form, publishing.wrong_questions(found))
    team = Team.objects.filter(code=found.team_code).order_by("hospital").first()
    return Subject(
        owner=found,
        version=version,
        form=form,
        lacking=lacking(found),
        team=team.name if team else "",
        route=route_of(policy_of(found)),
        times=list(promising.known(found.service).values()) if found.service else [],
        times_of=service_label(found.service) if found.service and found.service != found.code else "",
        tasks=_tasks(found),
    )


def _tasks(bundle: Category) -> list[BundleTask]:
    """Each with `whose`: its type or its team in words. Two queries, one for what is no bundle."""
    tasks: list[Any] = list(bundle.tasks.select_related("category"))
    codes = {task.team_code for task in tasks if task.team_code}
    names = (
        dict(Team.objects.filter(code__in=codes).order_by("-hospital").values_list("code", "name"))
        if codes
        else {}
    )
    for task in tasks:
        task.whose = task.category.name if task.category else names.get(task.team_code, task.team_code)
    return tasks


def route_of(policy: ApprovalPolicy | None) -> str:
    """Who decides, in words."""
    if policy is None:
        return ""
    rules = list(policy.rules.all())
    known = ROUTES.get(rules[0].code) if len(rules) == 1 else None
    if known:
        return str(known[0])
    if len(rules) == 1 and rules[0].decides:
        return str(ROUTES["nobody"][0])
    return _("By %(count)s rules") % {"count": len(rules)}


def asked(found: Owner, key: str) -> Asked:
    """One question of it. Raises NotFound."""
    one = publishing.form_of(found).find(key)
    if one is None:
        raise NotFound
    return one


def task(user: User, ref: str, pk: int) -> BundleTask:
    found = category(user, ref).tasks.select_related("bundle", "category").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def initial_terms(found: Category) -> dict[str, Any]:
    """Units as people think of them; what is set already is shown beside the form."""
    return {
        "team": found.team_code,
        "response_unit": "wd",
        "fulfilment_unit": "wd",
        "urgent_response_unit": "wh",
        "urgent_fulfilment_unit": "wh",
    }
