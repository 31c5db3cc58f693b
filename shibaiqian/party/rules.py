"""Rules of overhauls. Pure."""

import datetime as dt

# Platform's list of what a weak or lagging organisation shows (domain.md §8.1); the first eight are the national basic kinds.
KINDS = {
    "W01": "班子配备不齐、书记长期缺职、工作停滞",
    "W02": "书记不胜任现职、工作不在状态、严重影响班子战斗力",
    "W03": "班子不团结、内耗严重、工作不能正常开展",
    "W04": "组织制度形同虚设、不按规定开展组织生活",
    "W05": "换届选举拉票贿选问题突出",
    "W06": "宗族宗教和黑恶势力干扰渗透严重",
    "W07": "村务财务公开和民主管理混乱",
    "W08": "社会治安问题和信访矛盾集中",
    "W09": "服务意识差、服务能力弱、群众满意度低",
    "W10": "连续两年以上未发展党员",
    "W11": "无活动场所或场所不能用",
    "W12": "无集体经济收入（空壳村）",
    "W13": "年度绩效考核排名末位",
    "W99": "其他",
}
# States in which the organisation counts as put in order.
PUT_IN_ORDER = ("transformed", "look_back", "closed")


def done_on(*, finished_on: dt.date | None, accepted_on: dt.date | None) -> dt.date | None:
    """The day it was put in order: of acceptance or, where none is written, of the finished overhaul."""
    return accepted_on or finished_on


def passed(*, score: int | None, pass_score: int, person_in_charge: bool, rules_in_place: bool, accountability: bool) -> bool:
    """Accepted: the score reaches the line and all three dimensions hold (有人管事、有章理事、有责问事). No score yet passes."""
    return (score is None or score >= pass_score) and person_in_charge and rules_in_place and accountability
