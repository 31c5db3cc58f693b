"""What a picture looks like, in 64 bits: the same photo, sent again or compressed anew, differs in a few of them."""

import io
import warnings

from PIL import Image

FORMATS = ("JPEG", "WEBP")
MOST_PIXELS = 16_000_000  # ten times what our own app sends; a picture that unfolds to more is not opened
WIDE, HIGH = 9, 8
FLAT = 12  # grey levels between the darkest and the brightest point: a wall, a sheet, a night; everybody has the same


def is_bomb(data: bytes) -> bool:
    """Whether it says it unfolds to more than can be opened without harm. Only its beginning is read."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            return bool(picture.width * picture.height > MOST_PIXELS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return True
    except Exception:  # noqa: BLE001 - as below
        return False


def picture_hash(data: bytes) -> int | None:
    """The difference hash (dHash) of a photo as a signed 64-bit number; None where it cannot be opened or shows nothing.

    Each bit says whether a point is darker than its right neighbour, on nine by eight grey points. The photo is looked at and
    not judged: whatever happens here, it is kept.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return None
                picture.draft("L", (WIDE * 16, HIGH * 16))  # a JPEG is decoded at a fraction of its size
                grey = picture.convert("L").resize((WIDE, HIGH), Image.Resampling.BOX).tobytes()
    except Exception:  # noqa: BLE001 - a decoder meets whatever bytes somebody sent; its faults are many and none is ours
        return None
    if max(grey) - min(grey) < FLAT:
        return None
    bits = 0
    for row in range(HIGH):
        for at in range(row * WIDE, row * WIDE + WIDE - 1):
            bits = bits << 1 | (grey[at] < grey[at + 1])
    return bits - (1 << 64) if bits >> 63 else bits
