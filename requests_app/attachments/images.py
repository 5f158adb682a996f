"""Pictures are decoded and written anew: what is stored holds pixels and nothing else. PURE: bytes in, bytes out."""

import io
import struct
import threading
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image

from requests_app.attachments.refusing import NotTaken

FORMATS = ("JPEG", "PNG")
MEGAPIXEL = 1_000_000
MOST_PIXELS = 25 * MEGAPIXEL
# A decoder that must hold the whole picture at once (all but plain JPEG) would need 200 MB for the above.
MOST_PIXELS_WHOLE = 10 * MEGAPIXEL
LONGEST_SIDE = 2048  # pixels of what is stored
DECODED_SIDE = 1600  # a large JPEG is decoded at no less than this
LARGEST_PHOTO = 300 * 1024  # bytes of what is stored
QUALITIES = (80, 55)
SMALLER, SMALLEST = 1280, 640  # sides of a photo that is too large at every quality
ORIENTATION = 0x0112  # the EXIF tag that says how the camera was held
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# What Pillow raises for what is no picture: it has no common ancestor.
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    NotImplementedError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
_one_at_a_time = (
    threading.Lock()
)  # a picture takes up to 100 MB while it is decoded, and eight threads answer


@dataclass(frozen=True)
class Picture:
    content: bytes
    ends: str  # jpg or png
    mime: str
    width: int
    height: int


def redraw(source: BinaryIO) -> Picture:
    """Decode, turn upright, shrink and encode again. Raises NotTaken for what is none, is damaged, or is too large.

    The size is read from the header and judged before a single pixel is decoded.
    """
    try:
        with _one_at_a_time, Image.open(source, formats=FORMATS) as image:
            _check_size(image)
            return _encode(_upright(image), drawn=image.format == "PNG")
    except BROKEN:
        raise NotTaken(
            _("The picture is damaged or not a picture. Take it again, or save it as JPEG.")
        ) from None


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    whole = image.format != "JPEG" or "progressive" in image.info
    most = MOST_PIXELS_WHOLE if whole else MOST_PIXELS
    if width * height > most or max(width, height) > 20_000:
        raise NotTaken(
            _("The picture has too many pixels; at most %(most)s million. Make it smaller and try again.")
            % {"most": most // MEGAPIXEL}
        )


def _upright(image: Image.Image) -> Image.Image:
    """As it is meant to be seen, at most LONGEST_SIDE wide and high. Metadata stays behind."""
    turned = image.getexif().get(ORIENTATION, 1)
    part = min(1, DECODED_SIDE / max(image.size))
    # A JPEG is decoded at about the size that is wanted.
    image.draft("RGB", (round(image.width * part), round(image.height * part)))
    see_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = image.convert("RGBA" if see_through else "RGB")
    return plain.transpose(TURNS[turned]) if turned in TURNS else plain


def _encode(image: Image.Image, *, drawn: bool) -> Picture:
    """PNG where that is small and it was one (`drawn`: screens, drawings); else a JPEG of at most LARGEST_PHOTO."""
    if drawn:
        content = _written(image, "PNG")
        if len(content) <= LARGEST_PHOTO:
            return Picture(content, "png", "image/png", *image.size)
    if image.mode == "RGBA":
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    for side in (LONGEST_SIDE, SMALLER, SMALLEST):
        image.thumbnail((side, side))
        for quality in QUALITIES:
            content = _written(image, "JPEG", quality=quality)
            if len(content) <= LARGEST_PHOTO:
                return Picture(content, "jpg", "image/jpeg", *image.size)
            if len(content) > 3 * LARGEST_PHOTO:  # quality alone will not do
                break
    raise ValueError("no picture of that size is so large")


def _written(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()
