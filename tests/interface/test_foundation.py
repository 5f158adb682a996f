"""The stylesheet and its fonts: what can be computed is computed."""

import gzip
import re
import struct
from pathlib import Path
from types import SimpleNamespace

import fontpkg_atkinson_hyperlegible
import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client

ROOT = Path(settings.BASE_DIR)
SHEET = (ROOT / "static/css/app.css").read_text()
FONTS = Path(fontpkg_atkinson_hyperlegible.__file__).parent / "files"
# How often letters stand in English text, and how wide Arial (regular, bold) draws them, in 2048ths of the size.
LETTERS = {
    " ": (0.18, 569, 569), "a": (0.065, 1139, 1139), "b": (0.013, 1139, 1251), "c": (0.022, 1024, 1139),
    "d": (0.033, 1139, 1251), "e": (0.102, 1139, 1139), "f": (0.02, 569, 682), "g": (0.016, 1139, 1251),
    "h": (0.05, 1139, 1251), "i": (0.057, 455, 569), "j": (0.001, 455, 569), "k": (0.005, 1024, 1139),
    "l": (0.033, 455, 569), "m": (0.02, 1706, 1821), "n": (0.057, 1139, 1251), "o": (0.062, 1139, 1251),
    "p": (0.015, 1139, 1251), "q": (0.001, 1139, 1251), "r": (0.05, 682, 797), "s": (0.053, 1024, 1139),
    "t": (0.075, 569, 682), "u": (0.023, 1139, 1251), "v": (0.008, 1024, 1139), "w": (0.017, 1479, 1593),
    "x": (0.001, 1024, 1139), "y": (0.014, 1024, 1139), "z": (0.001, 1024, 1024),
}  # fmt: skip


