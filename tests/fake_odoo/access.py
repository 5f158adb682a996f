"""Who may do what: the groups of the accounts that the recordings were made with."""

from typing import TYPE_CHECKING

from tests.fake_odoo.errors import AccessError

if TYPE_CHECKING:
    from tests.fake_odoo.orm import Env, Model

FULL = (
    "purchase.order purchase.order.line stock.picking maintenance.request maintenance.equipment "
    "maintenance.team maintenance.stage maintenance.equipment.category".split()
)
CLOSED = ("ir.model.data", "ir.model")
VERBS = {"read": "access", "create": "create", "write": "modify", "unlink": "delete"}
ALLOWED = {  # (model, read or not) -> the groups that the message names, as 17 and as 19
    ("purchase.order", False): (["Purchase/Administrator", "Purchase/User"],) * 2,
    ("purchase.order", True): (
        [
            "Inventory/User",
            "Invoicing/Billing",
            "Purchase/Administrator",
            "Purchase/User",
            "Technical/Show Accounting Features - Readonly",
            "User types/Portal",
        ],
        [
            "Accounting/Invoicing",
            "Inventory/User",
            "Purchase/Administrator",
            "Purchase/User",
            "Role / Portal",
            "Show Accounting Features - Readonly",
        ],
    ),
    ("res.partner", False): (
        ["Extra Rights/Contact Creation", "Inventory/Administrator", "Purchase/Administrator"],
        ["Contact/Creation", "Inventory/Administrator", "Purchase/Administrator"],
    ),
    ("product.product", False): (
        [
            "Administration/Settings",
            "Inventory/Administrator",
            "Invoicing/Billing Administrator",
            "Purchase/Administrator",
        ],
        ["Products/Create"],
    ),
}
COOKIES = (
    "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\n"
    "Sorry, {user} (id={uid}) doesn't have '{operation}' access to:\n- {label} ({model})\n\n"
    "If you really, really need access, perhaps you can win over your friendly administrator "
    "with a batch of freshly baked cookies."
)


def may(env: "Env", model: str, operation: str) -> bool:
    """Whether the account's groups allow the operation on the model at all."""
    if env.superuser:
        return True
    if model in CLOSED:
        return False
    if "purchase" in env.groups and (model in FULL or operation == "read"):
        return True
    if model.startswith("purchase."):
        return False
    return operation == "read" or (model == "maintenance.request" and operation == "create")


def check(model: "Model", operation: str) -> None:
    """Raises AccessError with Odoo's words."""
    if may(model.env, model.name, operation):
        return
    old, new = ALLOWED.get(
        (model.name, operation == "read"), (["Administration/Access Rights"], ["Access Rights"])
    )
    groups = "\n".join(f"\t- {group}" for group in (new if model.env.version >= 19 else old))
    raise AccessError(
        f"You are not allowed to {VERBS[operation]} '{model.shape.label}' ({model.name}) records.\n\n"
        f"This operation is allowed for the following groups:\n{groups}\n\n"
        "Contact your administrator to request access if necessary."
    )


def visible(env: "Env", model: str, row: dict) -> bool:
    """Record rules: the account's companies, and one's own maintenance requests only."""
    if env.superuser:
        return True
    if model == "maintenance.request" and "maintenance" not in env.groups:
        return False
    company = row["id"] if model == "res.company" else row.get("company_id")
    return not company or company in env.company_ids


def hidden(model: "Model", operation: str, *, companies: bool = False) -> AccessError:
    """The error about a record that exists and is not for this account."""
    env = model.env
    text = COOKIES.format(
        user=env.user["name"], uid=env.uid, operation=operation, label=model.shape.label, model=model.name
    )
    if model.name == "product.product":
        text += f"\n\nImplicitly accessed through '{model.shape.label}' ({model.name})."
    elif companies and env.version >= 19:
        text += (
            "\n\nThis seems to be a multi-company issue, but you do not have access to the proper company "
            "to access the record anyhow."
        )
    return AccessError(text)
