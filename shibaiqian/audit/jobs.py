"""Sealing, at least every minute; the head, daily."""

from procrastinate.contrib.django import app

from shibaiqian.audit.seal import export_head, seal_events


@app.periodic(cron="* * * * *")
@app.task(queue="audit", name="audit.seal", queueing_lock="audit.seal", pass_context=False)
def seal(timestamp: int) -> None:
    seal_events()


@app.periodic(cron="5 0 * * *")
@app.task(queue="audit", name="audit.export_head", queueing_lock="audit.export_head")
def export(timestamp: int) -> None:
    export_head()
