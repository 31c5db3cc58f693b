"""Reasons in the words of an office. Pure."""

from collections.abc import Sequence

from shibaiqian.selection.matching.explain import Shortage, Why
from shibaiqian.selection.matching.problem import Problem, Rule
from shibaiqian.selection.matching.score import Candidate, Post

RULES: dict[Rule, str] = {
    Rule.ELIGIBILITY: "资格审查未通过",
    Rule.RECUSAL: "应当回避",
    Rule.PLACE: "不在可派范围内",
    Rule.UNIT: "岗位的包村单位已定，只能从该单位选派",
    Rule.EXCLUDED: "已被排除",
}
NAMED = 3


def shortage_in_words(
    shortage: Shortage, *, problem: Problem, candidates: Sequence[Candidate], posts: Sequence[Post], noun: str = "人选"
) -> str:
    """One sentence: which posts, how many people, how many short, and why. `noun`: 人选 or 单位."""
    which = listed([posts[j].name for j in shortage.posts], "个岗位")
    if shortage.why is Why.CAPS:
        return f"{which}没有{noun}：{_caps(shortage, problem=problem, candidates=candidates, posts=posts)}"
    if shortage.why is Why.PINS:
        pins = "、".join(f"{candidates[i].name}到{posts[j].name}" for i, j in shortage.pins)
        return f"{which}还差 {shortage.short} {_measure(noun)}。主要原因：已指定{pins}。取消指定后可以安排。"
    people = list(dict.fromkeys(candidates[i].name for i in shortage.people))  # a unit stands once for every village it can take
    have = f"只有 {len(shortage.people)} {_measure(noun)}符合条件的{noun}（{listed(people, '')}）" if people else f"没有符合条件的{noun}"
    return f"{which}{have}，还差 {shortage.short} {_measure(noun)}。{_main_reason(shortage, problem=problem, candidates=candidates, noun=noun)}"


def listed(names: Sequence[str], measure: str, *, least: int = NAMED) -> str:
    """Some names and how many: 姚楼村、银厂村、吴庄村等 5 个岗位; a few are all named."""
    if len(names) <= least:
        count = f" {len(names)} {measure}" if measure and len(names) > 1 else ""
        return "、".join(names) + count
    return "、".join(names[:least]) + (f"等 {len(names)} {measure}" if measure else "等")


def _measure(noun: str) -> str:
    return "名" if noun == "人选" else "个"


def _main_reason(shortage: Shortage, *, problem: Problem, candidates: Sequence[Candidate], noun: str) -> str:
    if shortage.rule is None:
        enough = problem.points.shape[0] >= problem.points.shape[1]
        return "主要原因：几条规定合在一起，剩下的都不符合。" if enough else f"主要原因：{noun}总数少于岗位数。"
    at = list(shortage.posts)
    others = [i for i in range(len(candidates)) if i not in set(shortage.people)]
    kept_out = sum(bool((problem.blocked[i, at] & shortage.rule).any()) for i in others)
    return f"主要原因：{RULES[shortage.rule]}（涉及 {kept_out} {_measure(noun)}）。"


def _caps(shortage: Shortage, *, problem: Problem, candidates: Sequence[Candidate], posts: Sequence[Post]) -> str:
    if not shortage.cells:
        return "各项上限合在一起，剩下的都不能安排。请放宽上限或增加人选。"
    said = []
    for cell in shortage.cells:
        cap = problem.caps[cell.cap]
        unit = next(c.unit_name for c, group in zip(candidates, cap.people, strict=True) if group == cell.people)
        where = [post.name for post, group in zip(posts, cap.posts, strict=True) if group == cell.posts]
        said.append(f"{unit}在{listed(where, '个岗位')}中已满 {cap.limit} 名")
    return f"{problem.caps[shortage.cells[0].cap].label}最多 {problem.caps[shortage.cells[0].cap].limit} 名，{'，'.join(said)}。"
