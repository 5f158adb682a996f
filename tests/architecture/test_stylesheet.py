"""Colours are named once, as tokens; everything else uses the names."""

import re

from tests.architecture.code import ROOT

COLOUR = r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch|lab|lch|color)\("


def test_colours_only_through_tokens() -> None:
    """Ink on paper is the exception: the print layer is black on white whatever the theme says."""
    strangers = []
    for sheet in sorted((ROOT / "static").rglob("*.css")):
        source = re.sub(r"/\*.*?\*/", "", sheet.read_text().partition("@layer print{")[0], flags=re.S)
        for value in re.findall(r"[{;]\s*(?!--)[a-z-]+\s*:([^;{}]*)", source):
            strangers += [value.strip() for _ in re.findall(COLOUR, value)]
    assert not strangers


def test_no_physical_direction() -> None:
    """Margins, paddings and alignments are logical, so that right-to-left needs no second sheet."""
    physical = r"(?:margin|padding|border)-(?:left|right)\b|(?:text-align|float)\s*:\s*(?:left|right)"
    assert not [
        m for sheet in (ROOT / "static").rglob("*.css") for m in re.findall(physical, sheet.read_text())
    ]
