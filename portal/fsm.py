"""What django-fsm-2 leaves open, closed once for every model that has a protected state."""

from typing import Any

from django.db import models
from django_fsm import ConcurrentTransitionMixin


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
