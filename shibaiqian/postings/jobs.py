"""What follows the end of a posting on the side of the unit that sent: done by the system where the host decided."""

from procrastinate.contrib.django import app

from shibaiqian.access.actor import system_actor
from shibaiqian.postings.actions.endings import settle_ended
from shibaiqian.regions.models import Region


@app.periodic(cron="40 * * * *")  # again, should a first time have been cut off
@app.task(queue="postings", name="postings.settle")
def settle(timestamp: int = 0) -> None:
    """Take ended cadres out of their hosts' sight and write their resumes, in the whole installation."""
    actor = system_actor("挂职结束")
    region = Region.objects.filter(pk=actor.scope.region).first()
    if region is not None:
        settle_ended(region, by=actor)
