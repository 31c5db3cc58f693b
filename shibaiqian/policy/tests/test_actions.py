"""Setting numbers, and which of them holds where and when."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from shibaiqian.access.actor import Forbidden
from shibaiqian.access.command import NotVisible
from shibaiqian.audit.models import Event
from shibaiqian.policy.actions import (
    AlreadySet,
    LooserThanAbove,
    SourceMissing,
    UnknownKey,
    install_defaults,
    set_parameter,
)
from shibaiqian.policy.models import PolicyParameter
from shibaiqian.policy.queries import UnknownParameter, history_of, parameter, parameters, parameters_over
from shibaiqian.policy.rules import KEYS
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
LUONAN, DANFENG = "611021", "611022"
JUNE, JULY = dt.date(2016, 6, 1), dt.date(2016, 7, 1)


@pytest.fixture(autouse=True)
def _defaults() -> None:
    install_defaults()


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


@pytest.fixture
def city() -> Region:
    return Region.objects.get(pk="6110")


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("county_org_admin", LUONAN)


@pytest.fixture
def city_clerk(actor: Any) -> Any:
    return actor("city_org_admin", "6110")


def test_the_defaults_say_that_they_are_defaults_and_come_once() -> None:
    assert PolicyParameter.objects.count() == len(KEYS)
    assert install_defaults() == 0
    assert all(row.source.startswith("默认值") for row in PolicyParameter.objects.all())
    assert parameter("tenure_min", region=LUONAN, on=JUNE) == 12
    assert parameter("absent_2", region="", on=JUNE) == 2


def test_the_narrowest_valid_row_wins(county: Region, city: Region, clerk: Any, city_clerk: Any) -> None:
    set_parameter(city, key="min_days_per_month", value=Decimal(21), valid_from=JUNE, source="商办字〔2016〕5号", by=city_clerk)
    set_parameter(county, key="min_days_per_month", value=Decimal(22), valid_from=JUNE, source="洛办字〔2016〕9号", by=clerk)

    assert parameter("min_days_per_month", region="611021101203", on=JUNE) == 22
    assert parameter("min_days_per_month", region=DANFENG, on=JUNE) == 21
    assert parameter("min_days_per_month", region="61", on=JUNE) == 20


def test_one_query_answers_and_one_answers_for_all_keys(county: Region, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        parameter("min_days_per_month", region="611021101203", on=JUNE)
    with django_assert_num_queries(1):
        held = parameters(region="611021101203", on=JUNE)
    assert held["tenure_max"].value == 36
    assert "monitor_notice_days" not in held  # that rule is of 2021


def test_many_days_are_answered_by_one_query(county: Region, clerk: Any, django_assert_num_queries: Any) -> None:
    set_parameter(county, key="tenure_min", value=Decimal(18), valid_from=JULY, source="甲", by=clerk)
    with django_assert_num_queries(1):
        held = parameters_over(("tenure_min", "tenure_max"), region=LUONAN, days=[JUNE, JULY])
    assert [held["tenure_min", day] for day in (JUNE, JULY)] == [12, 18] and held["tenure_max", JULY] == 36
    with pytest.raises(UnknownParameter):
        parameters_over(("monitor_notice_days",), region=LUONAN, days=[JUNE])


def test_a_new_value_ends_the_one_before_and_old_dates_keep_theirs(county: Region, clerk: Any) -> None:
    set_parameter(county, key="leave_limit_town_days", value=Decimal(5), valid_from=JUNE, source="洛组发〔2016〕1号", by=clerk)
    set_parameter(county, key="leave_limit_town_days", value=Decimal(2), valid_from=JULY, source="洛组发〔2016〕8号", by=clerk)

    assert parameter("leave_limit_town_days", region=LUONAN, on=dt.date(2016, 5, 31)) == 3
    assert parameter("leave_limit_town_days", region=LUONAN, on=dt.date(2016, 6, 30)) == 5
    assert parameter("leave_limit_town_days", region=LUONAN, on=JULY) == 2
    assert [row.value for row in history_of("leave_limit_town_days", region=LUONAN)] == [2, 5, 3]
    assert Event.objects.order_by("-id")[0].details["before"] == "5.0000"


def test_an_earlier_value_set_later_ends_where_the_later_one_begins(county: Region, clerk: Any) -> None:
    set_parameter(county, key="arrival_days", value=Decimal(4), valid_from=JULY, source="甲", by=clerk)
    early = set_parameter(county, key="arrival_days", value=Decimal(3), valid_from=JUNE, source="乙", by=clerk)
    assert early.valid_to == dt.date(2016, 6, 30)
    assert parameter("arrival_days", region=LUONAN, on=JULY) == 4


def test_a_value_with_an_end_gives_way_to_the_one_above(county: Region, clerk: Any) -> None:
    set_parameter(county, key="arrival_days", value=Decimal(3), valid_from=JUNE, valid_to=JULY, source="甲", by=clerk)
    assert parameter("arrival_days", region=LUONAN, on=JULY) == 3
    assert parameter("arrival_days", region=LUONAN, on=JULY + dt.timedelta(days=1)) == 5


def test_below_a_floor_only_stricter_values_are_taken(county: Region, clerk: Any) -> None:
    with pytest.raises(LooserThanAbove, match="只能更严"):
        set_parameter(county, key="exit_notice_days", value=Decimal(5), valid_from=JUNE, source="甲", by=clerk)
    set_parameter(county, key="exit_notice_days", value=Decimal(10), valid_from=JUNE, source="甲", by=clerk)
    assert parameter("exit_notice_days", region=LUONAN, on=JUNE) == 10


def test_a_floor_set_later_above_binds_looser_values_below(county: Region, city: Region, clerk: Any, city_clerk: Any) -> None:
    set_parameter(county, key="leave_limit_town_days", value=Decimal(5), valid_from=JUNE, source="甲", by=clerk)
    set_parameter(city, key="leave_limit_town_days", value=Decimal(4), valid_from=JULY, source="乙", floor=True, by=city_clerk)
    assert parameter("leave_limit_town_days", region=LUONAN, on=JUNE) == 5
    assert parameter("leave_limit_town_days", region=LUONAN, on=JULY) == 4


def test_values_are_not_rewritten_and_name_their_source(county: Region, clerk: Any) -> None:
    set_parameter(county, key="arrival_days", value=Decimal(3), valid_from=JUNE, source="甲", by=clerk)
    with pytest.raises(AlreadySet):
        set_parameter(county, key="arrival_days", value=Decimal(2), valid_from=JUNE, source="甲", by=clerk)
    with pytest.raises(SourceMissing):
        set_parameter(county, key="arrival_days", value=Decimal(2), valid_from=JULY, source=" ", by=clerk)
    with pytest.raises(UnknownKey):
        set_parameter(county, key="nothing", value=Decimal(2), valid_from=JULY, source="甲", by=clerk)


def test_nothing_valid_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(UnknownParameter, match="请先在政策参数中设定"):
        parameter("monitor_notice_days", region=LUONAN, on=JUNE)


def test_an_outsider_sets_nothing(county: Region, city: Region, clerk: Any, actor: Any) -> None:
    for stranger, region in ((actor("county_org_admin", DANFENG), county), (clerk, city)):
        with pytest.raises(NotVisible):
            set_parameter(region, key="arrival_days", value=Decimal(3), valid_from=JUNE, source="甲", by=stranger)
    with pytest.raises(Forbidden):
        set_parameter(county, key="arrival_days", value=Decimal(3), valid_from=JUNE, source="甲", by=actor("city_leader", "6110"))
    assert PolicyParameter.objects.count() == len(KEYS)
