"""Rows from several sources, each walked along an index of its own: how a list with row-level visibility stays flat."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Merged(Generic[M]):
    """Every row that at least one of `sources` holds, once. `shown` adds what is displayed of the few rows that are read.

    No index serves "mine, or my ward's, or my team's" in one WHERE; each part alone has one. The first rows of all are
    among the first rows of each, so those are what is read.
    """

    model: type[M]
    sources: tuple[QuerySet[M], ...]
    shown: Callable[[QuerySet[M]], QuerySet[M]]

    def filter(self, *conditions: Q, **more: Any) -> "Merged[M]":
        """The rows that meet these conditions too."""
        return replace(self, sources=tuple(source.filter(*conditions, **more) for source in self.sources))

    def first(self, count: int, *order: Any) -> QuerySet[M]:
        """The first `count` rows in this order, which has to end in the key. Lazy; one query however many sources."""
        if len(self.sources) == 1:
            found = self.sources[0]
        elif self.sources:
            keys = [self._keys(source.order_by(*order)[:count]) for source in self.sources]
            found = self.model._default_manager.filter(pk__in=keys[0].union(*keys[1:], all=True))
        else:
            found = self.model._default_manager.none()
        return self.shown(found).order_by(*order)[:count]

    def _keys(self, first: QuerySet[M]) -> QuerySet[M, Any]:
        """Their keys, in a form that SQLite takes as a part of a union too."""
        return self.model._default_manager.filter(pk__in=first.values("pk")).order_by().values("pk")
