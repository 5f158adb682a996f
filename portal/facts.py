"""How verbs tell the rest of the portal that something became true.

A verb is a plain function that changes the database. The outermost verb opens the transaction and a queue;
facts published inside it, also by receivers, wait in that queue and are delivered one after the other before
the commit. Breadth first matters: a request that is decided by policy while `request_submitted` is being heard
must not be announced as approved before every listener has heard that it was submitted.
"""

from collections import deque
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _
from django_fsm import ConcurrentTransition

from portal.errors import StaleState

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(eq=False)
class Unit:
    """One outermost verb: its facts that wait, and what it does once just before the commit."""

    facts: deque[tuple[Signal, dict[str, Any]]] = field(default_factory=deque)
    last: dict[Hashable, Callable[[], None]] = field(default_factory=dict)
    rows: dict[Callable[[list[Any]], Any], list[Any]] = field(default_factory=dict)

    def finish(self) -> None:
        while self.facts or self.last:
            while self.facts:
                fact, values = self.facts.popleft()
                fact.send(sender=None, **values)
            acts, self.last = self.last, {}
            for act in acts.values():
                act()
        for store, rows in self.rows.items():
            store(rows)


_unit: ContextVar[Unit | None] = ContextVar("portal_unit", default=None)


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in one transaction with the facts that it publishes; a verb inside a verb joins it.

    An error in the verb or in any receiver rolls everything back. Raises StaleState if a state moved without its lock.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _unit.get() is not None:
            return function(*args, **kwargs)
        unit = Unit()
        token = _unit.set(unit)
        try:
            with transaction.atomic():
                result = function(*args, **kwargs)
                unit.finish()
                return result
        except ConcurrentTransition:  # the net below the row lock
            raise StaleState(_("It changed meanwhile. Look again.")) from None
        finally:
            _unit.reset(token)

    return run


def current_unit() -> Unit:
    """The running outermost verb, so that a lock is known to be taken by this transaction."""
    unit = _unit.get()
    if unit is None:
        raise RuntimeError("this needs a verb around it")
    return unit


def publish(fact: Signal, **values: Any) -> None:
    """Queue `fact` for delivery by the outermost verb. Only verbs may publish."""
    current_unit().facts.append((fact, values))


def once_before_commit(key: Hashable, act: Callable[[], None]) -> None:
    """Let the outermost verb call `act` after the last fact; a later `act` with the same key takes its place."""
    current_unit().last[key] = act


def store_together(store: Callable[[list[Any]], Any], *rows: Any) -> None:
    """Let the outermost verb store these rows with all others for the same `store`, in their order, in one statement.

    For what nobody reads again before the commit, such as entries of a record. Without a verb they are stored at once.
    """
    unit = _unit.get()
    if not rows:
        return
    if unit is None:
        store(list(rows))
    else:
        unit.rows.setdefault(store, []).extend(rows)