class Font:
    """As much of a TrueType file as the width of a text takes."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        count = struct.unpack(">H", self.data[4:6])[0]
        rows = (struct.unpack(">4sIII", self.data[12 + 16 * i : 28 + 16 * i]) for i in range(count))
        self.tables = {tag.decode(): offset for tag, _sum, offset, _length in rows}
        self.em = self.shorts("head", 18, 1)[0]
        self.ascent, self.descent, self.gap = struct.unpack(">hhh", self.at("hhea", 4, 6))

    def at(self, table: str, offset: int, length: int) -> bytes:
        start = self.tables[table] + offset
        return self.data[start : start + length]

    def shorts(self, table: str, offset: int, count: int) -> tuple[int, ...]:
        return struct.unpack(f">{count}H", self.at(table, offset, 2 * count))

    def glyph(self, letter: str) -> int:
        """Look `letter` up in the segment map (format 4)."""
        for i in range(self.shorts("cmap", 2, 1)[0]):
            offset = struct.unpack(">I", self.at("cmap", 8 + 8 * i, 4))[0]
            if self.shorts("cmap", offset, 1)[0] == 4:
                break
        n = self.shorts("cmap", offset + 6, 1)[0] // 2
        ends = self.shorts("cmap", offset + 14, n)
        starts, deltas, ranges = (self.shorts("cmap", offset + 16 + 2 * n * k, n) for k in (1, 2, 3))
        j = next(j for j in range(n) if ends[j] >= ord(letter))
        if not ranges[j]:
            return (ord(letter) + deltas[j]) % 65536
        place = offset + 16 + 6 * n + 2 * j + ranges[j] + 2 * (ord(letter) - starts[j])
        return (self.shorts("cmap", place, 1)[0] + deltas[j]) % 65536

    def width(self, letter: str) -> int:
        return self.shorts("hmtx", 4 * min(self.glyph(letter), self.shorts("hhea", 34, 1)[0] - 1), 1)[0]


@pytest.mark.parametrize(("weight", "name", "arial"), [(400, "Regular", 1), (700, "Bold", 2)])
def test_the_fallback_has_the_metrics_of_the_font(weight: int, name: str, arial: int) -> None:
    font = Font(FONTS / f"AtkinsonHyperlegible-{name}.ttf")
    own = sum(font.width(letter) * row[0] for letter, row in LETTERS.items()) / font.em
    scale = own / (sum(row[arial] * row[0] for row in LETTERS.values()) / 2048)
    rule = re.search(rf'"Atkinson fallback";[^}}]*font-weight:{weight};([^}}]*)', SHEET)
    assert rule
    said = {key: float(value) for key, value in re.findall(r"([a-z-]+):([\d.]+)%", rule[1])}
    assert said["size-adjust"] == pytest.approx(scale * 100, abs=0.02)
    assert said["ascent-override"] == pytest.approx(font.ascent / font.em / scale * 100, abs=0.02)
    assert said["descent-override"] == pytest.approx(-font.descent / font.em / scale * 100, abs=0.02)
    assert said["line-gap-override"] == font.gap == 0


def test_dark_by_the_system_and_by_choice_are_one_theme() -> None:
    by_system = re.search(r":root:not\(\[data-theme=light\]\)\{(.*?)\}", SHEET, re.S)
    by_choice = re.search(r"\n\s*\[data-theme=dark\]\{(.*?)\}", SHEET, re.S)
    assert by_system
    assert by_choice
    assert by_system[1].split() == by_choice[1].split()


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


TEXT = [
    ("ink", "bg"), ("ink", "surface"), ("ink-2", "surface"), ("ink-2", "sunken"), ("ink-3", "surface"), ("ink-3", "bg"),
    ("ink-3", "sunken"), ("brand-ink", "surface"), ("brand-ink", "bg"), ("brand-ink", "brand-soft"),
    ("on-brand", "brand"), ("on-brand", "brand-hover"), ("ok", "ok-soft"), ("risk", "risk-soft"), ("late", "late-soft"),
    ("late", "surface"), ("risk", "surface"), ("hold", "hold-soft"), ("met", "met-soft"), ("on-late", "late-solid"),
]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast(theme: str) -> None:
    block = SHEET[SHEET.index("@layer tokens") :]
    block = block[block.index("[data-theme=dark]") :] if theme == "dark" else block
    tokens = dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]+)", block[: block.index("\n  }")]))

    def contrast(one: str, other: str) -> float:
        low, high = sorted((_luminance(tokens[one]), _luminance(tokens[other])))
        return (high + 0.05) / (low + 0.05)

    weak = {pair: round(contrast(*pair), 2) for pair in TEXT if contrast(*pair) < 5.3}
    assert not weak
    assert contrast("control", "surface") >= 3
    assert contrast("focus", "surface") >= 3


def test_weights() -> None:
    def weigh(path: str) -> int:
        return len(gzip.compress((ROOT / path).read_bytes()))

    assert weigh("static/css/app.css") <= 16 * 1024
    assert weigh("static/js/app.js") <= 8 * 1024


def test_no_authority_outside_the_layers() -> None:
    """No id selectors, no !important but in print."""
    rules = re.sub(r"/\*.*?\*/", "", SHEET, flags=re.S)
    before_print = rules.partition("@layer print{")[0]
    assert "!important" not in before_print
    assert not re.search(
        r"(?:^|[},\s])#[a-z][\w-]*[\s{:.,>]", re.sub(r"url\([^)]*\)", "", before_print), re.M
    )


def test_the_page_for_our_own_faults_needs_nothing() -> None:
    """500.html is rendered without a request, a person or a database."""
    page = render_to_string("500.html")
    assert "Something went wrong on our side" in page
    assert "<script" not in page


def test_a_page_that_was_open_too_long_says_what_to_do(world: SimpleNamespace) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.nurse, backend=settings.AUTHENTICATION_BACKENDS[0])
    answer = client.post("/requests/supply/new/")
    assert answer.status_code == 403
    assert "Open this page again" in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/approvals/", "/store/", "/requests/", "/notices/", "/me/"])
def test_a_visitor_is_asked_to_sign_in_and_comes_back(db: None, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={path}"
