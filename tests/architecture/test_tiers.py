"""The list of slow modules names modules that are there, each once and in order."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_slow_module_is_there() -> None:
    named = (ROOT / "tests" / "slow.txt").read_text().split()
    assert named == sorted(set(named))
    assert [one for one in named if not (ROOT / one).is_file()] == []
