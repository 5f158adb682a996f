"""Requests that were truly played, built once per process and put back for each test."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from requests_app.models import ServiceRequest
from tests import kept_rows, personas
from tests.consistency.played import play

_keys: dict[str, int] = {}


@pytest.fixture
def played(db: None, tmp_path: Path, settings: Any) -> SimpleNamespace:
    """The requests of `played.play` by their names."""
    if not _keys or not kept_rows.put_back("played"):
        _keys.update(play(personas.world(), tmp_path, settings))
        kept_rows.keep("played")
    rows = ServiceRequest.objects.in_bulk(_keys.values())
    return SimpleNamespace(**{name: rows[key] for name, key in _keys.items()})
