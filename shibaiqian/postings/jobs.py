"""What follows the end of a posting on the side of the unit that sent, done by the system where the host decided; reminders."""

from procrastinate.contrib.django import app

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.postings.actions.endings import settle_ended
from shibaiqian.postings.reminders import remind
from shibaiqian.regions.models import Region


@app.periodic(cron="40 * * * *")  # again, should a first time have been cut off
@app.task(queue="postings", name="postings.settle")
def settle(timestamp: int = 0) -> None:
    """Take ended cadres out of their hosts' sight and write their resumes, in the whole installation."""
    actor = system_actor("挂职结束")
    region = Region.objects.filter(pk=actor.scope.region).first()
    if region is not None:
        settle_ended(region, by=actor)


@app.periodic(cron="30 21 * * *", periodic_id="remind")
@app.task(name="postings.remind", queue="periodic", queueing_lock="postings.remind")
def remind_of_postings(timestamp: int = 0) -> int:
    """Once a day, so that it stands in the digest of the morning."""
    with acting(system_actor("提醒")) as actor:
        return remind(by=actor)
