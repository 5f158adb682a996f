"""What becomes of an order after it reached Odoo: the buyer places it, goods-in counts what came, or something else happens."""

import math
from datetime import datetime
from functools import partial

from integrations.models import ExternalReference
from portal.clock import now
from portal.desk.demo.plan import Buyer, Plan
from portal.desk.demo.stage import Stage
from requests_app.models import RequestItem

WORKING_DAY = 8.0  # hours of the calendar 'buying'


class Trade:
    """The buyer in Odoo. `acted` holds the requests whose orders changed there since the portal last asked."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.plans: dict[int, Plan] = {}
        self.acted: set[int] = set()
        self._last = 0

    def see_new_orders(self) -> None:
        """Give every order that reached Odoo since the last look to the buyer."""
        new = ExternalReference.objects.filter(pk__gt=self._last, model=ExternalReference.ORDER)
        for order in new.select_related("request__hospital").order_by("pk"):
            self._last = order.pk
            plan = self.plans.get(order.request_id)
            if plan and plan.buyer.confirm is not None:
                moment = self._later(order, plan.buyer.confirm)
                self.stage.queue.push(moment, partial(self._place, order, plan.buyer))

    def _later(self, order: ExternalReference, hours: float) -> datetime:
        return self.stage.hours.after(order.request.hospital, "buying", now(), hours)

    def _do(self, order: ExternalReference, do: str, **given: object) -> None:
        self.stage.odoo.set_clock(now())
        self.stage.odoo.act(order.record_id, do, **given)
        self.acted.add(order.request_id)

    def _place(self, order: ExternalReference, buyer: Buyer) -> None:
        if buyer.trick in ("cancel", "delete"):
            self._do(order, buyer.trick)
            return
        lines = self._lines(order)
        if buyer.trick == "price":
            price = round(float(lines[0].unit_price) * buyer.factor, 2)
            self._do(order, "change", code=lines[0].code, price_unit=price)
        if buyer.trick == "quantity":
            quantity = max(round(lines[0].quantity * buyer.factor), 1)
            self._do(order, "change", code=lines[0].code, quantity=quantity)
        self._do(order, "confirm")
        if buyer.goods is not None:
            lead = max((line.lead_days for line in lines), default=1)
            come = self._later(order, max(buyer.goods * lead * WORKING_DAY, 0.5))
            self.stage.queue.push(come, partial(self._goods_in, order, buyer))

    def _lines(self, order: ExternalReference) -> list[RequestItem]:
        parts = order.parts.select_related("line").order_by("pk")
        return [part.line for part in parts if part.line]

    def _goods_in(self, order: ExternalReference, buyer: Buyer) -> None:
        counted = {line.code: math.ceil(line.quantity / 2) for line in self._lines(order)}
        whole = all(line.quantity == counted[line.code] for line in self._lines(order))
        if whole or buyer.trick not in ("part", "late part", "short"):
            self._do(order, "receive")
            return
        self._do(order, "receive", quantities=counted)
        if buyer.trick == "part":
            self.stage.queue.push(self._later(order, 2 * WORKING_DAY), partial(self._do, order, "receive"))
        if buyer.trick == "short":
            self.stage.queue.push(self._later(order, 3 * WORKING_DAY), partial(self._do, order, "close"))
