"""Reminders of attendance and leave, in the evening, so that they stand in the digest of the next working morning."""

from procrastinate.contrib.django import app

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.fieldwork.reminders import remind


@app.periodic(cron="40 21 * * *", periodic_id="remind_duty")
@app.task(name="fieldwork.remind", queue="periodic", queueing_lock="fieldwork.remind")
def remind_of_duty(timestamp: int = 0) -> int:
    """Once a day."""
    with acting(system_actor("考勤提醒")) as actor:
        return remind(by=actor)
