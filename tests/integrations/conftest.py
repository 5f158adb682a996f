"""A stand-in Odoo with the catalogue of the seed, and a hospital whose catalogue is linked to it."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as project

from integrations import linking
from portal.desk.consistency import find
from tests import personas, repairs
from tests.fake_odoo.fixtures import running
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import connect_to

SEED = project.BASE_DIR / "portal" / "desk" / "seed"


@pytest.fixture(params=[19])
def odoo(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Iterator[FakeOdoo]:
    """Running, and named by the settings."""
    files = {f"{name}_csv": SEED / f"{name}.csv" for name in ("vendors", "catalogue", "teams", "equipment")}
    with running(version=request.param, store=tmp_path / "odoo", **files) as fake:
        connect_to(fake, settings)
        yield fake


@pytest.fixture
def everything_agrees(db: None) -> Iterator[None]:
    """After the test, whatever it did, nothing disagrees."""
    yield
    assert [f"{one.code} {one.subject}: {one.sentence}" for one in find()] == []


@pytest.fixture
def equipped(world: SimpleNamespace, odoo: FakeOdoo) -> SimpleNamespace:
    """The world with labelled equipment and the teams that repair it, all known to Odoo."""
    repairs.equip(world)
    linking.link_catalogue(by=world.system)
    return world


@pytest.fixture
def linked(world: SimpleNamespace, odoo: FakeOdoo) -> SimpleNamespace:
    """The world, and every item and vendor of it known to Odoo."""
    linking.link_catalogue(by=world.system)
    return personas.world()
