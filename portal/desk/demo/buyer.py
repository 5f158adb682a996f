"""The stand-in Odoo as seen from the demonstration: its clock, and what a buyer does there with an order."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen


class NoStandIn(Exception):
    """What answers at ODOO_URL is not the stand-in, or nothing answers: the message says so."""


class NothingThere(NoStandIn):
    """Nothing answers at ODOO_URL."""


class BrokeOff(Exception):
    """The stand-in did not do in the middle of the play what it was told: the message says why."""


class StandIn:
    """Its switches under /fake/, over HTTP. Every call says first what time it is there."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._set_to: datetime | None = None

    def check(self, patience: float = 5.0) -> None:
        """Raises NoStandIn unless the stand-in answers; one that is just starting has `patience` seconds."""
        end = time.monotonic() + patience
        while True:
            try:
                answer = self._call("clock")
                break
            except NothingThere:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        if "now" not in answer:
            raise NoStandIn(f"{self._url} is not the stand-in Odoo.")

    def set_clock(self, moment: datetime) -> None:
        if moment != self._set_to:
            naive = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
            self._call("clock", now=str(naive))
            self._set_to = moment

    def run_clock(self) -> None:
        """Real time again."""
        self._call("clock", reset=True)

    def rest(self) -> None:
        """Its own buyer and storekeeper do nothing until `work`."""
        self._call("auto", on=False)

    def work(self, since: datetime) -> None:
        """Its own buyer and storekeeper work again, on what is ordered after `since`."""
        self._call("auto", on=True, since=str(since.astimezone(UTC).replace(tzinfo=None, microsecond=0)))

    def act(self, order: int, do: str, **given: object) -> Mapping[str, Any]:
        """`do` something to an order as the buyer (confirm, receive, change, cancel, delete, close). Answers what it is now."""
        found = self._call("orders", id=order, do=do, **given)["orders"]
        return found[0] if found else {}

    def orders(self) -> int:
        """How many orders it holds."""
        return len(self._call("orders")["orders"])

    def _call(self, switch: str, **given: object) -> dict[str, Any]:
        asked = Request(f"{self._url}/fake/{switch}", data=json.dumps(given).encode())  # noqa: S310 (ODOO_URL is http)
        try:
            with urlopen(asked, timeout=30) as answer:  # noqa: S310
                found: dict[str, Any] = json.load(answer)
        except HTTPError as error:
            if error.code == 422:
                raise BrokeOff(f"The stand-in refused: {error.read().decode()[:300]}") from error
            raise NoStandIn(f"{self._url} is not the stand-in Odoo.") from error
        except (URLError, OSError, HTTPException) as error:
            raise NothingThere(f"Nothing answers at {self._url}.") from error
        except ValueError as error:
            raise NoStandIn(f"{self._url} is not the stand-in Odoo.") from error
        return found
