"""A network of our own between phone and server: it can be cut, lose an answer that the server gave, and see the server die."""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Literal

Fate = Literal["pass", "lose", "kill", "cut", "portal"]
SEEN = {b"POST /api/v1/inbox": "inbox", b"PUT /api/v1/photos/": "photos"}

PORTAL = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 29\r\nConnection: close\r\n\r\n<html>Please sign in</html>\r\n"


class Proxy:
    """Forwards TCP from a port of its own to the server's. `fates[kind]` are used up one a request, in order.

    pass: nothing happens. portal: a hotel's page says 200 OK instead of the server. cut: this request and everything after it gets nowhere. lose: the server gets the request and answers it; the answer is thrown away. kill: the server gets the request and dies at once.
    """

    def __init__(self, server: Callable[[], int], kill: Callable[[], None]) -> None:
        self._server, self._kill = server, kill
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.is_cut = False
        self.only_files = False  # the shell and its assets pass, the API does not
        self.fates: dict[str, list[Fate]] = {"inbox": [], "photos": []}
        self.happened: list[str] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """No connection lives on and none is made."""
        self.is_cut = True
        with self._lock:
            for one in list(self._open):
                _close(one)

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                phone, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(phone,), daemon=True).start()

    def _serve(self, phone: socket.socket) -> None:
        if self.is_cut:
            return _close(phone)
        try:
            server = socket.create_connection(("127.0.0.1", self._server()), timeout=5)
        except OSError:
            return _close(phone)
        server.settimeout(None)
        with self._lock:
            self._open |= {phone, server}
        losing = threading.Event()
        back = threading.Thread(target=self._answers, args=(server, phone, losing), daemon=True)
        back.start()
        with contextlib.suppress(OSError):
            while data := phone.recv(65_536):
                fate = "cut" if self.only_files and b" /api/" in data[:40] else self._fate(data)
                if fate == "cut":
                    self.is_cut = not self.only_files
                    break
                if fate == "portal":
                    phone.sendall(PORTAL)
                    break
                if fate == "lose":
                    losing.set()
                server.sendall(data)
                if fate == "kill":
                    self._kill()
                    break
        self._end(phone, server)
        return None

    def _fate(self, data: bytes) -> Fate | None:
        for start, kind in SEEN.items():
            if data.startswith(start) and self.fates[kind]:
                fate = self.fates[kind].pop(0)
                self.happened.append(f"{fate} {kind}")
                return fate
        return None

    def _answers(self, server: socket.socket, phone: socket.socket, losing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65_536):
                if losing.is_set():
                    break
                phone.sendall(data)
        self._end(phone, server)

    def _end(self, *sockets: socket.socket) -> None:
        for one in sockets:
            _close(one)
        with self._lock:
            self._open -= set(sockets)


def _close(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
