"""Rows from several sources, each walked along an index of its own: how a list with row-level visibility stays flat."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from django.db.models import Case, Model, Q, QuerySet, When

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

    def first(self, count: int, *order: Any, before: Q | None = None) -> QuerySet[M]:
        """The first `count` rows in this order, which has to end in the key. Lazy; one query however many sources.

        Rows that meet `before` come before all others.
        """
        sources = self.sources
        if (
            before is not None
        ):  # each part is walked in the order of its index, which knows nothing of `before`
            sources = (*(source.filter(before) for source in sources), *sources)
        if len(sources) == 1:
            found = sources[0]
        elif sources:
            keys = [self._keys(source.order_by(*order)[:count]) for source in sources]
            found = self.model._default_manager.filter(pk__in=keys[0].union(*keys[1:], all=True))
        else:
            found = self.model._default_manager.none()
        first = () if before is None else (Case(When(before, then=0), default=1),)
        return self.shown(found).order_by(*first, *order)[:count]

    def some(self, most: int) -> QuerySet[M]:
        """Any `most` rows, without what is displayed of them: for counting. Lazy; one query."""
        every = self.model._default_manager.filter(pk__in=[])
        if self.sources:
            keys = [self._keys(source.order_by()[:most]) for source in self.sources]
            every = self.model._default_manager.filter(pk__in=keys[0].union(*keys[1:], all=True))
        some = every.order_by().values("pk")[:most]
        return self.model._default_manager.filter(pk__in=some)

    def all(self) -> QuerySet[M]:
        """Every row, without what is displayed of them. Lazy; one query, which reads all of them."""
        if not self.sources:
            return self.model._default_manager.none()
        keys = [source.order_by().values("pk") for source in self.sources]
        return self.model._default_manager.filter(pk__in=keys[0].union(*keys[1:], all=True))

    def _keys(self, first: QuerySet[M]) -> QuerySet[M, Any]:
        """Their keys, in a form that SQLite takes as a part of a union too."""
        return self.model._default_manager.filter(pk__in=first.values("pk")).order_by().values("pk")
