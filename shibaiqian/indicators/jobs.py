"""Jobs of the figures: folding what moved every minute, counting everything again each night (dates move figures too)."""

from procrastinate.contrib.django import app

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.indicators.actions import fold_deltas, rebuild_rollups


@app.periodic(cron="* * * * *", periodic_id="fold")
@app.task(name="indicators.fold", queue="periodic", queueing_lock="indicators.fold")
def fold(timestamp: int = 0) -> int:
    with acting(system_actor("统计数字归并")):
        return fold_deltas()


@app.periodic(cron="10 0 * * *", periodic_id="rebuild")
@app.task(name="indicators.rebuild", queue="periodic", queueing_lock="indicators.rebuild")
def rebuild(timestamp: int = 0) -> None:
    with acting(system_actor("统计数字重算")) as actor:
        rebuild_rollups(actor.scope.region)
