"""What phones sent is forgotten at night, when it is done and old."""

from procrastinate.contrib.django import app

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.regions.models import Region
from shibaiqian.sync.forgotten import forget_said


@app.periodic(cron="50 3 * * *", periodic_id="forget_said")
@app.task(name="sync.forget_said", queue="periodic", queueing_lock="sync.forget_said")
def forget_said_at_night(timestamp: int = 0) -> int:
    """Once a night; how many records."""
    with acting(system_actor("手机原始记录")) as actor:
        return forget_said(Region.objects.get(pk=actor.scope.region), by=actor)
