"""Sealed files on disk, named by the hash of their content; on disk and synced before the row that names them is written."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from shibaiqian.base import crypto


class FileGone(OSError):
    """The store has no such file."""


def _path(key: str) -> Path:
    folder: Path = settings.HOME.files / key[:2]
    return folder / key


def keep(data: bytes) -> str:
    """Seal and store; return the key (SHA-256 of the content). The same content is stored once.

    Raises OSError when the disk is full; nothing is left behind.
    """
    key = hashlib.sha256(data).hexdigest()
    path = _path(key)
    if path.exists():
        return key
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(crypto.seal_bytes(data, name=key))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).rename(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return key


def read(key: str) -> bytes:
    """The content of a stored file. SealBroken when it was damaged, FileGone when it is missing."""
    path = _path(key)
    if not path.exists():
        raise FileGone(f"文件库中没有 {key[:12]}…")
    return crypto.unseal_bytes(path.read_bytes(), name=key)


@contextmanager
def opened(key: str, *, suffix: str) -> Iterator[Path]:
    """The content in a private temporary file, for readers in child processes; gone afterwards."""
    folder: Path = settings.HOME.path / "tmp"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=folder, suffix=suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(read(key))
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
