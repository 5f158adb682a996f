"""What django-fsm-2 leaves open, closed once for every model that has a protected state."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models
from django_fsm import ConcurrentTransition, ConcurrentTransitionMixin


class StateQuerySet(models.QuerySet[Any]):
    """Refuses to write `state` around the transitions."""

    def update(self, **values: Any) -> int:
        if "state" in values:
            raise AttributeError("a state changes only by a transition, never by update()")
        return super().update(**values)

    def bulk_update(self, objs: Any, fields: Any, *args: Any, **kwargs: Any) -> int:
        if "state" in fields:
            raise AttributeError("a state changes only by a transition, never by bulk_update()")
        return super().bulk_update(objs, fields, *args, **kwargs)


class GuardedState(ConcurrentTransitionMixin):
    """A model with a protected `state`: a save is refused when the stored state has moved meanwhile.

    The library's refresh_from_db switches the protection off on the *field* and leaves it off, for the whole
    process, when the query fails. Here the loaded value is taken off the instance for the refresh instead.
    """

    stored_state: str

    def _update_initial_state(self) -> None:
        super()._update_initial_state()
        self.stored_state = self.__dict__.get("state", "")

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        held = {
            name: self.__dict__.pop(name)
            for name in self._get_protected_fsm_fields()
            if name in self.__dict__
        }
        try:
            models.Model.refresh_from_db(self, *args, **kwargs)
        except BaseException:
            self.__dict__.update(held)
            raise
        for name, value in held.items():
            self.__dict__.setdefault(name, value)
        self._update_initial_state()


def store_moved(rows: Iterable[GuardedState], *columns: str) -> None:
    """Write the state, which a transition moved, and `columns` of rows of one model. One statement, whatever moved.

    As a save, it is refused where a stored state is not what it was when its row was read (ConcurrentTransition). Written by
    hand, because bulk_update neither looks at that nor is cheap.
    """
    moved: list[Any] = list({row.pk: row for row in rows}.values())
    meta, quote = moved[0]._meta, connection.ops.quote_name
    fields = [meta.get_field(name) for name in ("state", *columns)]
    key, whens = quote(meta.pk.column), "WHEN %s THEN %s " * len(moved)
    sets = [f"{quote(one.column)} = CASE {key} {whens}ELSE {quote(one.column)} END" for one in fields]
    were = " OR ".join([f"({key} = %s AND {quote('state')} = %s)"] * len(moved))
    values: list[Any] = []
    for one in fields:
        for row in moved:
            values += [row.pk, one.get_db_prep_save(getattr(row, one.attname), connection)]
    for row in moved:
        values += [row.pk, row.stored_state]
    sql = f"UPDATE {quote(meta.db_table)} SET {', '.join(sets)} WHERE {were}"  # noqa: S608 (names of columns)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        if cursor.rowcount != len(moved):
            raise ConcurrentTransition(f"The state of a {meta.verbose_name} moved meanwhile.")
    for row in moved:
        row._update_initial_state()
