"""The village's notice board (村务公开栏): the clerk says when the published month was hung up."""

import datetime as dt

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import BoardNotice
from shibaiqian.fieldwork.queries.board import board_of
from shibaiqian.regions.models import Region


class NoticeUnfit(Refused):
    """It hangs there already, or cannot have been hung up on that day."""


@command(Permission.POST_NOTICES)
def post_notice(region: Region, *, month: dt.date, on: dt.date, by: Actor) -> BoardNotice:
    """Note that a village's month of attendance (its first day) was hung up, as it is published now."""
    board = board_of(by, region.code, month)
    if not board.published_on <= on <= clock.today():
        raise NoticeUnfit(f"张贴日期应在公布之日（{board.published_on}）到今天之间，请核对。")
    if board.posted is not None and not board.is_outdated:
        raise NoticeUnfit(f"{month:%Y年%m月}的考勤已于 {board.posted.posted_on} 登记张贴，公布的内容没有变，不用再登记。")
    note_in_event(lines=len(board.lines), again=board.posted is not None)
    return BoardNotice.unscoped.create(region=region, month=month, rows=board.lines, posted_on=on, posted_by=by.name, event=current_event())
