"""A media folder of its own for every test, and files to post."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.files.standin import Clamd


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    """Where contents go in this test; `everything` beside it must stay as it is."""
    root = tmp_path / "var" / "media"
    settings.MEDIA_ROOT, settings.VAR_DIR = root, tmp_path / "var"
    return root


@pytest.fixture
def clamd(settings) -> Iterator[Clamd]:
    """A stand-in of the scanner that really listens, and is set."""
    with Clamd() as running:
        settings.CLAMD_URL = running.url
        yield running


def stored(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if not path.is_dir())


def photo(
    width: int = 800, height: int = 600, form: str = "JPEG", mode: str = "RGB", **options: object
) -> bytes:
    """A picture with something on it, so that it does not pack to nothing."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert(mode).save(out, form, **options)
    return out.getvalue()


def noise(width: int, height: int, **options: object) -> bytes:
    """The worst picture to pack: every pixel by chance."""
    out = io.BytesIO()
    Image.frombytes("RGB", (width, height), os.urandom(width * height * 3)).save(out, "JPEG", **options)
    return out.getvalue()


def pdf(inner: bytes = b"<< /Type /Catalog /Pages 2 0 R >>") -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n"
        + inner
        + b"\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
    )


def upload(name: str, content: bytes, mime: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, mime)


@pytest.fixture
def a_photo() -> Callable[[str], SimpleUploadedFile]:
    return lambda name="pump.jpg": upload(name, photo(), "image/jpeg")
