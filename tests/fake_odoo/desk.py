"""The buyer's desk: the orders as plain pages, with buttons to confirm, receive and cancel."""

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from tests.fake_odoo import desk_repairs
from tests.fake_odoo.desk_page import HTML, Reply, page, table
from tests.fake_odoo.errors import OdooException

if TYPE_CHECKING:
    from tests.fake_odoo.instance import FakeOdoo

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
}
FILES = {"/desk.css": "text/css; charset=utf-8", "/desk.js": "text/javascript; charset=utf-8"}
STATES = {
    "draft": "Request for quotation",
    "sent": "RFQ sent",
    "to approve": "To approve",
    "purchase": "Purchase order",
    "done": "Locked",
    "cancel": "Cancelled",
}
RECEIPTS = {"pending": "Not received", "partial": "Partly received", "full": "Received"}


def get(odoo: "FakeOdoo", path: str) -> Reply:
    """`/` and `/web` list the orders; `/odoo/purchase/<id>` shows one (`/web` sends its #id there)."""
    if path in FILES:
        return (
            200,
            Path(__file__).with_name("static").joinpath(path[1:]).read_text(encoding="utf-8"),
            FILES[path],
        )
    if path in ("/", "/web", "/odoo", "/odoo/purchase"):
        return 200, _list(odoo), HTML
    if path == "/odoo/maintenance.request":
        return 200, desk_repairs.repairs(odoo), HTML
    job = path.removeprefix("/odoo/maintenance.request/")
    if job.isdigit() and any(one["id"] == int(job) for one in odoo.repairs()):
        return 200, desk_repairs.repair(odoo, int(job)), HTML
    number = path.removeprefix("/odoo/purchase/")
    if number.isdigit() and any(order["id"] == int(number) for order in odoo.orders()):
        return 200, _order(odoo.order(int(number))), HTML
    return 404, page("Not found", "<p>There is no such page or order. <a href='/'>All orders</a></p>"), HTML


def post(odoo: "FakeOdoo", path: str, body: bytes) -> Reply:
    """`/desk/<id>/confirm`, `receive` (fields line-<id>; none of them: everything) and `cancel`; `/desk/repairs/<id>`."""
    parts = path.split("/")
    if path.startswith("/desk/repairs/") and parts[3].isdigit() and len(parts) == 4:
        return desk_repairs.move(odoo, int(parts[3]), parse_qs(body.decode()))
    if (
        len(parts) != 4
        or parts[1] != "desk"
        or not parts[2].isdigit()
        or parts[3] not in ("confirm", "receive", "cancel")
    ):
        return 404, page("Not found", "<p>There is no such form.</p>"), HTML
    id_, verb = int(parts[2]), parts[3]
    try:
        if verb == "receive":
            odoo.receive(id_, _quantities(body))
        else:
            getattr(odoo, verb)(id_)
    except (OdooException, ValueError) as error:
        back = f"<p class='error' role='alert'>{escape(str(error))}</p><p><a href='/odoo/purchase/{id_}'>Back</a></p>"
        return 422, page("Not done", back), HTML
    return 303, f"/odoo/purchase/{id_}", HTML


def _quantities(body: bytes) -> dict[int, float] | None:
    fields = {name: values[0] for name, values in parse_qs(body.decode()).items() if name.startswith("line-")}
    return {int(name.removeprefix("line-")): float(value) for name, value in fields.items()} or None


def _state(order: dict) -> str:
    receipt = RECEIPTS.get(order["receipt_status"], "")
    words = " &middot; ".join(filter(None, [STATES[order["state"]], receipt]))
    return f"<span class='state {order['state'].replace(' ', '-')}'>{words}</span>"


def _list(odoo: "FakeOdoo") -> str:
    rows = "".join(
        f"<tr><td><a href='/odoo/purchase/{order['id']}'>{escape(order['name'])}</a></td>"
        f"<td>{escape(order['vendor'])}</td><td>{escape(order['origin'])}</td><td>{_state(order)}</td>"
        f"<td class='number'>{order['amount_untaxed']:,.2f} {order['currency']}</td><td>{order['created']}</td></tr>"
        for order in reversed(odoo.orders())
    )
    if not rows:
        return page("Orders", "<p>No orders yet. What the portal sends appears here.</p>")
    return page("Orders", table("Order Vendor Source State Untaxed# Created", rows))


def _order(order: dict) -> str:
    facts = {
        "Vendor": order["vendor"],
        "Source": order["origin"],
        "Company": order["company"],
        "Created (UTC)": order["created"],
        "External id": order["external_id"],
    }
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value)
    open_ = order["state"] in ("purchase", "done") and order["receipt_status"] in ("pending", "partial")
    rows = "".join(
        f"<tr><td>{escape(line['code'])}</td><td>{escape(line['name'])}</td>"
        f"<td class='number'>{line['quantity']:g}</td><td class='number'>{line['received']:g}</td>{_count(line, open_)}"
        f"<td class='number'>{line['price_unit']:,.2f}</td><td class='number'>{line['subtotal']:,.2f}</td></tr>"
        for line in order["lines"]
    )
    lines = table(f"Code Line Ordered# Received# {'Count ' if open_ else ''}Price# Subtotal#", rows)
    there = f"/desk/{order['id']}"
    if open_:
        lines = (
            f"<form method='post' action='{there}/receive'>{lines}<button>Receive what is counted</button></form>"
            f"<form method='post' action='{there}/receive'><button>Receive all</button></form>"
        )
    buttons = ""
    if order["state"] in ("draft", "sent"):
        buttons += f"<form method='post' action='{there}/confirm'><button>Confirm order</button></form>"
    if order["state"] != "cancel":
        buttons += (
            f"<form method='post' action='{there}/cancel'><button class='quiet'>Cancel order</button></form>"
        )
    total = f"<p class='total'>Untaxed {order['amount_untaxed']:,.2f} {order['currency']}</p>"
    return page(
        order["name"],
        f"<p>{_state(order)}</p><dl>{listed}</dl>{lines}{total}<div class='buttons'>{buttons}</div>",
    )


def _count(line: dict, open_: bool) -> str:
    if not open_:
        return ""
    due = line["quantity"] - line["received"]
    return (
        f"<td><input name='line-{line['id']}' type='number' step='any' min='0' max='{due:g}' value='{due:g}' "
        f"aria-label='Received now of {escape(line['name'], quote=True)}'></td>"
    )
