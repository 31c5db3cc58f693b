"""What a picture says beside the picture is taken out, wherever it stands; what stands behind its end as well."""

import io

import pytest
from PIL import Image

from shibaiqian.files.metadata import NotAPicture, stripped
from shibaiqian.files.tests.test_pictures import drawn, sent

SECRET = b"GPS 34.1,109.9"
EXIF = b"\xff\xe1" + (len(SECRET) + 8).to_bytes(2, "big") + b"Exif\0\0" + SECRET


def segment(marker: int, words: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(words) + 2).to_bytes(2, "big") + words


def photo(**how: int) -> bytes:
    return sent(drawn(1), quality=80, **how)


def after_start(data: bytes, more: bytes) -> bytes:
    return data[:2] + more + data[2:]


@pytest.mark.parametrize(
    "data",
    [
        after_start(photo(), EXIF),
        after_start(photo(progressive=1), segment(0xFE, SECRET)),
        photo() + photo()[:2] + EXIF + photo()[2:],
        photo() + b"PK\x03\x04" + SECRET + b"\xff\xd9",
        after_start(photo(), segment(0xE2, b"FPXR\0" + SECRET)),
        after_start(photo(), segment(0xE0, b"JFXX\0" + SECRET)),
        after_start(photo(), segment(0xEE, SECRET)),
        after_start(photo(), segment(0xED, b"Photoshop 3.0\0" + SECRET)),
    ],
    ids=["EXIF", "comment", "a second picture", "an archive behind it", "FlashPix", "thumbnail", "own words", "IPTC"],
)
def test_no_place_stays_in_a_photo(data: bytes) -> None:
    assert SECRET in data
    kept = stripped(data, kind="image/jpeg")
    assert SECRET not in kept
    assert Image.open(io.BytesIO(kept)).convert("RGB").tobytes() == Image.open(io.BytesIO(data)).convert("RGB").tobytes()


@pytest.mark.parametrize("data", [photo(), photo(progressive=1), photo(restart_marker_blocks=2)], ids=["plain", "progressive", "restarts"])
def test_a_photo_without_metadata_stays_as_it_is(data: bytes) -> None:
    assert stripped(data, kind="image/jpeg") == data


def test_words_between_the_scans_of_a_progressive_photo_go_too() -> None:
    data = photo(progressive=1)
    second = data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)
    table = data.rindex(b"\xff\xc4", 0, second)
    mixed = data[:table] + EXIF + data[table:]
    assert stripped(mixed, kind="image/jpeg") == data


def test_a_photo_that_ends_in_its_middle_is_none() -> None:
    with pytest.raises(NotAPicture):
        stripped(photo()[:-40], kind="image/jpeg")
