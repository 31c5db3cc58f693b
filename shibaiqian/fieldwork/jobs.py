"""Reminders of attendance and leave, in the evening, so that they stand in the digest of the next working morning; clues, at night."""

from procrastinate.contrib.django import app

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.fieldwork.actions import find_clues
from shibaiqian.fieldwork.reminders import remind
from shibaiqian.regions.models import Region


@app.periodic(cron="40 21 * * *", periodic_id="remind_duty")
@app.task(name="fieldwork.remind", queue="periodic", queueing_lock="fieldwork.remind")
def remind_of_duty(timestamp: int = 0) -> int:
    """Once a day."""
    with acting(system_actor("考勤提醒")) as actor:
        return remind(by=actor)


@app.periodic(cron="20 3 * * *", periodic_id="find_clues")
@app.task(name="fieldwork.find_clues", queue="periodic", queueing_lock="fieldwork.find_clues")
def find_clues_at_night(timestamp: int = 0) -> int:
    """Once a night; how many new clues, each told to its author alone."""
    with acting(system_actor("日志线索")) as actor:
        return find_clues(Region.objects.get(pk=actor.scope.region), by=actor)
