"""The project's own files, as the rules of this folder look at them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("portal", "requests_app", "approvals", "sla", "integrations")
# What lets the outside in: parse, access, verb, render; never a business decision.
DOORS = ("views", "api", "tasks", "admin", "receivers")


@cache
def python_files(*tops: str) -> list[Path]:
    """Every Python file under `tops` (default: all apps and tests) that a person wrote."""
    found = [path for top in tops or (*APPS, "tests") for path in (ROOT / top).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


@cache
def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def doors() -> list[Path]:
    return [
        path
        for path in python_files(*APPS)
        if path.stem.split("_")[-1] in DOORS or path.parent.name == "views"
    ]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef))


def at(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"
