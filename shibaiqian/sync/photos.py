"""Photos and voice memos, sent ahead of the records that name them, by the hash of their content."""

import errno
import hashlib
import uuid

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.files import store
from shibaiqian.files.metadata import JPEG, WEBP, NotAPicture, stripped
from shibaiqian.files.pictures import picture_hash
from shibaiqian.regions.models import Region
from shibaiqian.sync.models import Upload

PICTURE, VOICE = 400_000, 1_500_000
LARGEST = {JPEG: PICTURE, WEBP: PICTURE, "audio/webm": VOICE, "audio/mp4": VOICE}
BEGINS = {"audio/webm": (0, b"\x1aE\xdf\xa3"), "audio/mp4": (4, b"ftyp")}
FULL = (errno.ENOSPC, errno.EDQUOT)


class PhotoUnfit(Refused):
    """It is too large, of another kind, or not what its hash says."""


class DiskFull(Refused):
    """There is no room; nothing was kept."""


@command(Permission.VIEW_FIELDWORK, redact=("data",))
def keep_photo(region: Region, *, sha256: str, kind: str, data: bytes, by: Actor) -> Upload:
    """Keep a photo without its metadata, or a voice memo, under the hash of what was sent. On disk before the row. Again: the same."""
    largest = LARGEST.get(kind)
    if largest is None:
        raise PhotoUnfit("只收 JPEG、WebP 照片和手机录音。请重新拍照或录音。")
    if len(data) > largest:
        raise PhotoUnfit(f"文件有 {len(data) // 1000} kB，最大 {largest // 1000} kB。请压缩后再传。")
    if hashlib.sha256(data).hexdigest() != sha256:
        raise PhotoUnfit("文件没有传完整，请重传。")
    user = by.user_id or uuid.UUID(int=0)
    known = Upload.objects.visible_to(by).filter(user=user, sha256=sha256).first()
    if known is not None:
        return known
    try:
        stored = store.keep(_fit(data, kind=kind))
    except OSError as why:
        if why.errno in FULL:
            raise DiskFull("服务器的存储空间已满，照片没有收下，还在手机上。请告诉系统管理员，稍后会自动重传。") from why
        raise
    Upload.objects.bulk_create(
        [
            Upload(
                user=user, region=region, sha256=sha256, stored=stored, kind=kind, size=len(data), received_at=clock.wall_now(),
                picture_hash=picture_hash(data) if kind in (JPEG, WEBP) else None,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    # Out of sight it was sent by a role that has ended since; the records of that role find it.
    return Upload.objects.visible_to(by).filter(user=user, sha256=sha256).first() or Upload(user=user, sha256=sha256, size=len(data))


def _fit(data: bytes, *, kind: str) -> bytes:
    if kind in (JPEG, WEBP):
        try:
            return stripped(data, kind=kind)
        except NotAPicture:
            raise PhotoUnfit("这不是能打开的照片，或没有传完整。请重新拍照。") from None
    at, mark = BEGINS[kind]
    if data[at : at + len(mark)] != mark:
        raise PhotoUnfit("这不是手机录音，或没有传完整。请重新录音。")
    return data
