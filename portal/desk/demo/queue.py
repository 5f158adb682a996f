"""What happens in the played time, in the order in which it happens."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

from portal import clock

Action = Callable[[], object]


class Queue:
    """Actions with their moments. Each runs with the clock at its moment and may push later ones."""

    def __init__(self, *, start: datetime, until: datetime) -> None:
        self.moment, self.until = start, until
        self._waiting: list[tuple[datetime, int, Action]] = []
        self._order = count()

    def push(self, moment: datetime, action: Action) -> None:
        """Let `action` happen at `moment`, or now if that is over. What comes after the end never happens."""
        moment = max(moment, self.moment)
        if moment <= self.until:
            heapq.heappush(self._waiting, (moment, next(self._order), action))

    def run(self, *, after_each: Action, say: Callable[[datetime], object]) -> None:
        """Play everything until the end; `after_each` action the world is looked at again, then `say` gets the moment."""
        while self._waiting:
            self.moment, _order, action = heapq.heappop(self._waiting)
            with clock.at(self.moment):
                action()
                after_each()
            say(self.moment)
        self.moment = self.until
