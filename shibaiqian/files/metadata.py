"""Taking out of a picture what it says beside the picture: place, time, device (EXIF, XMP, IPTC, comments). Pure bytes.

The picture itself is not decoded and not compressed again.
"""

JPEG_START = b"\xff\xd8"
JPEG, WEBP = "image/jpeg", "image/webp"
# Kept: JFIF, the colour profile and Adobe's colour transform; the picture looks wrong without the last.
KEPT_SEGMENTS = {0xE0, 0xE2, 0xEE}
KEPT_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
EXIF_AND_XMP = 0x0C  # flags of VP8X


class NotAPicture(ValueError):
    """The bytes are not what they were said to be."""


def stripped(data: bytes, *, kind: str) -> bytes:
    """The picture without metadata. NotAPicture when it is no JPEG or WebP."""
    return _jpeg(data) if kind == JPEG else _webp(data)


def _jpeg(data: bytes) -> bytes:
    if not data.startswith(JPEG_START):
        raise NotAPicture("no JPEG")
    kept, at = bytearray(JPEG_START), 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise NotAPicture("a segment does not begin")
        marker = data[at + 1]
        if marker == 0xDA:  # the scan: the rest is the picture
            end = data.rfind(b"\xff\xd9")
            return bytes(kept) + data[at : end + 2 if end > at else len(data)]
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(data):
            raise NotAPicture("a segment is cut")
        is_metadata = 0xE0 <= marker <= 0xEF and marker not in KEPT_SEGMENTS
        if not is_metadata and marker != 0xFE:
            kept += data[at : at + 2 + length]
        at += 2 + length
    raise NotAPicture("no scan")


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
