"""What makes a clue, on plain values: what is alike is found, and what is honest is left alone."""

import datetime as dt
import random
from collections import defaultdict
from itertools import combinations

import pytest

from shibaiqian.fieldwork.rules import clues
from shibaiqian.fieldwork.rules.clues import Said, Written, alike_pictures, alike_texts, bare, in_common, likeness, may_be_asked, sittings
from shibaiqian.fieldwork.rules.formulas import PASSAGE, own_words
from shibaiqian.fieldwork.rules.phrases import PHRASES

LONG = "到三组查看猪舍改造，与户主算了饲料和仔猪的账，缺三千元周转，答应帮他问互助资金，下周二再来看改造进度"
LIKE = "到三组查看猪舍改造，与户主算了饲料和仔猪的账，缺两千元周转，答应帮他问互助资金，下周五再来看改造进度"
OTHER = "和电力所的人一起量了四组低电压农户的电表，登记九户，先换变压器再换线，月底前施工，群众同意停电半天"
MAY = dt.date(2016, 5, 1)
DAY = dt.timedelta(days=1)


def said(key: int, *, author: str = "a", day: int = 0, category: str = "industry", log: str = "", is_new: bool = True) -> Said[int]:
    on = MAY + day * DAY
    return Said(key, author, log or f"{author}{on}", on, dt.datetime.combine(on, dt.time(20), tzinfo=dt.UTC), category, is_new)


def pairs(things: list[Said[int]], texts: list[str]) -> list[tuple[int, int]]:
    found = alike_texts(things, [bare(text) for text in texts], length=30, share=0.9)
    return [(pair.later.key, pair.earlier.key) for pair in found]


def test_the_same_words_on_another_day_are_found_with_a_figure_or_two_altered() -> None:
    assert pairs([said(1), said(2, day=9)], [LONG, LIKE]) == [(2, 1)]
    assert pairs([said(1), said(2, author="b", day=9)], [LONG, LIKE]) == [(2, 1)]


def test_different_work_in_the_same_village_is_not_alike() -> None:
    assert likeness(bare(LONG), bare(OTHER)) < 0.5
    assert pairs([said(1), said(2, day=9)], [LONG, OTHER]) == []


@pytest.mark.parametrize("words", [phrase for phrases in PHRASES.values() for phrase in phrases])
def test_what_the_product_offers_to_be_tapped_is_nobodys_copy(words: str) -> None:
    assert bare(words) == ""
    assert pairs([said(1), said(2, day=9)], ["，".join([words] * 9)] * 2) == []


def test_short_everyday_words_are_too_short_to_be_alike() -> None:
    assert pairs([said(1), said(2, day=9)], ["入户走访，了解近期生产生活情况"] * 2) == []


def test_a_course_told_of_by_two_who_were_there_is_no_clue_and_neither_is_work_done_together() -> None:
    course = "参加县委组织部第一书记培训班，上午讲精准识别程序，下午分组讨论产业到户的办法，晚上观看了典型村的录像片"
    assert pairs([said(1, category="study"), said(2, author="b", day=2, category="study")], [course] * 2) == []
    assert pairs([said(1), said(2, author="b", day=1)], [LONG] * 2) == []
    assert pairs([said(1), said(2, author="b", day=4)], [LONG] * 2) == [(2, 1)]


def test_several_households_visited_on_one_day_may_be_told_in_the_same_words() -> None:
    assert pairs([said(1, log="x"), said(2, log="x")], [LONG] * 2) == []


def test_what_many_wrote_alike_is_a_formula() -> None:
    things = [said(n, author=f"a{n}", day=5 * n) for n in range(clues.MANY + 1)]
    assert pairs(things, [LONG] * len(things)) == []
    assert pairs(things[:-1], [LONG] * (len(things) - 1)) != []


def test_only_what_is_new_is_asked_about() -> None:
    assert pairs([said(1, is_new=False), said(2, day=9, is_new=False)], [LONG] * 2) == []
    assert pairs([said(1, is_new=False), said(2, day=9)], [LONG] * 2) == [(2, 1)]


def test_who_wrote_first_is_not_asked_even_when_a_phone_brings_it_later() -> None:
    first, then = said(1, author="b"), said(2, author="a", day=9, is_new=False)
    assert pairs([then, first], [LONG] * 2) == [(2, 1)]


def test_each_is_put_beside_the_nearest_so_that_ten_repeats_are_nine_pairs() -> None:
    things = [said(n, day=2 * n) for n in range(10)]
    assert pairs(things, [LONG] * 10) == [(n, n - 1) for n in range(1, 10)]


def test_bands_find_nearly_all_that_are_alike() -> None:
    """Against the slow way: every pair of a few hundred texts with a few characters altered."""
    luck = random.Random(7)  # noqa: S311
    letters = [chr(0x4E00 + n) for n in range(2000)]
    texts, things = [], []
    for n in range(150):
        text = luck.choices(letters, k=45)
        like = [luck.choice(letters) if luck.random() < 0.02 else one for one in text]
        texts += ["".join(text), "".join(like)]
        things += [said(2 * n, author=f"a{n}"), said(2 * n + 1, author=f"a{n}", day=9)]
    wanted = {(2 * n + 1, 2 * n) for n in range(150) if likeness(texts[2 * n], texts[2 * n + 1]) >= 0.9}
    found = set(pairs(things, texts))
    assert found <= wanted and len(found) > 0.93 * len(wanted) > 90


