"""Whoever works on the embedded server starts it again when it fell: it has no other keeper."""

import logging
import threading
import time

from shibaiqian.base.embedded_postgres.cluster import Cluster
from shibaiqian.base.embedded_postgres.refusal import EmbeddedRefused

logger = logging.getLogger(__name__)
EVERY = 2.0  # seconds


def keep_running(cluster: Cluster) -> None:
    """Look after the server from a thread of this process, as long as the process lives. Any number of processes may do so."""
    threading.Thread(target=_watch, args=(cluster,), name="embedded-postgres", daemon=True).start()


def _watch(cluster: Cluster) -> None:
    said = ""
    while True:
        time.sleep(EVERY)
        try:
            if cluster.revive():
                logger.warning("内置数据库曾意外停止，已重新启动。")
            said = ""
        except EmbeddedRefused as why:
            if str(why) != said:  # once, however long a full disk lasts
                said = str(why)
                logger.error(said)
