"""Folders and files of ours: made so that the server's user can pass, private where data lie, written whole."""

import contextlib
import os
import stat
from pathlib import Path

from shibaiqian.base.embedded_postgres.account import Account
from shibaiqian.base.embedded_postgres.refusal import EmbeddedRefused


def own_folder(path: Path) -> None:
    """Make a folder of ours, and those missing above it, so that the server's user can pass through them."""
    if path.exists():
        return
    own_folder(path.parent)
    with contextlib.suppress(FileExistsError):  # another process was faster
        path.mkdir()
        if os.geteuid() == 0:
            path.chmod(0o755)


def write_whole(path: Path, *, text: str) -> None:
    """Write a file of ours completely or not at all."""
    draft = path.with_name(path.name + ".new")
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(0o644)
    draft.replace(path)


def check_private(path: Path, *, owners: set[int]) -> None:
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or stat.S_IMODE(found.st_mode) & 0o077:
        raise EmbeddedRefused(
            f"文件夹 {path} 不是本系统专用的：应属于用户编号 {min(owners, key=lambda uid: uid == 0)}、权限为 0700，"
            f"实际属于 {found.st_uid}、权限为 {stat.S_IMODE(found.st_mode):04o}。请查明来历，移走后重试。"
        )


def private_folder(path: Path, *, account: Account) -> None:
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    check_private(path, owners={account.uid, os.geteuid()})
    os.chown(path, account.uid, account.gid, follow_symlinks=False)
