"""Which calendars a step may run on. They belong to `sla`, which this app does not know: portal/flow.py plugs them in."""

from collections.abc import Callable

Names = Callable[[], dict[str, str]]  # code -> name

_plugged: list[Names] = []


def plug(names: Names) -> None:
    """Let `names` answer from now on."""
    _plugged[:] = [names]


def names() -> dict[str, str]:
    """Code and name of every calendar, each code once. One query; none where nothing is plugged in."""
    return _plugged[0]() if _plugged else {}
