"""The law against formalism at the finger-tip (domain.md §12): nothing it forbids is asked, counted or ranked.

Each look is tried on a planted fault first, so that one which sees nothing fails.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from shibaiqian.base.ids import new_id
from shibaiqian.console.lists import LISTS
from shibaiqian.policy.actions import install_defaults
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.sync.tests.factories import Phone, a_village, operation

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "shibaiqian"
APP = {
    p: p.read_text(encoding="utf-8")
    for p in sorted((ROOT / "frontend").glob("*/**/*"))
    if p.suffix in (".ts", ".vue") and "node_modules" not in p.parts
}
SERVER = {p: p.read_text(encoding="utf-8") for p in sorted(PACKAGE.rglob("*.py")) if not {"tests", "migrations"} & set(p.parts)}
PAGES = {p: p.read_text(encoding="utf-8") for p in sorted(PACKAGE.rglob("*.html"))}
# A phone is not followed, the camera is not insisted on, nobody is reminded at night, no time is measured.
SPYING = re.compile(r"watchPosition|\bcapture=|\brequired(?=[\s/>])|requestPermission|sendBeacon|performance\.now|IdleDetector")
# Where a phone is, one file may ask, once, behind the person's switch; and one button has it done.
PLACE, BUTTON = "frontend/field/place.ts", "frontend/field/parts/Place.vue"
ASKS = re.compile(r"geolocation\b|getCurrentPosition|\bplaceNow\b")
# Words of a race. A sentence may say that there is none of it.
RACE = re.compile(r"(?<![不无])(?<!没有)(?:(?:排名|名次|排行)(?!末位)|积分|打卡|在线时长)")
DENIED = re.compile(r"(?:不|没有|无)[^。；<]{0,12}(?:排名|名次|排行|积分|打卡|在线时长)[^。；<]*")
COUNTED = re.compile(r"(^|_)(count|number_of|logs|visits|services|duty|days|score|rate|total|share|late|owes|seen)($|_)")
WATCHED = re.compile(r"online|dwell|stay_(seconds|minutes)|(login|open|read|click)_count|active_(seconds|minutes)|duration", re.IGNORECASE)
PROVES = re.compile(r"photo|picture|(^|_)(gps|lat|lon|point|track)($|_)")


def found(pattern: re.Pattern[str], files: dict[Path, str]) -> Iterator[str]:
    for path, text in files.items():
        for match in pattern.finditer(text):
            yield f"{path.relative_to(ROOT)}: {match.group(0)}"


def test_the_app_does_not_ask_where_the_phone_is_nor_insist_on_the_camera_nor_measure_time() -> None:
    planted = '<input type="file" capture="environment" required> navigator.geolocation.watchPosition(send)'
    assert len(SPYING.findall(planted)) == 3
    assert len(APP) > 40 and list(found(SPYING, {p: t for p, t in APP.items() if "field" in p.parts})) == []


def places_taken(app: dict[str, str]) -> list[str]:
    """What is wrong with how the app comes to know a place: by file → text."""
    asks = {name: ASKS.findall(text) for name, text in app.items()}
    wrong = [f"{name} asks" for name, words in asks.items() if words and name not in (PLACE, BUTTON)]
    place, button = app.get(PLACE, ""), app.get(BUTTON, "")
    if asks.get(PLACE) != ["placeNow", "geolocation", "getCurrentPosition"]:
        wrong.append("the place is asked for more than once")
    if not re.search(r"placeNow\(\): Promise<Found> \{\s+if \(!\(await isOffered\(\)\)\) throw", place):
        wrong.append("asked before the switch was looked at")
    if not re.search(r"isOffered = .*=> \(await store\(\)\.draft<boolean>\('place'\)\) === true;", place):
        wrong.append("on without having been switched on")
    if asks.get(BUTTON) != ["placeNow", "placeNow"] or not re.search(r"async function add\(\)[^}]*?await placeNow\(\)", button):
        wrong.append("asked by something else than the button")
    if re.findall(r'(?:@click="|function )?\badd\b', button) != ["function add", '@click="add']:
        wrong.append("done without a tap")
    return wrong


def test_where_a_phone_is_one_button_asks_once_after_the_person_switched_it_on() -> None:
    app = {path.relative_to(ROOT).as_posix(): text for path, text in APP.items()}
    assert places_taken(app) == []

    def planted(name: str, before: str, after: str) -> list[str]:
        assert before in app[name]
        return places_taken({**app, name: app[name].replace(before, after, 1)})

    log = "frontend/field/screens/Log.vue"
    assert planted(log, "const busy", "navigator.geolocation.getCurrentPosition(send); const busy") == [f"{log} asks"]
    assert planted(log, "const busy", "onMounted(placeNow); const busy") == [f"{log} asks"]
    assert planted(PLACE, "if (!(await isOffered())) throw new NoPlace();", "") == ["asked before the switch was looked at"]
    assert planted(PLACE, "=== true", "!== false") == ["on without having been switched on"]
    assert planted(PLACE, "const STEP", "navigator.geolocation.getCurrentPosition(send); const STEP") == [
        "the place is asked for more than once"
    ]
    assert planted(BUTTON, "(offered.value = yes)", "(offered.value = yes) && add()") == ["done without a tap"]
    assert planted(BUTTON, "</script>", "onMounted(add);\n</script>") == ["done without a tap"]
    assert planted(BUTTON, '@click="add"', '@vue:mounted="add"') == ["done without a tap"]


def in_a_race(text: str) -> list[str]:
    return RACE.findall(DENIED.sub("", text))


def test_no_page_or_screen_speaks_of_points_ranks_or_check_ins_but_to_say_there_are_none() -> None:
    assert in_a_race("本月排名第 3，积分 20，请打卡") == ["排名", "积分", "打卡"]
    assert in_a_race("不要求打卡、拍照。按地点排列，不排名次。年度绩效考核排名末位") == []
    assert [f"{path.relative_to(ROOT)}: {words}" for path, text in (PAGES | APP | SERVER).items() if (words := in_a_race(text))] == []


def test_no_list_is_sorted_by_how_much_somebody_did() -> None:
    assert COUNTED.search("log_count") and COUNTED.search("duty_days") and not COUNTED.search("appointed_on")
    sorts = [f"{listing.name}: {key}" for listing in LISTS for sort in listing.sorts for key in sort.keys]
    assert len(sorts) > 20 and [said for said in sorts if COUNTED.search(said.partition(": ")[2])] == []


def test_no_table_keeps_how_long_or_how_often_somebody_was_there() -> None:
    assert all(WATCHED.search(name) for name in ("online_seconds", "login_count", "read_count", "duration"))
    fields = [
        f"{m._meta.label}.{f.name}" for m in apps.get_models() if m.__module__.startswith("shibaiqian.") for f in m._meta.concrete_fields
    ]
    assert [name for name in fields if WATCHED.search(name)] == []


def test_what_somebody_has_read_is_known_to_their_own_inbox_and_phone_only() -> None:
    """A mark of reading is asked for in `messages` (and the frame's one number, in `access`); no other context, no figure asks."""
    own = ("messages/", "access/backends.py", "sync/notices.py")
    asks = {path.relative_to(PACKAGE).as_posix() for path, text in SERVER.items() if "read_at" in text}
    assert asks and [name for name in asks if not name.startswith(own)] == []
    assert [p.name for p in (PACKAGE / "indicators").rglob("*.sql") if re.search(r"inbox_|sync_device|access_session", p.read_text())] == []


def test_no_table_demands_a_photo_or_a_place_and_no_parameter_can() -> None:
    demanded = [
        f"{m._meta.label}.{f.name}"
        for m in apps.get_models()
        if m._meta.app_label in ("fieldwork", "sync", "voice", "households")
        for f in m._meta.concrete_fields
        if PROVES.search(f.name) and not f.null and not f.has_default()
    ]
    assert demanded == []
    assert [key for key in KEY_OF if PROVES.search(key) or re.search(r"check_?in|online|points", key)] == []


LEAST = {
    "log": {"on": "2016-06-08", "items": [{"category": "visit", "content": "看望老人"}]},
    "service_promise": {"kind": "care", "content": "送药", "on": "2016-06-08", "beneficiary": "李四"},
    "attendance_propose": {"month": "2016-05-01"},
    "attendance_correct": {"month": "2016-05-01", "days": [{"on": "2016-05-10", "status": "in_village"}]},
    "leave_request": {"on": "2016-06-08", "kind": "personal", "first_on": "2016-06-20", "last_on": "2016-06-20", "reason": "家里有事"},
    "monthly_plan": {"month": "2016-06", "items": [{"text": "修水渠"}]},
    "monthly_summary": {"month": "2016-06"},
}


@pytest.mark.django_db
def test_the_least_that_an_official_sends_is_taken_without_photo_place_or_minutes() -> None:
    install_defaults()
    village = a_village()
    phone = Phone.of(village.role)
    sent = [operation(kind, {"posting": str(village.posting.pk), **body}, id=str(new_id())) for kind, body in LEAST.items()]
    answers = phone.answers(*sent)
    assert {said["kind"]: (answer["status"], answer.get("message")) for said, answer in zip(sent, answers, strict=True)} == dict.fromkeys(
        LEAST, ("created", None)
    )
