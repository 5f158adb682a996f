"""Doors parse, fetch through access.py, call one verb and render."""

import ast
from pathlib import Path

from tests.architecture.code import APPS, at, doors, functions, python_files, tree

LONGEST_VIEW = 25
LONGEST_RECEIVER = 5
WRITES = {
    "save",
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "delete",
}
QUERIES = {"objects", "_default_manager"}


def body_lines(function: ast.FunctionDef) -> int:
    """Lines of code of a function, without its decorators, signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0  # type: ignore[operator]


def statements(function: ast.FunctionDef) -> int:
    return sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1


def writes(path: Path) -> list[str]:
    """Where a file writes rows itself: x.save(), or anything.objects. ... .create()."""
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            manager = any(
                isinstance(n, ast.Attribute) and n.attr in QUERIES for n in ast.walk(node.func.value)
            )
            if manager or node.func.attr == "save":
                found.append(at(path, node.lineno))
    return found


def test_a_view_fits_in_one_look() -> None:
    long = [
        f"{at(path, function.lineno)} {function.name}: {body_lines(function)} lines"
        for path in doors()
        for function in functions(path)
        if body_lines(function) > LONGEST_VIEW
    ]
    assert not long


def test_a_door_writes_nothing_itself() -> None:
    assert not [place for path in doors() for place in writes(path)]


def test_the_look_for_writes_sees_them(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tests.architecture.code.ROOT", tmp_path)
    door = tmp_path / "views.py"
    door.write_text(
        "item.save()\nItem.objects.filter(a=1).update(a=2)\ndict().update(a=1)\nx.objects.create()\n"
    )
    assert writes(door) == ["views.py:1", "views.py:2", "views.py:4"]


def test_a_receiver_only_calls_a_verb() -> None:
    long = [
        f"{at(path, function.lineno)} {function.name}"
        for path in doors()
        if path.stem == "receivers"
        for function in functions(path)
        if statements(function) > LONGEST_RECEIVER
    ]
    assert not long


def test_somebody_is_always_the_actor() -> None:
    """`by=` never defaults: a machine's work is done by the seeded system user."""
    defaulted = []
    for path in python_files(*APPS):
        for function in functions(path):
            named = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
            defaulted += [at(path, function.lineno) for arg, default in named if arg.arg == "by" and default]
    assert not defaulted
