"""A few clues for the demonstration: repeats with an honest reason that the official told, and a few left without a word, so a question.

Written by the same commands as on the page; two nights are gone through, one in May and today's.
"""

import datetime as dt
import hashlib
import io

from PIL import Image, ImageDraw

from shibaiqian.access.actor import Actor, acting, system_actor
from shibaiqian.access.models import Assignment
from shibaiqian.access.queries import Hat, actor_for
from shibaiqian.base import clock
from shibaiqian.demo.days import working_days
from shibaiqian.fieldwork.actions import LogEntry, PhotoOf, Told, explain_clue, find_clues, log_day
from shibaiqian.fieldwork.models import Clue, LeaveRequest
from shibaiqian.fieldwork.queries import own_clues
from shibaiqian.files import store
from shibaiqian.files.metadata import JPEG
from shibaiqian.files.pictures import picture_hash
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import running_postings
from shibaiqian.regions.models import Region

FIRST, NIGHT = dt.date(2016, 3, 1), dt.date(2016, 5, 10)
IN_SPRING = (
    "到三组查看猪舍改造，与户主算了饲料和仔猪的账，缺三千元周转，答应帮忙问互助资金，下周再来看改造进度",
    "和电力所的人一起量了四组低电压农户的电表，登记九户，先换变压器再换线，月底前施工，群众同意停电半天",
    "请县上技术员到五组核桃园示范修剪，三十多户到场，先剪老树再讲拉枝，发了剪刀和愈合剂，约好秋天再看效果",
)
SINCE = ("沿河查看二组到六组的水源地，清理进水口的树枝和淤泥，量了蓄水池水位，记在看护本上，下周轮到三组的人来看",)
REASON = "水源地每周看护一次，做的事一样，话就写得一样。"


def write_clues() -> int:
    """How many officials have some; nothing where there are clues already."""
    by = system_actor("演示装入")
    with acting(by):
        if Clue.objects.visible_to(by).exists():
            return 0
    counties: dict[str, Actor] = {}
    rows = Assignment.objects.filter(role="posted_cadre", region__regex=r"^\d{12}$").select_related("user").order_by("region", "pk")
    for one in rows:
        if one.region[:6] not in counties and one.user.person is not None:
            counties[one.region[:6]] = actor_for(one.user, Hat(one), on=clock.today())
    officials = [(actor, posting) for actor in counties.values() if (posting := _posting(actor))]
    for actor, posting in officials:
        _repeat(actor, posting, IN_SPRING, since=FIRST, until=NIGHT - dt.timedelta(days=1))
    _night(NIGHT)
    for actor, posting in officials:
        _repeat(actor, posting, SINCE, since=NIGHT, until=clock.today() - dt.timedelta(days=1), photo=_photo())
    _night(clock.today())
    for actor, _ in officials:
        with acting(actor):
            told = list(own_clues(actor).filter(found_on=clock.today(), kind="own_text"))
        for clue in told:
            explain_clue(clue, words=REASON, by=actor)
    return len(officials)


def _night(on: dt.date) -> None:
    by = system_actor("日志线索")
    with acting(by):
        find_clues(Region.objects.get(pk=by.scope.region), on=on, by=by)


def _posting(actor: Actor) -> Posting | None:
    with acting(actor):
        return running_postings(actor, region=actor.scope.region).filter(cadre=actor.person).first()


def _repeat(
    actor: Actor, posting: Posting, texts: tuple[str, ...], *, since: dt.date, until: dt.date, photo: PhotoOf | None = None
) -> None:
    """Each text on two working days on which the official was there."""
    with acting(actor):
        away = list(LeaveRequest.objects.visible_to(actor).filter(posting=posting).values_list("first_on", "last_on"))
    days = [day for day in working_days(f"{since}", f"{until}").astype(dt.date).tolist() if not any(a <= day <= b for a, b in away)]
    half = len(days) // 2
    for number, text in enumerate(texts):
        for on in (days[3 * number], days[half + 3 * number]):
            told = Told(dt.datetime.combine(on, dt.time(20, 15), tzinfo=clock.SHANGHAI))
            log_day(posting, on=on, items=[LogEntry("other", text, photos=(photo,) if photo else ())], told=told, by=actor)


def _photo() -> PhotoOf:
    """A drawn picture of a cistern below a hill: no photo of anybody."""
    picture = Image.new("RGB", (640, 480), (188, 210, 226))
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, 300), (190, 120), (360, 270), (520, 90), (640, 260), (640, 480), (0, 480)], fill=(96, 128, 84))
    draw.rectangle((210, 290, 430, 420), fill=(170, 166, 158))
    draw.rectangle((226, 306, 414, 360), fill=(70, 120, 150))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80)
    data = buffer.getvalue()
    return PhotoOf(hashlib.sha256(data).hexdigest(), store.keep(data), JPEG, len(data), picture_hash(data))
