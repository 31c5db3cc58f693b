"""A posting that has ended stands on the cadre's resume, in the form that goes out, and in the form as it is read again."""

import datetime as dt

import pytest

from shibaiqian.access.actor import Actor, acting
from shibaiqian.cadres.lrmx.actions import hand_out_form, merge_form
from shibaiqian.cadres.lrmx.form import RESUME, Form
from shibaiqian.cadres.lrmx.reading import read_lrmx
from shibaiqian.cadres.lrmx.resume import Line, read_resume
from shibaiqian.cadres.lrmx.writing import write_lrmx
from shibaiqian.cadres.models import Cadre, ResumeItem
from shibaiqian.cadres.queries import cadre_file
from shibaiqian.postings.actions import appoint_officials
from shibaiqian.postings.models import Posting
from shibaiqian.postings.tests.factories import ended, posting_row, roster
from shibaiqian.regions.models import Region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]
OVER = dt.date(2016, 5, 31)


@pytest.fixture
def cadre(county: Region, clerk: Actor, villages: list[str]) -> Cadre:
    """王朝辉, whose posting to a village from July 2015 is over."""
    appoint_officials(county, rows=roster(posting_row(1, villages[0])), by=clerk)
    ended(Posting.unscoped.get(), on=OVER, reason="health", by=clerk)
    found: Cadre = Cadre.unscoped.get(name="王朝辉")
    return found


def given_out(cadre: Cadre, clerk: Actor) -> Form:
    return read_lrmx(write_lrmx(hand_out_form(cadre, reason="报送任免审批表", by=clerk)))


def where(village: str) -> str:
    return Region.objects.get(pk=village).full_name.removeprefix(Region.objects.get(pk=village[:4]).full_name)


def test_the_line_stands_on_the_resume(cadre: Cadre, clerk: Actor, villages: list[str]) -> None:
    with acting(clerk):
        (line,) = cadre_file(clerk, cadre.pk).resume
    assert (line.kind, line.start_month, line.end_month) == ("posting", "201507", "201605")
    assert (line.unit_text, line.post_text) == (where(villages[0]), "第一书记")


def test_the_form_notes_it_within_the_line_of_the_post_that_was_kept(cadre: Cadre, clerk: Actor, villages: list[str]) -> None:
    ResumeItem.unscoped.create(
        cadre=cadre, region_id=cadre.region_id, unit=cadre.unit_id, start_month="201205", unit_text="洛南县农业局", post_text="副局长",
        kind="work", event=1,
    )  # fmt: skip
    form = given_out(cadre, clerk)
    assert form.text(RESUME) == f"2012.05--         洛南县农业局副局长（其间：2015.07--2016.05 挂任{where(villages[0])}第一书记）"
    kept, posted = read_resume(form.text(RESUME))
    assert posted == Line("201507", "201605", f"挂任{where(villages[0])}第一书记", "posting", inside=True)
    assert kept.start == "201205" and kept.end == ""


def test_without_any_resume_it_is_a_line_of_its_own_that_is_read_again(cadre: Cadre, clerk: Actor, villages: list[str]) -> None:
    (line,) = read_resume(given_out(cadre, clerk).text(RESUME))
    assert line == Line("201507", "201605", f"挂任{where(villages[0])}第一书记", "posting")


def test_the_form_that_went_out_comes_back_and_nothing_is_said_twice(cadre: Cadre, clerk: Actor) -> None:
    once = given_out(cadre, clerk)
    merge_form(cadre, form=once, take=[RESUME], by=clerk)
    assert ResumeItem.unscoped.filter(voided_by=None).count() == 1
    assert given_out(cadre, clerk).texts == once.texts
