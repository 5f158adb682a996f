"""What the documents point at is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.code import APPS, ROOT, functions, python_files

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?\)")
NAMED = re.compile(r"`([\w.][\w./-]*/[\w.-]+\.(?:py|html|css|js|csv|md|json|toml))`")
# In a drawing, a walk or a table a file stands without its app in front.
WALKED = re.compile(r"^ {0,8}((?:[a-z_]+/)+[a-z_]+\.py)\b", re.M)

ELSEWHERE = {"load"}  # Odoo's


def links(document: Path) -> Iterator[str]:
    """Where the relative links and pictures of a document lead, without what follows the #."""
    for target in LINK.findall(document.read_text()):
        if not re.match(r"[a-z]+:|#", target):
            yield target.partition("#")[0]


def anchors(document: Path) -> Iterator[tuple[Path, str]]:
    """The headings that links of a document lead to, as (file, anchor)."""
    for target in LINK.findall(document.read_text()):
        path, _, anchor = target.partition("#")
        if anchor and not re.match(r"[a-z]+:", target):
            yield (document.parent / path if path else document), anchor


def headings(document: Path) -> set[str]:
    """The anchors of a document, as GitHub makes them of its headings."""
    found = re.findall(r"^#+ +(.+?) *$", re.sub(r"```.*?```", "", document.read_text(), flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def exists(name: str) -> bool:
    """Whether a file that a document names stands at the root or below an app."""
    return any((ROOT / top / name).exists() for top in ("", *APPS, "tests", "templates"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(document: Path) -> None:
    assert not [target for target in links(document) if not (document.parent / target).exists()]
    assert not [f"{path}#{anchor}" for path, anchor in anchors(document) if anchor not in headings(path)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_is_named_is_there(document: Path) -> None:
    text = document.read_text()
    named = {*NAMED.findall(text), *(WALKED.findall(text) if document.name == "ARCHITECTURE.md" else ())}
    assert not sorted(name for name in named if not exists(name))


def test_the_walk_through_the_files_is_looked_at() -> None:
    assert len(WALKED.findall((ROOT / "ARCHITECTURE.md").read_text())) > 15


def test_every_function_of_the_architecture_is_there() -> None:
    written = {function.name for path in python_files() for function in functions(path)}
    named = set(re.findall(r"\b(\w+)\(\)", (ROOT / "ARCHITECTURE.md").read_text()))
    assert len(named) > 30
    assert not sorted(named - written - ELSEWHERE)


def test_every_decision_stands_in_the_list() -> None:
    written = {path.name for path in (ROOT / "docs" / "adr").glob("0*.md")}
    assert written and written == set(links(ROOT / "docs" / "adr" / "README.md"))


def test_the_looks_see_what_is_wrong(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text(
        "# A b, c\n[x](gone.md) ![y](b.png#z) [z](https://e.example/) [w](#a-b-c) [v](#no)\n`sla/gone.py`"
    )
    assert list(links(document)) == ["gone.md", "b.png"]
    assert list(anchors(document)) == [(tmp_path / "b.png", "z"), (document, "a-b-c"), (document, "no")]
    assert headings(document) == {"a-b-c"}
    assert NAMED.findall(document.read_text()) == ["sla/gone.py"] and not exists("sla/gone.py")
    assert WALKED.findall("sla/clocks.py   start()\n    odoo/x.py\n") == ["sla/clocks.py", "odoo/x.py"]
