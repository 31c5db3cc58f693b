"""Photos and voice memos, sent ahead of the records that name them, by the hash of their content."""

import datetime as dt
import errno
import hashlib
import logging
import uuid

from django.db.models import Sum

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.files import store
from shibaiqian.files.metadata import JPEG, WEBP, NotAPicture, stripped
from shibaiqian.files.pictures import is_bomb, picture_hash
from shibaiqian.regions.models import Region
from shibaiqian.sync.models import Upload

PICTURE, VOICE = 400_000, 1_500_000
LARGEST = {JPEG: PICTURE, WEBP: PICTURE, "audio/webm": VOICE, "audio/mp4": VOICE}
BEGINS = {"audio/webm": (0, b"\x1aE\xdf\xa3"), "audio/mp4": (4, b"ftyp")}
FULL = (errno.ENOSPC, errno.EDQUOT)
MOST_A_DAY = 100_000_000  # bytes of one account: five hundred photos; thirty days offline are about sixty

logger = logging.getLogger(__name__)


class PhotoUnfit(Refused):
    """It is too large, of another kind, or not what its hash says."""


class DiskFull(Refused):
    """There is no room; nothing was kept."""


class TooMuch(Refused):
    """This account sent more in a day than a person makes; it may come tomorrow."""


def kept_before(actor: Actor, sha256: str) -> Upload | None:
    """What the actor sent before under this hash."""
    found: Upload | None = Upload.objects.visible_to(actor).filter(user=_user(actor), sha256=sha256).first()
    return found


def _user(actor: Actor) -> uuid.UUID:
    return actor.user_id or uuid.UUID(int=0)


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
    known = kept_before(by, sha256)
    if known is not None:
        return known
    _must_be_within_a_day(by, len(data))
    user = _user(by)
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
    return kept_before(by, sha256) or Upload(user=user, sha256=sha256, size=len(data))


def _must_be_within_a_day(by: Actor, more: int) -> None:
    day = clock.wall_now() - dt.timedelta(days=1)
    sent = Upload.objects.visible_to(by).filter(user=_user(by), received_at__gt=day).aggregate(size=Sum("size"))["size"] or 0
    if sent + more > MOST_A_DAY:
        logger.warning("account %s sent %s bytes of photos in a day; no more is taken", by.user_id, sent)
        raise TooMuch(
            f"您一天内上传的照片和录音已有 {sent // 1_000_000} MB，暂时不再收；照片还在手机上，明天会自动重传。如不是您本人上传的，请联系系统管理员。"
        )


def _fit(data: bytes, *, kind: str) -> bytes:
    if kind in (JPEG, WEBP):
        if is_bomb(data):
            raise PhotoUnfit("照片的像素太多，不能收下。请用手机端重新拍照。")
        try:
            return stripped(data, kind=kind)
        except NotAPicture:
            raise PhotoUnfit("这不是能打开的照片，或没有传完整。请重新拍照。") from None
    at, mark = BEGINS[kind]
    if data[at : at + len(mark)] != mark:
        raise PhotoUnfit("这不是手机录音，或没有传完整。请重新录音。")
    return data
