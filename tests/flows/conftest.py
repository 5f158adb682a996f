"""After every flow, whatever it did to the portal, everything agrees."""

from collections.abc import Iterator

import pytest

from portal.desk.consistency import find


@pytest.fixture(autouse=True)
def _everything_agrees(request: pytest.FixtureRequest) -> Iterator[None]:
    """Looks before the rows of the test are put away; a test that failed has said enough."""
    if request.node.get_closest_marker("django_db") is None:
        yield
        return
    request.getfixturevalue("_django_db_helper")  # so that this ends before the database of the test does
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed == failed:
        found = find()
        assert not found, "\n".join(f"{one.code} {one.subject}: {one.sentence}" for one in found)
