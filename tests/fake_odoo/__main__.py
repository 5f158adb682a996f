"""python -m tests.fake_odoo"""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from tests.fake_odoo.auto import keep_ticking
from tests.fake_odoo.faults import KINDS
from tests.fake_odoo.instance import FakeOdoo

FAULTS = "\n".join(f"  {name:14} {what}" for name, what in KINDS.items())
EPILOG = f"""
Point the portal at it:
  ODOO_URL=http://127.0.0.1:8069 ODOO_DB=hospital ODOO_USER=portal_sync ODOO_PASSWORD=portal

In a browser, / is a small buyer's desk: the orders, with buttons to confirm, receive all or part, and cancel.

Faults, for the next calls of a method (without "method": of any):
  curl -X POST http://127.0.0.1:8069/fake/faults -d '{{"kind": "lose_response", "method": "load", "count": 1}}'
{FAULTS}
  '{{"clear": true}}' forgets them; delay and late take "seconds".

The clock ("reset" lets it run again):
  curl -X POST http://127.0.0.1:8069/fake/clock -d '{{"now": "2026-11-22 10:00:00"}}'   or   '{{"advance": 60}}'

It knows no more of Odoo than the portal asks, and answers that as real servers did (tests/transcripts).
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fake_odoo",
        epilog=EPILOG,
        description=(
            "A stand-in for an Odoo server. It speaks JSON-RPC as version 17 or 19, keeps its orders in a folder and "
            "survives being stopped at any moment."
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8069, help="port, 0 for a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--version", type=int, choices=(17, 19), default=19, help="speak as (default: %(default)s)"
    )
    parser.add_argument(
        "--store",
        type=Path,
        default=Path("var/odoo"),
        metavar="DIR",
        help="folder of its records (default: %(default)s)",
    )
    parser.add_argument("--db", default="hospital", help="name of the database (default: %(default)s)")
    parser.add_argument("--user", default="portal_sync", help="the portal's account (default: %(default)s)")
    parser.add_argument("--password", default="portal", help="its password (default: %(default)s)")
    parser.add_argument(
        "--catalogue", type=Path, metavar="CSV", help="products: code, name, price, vendor, lead"
    )
    parser.add_argument("--vendors", type=Path, metavar="CSV", help="vendors: code, name")
    parser.add_argument("--teams", type=Path, metavar="CSV", help="maintenance teams: name")
    parser.add_argument("--equipment", type=Path, metavar="CSV", help="equipment: name, serial, tag")
    parser.add_argument(
        "--auto",
        action="store_true",
        help="confirm and receive orders by itself; FAKE_ODOO_AUTO=0 in the environment turns it off",
    )
    parser.add_argument(
        "--confirm-after",
        type=float,
        default=20,
        metavar="S",
        help="with --auto: seconds until an order is confirmed (default: %(default)s)",
    )
    parser.add_argument(
        "--receive-after",
        type=float,
        default=60,
        metavar="S",
        help="with --auto: seconds until its goods are received (default: %(default)s)",
    )
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    try:
        odoo = FakeOdoo(
            version=asked.version,
            store=asked.store,
            host=asked.host,
            port=asked.port,
            db=asked.db,
            user=asked.user,
            password=asked.password,
            catalogue_csv=asked.catalogue,
            vendors_csv=asked.vendors,
            teams_csv=asked.teams,
            equipment_csv=asked.equipment,
        )
    except OSError as error:  # the port is taken, or a file is not there
        sys.exit(f"stand-in Odoo: {error}")
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    odoo.start()
    print(f"stand-in Odoo {odoo.version} on {odoo.url}, database {odoo.db}, account {odoo.user}", flush=True)
    if asked.auto and os.environ.get("FAKE_ODOO_AUTO", "1") != "0":
        keep_ticking(odoo, stop, confirm_after=asked.confirm_after, receive_after=asked.receive_after)
    stop.wait()
    odoo.stop()


if __name__ == "__main__":
    main()
