"""Lists with their filters, kept under a name by one person."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.clock import now
from portal.errors import Invalid, NotFound
from portal.facts import verb
from requests_app.models import SavedView

if TYPE_CHECKING:
    from portal.accounts.models import User

MOST = 20
LONGEST_NAME, LONGEST_QUERY = 40, 500


def of(user: "User") -> list[SavedView]:
    """The views of `user`, by name. One query."""
    return list(SavedView.objects.filter(user=user)[:MOST])


@verb
def keep(*, name: str, query: str, by: "User") -> SavedView:
    """Keep this address under this name; a name that is known already means this address from now on.

    Raises Invalid (name: 1 to 40 characters, and at most 20 views).
    """
    name = _checked(name)
    known = {one.name.casefold(): one for one in SavedView.objects.select_for_update().filter(user=by)}
    view = known.get(name.casefold())
    if view is None:
        if len(known) >= MOST:
            raise Invalid({"name": [_("You have %(most)d saved views. Delete one first.") % {"most": MOST}]})
        return SavedView.objects.create(user=by, name=name, query=query[:LONGEST_QUERY], created_at=now())
    view.query = query[:LONGEST_QUERY]
    view.save(update_fields=["query"])
    return view


@verb
def rename(*, ref: str, name: str, by: "User") -> SavedView:
    """Raises NotFound, Invalid (name: 1 to 40 characters, and no other of theirs has it)."""
    name, view = _checked(name), _own(ref, by)
    if SavedView.objects.filter(user=by, name__iexact=name).exclude(pk=view.pk).exists():
        raise Invalid({"name": [_("Another of your views is called “%(name)s”.") % {"name": name}]})
    view.name = name
    view.save(update_fields=["name"])
    return view


@verb
def forget(*, ref: str, by: "User") -> None:
    """Delete it. Raises NotFound."""
    _own(ref, by).delete()


def _own(ref: str, by: "User") -> SavedView:
    found = SavedView.objects.select_for_update().filter(user=by, ref=ref).first()
    if found is None:
        raise NotFound
    return found


def _checked(name: str) -> str:
    name = " ".join(name.replace("\0", " ").split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid({"name": [_("Enter a name of 1 to %(most)d characters.") % {"most": LONGEST_NAME}]})
    return name
