"""The background worker: rosters in one line and, beside it, everything short; no import keeps the audit waiting for its seal.

Two workers of the job queue in one process share its memory and its connections. What works on a roster has its own line because
it takes minutes and memory; two of them at once would take twice as much.
"""

import asyncio
import signal

from procrastinate import App
from procrastinate.contrib.django import app

ROSTERS = "imports"


def work(*, rosters_at_once: int) -> None:
    """Work until the process is told to stop; what is being done then is finished."""
    with app.replace_connector(app.connector.get_worker_connector()) as mine:  # type: ignore[attr-defined]
        asyncio.run(_both(mine, rosters_at_once=rosters_at_once))


async def _both(mine: App, *, rosters_at_once: int) -> None:
    async with mine.open_async():
        mine.perform_import_paths()
        short = sorted({task.queue for task in mine.tasks.values()} - {ROSTERS})
        workers = [
            asyncio.create_task(mine.run_worker_async(queues=queues, name=name, concurrency=number, install_signal_handlers=False))
            for name, queues, number in (("rosters", [ROSTERS], rosters_at_once), ("short", short, 1))
        ]
        for told in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(told, _stop, workers)
        # One that ends by itself has failed: without it the other is half a worker, and who watches the process starts a whole one.
        await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
        _stop(workers)
        for found in await asyncio.gather(*workers, return_exceptions=True):
            if isinstance(found, Exception):
                raise found


def _stop(workers: "list[asyncio.Task[None]]") -> None:
    """Each is told once: it then finishes its job and signs off, and being told again would cut that short."""
    for worker in workers:
        if not worker.cancelling():
            worker.cancel()
