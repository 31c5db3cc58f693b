"""English is complete: every text has it, nothing in it is Chinese, and pages asked for in English have an English frame."""

import ast
import gettext
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from django.apps import apps
from django.db.models import Field
from django.test import Client
from django.utils.translation import trans_real

from shibaiqian.base import translations
from shibaiqian.base.translations import CHINESE, Said
from shibaiqian.cadres import codes
from shibaiqian.console.tests import factories
from shibaiqian.console.tests.factories import COUNTY, World, client, sign_in, text
from shibaiqian.console.tests.test_pages import FILES, LISTS
from shibaiqian.households.excel import columns
from shibaiqian.imports.kinds import KINDS
from shibaiqian.indicators.engine import catalogue
from shibaiqian.regions.models import Region

SAID = translations.said()
TEXTS = {one.text for one in SAID}
MESSAGES = [message for message in translations.read() if message.id]
WIDE = re.compile(r"[\u3000-\u303f\uff00-\uffef]")  # punctuation of Chinese
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


def strings(value: object) -> list[str]:
    return list(value) if isinstance(value, (list, tuple)) else [str(value)]


def of(message: Message) -> str:
    return strings(message.id)[0]


def test_no_text_wants_english() -> None:
    catalogue = translations.read()
    assert [one.text for one in SAID if not translations.english(catalogue, one)] == []


def test_no_text_is_dead() -> None:
    alive = {(one.text, one.context) for one in SAID}
    assert [of(m) for m in MESSAGES if (of(m), m.context or "") not in alive] == []


def test_nothing_in_english_is_chinese() -> None:
    found = [(of(m), english) for m in MESSAGES for english in strings(m.string) if CHINESE.search(english) or WIDE.search(english)]
    assert found == []


def test_placeholders_are_the_same_in_both() -> None:
    wrong = [
        of(m)
        for m in MESSAGES
        for english in strings(m.string)
        if sorted(PLACEHOLDER.findall(of(m))) != sorted(PLACEHOLDER.findall(english))
    ]
    assert wrong == []


def test_placeholders_without_names_keep_their_order() -> None:
    assert [of(m) for m in MESSAGES if len(re.findall(r"%[sd]", of(m))) > 1] == []


def test_sentences_end_as_the_chinese_does() -> None:
    ends = {"。": ".", "：": ":", "？": "?"}
    wrong = [
        (of(m), english)
        for m in MESSAGES
        for english in strings(m.string)
        if (english.strip()[-1:] in ends.values() or of(m)[-1] in ends) and english.strip()[-1:] != ends.get(of(m)[-1])
    ]
    assert wrong == []


def test_the_catalogue_compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "django.po"
    copy.write_bytes(translations.CATALOGUE.read_bytes())
    monkeypatch.setattr(translations, "CATALOGUE", copy)
    with translations.compile_catalogue().open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for one in SAID:
        if one.plural:
            english = compiled.ngettext(one.text, one.plural, 1)
        else:
            english = compiled.pgettext(one.context, one.text) if one.context else compiled.gettext(one.text)
        assert english != one.text
    assert compiled.ngettext("还有 %(days)s 天", "还有 %(days)s 天", 1) == "%(days)s day left"
    assert compiled.ngettext("还有 %(days)s 天", "还有 %(days)s 天", 2) == "%(days)s days left"


# What is found.


def shown_fields() -> Iterator[Field]:
    for model in apps.get_models():
        if model.__module__.startswith("shibaiqian."):
            yield from (field for field in model._meta.get_fields() if isinstance(field, Field) and field.choices)


def test_labels_of_every_choice_are_texts() -> None:
    fields = list(shown_fields())
    assert len(fields) > 25
    assert [
        str(label) for field in fields for _value, label in field.flatchoices if CHINESE.search(str(label)) and str(label) not in TEXTS
    ] == []


