"""A network as in the hills: a proxy of our own between phone and server that loses answers, cuts bodies, and worse."""

import random
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

PAGE = b"<html><body>\xe6\xac\xa2\xe8\xbf\x8e\xe4\xbd\xbf\xe7\x94\xa8\xe5\x85\x8d\xe8\xb4\xb9 WiFi</body></html>"
PORTAL = b'{"ok": true, "answers": []}'


def _response(status: str, body: bytes, kind: str = "text/html") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def read_message(connection: socket.socket) -> bytes:
    """One whole request, or what came of it."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
    while len(body) < length and (more := connection.recv(65536)):
        body += more
    return head + b"\r\n\r\n" + body


def _closing(request: bytes) -> bytes:
    return request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)


@dataclass
class BadNetwork:
    """Listens on a port; each connection has one fault, drawn with a seed. `done` counts them."""

    server_port: int
    seed: int = 20160608
    good: float = 0.25  # share of connections that nothing happens to
    done: dict[str, int] = field(default_factory=dict)
    kept: list[bytes] = field(default_factory=list)  # requests that arrive later

    def __post_init__(self) -> None:
        self._luck, self._lock = random.Random(self.seed), threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = int(self._listener.getsockname()[1])
        self._faults: dict[str, Callable[[socket.socket, bytes], None]] = {
            "answer dropped after commit": self._drop_answer, "body cut": self._cut_body, "sent twice": self._replay, "delayed": self._delay,
            "reset": self._reset, "gateway page": self._gateway, "captive portal": self._portal, "answer cut": self._cut_answer,
            "out of order": self._later,
        }  # fmt: skip
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, phone: socket.socket) -> None:
        with phone:
            try:
                request = read_message(phone)
                with self._lock:
                    name = "" if self._luck.random() < self.good else self._luck.choice(list(self._faults))
                    self.done[name or "good"] = self.done.get(name or "good", 0) + 1
                    late, self.kept = (self.kept, []) if not name else ([], self.kept)
                for one in late:
                    self._forward(one)
                self._faults[name](phone, request) if name else phone.sendall(self._forward(request))
            except OSError:
                return

    def _forward(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.server_port), timeout=20) as server:
            server.sendall(_closing(request))
            answer = b""
            while more := server.recv(65536):
                answer += more
            return answer

    def _drop_answer(self, phone: socket.socket, request: bytes) -> None:
        self._forward(request)

    def _cut_body(self, phone: socket.socket, request: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self.server_port), timeout=20) as server:
            server.sendall(request[: len(request) * 2 // 3])

    def _replay(self, phone: socket.socket, request: bytes) -> None:
        first = threading.Thread(target=self._forward, args=(request,))
        first.start()
        phone.sendall(self._forward(request))
        first.join()

    def _delay(self, phone: socket.socket, request: bytes) -> None:
        time.sleep(0.5)
        phone.sendall(self._forward(request))

    def _reset(self, phone: socket.socket, request: bytes) -> None:
        phone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    def _gateway(self, phone: socket.socket, request: bytes) -> None:
        phone.sendall(_response("200 OK", PAGE))

    def _portal(self, phone: socket.socket, request: bytes) -> None:
        phone.sendall(_response("200 OK", PORTAL, "application/json"))

    def _cut_answer(self, phone: socket.socket, request: bytes) -> None:
        answer = self._forward(request)
        phone.sendall(answer[: len(answer) - 20])

    def _later(self, phone: socket.socket, request: bytes) -> None:
        """The request arrives after later ones; the phone has given up on it."""
        with self._lock:
            self.kept.append(request)
