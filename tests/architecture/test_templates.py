"""What the strict Content-Security-Policy forbids never gets into a template, nor do words of the code."""

import re

import pytest

from tests.architecture.code import at, templates

FORBIDDEN = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "a script without src": r"<script\b(?![^>]*\bsrc=)(?![^>]*application/json)",
    "an event handler": r"<[^>]*\son[a-z]+\s*=",
    "an htmx handler or expression": r"hx-on|hx-vals\s*=\s*[\"']?js:|hx-trigger\s*=\s*\"[^\"]*\[",
    "a state as a string": r"\bstate\s*(==|!=|in)\s*[\"']",
    "a javascript: address": r"javascript:",
    "something from another host": r"<(script|link|img)\b[^>]*\b(src|href)=[\"']?(https?:)?//",
}


def found(source: str, pattern: str) -> list[int]:
    """The line numbers of `source` where `pattern` begins, comments aside."""
    source = re.sub(
        r"{#.*?#}|{% comment .*?{% endcomment %}", lambda m: "\n" * m[0].count("\n"), source, flags=re.S
    )
    return [source.count("\n", 0, match.start()) + 1 for match in re.finditer(pattern, source, re.I)]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str) -> None:
    assert not [at(path, line) for path in templates() for line in found(path.read_text(), FORBIDDEN[what])]


@pytest.mark.parametrize(
    ("what", "source"),
    [
        ("a style attribute", '<p class="a"\n style="color:red">'),
        ("a style element", "<style>"),
        ("a script without src", "<script>alert(1)</script>"),
        ("an event handler", '<button onclick="x()">'),
        ("an htmx handler or expression", '<a hx-trigger="keyup[ctrlKey]">'),
        ("a state as a string", '{% if request.state == "approved" %}'),
        ("a javascript: address", '<a href="javascript:x">'),
        ("something from another host", '<script src="https://cdn.example/x.js"></script>'),
    ],
)
def test_the_look_sees(what: str, source: str) -> None:
    assert found(source, FORBIDDEN[what])


def test_every_form_that_posts_is_protected() -> None:
    bare = []
    for path in templates():
        for form in re.finditer(r"<form\b[^>]*method=[\"']?post.*?</form>", path.read_text(), re.S | re.I):
            if "csrf_token" not in form[0]:
                bare.append(path.name)
    assert not bare
