"""Taking out of a picture what it says beside the picture: place, time, device (EXIF, XMP, IPTC, comments). Pure bytes.

The picture itself is not decoded and not compressed again.
"""

import re

JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
JPEG, WEBP = "image/jpeg", "image/webp"
# Kept: JFIF, the colour profile and Adobe's colour transform; the picture looks wrong without the last.
KEPT_SEGMENTS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
SCAN = 0xDA
# In a scan FF is followed by 00 or counts restarts; anything else begins the next segment or ends the picture.
SCAN_ENDS = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
KEPT_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
EXIF_AND_XMP = 0x0C  # flags of VP8X


class NotAPicture(ValueError):
    """The bytes are not what they were said to be."""


def stripped(data: bytes, *, kind: str) -> bytes:
    """The picture without metadata. NotAPicture when it is no JPEG or WebP."""
    return _jpeg(data) if kind == JPEG else _webp(data)


def _jpeg(data: bytes) -> bytes:
    """Up to the end of the first picture: what a telephone puts behind it (a second one, a film) has a place of its own in it."""
    if not data.startswith(JPEG_START):
        raise NotAPicture("no JPEG")
    kept, at, has_scan = bytearray(JPEG_START), 2, False
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise NotAPicture("a segment does not begin")
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise NotAPicture("a segment is cut")
        if marker == SCAN:
            found = SCAN_ENDS.search(data, end)
            if found is None:
                raise NotAPicture("the picture is cut")
            end, has_scan = found.start(), True
        if _is_of_the_picture(marker, data[at + 4 : end]):
            kept += data[at:end]
        at = end
        if has_scan and data[at : at + 2] == JPEG_END:
            return bytes(kept + JPEG_END)
    raise NotAPicture("no scan")


def _is_of_the_picture(marker: int, words: bytes) -> bool:
    return marker < 0xE0 or (marker in KEPT_SEGMENTS and words.startswith(KEPT_SEGMENTS[marker]))


def _webp(data: bytes) -> bytes:
    if len(data) < 16 or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise NotAPicture("no WebP")
    kept, at = bytearray(), 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if at + 8 + size > len(data):
            raise NotAPicture("a chunk is cut")
        if name in KEPT_CHUNKS:
            chunk = bytearray(data[at:end])
            if name == b"VP8X" and size:
                chunk[8] &= ~EXIF_AND_XMP & 0xFF
            kept += chunk
        at = end
    if not kept:
        raise NotAPicture("no picture in it")
    return b"RIFF" + (len(kept) + 4).to_bytes(4, "little") + b"WEBP" + bytes(kept)