def test_words_that_many_wrote_are_left_out_of_every_text_and_of_nobody_elses() -> None:
    formula = "按照镇党委统一安排部署"
    texts = [f"{formula}{LONG[n : n + 9]}" for n in range(clues.MANY + 1)]
    authors = [f"a{n}" for n in range(len(texts))]
    assert own_words(texts, authors, many=clues.MANY) == [text.removeprefix(formula) for text in texts]
    assert own_words(texts, ["a0", *authors[:-1]], many=clues.MANY) == texts
    assert own_words(["", "短", ""], ["a", "b", "c"], many=0) == ["", "短", ""]


def test_a_log_copied_among_formulas_is_found_and_one_put_together_of_formulas_is_nobodys() -> None:
    formulas = ["按照镇党委统一安排部署", "深入贫困户家中了解情况", "切实做到底子清情况明", "得到了群众的一致好评"]
    things = [said(n, author=f"a{n}", day=2 * n) for n in range(20)]
    texts = ["，".join(random.Random(n).sample(formulas, 4)) for n in range(20)]  # noqa: S311
    assert pairs(things, texts) == []
    texts[3], texts[17] = f"{formulas[0]}，{LONG}，{formulas[3]}", f"{formulas[2]}，{LIKE}，{formulas[1]}"
    assert pairs(things, texts) == [(17, 3)]


def test_with_formulas_everywhere_the_findings_are_those_of_comparing_every_log_with_every_other() -> None:
    luck = random.Random(20160608)  # noqa: S311
    letters = [chr(0x4E00 + n) for n in range(1500)]
    formulas = ["".join(luck.choices(letters, k=luck.randint(8, 16))) for _ in range(24)]
    texts, things = [], []
    for n in range(800):
        told = [luck.choice(formulas), "".join(luck.choices(letters, k=45)) if n % 2 else luck.choice(formulas), luck.choice(formulas)]
        if n % 4 == 3:  # copied, with a letter or two altered, and other formulas around it
            told[1] = "".join(luck.choice(letters) if luck.random() < 0.02 else one for one in texts[n - 2][1])
        texts.append(told)
        things.append(said(n, author=f"a{luck.randrange(60)}", day=luck.randrange(90)))
    whole = ["".join(told) for told in texts]
    wanted = by_comparing_all(things, whole)
    found = {thing[0] for thing in pairs(things, whole)}
    assert found <= wanted and len(found) > 0.97 * len(wanted) > 150


def by_comparing_all(things: list[Said[int]], texts: list[str]) -> set[int]:
    """Which have an earlier one alike, the slow way: every passage of every text, then every pair."""
    authors = defaultdict(set)
    for thing, text in zip(things, texts, strict=True):
        for at in range(len(text) - PASSAGE + 1):
            authors[text[at : at + PASSAGE]].add(thing.author)
    left = []
    for text in texts:
        common = [at for at in range(len(text) - PASSAGE + 1) if len(authors[text[at : at + PASSAGE]]) > clues.MANY]
        covered = {at + place for at in common for place in range(PASSAGE)}
        left.append("".join(letter for at, letter in enumerate(text) if at not in covered))
    found = set()
    for one, other in combinations([n for n, text in enumerate(left) if len(text) >= 30], 2):
        earlier, later = sorted((one, other), key=lambda n: (things[n].at, things[n].on))
        if may_be_asked(things[later], things[earlier]) and likeness(left[later], left[earlier]) >= 0.9:
            found.add(later)
    return found


def test_what_two_texts_share_is_shown_and_nothing_else() -> None:
    shared = in_common(f"{LONG}。张三家里有病人", LIKE)
    assert "到三组查看猪舍改造" in shared[0]
    assert "张三" not in "".join(shared)


def test_the_same_photo_is_found_and_another_is_not() -> None:
    one, near, far = 0x0F0F_1234_5678_9ABC, 0x0F0F_1234_5678_9ABC ^ 0b101, 0x7777_1111_2222_3333
    found = alike_pictures([said(1), said(2, day=9), said(3, day=20)], [one, near, far])
    assert [(pair.later.key, pair.earlier.key) for pair in found] == [(2, 1)]
    assert alike_pictures([said(1), said(2, day=9)], [one, -one]) == []


def test_a_photo_of_an_event_that_two_were_at_or_of_two_days_that_follow_is_no_clue() -> None:
    assert not may_be_asked(said(2, author="b", day=2), said(1), photo=True)
    assert not may_be_asked(said(2, day=1), said(1), photo=True)
    assert may_be_asked(said(2, day=2), said(1), photo=True)


def test_days_written_one_after_the_other_are_one_sitting_and_thirty_evenings_are_none() -> None:
    def written(n: int, at: dt.datetime) -> Written[int]:
        return Written(n, MAY + n * DAY, at)

    evening = dt.datetime(2016, 6, 8, 20, tzinfo=dt.UTC)
    in_one_go = [written(n, evening + n * dt.timedelta(minutes=7)) for n in range(12)]
    assert [len(run) for run in sittings(in_one_go, days=10)] == [12]
    assert sittings(in_one_go[:9], days=10) == []
    assert sittings([written(n, evening - (30 - n) * DAY) for n in range(30)], days=10) == []


def test_a_journey_is_too_fast_only_when_no_error_of_the_points_explains_it() -> None:
    shangzhou, luonan = (33_870_000, 109_940_000), (34_090_000, 110_150_000)
    far = clues.metres(shangzhou, luonan)
    assert 28_000 < far < 34_000
    hour = dt.timedelta(hours=1)
    assert clues.too_fast(far, within=hour / 12, exact_to_m=100, speed=150)
    assert not clues.too_fast(far, within=hour, exact_to_m=100, speed=150)
    assert not clues.too_fast(far, within=hour / 12, exact_to_m=30_000, speed=150)
    assert not clues.too_fast(4_000, within=dt.timedelta(0), exact_to_m=0, speed=150)