def test_names_of_code_lists_are_texts() -> None:
    shown = [
        *(name for name in codes.ETHNICITIES if name.endswith("族")), *codes.POLITICAL_STATUSES, *codes.EDUCATION, *codes.HEALTH,
        *columns.RELATIONS, *columns.EDUCATIONS, *columns.STUDENT, *columns.HEALTH, *columns.LABOUR,
        *columns.WORK_PLACES.values(), *columns.MEDICAL, *columns.PENSIONS,
    ]  # fmt: skip
    assert len(shown) > 100
    assert [name for name in shown if name not in TEXTS] == []


def test_rosters_and_figures_are_texts() -> None:
    shown = [
        *(kind.label for kind in KINDS.values()),
        *(f.unit for f in catalogue().values()),
        *(f.definition for f in catalogue().values()),
    ]
    assert [words for words in shown if words not in TEXTS] == []


def test_texts_are_found_wherever_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pages.py").write_text(
        'from x import gettext as __\nA = _("甲")\nB = f"{gettext(\'乙\')}：{x}"\nC = pgettext("处", "丙")\n'
        'D = ngettext("丁", "丁们", 2)\nE = _(str(label))\nF = __("一" "二")\n'
        'class S(models.TextChoices):\n    """States."""\n\n    ON = "on", "开"\n    OFF = "off", "关"\n'
    )
    (tmp_path / "page.html").write_text(
        '{% load i18n %}{% translate "戊" %}{% translate "己" context "处" %}{% translate row.get_x_display %}'
        "{% blocktranslate count n=n %}庚 {{ n }}{% plural %}庚们 {{ n }}{% endblocktranslate %}"
        "{% blocktranslate %}辛 100%{% endblocktranslate %}{{ x|default:_('壬') }}"
    )
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text('_("不算")')
    monkeypatch.setattr(translations, "PACKAGE", tmp_path)
    monkeypatch.setattr(translations, "CODE_LISTS", ())
    monkeypatch.setattr(translations, "CALLS", ())
    monkeypatch.setattr(translations, "FIGURES", tmp_path)
    assert set(translations.said()) == {
        Said("甲"), Said("乙"), Said("丙", context="处"), Said("丁", "丁们"), Said("一二"), Said("开"), Said("关"),
        Said("戊"), Said("己", context="处"), Said("庚 %(n)s", "庚们 %(n)s"), Said("辛 100%%"), Said("壬"),
    }  # fmt: skip


def test_a_counted_text_stands_for_the_same_text_uncounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pages.py").write_text('_("天")\nngettext("天", "天", 2)\n_("天")\n')
    monkeypatch.setattr(translations, "PACKAGE", tmp_path)
    monkeypatch.setattr(translations, "labels", lambda: iter(()))
    assert translations.said() == [Said("天", "天")]


@pytest.mark.parametrize(
    ("literal", "words"),
    [
        ("'甲 乙'.split()", ["甲", "乙"]),
        ("{'甲': '01', '乙': '02'}", ["甲", "乙"]),
        ("{'01': '甲'}", ["甲"]),
        ("{'俗称': '正名'}", ["正名"]),
        ("{**{n: n for n in ('甲', '乙')}, '俗称': '甲'}", ["甲", "乙", "甲"]),
        ("{**{f'{n}族': c for n, c in G.items()}, '其他': '97'}", ["其他"]),
    ],
)
def test_the_chinese_side_of_a_list_is_read(literal: str, words: list[str]) -> None:
    assert list(translations._words(ast.parse(literal, mode="eval").body)) == words


def test_a_list_that_has_gone_is_missed() -> None:
    with pytest.raises(LookupError):
        translations._constant(ast.parse("A = 1"), "B")


# Pages in English.

FRAME = {"h1", "h2", "h3", "button", "dt", "label", "legend", "summary", "th", "nav"}
VOID = {"input", "meta", "link", "br", "img", "hr"}
# Selects of places and households, whose options are data.
DATA_SELECTS = re.compile(r"region|village|household|member")


