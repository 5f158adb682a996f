"""How verbs tell the rest of the portal that something became true.

A verb is a plain function that changes the database. The outermost verb opens the transaction and a queue;
facts published inside it, also by receivers, wait in that queue and are delivered one after the other before
the commit. Breadth first matters: a request that is decided by policy while `request_submitted` is being heard
must not be announced as approved before every listener has heard that it was submitted.
"""

from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from django.dispatch import Signal

P = ParamSpec("P")
R = TypeVar("R")

_queue: ContextVar[deque[tuple[Signal, dict[str, Any]]] | None] = ContextVar("portal_facts", default=None)


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in one transaction with the facts that it publishes; a verb inside a verb joins it.

    An error in the verb or in any receiver rolls everything back.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _queue.get() is not None:
            return function(*args, **kwargs)
        facts: deque[tuple[Signal, dict[str, Any]]] = deque()
        token = _queue.set(facts)
        try:
            with transaction.atomic():
                result = function(*args, **kwargs)
                while facts:
                    fact, values = facts.popleft()
                    fact.send(sender=None, **values)
                return result
        finally:
            _queue.reset(token)

    return run


def publish(fact: Signal, **values: Any) -> None:
    """Queue `fact` for delivery by the outermost verb. Only verbs may publish."""
    facts = _queue.get()
    if facts is None:
        raise RuntimeError("a fact was published outside a verb")
    facts.append((fact, values))


def current_unit() -> object:
    """What identifies the running outermost verb, so that a lock is known to be taken by this transaction."""
    facts = _queue.get()
    if facts is None:
        raise RuntimeError("this needs a verb around it")
    return facts
