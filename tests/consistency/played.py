"""Requests in every state that the portal knows, brought there by its verbs and by what happened in the stand-in Odoo."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from approvals import adjusting, cover, decisions, undoing
from approvals.models import ApprovalStep
from integrations import dispatch, linking, outbox
from portal import clock
from portal.accounts import scopes
from portal.desk.seed import tables
from requests_app import lifecycle, work
from requests_app.linking import link_vendors
from requests_app.models import CatalogueItem, RequestItem, ServiceRequest
from requests_app.supplies import drafting, fulfilment
from sla import escalation
from tests import glass, moving, repairs
from tests.approvals.budgets.money import a_budget
from tests.configuring import crew, decide, turnover
from tests.fake_odoo.fixtures import running
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import connect_to, dispatch_later, poll
from tests.journeys import approve, approved, draft, fresh, open_steps, seen, send, sent

SEED = Path(tables.__file__).parent


def play(world: SimpleNamespace, folder: Path, settings: Any) -> dict[str, int]:
    """Play them all; returns their keys by name."""
    files = {f"{name}_csv": SEED / f"{name}.csv" for name in ("vendors", "catalogue", "teams", "equipment")}
    with running(version=19, store=folder / "odoo", **files) as odoo:
        connect_to(odoo, settings)
        linking.link_catalogue(by=world.system)
        a_budget(world, "90000")
        a_budget(world, "500000", "capital", check="stop", period="year", cost_centre="")
        found = {
            **from_the_store(world),
            **from_suppliers(world, odoo),
            **on_the_way_to_odoo(world, odoo),
            **for_teams(world),
            **being_decided(world),
        }
    with clock.at(clock.now() + timedelta(days=3)):
        escalation.sweep()
    return {name: request.pk for name, request in found.items()}


def line(request: ServiceRequest, code: str) -> RequestItem:
    return request.lines.get(code=code)


def receive(world: SimpleNamespace, request: ServiceRequest, **quantities: int) -> ServiceRequest:
    wanted = {line(request, code.replace("_", "-")).pk: count for code, count in quantities.items()}
    return fulfilment.receive(request=fresh(request), quantities=wanted, by=world.colleague)


def from_store(world: SimpleNamespace, request: ServiceRequest, *verbs: Any) -> ServiceRequest:
    for verb in verbs:
        verb(request=fresh(request), line_ids=[line(request, "GLV-NIT-M").pk], by=world.storekeeper)
    return fresh(request)


def from_the_store(world: SimpleNamespace) -> dict[str, ServiceRequest]:
    """Decided by the policy; then as far as each name says."""
    pick, send = fulfilment.pick, fulfilment.send_on_the_way
    short = from_store(world, approved(world, GLV_NIT_M=6), pick, send)
    receive(world, short, GLV_NIT_M=4)
    return {
        "to_pick": approved(world, GLV_NIT_M=2),
        "picked": from_store(world, approved(world, GLV_NIT_M=2), pick),
        "on_the_way": from_store(world, approved(world, GLV_NIT_M=2), pick, send),
        "short": short,
    }


def from_suppliers(world: SimpleNamespace, odoo: FakeOdoo) -> dict[str, ServiceRequest]:
    """Ordered in Odoo; then as far as each name says."""
    closed = approved(world, NPW_KIT=2, SPO_SEN=1, GLV_NIT_M=6, note="a new bay")
    found = {
        name: approved(world, SPO_SEN=4, note="a new bay")
        for name in ("ordered", "placed", "goods_in", "partly", "lost", "gone")
    }
    dispatch_later()
    from_store(world, closed, fulfilment.pick, fulfilment.send_on_the_way)
    orders = {order["origin"]: order for order in odoo.orders()}
    for order in odoo.orders():
        if order["origin"] == closed.number:
            odoo.confirm(order["id"])
            odoo.receive(order["id"])
    for name in ("placed", "goods_in", "partly"):
        odoo.confirm(orders[found[name].number]["id"])
    for name in ("goods_in", "partly"):
        order = orders[found[name].number]
        odoo.receive(order["id"], {order["lines"][0]["id"]: 3})
    odoo.cancel(orders[found["lost"].number]["id"])
    odoo.delete(orders[found["gone"].number]["id"])
    poll()
    receive(world, closed, NPW_KIT=2, SPO_SEN=1, GLV_NIT_M=6)
    receive(world, found["partly"], SPO_SEN=2)
    poll()
    return {"closed": closed, **found}


def on_the_way_to_odoo(world: SimpleNamespace, odoo: FakeOdoo) -> dict[str, ServiceRequest]:
    """Promised to Odoo, which has not made them: refused, failed once, being sent, waiting, and held back."""
    vendor = world.vendors["KES"]
    partner = type(vendor).objects.get(pk=vendor.pk).odoo_partner_id
    link_vendors(links={"KES": 999_999}, by=world.system)
    refused = approved(world, SPO_SEN=2)
    dispatch_later()
    link_vendors(links={"KES": partner}, by=world.system)
    failed = approved(world, SPO_SEN=2)
    odoo.fault("502")
    dispatch_later()
    being_sent = approved(world, SPO_SEN=2)
    with clock.at(clock.now() + timedelta(seconds=11)):
        dispatch.claim()
    waiting = approved(world, SPO_SEN=2)
    toner = CatalogueItem.objects.filter(pk=world.items["TON-BLK"].pk)
    known = toner.get().odoo_product_id
    toner.update(odoo_product_id=None)
    linked_later = approved(world, TON_BLK=1)
    toner.update(odoo_product_id=known)
    outbox.retry_unlinked(by=world.system)
    toner.update(odoo_product_id=None)
    held_back = approved(world, TON_BLK=1)
    return {
        "refused": refused, "failed": failed, "being_sent": being_sent, "waiting": waiting,
        "linked_later": linked_later, "held_back": held_back,
    }  # fmt: skip


def for_teams(world: SimpleNamespace) -> dict[str, ServiceRequest]:
    """Work that teams have, began or did; one is an emergency that nobody has taken, one is on no list."""
    crew(world)
    repairs.equip(world)
    moving.porters(world)
    rang = {"needed": "now", "answered_by": "Eva", "emergency_reason": "patient_at_risk"}
    call = repairs.sent(world, equipment=repairs.BED, symptoms=["rail"], **rang)
    answered = repairs.sent(world, equipment=repairs.ECG, symptoms=["battery"], **rang)
    work.take(request=fresh(answered), by=world.engineer)
    moved = moving.sent(world, back="yes")
    work.take(request=moved, by=world.porter)
    moving.delivered(moved, world.porter)
    bundle = turnover(world)
    decide(bundle)
    return {
        "call": call,
        "answered": answered,
        "repair": repairs.sent(world),
        "moved": moved,
        "after_death": moving.sent(world, what="after_death"),
        "bundle": bundle,
    }


def agree(request: ServiceRequest, step: ApprovalStep) -> None:
    decisions.approve_step(
        step_id=step.pk, by=step.approvers.filter(open=True)[0].user, seen=seen(request), confirmed=True
    )


def decided_otherwise(world: SimpleNamespace) -> dict[str, ServiceRequest]:
    """Taken back and given again, made less, decided for somebody else, carried on from an earlier round, not waited for."""
    undone, back_to_all = sent(world, NPW_KIT=1), sent(world, NPW_KIT=1, GLV_NIT_M=2)
    undoing.undo(step_id=approve(undone, world.head).pk, by=world.head)
    approve(undone, world.head)
    approve(back_to_all, world.head)
    undoing.undo(step_id=approve(back_to_all, world.procurement).pk, by=world.procurement)

    less = sent(world, NPW_KIT=2, SPO_SEN=3, note="a new bay")
    adjusting.adjust_and_approve(
        step_id=open_steps(less)[0].pk,
        by=world.head,
        seen=seen(less),
        quantities={line(less, "NPW-KIT").public_id: 1, line(less, "SPO-SEN").public_id: 0},
        reason="enough on the ward",
    )
    for step in open_steps(less):
        agree(fresh(less), step)

    moment = clock.now()
    delegation = cover.delegate(
        grantor=world.head,
        to=world.ward_lead,
        starts_at=moment,
        ends_at=moment + timedelta(days=7),
        by=world.head,
    )
    lent = sent(world, NPW_KIT=1)
    approve(lent, world.ward_lead)
    cover.revoke(ref=delegation.ref, by=world.head)

    kept = sent(world, NPW_KIT=3, note="a new bay")
    approve(kept, world.head)
    decisions.return_step(
        step_id=open_steps(kept)[0].pk, by=world.procurement, seen=seen(kept), reason="why so many?"
    )
    drafting.save_draft(
        by=world.nurse,
        client_key=kept.client_key,
        department=world.ward,
        quantities={"NPW-KIT": 2},
        run_out=kept.run_out,
        note="a new bay",
    )
    send(fresh(kept))

    broken = sent(world, NPW_KIT=1)
    glass.smash(broken, glass.on_duty(world))
    return {
        "undone": undone,
        "back_to_all": back_to_all,
        "less": less,
        "lent": lent,
        "kept": kept,
        "broken": broken,
    }


def being_decided(world: SimpleNamespace) -> dict[str, ServiceRequest]:
    """Not yet agreed, or never: last of all those that nobody may decide when they are sent."""
    second = sent(world, NPW_KIT=2)
    approve(second, world.head)
    half = sent(world, MON_PAT=21, note="a new bay")  # dear enough for two executives
    while (step := open_steps(half)[0]).needed == 1:
        agree(half, step)
    agree(half, step)
    rejected, cancelled = sent(world, NPW_KIT=1), sent(world, NPW_KIT=1)
    decisions.reject_step(
        step_id=open_steps(rejected)[0].pk, by=world.head, seen=seen(rejected), reason="not needed"
    )
    lifecycle.cancel(request=cancelled, by=world.colleague, reason="found some")
    otherwise = decided_otherwise(world)
    asked = sent(world, NPW_KIT=1, GLV_NIT_M=2)
    held = [
        membership
        for person in (world.head, world.director, *world.executives)
        for membership in person.memberships.exclude(role="requester")
    ]
    for membership in held:
        scopes.revoke(membership=membership, by=world.system)
    unrouted, given_up = sent(world, NPW_KIT=1), sent(world, NPW_KIT=1)
    for one in held:
        place = one.department or one.hospital or one.team
        scopes.grant(user=one.user, role=one.role, place=place, by=world.system)
    lifecycle.cancel(request=given_up, by=world.colleague, reason="found some")
    return otherwise | {
        "draft": draft(world, NPW_KIT=1),
        "asked": asked,
        "second": second,
        "half": half,
        "rejected": rejected,
        "cancelled": cancelled,
        "unrouted": unrouted,
        "given_up": given_up,
    }
