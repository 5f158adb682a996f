"""How types of request come to be: their questions and tasks as drafts, published as versions, retired. All on record.

A published version never changes; requests keep the one that they were asked with.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed
from portal.facts import verb
from requests_app.configured import schema, schema_rules
from requests_app.configured.schema import Form
from requests_app.models import BundleTask, CatalogueItem, Category, FormVersion
from requests_app.states import Kind

if TYPE_CHECKING:
    from portal.accounts.models import User

CONFIGURED = (Kind.FORM, Kind.BUNDLE)
OWN_REF = "item-"  # how addresses name an item; no type is called so
Owner = Category | CatalogueItem


def check_administers(by: "User") -> None:
    """Raises NotAllowed to everybody but administrators (and the system)."""
    if not by.is_system and not scopes.holds(by, "administrator"):
        raise NotAllowed(_("Only an administrator may change the types of request."))


def _record(action: str, by: "User", owner: Owner, **after: Any) -> None:
    kind = "type" if isinstance(owner, Category) else "item"
    events.record(action=action, by=by, subject=f"{kind}:{owner.pk}", after={"code": owner.code, **after})


@verb
def make_type(*, code: str, name: str, hint: str, icon: str, kind: str, by: "User") -> Category:
    """A type that nobody can ask for yet. Raises NotAllowed, Invalid (code, kind)."""
    check_administers(by)
    if kind not in CONFIGURED:
        raise Invalid({"kind": [_("Choose what it is.")]})
    if code.startswith(OWN_REF) or Category.objects.filter(code=code).exists():
        raise Invalid({"code": [_("There is a type with this code already.")]})
    last = Category.objects.filter(position__lt=900).aggregate(Max("position"))["position__max"] or 0
    category = Category.objects.create(
        code=code, name=name, hint=hint, icon=icon, kind=kind, active=False, position=last + 1
    )
    _record("type.made", by, category, name=name)
    return category


@verb
def describe_type(*, category: Category, name: str, hint: str, icon: str, by: "User") -> Category:
    """Name, hint and icon count at once. Raises NotAllowed."""
    check_administers(by)
    before = {"name": category.name, "hint": category.hint, "icon": category.icon}
    category.name, category.hint, category.icon = name, hint, icon
    category.save(update_fields=["name", "hint", "icon"])
    _record("type.described", by, category, before=before, name=name, hint=hint, icon=icon)
    return category


@verb
def set_team(*, category: Category, team_code: str, by: "User") -> Category:
    """The team that does it from now on. Raises NotAllowed."""
    check_administers(by)
    before, category.team_code = category.team_code, team_code
    category.save(update_fields=["team_code"])
    _record("type.team_set", by, category, before=before, team=team_code)
    return category


@verb
def set_service(*, category: Category, service: str, by: "User") -> Category:
    """Whose target times count for it from now on. Raises NotAllowed."""
    check_administers(by)
    before, category.service = category.service, service
    category.save(update_fields=["service"])
    _record("type.times_set", by, category, before=before, service=service)
    return category


def latest(owner: Owner) -> FormVersion | None:
    """The version that is being written, else the published one. One query."""
    return owner.forms.order_by("-version").first()


def form_of(owner: Owner) -> Form:
    """The questions as they stand in the editor."""
    found = latest(owner)
    return schema.read(found.schema) if found else Form()


@verb
def save_form(*, owner: Owner, form: Form, by: "User") -> FormVersion:
    """Keep the questions as the draft of the next version. Raises NotAllowed. A draft may be as wrong as it likes."""
    check_administers(by)
    type(owner).objects.select_for_update().get(pk=owner.pk)  # two who edit at once make one draft
    version = latest(owner)
    if version is None or version.published_at:
        number = version.version + 1 if version else 1
        mine = {"category": owner} if isinstance(owner, Category) else {"item": owner}
        version = FormVersion(version=number, made_at=now(), **mine)
    version.schema, version.made_by = schema.write(form), by
    version.save()
    _record("form.saved", by, owner, version=version.version, questions=[one.key for one in form.asked])
    return version


@verb
def import_form(*, owner: Owner, definition: Any, by: "User") -> FormVersion:
    """Take a form definition written elsewhere. Raises NotAllowed, Invalid (definition) with what is wrong with it."""
    check_administers(by)
    wrong = schema_rules.check(definition)
    if wrong:
        raise Invalid({"definition": wrong})
    return save_form(owner=owner, form=schema.read(definition), by=by)


def wrong_questions(owner: Owner) -> list[str]:
    """What keeps the questions from being published."""
    found = latest(owner)
    return schema_rules.check(found.schema if found else schema.write(Form()))


@verb
def publish_form(*, owner: Owner, by: "User") -> FormVersion:
    """The draft is asked from now on. Publishing what is published changes nothing. Raises NotAllowed, Invalid (form)."""
    check_administers(by)
    wrong = wrong_questions(owner)
    if wrong:
        raise Invalid({"form": wrong})
    version = latest(owner)
    assert version
    if version.published_at is None:
        version.published_at = now()
        version.save(update_fields=["published_at"])
        _record("form.published", by, owner, version=version.version)
    return version


@verb
def offer(*, category: Category, by: "User") -> Category:
    """People may ask for it from now on; `portal.desk.types.publishing` says whether all is there. Raises NotAllowed."""
    check_administers(by)
    if not category.active:
        category.active = True
        category.save(update_fields=["active"])
        _record("type.published", by, category)
    return category


@verb
def retire(*, category: Category, by: "User") -> Category:
    """Nobody can ask for it any more; what was sent goes on. Raises NotAllowed, Invalid for what is built in."""
    check_administers(by)
    if category.kind not in CONFIGURED:
        raise Invalid({"kind": [_("This type is built in.")]})
    if category.active:
        category.active = False
        category.save(update_fields=["active"])
        _record("type.retired", by, category)
    return category


@verb
def put_task(
    *, bundle: Category, task: BundleTask | None, values: Mapping[str, Any], by: "User"
) -> BundleTask:
    """Add a task to the bundle, or change one. Adding the same again changes nothing. Counts at once for bundles that are
    agreed later. Raises NotAllowed, Invalid.
    """
    check_administers(by)
    if bundle.kind != Kind.BUNDLE:
        raise Invalid({"title": [_("Only a bundle has tasks.")]})
    if task is None:
        Category.objects.select_for_update().get(pk=bundle.pk)  # a second press waits for the first
        if same := bundle.tasks.filter(**values).first():
            return same
        last = bundle.tasks.aggregate(Max("position"))["position__max"] or 0
        task = BundleTask(bundle=bundle, position=last + 1)
    for name, value in values.items():
        setattr(task, name, value)
    task.save()
    _record("bundle.task_saved", by, bundle, task=task.title)
    return task


@verb
def drop_task(*, task: BundleTask, by: "User") -> None:
    """Take a task out of its bundle; requests that came from it stay as they are. Raises NotAllowed."""
    check_administers(by)
    bundle, title = task.bundle, task.title
    task.delete()
    _record("bundle.task_dropped", by, bundle, task=title)


@verb
def move_task(*, task: BundleTask, by: "User") -> None:
    """One place further up. Raises NotAllowed."""
    check_administers(by)
    rows = list(task.bundle.tasks.all())
    at = next(n for n, row in enumerate(rows) if row.pk == task.pk)
    if at:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
        for position, row in enumerate(rows, start=1):
            BundleTask.objects.filter(pk=row.pk).update(position=position)
        _record("bundle.task_moved", by, task.bundle, task=task.title)
