"""`python -m tests.seed.small_play SEED`: play a small demonstration in a process of its own and print its rows.

The database is the one of DATABASE_URL, migrated and empty; the stand-in Odoo keeps its records in VAR_DIR/odoo. What
is printed: {"rows": {table: [row, ...]}, "findings": [sentence, ...]}.
"""

import json
import os
import sys
from datetime import UTC, datetime

import django

UNTIL = datetime(2026, 11, 20, 14, tzinfo=UTC)
APPS = ("accounts", "audit", "notify", "requests_app", "approvals", "sla", "integrations", "auditlog")
STORIES = (
    "night-shift",
    "price-rose",
    "refused",
    "head-away",
    "way-back",
    "new-starter",
    "passed-on",
    "asked-back",
    "pump-with-loan",
    "not-ready-twice",
    "bed-at-night",
    "probes-at-night",
)


def main(seed: int) -> None:
    from django.conf import settings

    from portal.desk.consistency.examination import examine
    from portal.desk.demo.buyer import StandIn
    from portal.desk.demo.playing import Asked, play
    from portal.desk.demo.stories import story
    from tests.fake_odoo.fixtures import running

    sown = settings.BASE_DIR / "portal" / "desk" / "seed"
    files = {"vendors_csv": sown / "vendors.csv", "catalogue_csv": sown / "catalogue.csv"}
    with running(store=settings.VAR_DIR / "odoo", **files) as odoo:
        settings.ODOO_URL, settings.ODOO_DB = odoo.url, odoo.db
        settings.ODOO_USER, settings.ODOO_PASSWORD = odoo.user, odoo.password
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        asked = Asked(
            seed=seed,
            until=UNTIL,
            days=20,
            requests=int(os.environ.get("PLAYED", "26")),
            password="portal-demo",
            hospitals=("SBG",),
            stories=tuple(story(code) for code in STORIES),
            with_waiting=False,
        )
        play(asked, StandIn(odoo.url), say=lambda line: None, tell=lambda part, where: None)
    findings = [finding.sentence for finding in examine().findings]
    json.dump({"rows": rows(), "findings": findings}, sys.stdout, default=str)


def rows() -> dict[str, list[dict]]:
    """Every row of the portal's own tables, without what is different each time on purpose: hashes of passwords."""
    from django.apps import apps

    own = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in APPS]
    found = {}
    for model in own:
        if not model._meta.proxy:
            rows = model._base_manager.order_by("pk").values()
            found[model._meta.label] = [{k: v for k, v in row.items() if k != "password"} for row in rows]
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    main(int(sys.argv[1]))
