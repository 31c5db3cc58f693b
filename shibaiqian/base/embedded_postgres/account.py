"""The operating system's user who runs the server: we, or somebody without rights when we are root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shibaiqian.base.embedded_postgres.refusal import MEND, EmbeddedRefused


@dataclass(frozen=True)
class Account:
    """The operating system's user who runs the server."""

    uid: int
    gid: int
    name: str

    @property
    def is_lent(self) -> bool:
        """We are root and the server is not."""
        return self.uid != os.geteuid()

    def as_child(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_lent else {}

    def may_pass(self, folder: Path) -> bool:
        """A lent account can reach this folder; missing folders are ours to make and count as passable."""
        return all(self._has_search_bit(f.stat()) for f in (folder, *folder.parents) if f.exists())

    def _has_search_bit(self, found: os.stat_result) -> bool:
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        return bool(found.st_mode & (stat.S_IXGRP if found.st_gid == self.gid else stat.S_IXOTH))


def account_of_uid(uid: int) -> Account:
    try:
        found = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedRefused(f"系统中没有编号为 {uid} 的用户，请先建立该用户再启动。{MEND}") from None
    return Account(uid=uid, gid=found.pw_gid, name=found.pw_name)


def account_for_root() -> Account:
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0}
    for name in ("postgres", "nobody"):
        if name in known:
            return account_of_uid(known[name])
    raise EmbeddedRefused(
        "PostgreSQL 不允许以 root 运行，而系统中没有 postgres 或 nobody 用户。"
        f"请执行 useradd --system postgres 后重试，或改用普通用户启动。{MEND}"
    )
