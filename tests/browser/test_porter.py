"""A porter's day by thumb at 390 px: taps counted, the wristband checked, no JavaScript; and what axe says of it."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from portal.accounts import duties
from portal.accounts.models import Duty
from requests_app import work
from requests_app.models import Move, ServiceRequest
from requests_app.states import RequestState
from requests_app.transport import carrying
from tests import journeys, moving
from tests.browser.conftest import DESK, PHONE, Person
from tests.browser.test_every_page import violations

pytestmark = pytest.mark.browser
PORTER, CONTROL = reverse("requests:porter"), reverse("requests:porter-control")
NARROW = {"width": 320, "height": 640}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BIG = 64  # pixels that a button of the card is high


@pytest.fixture
def hospital(people: SimpleNamespace) -> SimpleNamespace:
    world = moving.porters(people)
    duty, _made = Duty.objects.get_or_create(
        hospital=world.hospital, code="porter_control", department=None, defaults={"calendar": "always"}
    )
    duties.take_duty(duty=duty, user=world.other_porter, by=world.other_porter)
    return world


def asked(world: SimpleNamespace, **more: object) -> ServiceRequest:
    """Everything a card can say."""
    return moving.sent(
        world, bed="12", initials="AM", precautions=["airborne", "contact_enteric"], tell=["may_fall", "flat"],
        comes_along=["oxygen", "pump"], oxygen_litres="4", how="bed_large", **more,
    )  # fmt: skip


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def is_big(what: Locator) -> None:
    box = what.bounding_box()
    assert box and box["height"] >= BIG, box


@pytest.mark.timeout(180)
def test_by_thumb_within_the_taps(
    meet: Callable[..., Person], hospital: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    request, after = asked(hospital), moving.sent(hospital, what="sample", samples="2")
    porter = meet(hospital.porter)
    page, taps = porter.go(PORTER), {}

    def count(step: str, *what: Callable[[], Locator]) -> None:
        porter.taps = 0
        for one in what:
            porter.tap(one())
        page.wait_for_load_state("networkidle")
        taps[step] = porter.taps

    expect(page.get_by_text("Bed 12")).to_be_visible()
    expect(page.get_by_text("Fitted respirator")).to_be_visible()
    is_big(button(page, "Accept"))
    count("Accept", lambda: button(page, "Accept"))
    is_big(button(page, "Picked up"))
    is_big(page.get_by_role("link", name="Not ready"))
    wristband = page.locator("label", has_text="Nurse and porter checked the wristband")
    is_big(wristband)
    count("Picked up", lambda: wristband, lambda: button(page, "Picked up"))
    nurse = page.locator("label", has_text="Radiographer")
    count("Delivered", lambda: nurse, lambda: button(page, "Delivered"))
    expect(page.get_by_role("heading", name="Sample")).to_be_visible()  # the next one stands there
    assert journeys.fresh(request).state == RequestState.CLOSED
    assert after.number in page.content()
    with capsys.disabled():
        print(f"\nporter: {taps}, 0 keystrokes")
    assert taps == {"Accept": 1, "Picked up": 2, "Delivered": 2}


@pytest.mark.timeout(180)
def test_without_javascript_and_without_the_wristband(
    meet: Callable[..., Person], hospital: SimpleNamespace
) -> None:
    request = asked(hospital)
    page = meet(hospital.porter, js=False).go(PORTER)
    button(page, "Accept").click()
    button(page, "Picked up").click()
    expect(page.get_by_text("Check the wristband with the nurse first")).to_be_visible()
    page.get_by_label("Nurse and porter checked the wristband").check()
    button(page, "Picked up").click()
    button(page, "Delivered").click()
    expect(page.get_by_text("Say who took it over.")).to_be_visible()
    page.get_by_label("Radiographer").check()
    button(page, "Delivered").click()
    expect(page.get_by_text("No job waits for you")).to_be_visible()
    assert Move.objects.get(request=request).handed_to == "radiographer"


@pytest.mark.timeout(180)
def test_not_ready_and_ready_now(meet: Callable[..., Person], hospital: SimpleNamespace) -> None:
    """The ward answers on its home; the card says so without anything moving under the thumb."""
    asked(hospital)
    porter = meet(hospital.porter)
    page = porter.go(PORTER)
    porter.tap(button(page, "Accept"))
    porter.tap(page.get_by_role("link", name="Not ready"))
    porter.tap(button(page, "Patient not ready"))
    expect(page.get_by_text("Not ready since")).to_be_visible()
    nurse = meet(hospital.nurse).go(reverse("desk:home"))
    nurse.get_by_role("button", name="Ready now").click()
    expect(nurse.get_by_text("is ready").first).to_be_visible()
    wristband = page.get_by_label("Nurse and porter checked the wristband")
    wristband.check()
    wristband.focus()
    page.evaluate("document.body.dispatchEvent(new CustomEvent('tick'))")
    expect(page.get_by_role("link", name="1 changed: show")).to_be_visible()
    assert wristband.is_checked()
    assert page.evaluate("document.activeElement.name") == "wristband"


def states(world: SimpleNamespace) -> Iterator[tuple[str, object, str]]:
    yield "nothing to do", world.porter, PORTER
    request = asked(world, escort="nurse")
    yield "who goes along is not ready", world.porter, f"{PORTER}?job={request.public_id}"
    yield "home of the ward", world.nurse, reverse("desk:home")
    yield "home of who receives", world.radiographer, reverse("desk:home")
    carrying.ready(request=request, by=world.nurse)
    moving.sent(world, what="sample", samples="2", when="now")
    moving.sent(world, what="bed", condition="used")
    yield "offered", world.porter, f"{PORTER}?job={request.public_id}"
    work.take(request=request, by=world.porter)
    yield "to be picked up", world.porter, PORTER
    yield "trouble", world.porter, reverse("requests:porter-trouble", args=[request.public_id])
    carrying.not_ready(request=request, reason="patient_not_ready", by=world.porter)
    yield "not ready", world.porter, f"{PORTER}?job={request.public_id}"
    yield "request, not ready", world.nurse, reverse("desk:request-detail", args=[request.public_id])
    yield "control", world.other_porter, CONTROL
    carrying.pick_up(request=request, by=world.porter, wristband=True)
    yield "to be delivered", world.porter, PORTER


@pytest.mark.timeout(500)
def test_axe_finds_nothing_and_nothing_goes_sideways(
    meet: Callable[..., Person], hospital: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pictures = tmp_path_factory.mktemp("porter")
    known: dict[object, Person] = {}
    found = {}
    for name, user, path in states(hospital):
        known.setdefault(user, None)  # type: ignore[arg-type]
        known[user] = known[user] or meet(user)
        page = known[user].go(path)
        for size, scheme in ((PHONE, "dark"), (PHONE, "light"), (NARROW, "light"), (DESK, "light")):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            where = f"{name}, {size['width']} {scheme}"
            if wrong := violations(page):
                found[where] = wrong
            if page.evaluate(SIDEWAYS) > 0:
                found[f"{where}: sideways"] = []
            page.screenshot(path=pictures / f"{where}.png")
    print(f"pictures: {pictures}")
    assert not found
