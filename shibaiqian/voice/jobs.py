"""Each night: receivers whose clock has run out are told, and the county."""

from procrastinate.contrib.django import app

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.messages.actions import announce
from shibaiqian.voice.models import UpwardRequest
from shibaiqian.voice.queries import overdue


@app.periodic(cron="35 21 * * *", periodic_id="requests")
@app.task(name="voice.remind", queue="periodic", queueing_lock="voice.remind")
def remind_of_requests(timestamp: int = 0) -> int:
    """How many messages. The same is not told again for five days."""
    with acting(system_actor("提醒")) as actor:
        late = UpwardRequest.objects.visible_to(actor).filter(overdue()).order_by("pk").values_list("region_id", "receiver_id")
        rows = list(late)
        return announce("requests_overdue", regions=[row[0] for row in rows], units=[row[1] for row in rows]) if rows else 0
