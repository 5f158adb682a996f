"""The technicians' desk: the maintenance requests as plain pages, with a button for each stage."""

from html import escape
from typing import TYPE_CHECKING

from tests.fake_odoo.desk_page import HTML, Reply, page, table

if TYPE_CHECKING:
    from tests.fake_odoo.instance import FakeOdoo

HERE = "/odoo/maintenance.request"


def repairs(odoo: "FakeOdoo") -> str:
    rows = "".join(
        f"<tr><td><a href='{HERE}/{one['id']}'>{escape(one['name'])}</a></td><td>{escape(one['team'])}</td>"
        f"<td>{escape(one['equipment'])}</td><td class='number'>{one['priority'] or ''}</td><td>{_stage(one)}</td></tr>"
        for one in reversed(odoo.repairs())
    )
    if not rows:
        return page("Repairs", "<p>No repairs yet. What the portal sends appears here.</p>")
    return page("Repairs", table("Repair Team Equipment Priority# Stage", rows))


def _stage(one: dict) -> str:
    words = "Cancelled" if one["archive"] else one["stage"]
    return f"<span class='state'>{escape(words)}</span>"


def repair(odoo: "FakeOdoo", id_: int) -> str:
    [one] = [found for found in odoo.repairs() if found["id"] == id_]
    facts = {
        "Team": one["team"],
        "Equipment": one["equipment"],
        "Scheduled (UTC)": one["schedule_date"] or "",
        "External id": one["external_id"],
    }
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value)
    buttons = "".join(
        f"<form method='post' action='/desk/repairs/{id_}'><input type='hidden' name='stage' value='{escape(stage, quote=True)}'>"
        f"<button>{escape(stage)}</button></form>"
        for stage in odoo.stages()
        if stage != one["stage"]
    )
    return page(
        one["name"],
        f"<p>{_stage(one)}</p><dl>{listed}</dl>{one['description'] or ''}<div class='buttons'>{buttons}</div>",
    )


def move(odoo: "FakeOdoo", id_: int, fields: dict[str, list[str]]) -> Reply:
    """To the stage that is named, and back to the page."""
    stage = (fields.get("stage") or [""])[0]
    if stage not in odoo.stages() or not any(one["id"] == id_ for one in odoo.repairs()):
        return 404, page("Not found", "<p>There is no such repair or stage.</p>"), HTML
    odoo.move_repair(id_, stage)
    return 303, f"{HERE}/{id_}", HTML
