from pathlib import Path

import pytest
from django.conf import settings

from shibaiqian.base.crypto import SealBroken
from shibaiqian.files import store


def _stored(key: str) -> Path:
    return settings.HOME.files / key[:2] / key


def test_a_file_comes_back_and_is_sealed_on_disk() -> None:
    key = store.keep("名册内容".encode() * 100)
    assert store.read(key) == "名册内容".encode() * 100
    assert "名册".encode() not in _stored(key).read_bytes()


def test_a_damaged_file_is_refused() -> None:
    key = store.keep(b"damaged later")
    path = _stored(key)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(SealBroken):
        store.read(key)
    path.unlink()
    with pytest.raises(store.FileGone):
        store.read(key)


def test_the_opened_copy_is_gone_afterwards() -> None:
    key = store.keep(b"for a reader")
    with store.opened(key, suffix=".xlsx") as path:
        assert path.read_bytes() == b"for a reader"
        assert path.stat().st_mode & 0o077 == 0
    assert not path.exists()
