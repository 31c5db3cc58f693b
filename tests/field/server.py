"""`python -m tests.field.server PORT PROCESSES`: the web server, imported once and forked anew for each line it reads; says each one's process number.

What is forked is `shibaiqian serve` itself. A start then takes a tenth of the time, so that a test that kills it kills it often.
"""

import importlib
import os
import signal
import sys


def main(port: int, processes: int) -> None:
    os.environ["SHIBAIQIAN_DATABASE_ROLE"] = "app"
    import django

    django.setup()
    from shibaiqian.config.cli import serve

    for name in ("shibaiqian.config.web", "shibaiqian.config.urls"):
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who is killed leaves no trace
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDWR)
            for stream in range(3):
                os.dup2(nothing, stream)
            serve.main(["--port", str(port), "--processes", str(processes)])
        print(pid, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
