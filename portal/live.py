"""Lists that say what changed since they were shown, instead of moving under the pointer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True)
class Changes:
    """How many rows are `new`, and how many are gone or not as they were."""

    new: int = 0
    changed: int = 0

    @property
    def words(self) -> str:
        """ "2 new, 1 changed: show", or '' when the list is as it was shown."""
        parts = []
        if self.new:
            parts.append(ngettext("%(n)d new", "%(n)d new", self.new) % {"n": self.new})
        if self.changed:
            parts.append(ngettext("%(n)d changed", "%(n)d changed", self.changed) % {"n": self.changed})
        return _("%(what)s: show") % {"what": ", ".join(parts)} if parts else ""


def marks(rows: Mapping[str, str] | Iterable[str]) -> str:
    """What a page remembers of the rows it shows, safe in an address: ids, or id -> what it is about them."""
    known = rows if isinstance(rows, Mapping) else dict.fromkeys(rows, "")
    return ".".join(f"{ref}~{state}" if state else ref for ref, state in known.items())


def since(shown: str, rows: Mapping[str, str] | Iterable[str]) -> Changes:
    """What differs between `shown`, as `marks` wrote it, and `rows` now."""
    before = _states(shown)
    after = _states(marks(rows))
    changed = sum(1 for ref, state in before.items() if after.get(ref) != state)
    return Changes(new=len(after.keys() - before.keys()), changed=changed)


def _states(shown: str) -> dict[str, str]:
    return dict(mark.partition("~")[::2] for mark in shown.split(".") if mark)
