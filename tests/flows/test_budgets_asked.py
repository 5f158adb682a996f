"""What the pages of requests that are made of answers may cost in queries: literal counts, whatever else is open."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse

from requests_app.models import ServiceRequest
from tests import configuring, it_desk, moving, personas, repairs
from tests.flows.test_budgets import costs

pytestmark = pytest.mark.django_db


def a_repair(world: SimpleNamespace) -> ServiceRequest:
    return repairs.sent(repairs.equip(world) if not hasattr(world, "bay") else world)


def a_fault(world: SimpleNamespace) -> ServiceRequest:
    return it_desk.sent(world, "it", **it_desk.FAULT)


def a_move(world: SimpleNamespace) -> ServiceRequest:
    return moving.sent(world if hasattr(world, "ct") else moving.porters(world))


def a_bundle(world: SimpleNamespace) -> ServiceRequest:
    return configuring.turnover(world)


# The third repair of one piece also shows the exception that it fails again and again.
@pytest.mark.parametrize(
    ("asked", "rows", "most"),
    [
        (a_repair, 1, 11),
        (a_repair, 3, 12),
        (a_fault, 1, 9),
        (a_fault, 3, 9),
        (a_move, 1, 11),
        (a_move, 3, 11),
        (a_bundle, 1, 11),
        (a_bundle, 3, 11),
    ],
)
def test_the_page_of_a_request(
    world: SimpleNamespace, asked: Callable[[SimpleNamespace], ServiceRequest], most: int, rows: int
) -> None:
    configuring.crew(world)
    for _ in range(rows):
        request = asked(world)
    nurse = personas.signed_in(world.nurse)
    nurse.get(reverse("requests:list"))  # what a process reads once
    with costs(most):
        assert nurse.get(reverse("desk:request-detail", args=[request.public_id])).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("code", "most"), [("repair", 11), ("it", 11), ("transport", 16), ("document", 10), ("room_turnover", 11)]
)
def test_an_empty_form(world: SimpleNamespace, code: str, most: int, rows: int) -> None:
    configuring.crew(world)
    for _ in range(rows):
        a_move(world)
    nurse = personas.signed_in(world.nurse)
    nurse.get(reverse("requests:list"))
    with costs(most):
        assert nurse.get(reverse("requests:ask-new", args=[code])).status_code == 200
