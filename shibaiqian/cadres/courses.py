"""Training courses (S27): planned, filled with a set of cadres, held. Who took part gets the same record as a roster would make."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event, note_in_event
from shibaiqian.access.flow import Flow
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.cadres.models import Cadre, CourseSeat, TrainingCourse, TrainingRecord
from shibaiqian.cadres.trainings import MOST_HOURS_A_DAY
from shibaiqian.messages.actions import announce
from shibaiqian.regions.models import Region

COURSE = Flow(
    noun="这个培训班",
    states={"planned": "报名中", "held": "已举办", "cancelled": "已取消"},
    steps={"enrol": "确定参训人员", "hold_course": "登记举办结果", "cancel_course": "取消"},
    table={("planned", "enrol"): "planned", ("planned", "hold_course"): "held", ("planned", "cancel_course"): "cancelled"},
)
PASSED = "合格"


class CourseUnsound(Refused):
    """A course that cannot be held so, or has no participants."""


@dataclass(frozen=True)
class CourseFile:
    """A course with who is to take part, as far as the reader sees them."""

    course: TrainingCourse
    seats: Sequence[CourseSeat]


def courses(actor: Actor) -> QuerySet[TrainingCourse]:
    """Courses in sight, latest first."""
    rows: QuerySet[TrainingCourse] = TrainingCourse.objects.visible_to(actor)
    return rows.order_by("-starts_on", "-id")


def course_file(actor: Actor, key: uuid.UUID) -> CourseFile:
    """One course; as if absent outside the actor's scope. Two queries."""
    course = courses(actor).filter(pk=key).first()
    if course is None:
        raise NotVisible(TrainingCourse.__name__)
    seats = CourseSeat.objects.visible_to(actor).filter(course=course).select_related("cadre__unit").order_by("region", "cadre_name", "id")
    return CourseFile(course, list(seats))


@command(Permission.REGISTER_CADRES)
def open_course(
    region: Region, *, kind: str, name: str, organiser: str, place: str, starts_on: dt.date, ends_on: dt.date, hours_tenths: int, by: Actor
) -> TrainingCourse:
    """Plan a course."""
    if kind not in TrainingRecord.Kind.values or not (name.strip() and organiser.strip() and place.strip()):
        raise CourseUnsound("请写明培训类别、名称、主办单位和地点。")
    days = (ends_on - starts_on).days + 1
    if days < 1:
        raise CourseUnsound(f"结束日期 {ends_on} 早于开始日期 {starts_on}，请改正。")
    if not 0 < hours_tenths <= days * MOST_HOURS_A_DAY * 10:
        raise CourseUnsound(f"学时应大于零，每天不超过 {MOST_HOURS_A_DAY} 学时，请核对。")
    try:
        with transaction.atomic():
            return TrainingCourse.unscoped.create(
                region=region, kind=kind, name=name.strip(), organiser=organiser.strip(), place=place.strip(), starts_on=starts_on,
                ends_on=ends_on, hours_tenths=hours_tenths, event=current_event(),
            )  # fmt: skip
    except IntegrityError:
        raise CourseUnsound(f"{starts_on} 开始的“{name.strip()}”已经登记过。") from None


@command(Permission.REGISTER_CADRES)
def enrol(course: TrainingCourse, *, cadres: Collection[uuid.UUID], by: Actor) -> int:
    """Give seats to a set of cadres in sight, those who have one keep it; how many are new. All or none."""
    COURSE.next(course.state, "enrol", named=course.name)
    found = {row.pk: row for row in Cadre.objects.visible_to(by).filter(pk__in=cadres).order_by("pk")}
    if len(found) < len(set(cadres)) or not found:
        raise CourseUnsound("所选人员中有的不在本地干部名册或挂职名单中，没有登记任何人。请重新选择。")
    seated = set(CourseSeat.objects.visible_to(by).filter(course=course).values_list("cadre", flat=True))
    new = [cadre for key, cadre in found.items() if key not in seated]
    CourseSeat.unscoped.bulk_create(
        CourseSeat(
            course=course, cadre=cadre, cadre_name=cadre.name, region_id=cadre.region_id, course_region=course.region_id, unit=cadre.unit_id,
            event=current_event(),
        )
        for cadre in new
    )  # fmt: skip
    note_in_event(seats=len(new))
    announce("course_invited", cadres=[cadre.pk for cadre in new], about=str(course.pk), day=course.starts_on.isoformat())
    return len(new)


@command(Permission.REGISTER_CADRES)
def hold_course(
    course: TrainingCourse, *, absent: Collection[uuid.UUID] = (), results: Mapping[uuid.UUID, str] | None = None, by: Actor
) -> int:
    """Record that it was held: everybody with a seat took part but the absent; `results` where they differ from 合格. How many took part.

    Cadres by their keys. Each who took part gets a training record, unless a roster brought the same one before.
    """
    course.state = COURSE.next(course.state, "hold_course", named=course.name)
    if course.ends_on > clock.today():
        raise CourseUnsound(f"培训 {course.ends_on} 才结束，请在结束后登记。")
    seats = list(CourseSeat.objects.visible_to(by).filter(course=course).select_for_update(no_key=True).order_by("id"))
    for seat in seats:
        seat.has_attended = seat.cadre_id not in set(absent)
        seat.result = (results or {}).get(seat.cadre_id, PASSED).strip() if seat.has_attended else ""
    took_part = [seat for seat in seats if seat.has_attended]
    hosts = dict(Cadre.objects.visible_to(by).filter(pk__in=[seat.cadre_id for seat in seats]).values_list("pk", "host_region"))
    if not took_part:
        raise CourseUnsound("没有人参加，请先确定参训人员；没有办成的，请取消这个培训班。")
    CourseSeat.unscoped.bulk_update(seats, ["has_attended", "result"])
    TrainingRecord.unscoped.bulk_create(
        [
            TrainingRecord(
                cadre_id=seat.cadre_id, region_id=seat.region_id, host_region=hosts.get(seat.cadre_id, ""), unit=seat.unit, kind=course.kind, name=course.name,
                organiser=course.organiser, starts_on=course.starts_on, ends_on=course.ends_on, hours_tenths=course.hours_tenths,
                result=seat.result, course=course.pk, event=current_event(),
            )
            for seat in took_part
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    course.save(update_fields=["state"])
    note_in_event(took_part=len(took_part), absent=len(seats) - len(took_part))
    return len(took_part)


@command(Permission.REGISTER_CADRES)
def cancel_course(course: TrainingCourse, *, reason: str, by: Actor) -> TrainingCourse:
    """Say that it is not held, and why."""
    course.state = COURSE.next(course.state, "cancel_course", named=course.name)
    if not reason.strip():
        raise CourseUnsound("请写明取消的原因。")
    course.reason = reason.strip()
    course.save(update_fields=["state", "reason"])
    return course
