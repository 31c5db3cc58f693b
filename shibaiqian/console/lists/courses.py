"""The list of training courses."""

from django.utils.translation import gettext_lazy as _

from shibaiqian.access.roles import Permission
from shibaiqian.base.spreadsheets.columns import ColumnKind as K
from shibaiqian.cadres.courses import courses
from shibaiqian.cadres.models import TrainingCourse, TrainingRecord
from shibaiqian.console.listing.asked import Listing
from shibaiqian.console.listing.columns import Column, To, place_columns
from shibaiqian.console.listing.filters import Sort, choice, dates
from shibaiqian.console.lists.words import labelled, state_column

COURSES = Listing(
    name="courses",
    title=_("培训班"),
    permission=Permission.VIEW_CADRES,
    rows=courses,
    begin=("open_course", _("举办培训班"), Permission.REGISTER_CADRES),
    first=_("还没有培训班。市、县区组织部门举办培训后在这里登记，参加人员自动写入培训记录。"),
    sorts=(Sort("latest", _("按开始日期，新的在前"), ("-starts_on",)), Sort("oldest", _("按开始日期，早的在前"), ("starts_on",))),
    filters=(
        choice("kind", _("类别"), TrainingRecord.Kind.choices), choice("state", _("状态"), TrainingCourse.State.choices),
        *dates("starts", _("开始日期"), "starts_on"),
    ),
    href=To("course"),
    columns=(
        Column("name", _("培训名称"), "name", link=To("course")),
        Column("kind", _("类别"), "kind", said=labelled(TrainingRecord.Kind), translated=True),
        Column("organiser", _("主办单位"), "organiser"),
        Column("place", _("地点"), "place"),
        Column("starts", _("开始日期"), "starts_on", K.DATE),
        Column("ends", _("结束日期"), "ends_on", K.DATE),
        Column("hours", _("学时"), "hours_tenths", K.DECIMAL, said=lambda tenths: tenths / 10),
        *place_columns(shown=("county",)),
        state_column(TrainingCourse.State),
    ),
)  # fmt: skip
