"""Group robots of WeCom and DingTalk: a JSON text by POST to an address that may be reached, and to no other.

An address is one that a user typed, so it must not make the server call what only the server can reach: https only, a host of the
operator's list, no address inside unless the operator listed that host for it, the very address that was looked at, no redirect.
"""

import http.client
import ipaddress
import json
import socket
import ssl
from urllib.parse import urlsplit

from django.conf import settings

TIMEOUT = 10.0  # seconds
LONGEST_ANSWER = 64 * 1024
LONGEST_ADDRESS = 500
LONGEST_TEXT = 1800  # characters; robots take 2,048 bytes and more, the shortest of them 2,000 characters


class RobotRefused(ValueError):
    """This address is not called; the message is for who typed it."""


class RobotSilent(Exception):
    """It could not be reached, or did not answer as it should: worth another attempt."""


class RobotDeclined(Exception):
    """It answered that it does not take this: another attempt changes nothing."""


def check_address(address: str) -> str:
    """How the address is shown, without its key. Raises RobotRefused."""
    host, port, _target = _parts(address)
    return f"https://{host}{'' if port == 443 else f':{port}'}/…{address[-4:]}"


def post_text(address: str, text: str) -> None:
    """Say a text in the robot's group. Raises RobotRefused, RobotSilent, RobotDeclined."""
    host, port, target = _parts(address)
    body = json.dumps({"msgtype": "text", "text": {"content": text[:LONGEST_TEXT]}}, ensure_ascii=False).encode()
    connection = _Pinned(host, port, address=_looked_up(host, port))
    try:
        connection.request("POST", target, body=body, headers={"Content-Type": "application/json; charset=utf-8"})
        answer = connection.getresponse()
        said = answer.read(LONGEST_ANSWER)
    except (OSError, http.client.HTTPException) as why:
        raise RobotSilent(f"{host}: {type(why).__name__}") from None
    finally:
        connection.close()
    _must_have_taken_it(host, answer.status, said)


def _must_have_taken_it(host: str, status: int, said: bytes) -> None:
    if status >= 500 or status == 429:
        raise RobotSilent(f"{host}: {status}")
    if status != 200:  # a redirect, too: it is not followed
        raise RobotDeclined(f"{host}: {status}")
    try:
        code = json.loads(said).get("errcode", 0)
    except (ValueError, AttributeError):
        raise RobotDeclined(f"{host}: no JSON") from None
    if code in (45009, 130101):  # too many messages a minute (WeCom, DingTalk)
        raise RobotSilent(f"{host}: errcode {code}")
    if code:
        raise RobotDeclined(f"{host}: errcode {code}")


def _parts(address: str) -> tuple[str, int, str]:
    """Host, port and target of an address that may be called."""
    if len(address) > LONGEST_ADDRESS or not address.isascii() or any(c.isspace() or ord(c) < 33 for c in address):
        raise RobotRefused("机器人地址太长，或含有空格和其他不允许的字符。请从群机器人设置中重新复制。")
    try:
        said = urlsplit(address)
        host, port = (said.hostname or "").lower(), said.port or 443
    except ValueError:
        raise RobotRefused("机器人地址的格式不对。请从群机器人设置中重新复制。") from None
    if said.scheme != "https" or said.username is not None or said.password is not None or said.fragment:
        raise RobotRefused("机器人地址须以 https:// 开头，不带用户名。请从群机器人设置中重新复制。")
    named = host if port == 443 else f"{host}:{port}"
    if named not in settings.ROBOT_HOSTS | settings.ROBOT_INNER_HOSTS:
        raise RobotRefused(f"不能向“{named}”发送通知。允许的有：{'、'.join(sorted(settings.ROBOT_HOSTS))}。需要增加的，请联系系统管理员。")
    target = (said.path or "/") + (f"?{said.query}" if said.query else "")
    return host, port, target


def _looked_up(host: str, port: int) -> str:
    """The address to connect to, looked at before: of several all must be outside, unless the host is listed as an inner one."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError:
        raise RobotSilent(f"{host}: not found") from None
    named = host if port == 443 else f"{host}:{port}"
    if named not in settings.ROBOT_INNER_HOSTS and not all(map(_is_outside, map(str, found))):
        raise RobotRefused(f"“{host}”指向内部网络的地址，不能发送。")
    return str(sorted(found)[0])


def _is_outside(text: str) -> bool:
    """A public address of one machine; an IPv4 address in IPv6 clothes is what it is."""
    ip = ipaddress.ip_address(text.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_global and not ip.is_multicast


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was looked at, whatever the name means a moment later; the certificate is the name's."""

    def __init__(self, host: str, port: int, *, address: str) -> None:
        context = ssl.create_default_context(cafile=settings.ROBOT_CA or None)
        super().__init__(host, port, timeout=TIMEOUT, context=context)
        self._address, self._tls = address, context

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise
