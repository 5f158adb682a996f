"""A file is named for what it does and holds one thing."""

from tests.architecture.code import APPS, ROOT, python_files

LONGEST = 400
LAYER_NAMES = {"services", "utils", "helpers", "common", "core", "misc", "managers"}


def test_no_file_holds_too_much() -> None:
    styles = [*(ROOT / "static").rglob("*.js"), *(ROOT / "templates").rglob("*.html")]
    long = {
        str(path.relative_to(ROOT)): lines
        for path in [*python_files(), *styles]
        if (lines := path.read_text().count("\n")) > LONGEST
    }
    assert not long


def test_no_file_is_named_for_a_layer() -> None:
    named = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if path.stem in LAYER_NAMES or path.parent.name in LAYER_NAMES
    ]
    assert not named


def test_most_files_are_small() -> None:
    lengths = sorted(path.read_text().count("\n") for path in python_files(*APPS))
    assert lengths[len(lengths) // 2] <= 80, "the median file"
    assert lengths[len(lengths) * 9 // 10] <= 250, "nine of ten files"
