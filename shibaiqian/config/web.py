"""The web server: one process that holds the port and watches, and processes that answer.

What answers is forked from the watching one after everything was imported, so that a further process costs only what it alone needs.
One that is killed is started anew while the others go on; without the watching one they end, and leave the port.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from shibaiqian.config.wsgi import application

PATIENCE = 10  # seconds that a request under way is given when the server is told to stop
PR_SET_PDEATHSIG = 1


def serve(*, host: str, port: int, processes: int, threads: int) -> None:
    """Serve until told to stop; what is being answered then is finished."""
    Granian(
        "shibaiqian.config.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=processes, blocking_threads=threads,
        respawn_failed_workers=True, workers_kill_timeout=PATIENCE, backlog=512 * processes, log_enabled=bool(os.environ.get("SHIBAIQIAN_LOG")),
    ).serve(target_loader=_loaded, wrap_loader=False)  # fmt: skip


def _loaded() -> Callable[..., Any]:
    """In a process that answers: it ends with the one that watches, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    return application
