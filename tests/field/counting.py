"""What became of records: lost, doubled, half written, falsely believed."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.field.phones import Phone
from tests.field.site import Site


@dataclass(frozen=True)
class Count:
    records: int
    lost: int  # the phone holds it no more, and no table has it
    doubled: int
    half: int  # a log without its visit, or a receipt without its log
    waiting: int  # still on the phone

    @property
    def bad(self) -> int:
        return self.lost + self.doubled + self.half


def count(site: Site, phones: Iterable[Phone]) -> Count:
    """Compare what phones hold and believe with what the tables have."""
    phones = list(phones)
    rows = site.sql("select content, count(*) from fieldwork_worklogitem where voided_by is null group by content")
    items = dict(rows)
    visits = dict(site.sql("select content, count(*) from fieldwork_visit where voided_by is null group by content"))
    receipts = {str(key): status for key, status in site.sql("select id, status from sync_inboxrecord")}
    made = {one for phone in phones for one in phone.made}
    held = {one for phone in phones for one in phone.waiting}
    said = {key for phone in phones for key in phone.received}
    return Count(
        records=len(made),
        lost=len(made - held - items.keys()) + len(said - receipts.keys()),
        doubled=sum(n - 1 for content, n in items.items() if content in made),
        half=sum(visits.get(content, 0) != n for content, n in items.items() if content in made)
        + sum(key in made and status == "created" and key not in items for key, status in receipts.items()),
        waiting=len(held),
    )
