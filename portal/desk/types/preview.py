"""The form of a type as it will look, before anybody can ask for it. Nothing is saved."""

from portal import ids
from portal.accounts.models import Department, User
from portal.errors import NotFound
from requests_app import asking
from requests_app.ask_form import AskForm
from requests_app.configured import publishing
from requests_app.configured.publishing import Owner
from requests_app.kinds.bundle import TASK
from requests_app.models import Category


def form(owner: Owner, *, by: User, ward: Department | None) -> AskForm:
    """With the questions as they stand in the editor. Raises NotFound where there is no ward to look from."""
    shown = owner if isinstance(owner, Category) else Category.objects.get(code=TASK)
    ward = ward or Department.objects.filter(active=True).select_related("hospital").order_by("pk").first()
    if ward is None:
        raise NotFound
    draft = asking.empty_draft(by=by, category=shown, department=ward, client_key=ids.key(), answers={})
    draft.form_version = publishing.latest(owner)
    return AskForm(by=by, category=shown, ward=ward, draft=draft)