class Frame(HTMLParser):
    """What a page says by itself: headings, buttons, labels, table heads, navigation, choices, placeholders, states."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.said += [given[name] for name in ("placeholder", "title") if name in given]
        if tag in VOID:
            return
        css = given.get("class", "").split()
        data = (
            (tag == "select" and DATA_SELECTS.search(given.get("name", "")))
            or "crumbs" in css
            or "who" in css
            or given.get("name") == "language"
        )
        mark = "data" if data else "frame" if tag in FRAME or "btn" in css or "tag" in css or tag == "option" else ""
        self.open.append(f"{tag}:{mark}")

    def handle_endtag(self, tag: str) -> None:
        while self.open and not self.open.pop().startswith(f"{tag}:"):
            pass

    def handle_data(self, words: str) -> None:
        marks = [one.partition(":")[2] for one in self.open]
        if "frame" in marks and "data" not in marks and words.strip():
            self.said.append(words.strip())


DESK: dict[str, tuple[str, str]] = {
    "home of the city": ("city_org_admin", "/"),
    "home of the county": ("county_org_admin", "/"),
    "figure": ("county_org_admin", f"/figures/{COUNTY}/projects/"),
    "imports": ("county_org_admin", "/imports/"),
    "columns": ("county_org_admin", "/rosters/cadres/"),
    "bulletins": ("county_org_admin", "/bulletins/"),
    "search": ("county_org_admin", "/search/"),
    "audit": ("audit_admin", "/audit/"),
    "accounts": ("sys_admin", "/accounts/"),
    "open account": ("sys_admin", "/accounts/open/"),
    "roles": ("sec_admin", "/roles/"),
    "change role": ("county_org_admin", "/account/role/"),
    "password": ("county_org_admin", "/account/password/"),
    "sign-ins": ("county_org_admin", "/account/sessions/"),
    "stand-ins": ("county_org_admin", "/account/stand-ins/"),
}
PAGES: dict[str, tuple[str, Callable[[World], str]]] = {
    **{path: (role, lambda _world, path=path: path) for path, (role, _words) in LISTS.items()},
    **{name: (role, path) for name, (role, path, _words) in FILES.items()},
    **{name: (role, lambda _world, path=path: path) for name, (role, path) in DESK.items()},
}


@pytest.fixture
def compiled() -> None:
    translations.compile_catalogue()
    trans_real._translations.clear()


@pytest.fixture
def world(db: None, compiled: None) -> World:
    return factories.world()


def browser(role: str, world: World) -> Client:
    place = {"city_org_admin": "6110", "audit_admin": "", "sys_admin": "", "sec_admin": ""}.get(role)
    return client(role, world, language="en") if place is None else sign_in(role, place, name=world.posting.cadre_name, language="en")


def chinese_of(page: str, *data: str) -> list[str]:
    """What the page's frame still says in Chinese, names aside."""
    frame = Frame()
    frame.feed(page)
    names = re.compile("|".join(re.escape(name) for name in sorted(data, key=len, reverse=True) if name) or "$^")
    return [words for words in frame.said if CHINESE.search(names.sub("", words))]


@pytest.mark.parametrize("name", PAGES)
def test_the_frame_of_a_page_is_english(world: World, name: str) -> None:
    role, path = PAGES[name]
    answer = browser(role, world).get(path(world))
    assert answer.status_code == 200
    own = {"columns": [str(column.header) for column in KINDS["cadres"].columns]}.get(name, [])  # the headers that offices type
    assert chinese_of(text(answer), world.posting.cadre_name, world.household.head_name, *own, *names_of(world)) == []


def names_of(world: World) -> list[str]:
    """Names of places, units, projects and entities that stand in headings and table heads."""
    places = Region.objects.filter(parent_id__in=["6110", COUNTY, world.village.code[:9]]).values_list("name", flat=True)
    return [*places, "商洛市", world.unit.name, *(row.name for row in (world.project, world.entity) if row)]


def test_the_frame_is_seen(world: World) -> None:
    found = chinese_of(text(client("county_org_admin", world).get("/postings/")))
    assert {"挂职干部", "派出单位", "导出 Excel", "任职日期"} <= set(found)


def test_an_empty_value_stays_a_dash(world: World) -> None:
    assert "<dd>—</dd>" in text(browser("county_org_admin", world).get(f"/cadres/{world.posting.cadre_id}/"))
