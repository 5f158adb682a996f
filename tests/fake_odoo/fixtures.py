"""For tests: a stand-in that lives as long as a `with` block, or as long as a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fake_odoo.instance import FakeOdoo


@contextmanager
def running(*, version: int = 19, store: Path, **more: Any) -> Iterator[FakeOdoo]:
    """A server on a free port with its records in the folder `store`; `more` goes to FakeOdoo."""
    odoo = FakeOdoo(version=version, store=store, **more)
    odoo.start()
    try:
        yield odoo
    finally:
        odoo.stop()


@pytest.fixture
def fake_odoo(tmp_path: Path) -> Iterator[FakeOdoo]:
    """A fresh stand-in of version 19."""
    with running(version=19, store=tmp_path / "odoo") as odoo:
        yield odoo
