"""Jobs of selection: notices whose days are over are finished each morning."""

from procrastinate.contrib.django import app

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.selection.notices import finish_due_notices


@app.periodic(cron="20 0 * * *", periodic_id="finish_notices")
@app.task(name="selection.finish_notices", queue="periodic", queueing_lock="selection.finish_notices")
def finish_notices(timestamp: int = 0) -> int:
    with acting(system_actor("公示期满")) as actor:
        return finish_due_notices(by=actor)
