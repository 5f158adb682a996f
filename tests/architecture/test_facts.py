"""All subscriptions stand in one ordered table, and every fact is heard."""

import ast
from collections.abc import Iterator

from portal import checks
from tests.architecture.code import APPS, at, python_files, tree

MODEL_SIGNALS = ("django.db.models.signals", "django_fsm.signals")


def subscribes(node: ast.AST) -> bool:
    """Whether a line of code hears a signal by its own means."""
    if isinstance(node, ast.Call):
        options = {keyword.arg for keyword in node.keywords}
        return ast.unparse(node.func).endswith(".connect") and bool(
            options & {"sender", "weak", "dispatch_uid"}
        )
    if isinstance(node, ast.FunctionDef):
        return any("receiver(" in ast.unparse(decorator) for decorator in node.decorator_list)
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith(MODEL_SIGNALS)


def lines(name: str) -> Iterator[tuple[str, ast.AST]]:
    for path in python_files(*APPS):
        if path.name != name:
            for node in ast.walk(tree(path)):
                yield at(path, getattr(node, "lineno", 0)), node


def test_every_fact_is_heard() -> None:
    assert checks.facts(), "no facts were found at all"
    assert not checks.every_fact_is_heard()


def test_subscriptions_stand_only_in_the_table() -> None:
    assert not [place for place, node in lines("flow.py") if subscribes(node)]


def test_signals_are_declared_in_signals_modules() -> None:
    assert not [
        place
        for place, node in lines("signals.py")
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Signal", "dispatch.Signal")
    ]
