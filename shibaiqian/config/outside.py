"""What the environment says about servers outside, as settings. Pure."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def smtp_of(url: str) -> dict[str, Any]:
    """Arguments of Django's SMTP backend from `smtp://`, `smtp+starttls://` or `smtps://[user:password@]host[:port]`; empty from nothing."""
    if not url:
        return {}
    said = urlsplit(url)
    if said.scheme not in PORTS or not said.hostname:
        raise ImproperlyConfigured("SHIBAIQIAN_SMTP_URL 的格式是 smtps://用户:口令@主机:端口，也可以用 smtp+starttls:// 或 smtp://。")
    return {
        "host": said.hostname,
        "port": said.port or PORTS[said.scheme],
        "username": unquote(said.username or ""),
        "password": unquote(said.password or ""),
        "use_ssl": said.scheme == "smtps",
        "use_tls": said.scheme == "smtp+starttls",
    }


def hosts_of(said: str) -> frozenset[str]:
    """Host names, with a port where it is not 443, by comma."""
    return frozenset(host.strip().lower() for host in said.split(",") if host.strip())
