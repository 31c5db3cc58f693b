"""The hash of a picture: the same photo compressed anew is near, another far, and nothing sent can do harm."""

import io
import random
import struct
import zlib

import pytest
from PIL import Image, ImageDraw

from shibaiqian.files.pictures import picture_hash


def drawn(seed: int, *, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture with light and dark places, as a photo has."""
    luck = random.Random(seed)  # noqa: S311
    rough = Image.new("RGB", (12, 9))
    rough.putdata([tuple(luck.choices(range(256), k=3)) for _ in range(108)])
    picture = rough.resize(size, Image.Resampling.BICUBIC)
    ImageDraw.Draw(picture).ellipse((50, 60, 220, 300), fill=(luck.randrange(256), 40, 90))
    return picture


def sent(picture: Image.Image, kind: str = "JPEG", **how: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **how)
    return buffer.getvalue()


def apart(one: int | None, other: int | None) -> int:
    assert one is not None and other is not None
    return ((one ^ other) & (1 << 64) - 1).bit_count()


@pytest.mark.parametrize("seed", range(12))
def test_the_same_photo_compressed_anew_is_near_and_another_far(seed: int) -> None:
    picture = drawn(seed)
    whole = picture_hash(sent(picture, quality=92))
    assert apart(whole, picture_hash(sent(picture.resize((320, 240)), quality=60))) <= 3
    assert apart(whole, picture_hash(sent(picture, "WEBP", quality=70))) <= 3
    assert apart(whole, picture_hash(sent(drawn(seed + 100)))) > 10


def test_the_hash_fits_the_column() -> None:
    found = [picture_hash(sent(drawn(seed))) for seed in range(40)]
    assert all(one is not None and -(1 << 63) <= one < 1 << 63 for one in found)
    assert any(one < 0 for one in found if one is not None)


def test_a_photo_of_nothing_has_no_hash() -> None:
    assert picture_hash(sent(Image.new("RGB", (640, 480), (12, 12, 12)))) is None


def bomb() -> bytes:
    """A small WebP that says it is enormous, and a JPEG whose frame says so."""
    data = bytearray(sent(drawn(1)))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff\xd9",
        sent(drawn(1))[:400],
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        zlib.compress(b"0" * 9999),
        bomb(),
        sent(drawn(1), "PNG"),
    ],
    ids=["nothing", "empty", "cut", "no WebP", "no picture", "bomb", "another kind"],
)
def test_what_cannot_be_opened_has_no_hash_and_does_no_harm(data: bytes) -> None:
    assert picture_hash(data) is None
