"""The flow of a request upward, and its clock. Pure."""

from shibaiqian.access.flow import Flow

REQUEST = Flow(
    noun="这件向上要事项",
    states={"asked": "待答复", "accepted": "办理中", "refused": "未同意", "done": "待确认", "confirmed": "已办结", "withdrawn": "已撤回"},
    steps={
        "accept_request": "同意办理", "refuse_request": "不同意", "pass_on": "转其他单位", "report_done": "报告办好", "confirm_done": "确认办好",
        "send_back": "没有办好，退回", "withdraw_request": "撤回",
    },
    table={
        ("asked", "accept_request"): "accepted",
        ("asked", "refuse_request"): "refused",
        ("asked", "pass_on"): "asked",
        ("asked", "withdraw_request"): "withdrawn",
        ("accepted", "report_done"): "done",
        ("accepted", "refuse_request"): "refused",
        ("accepted", "withdraw_request"): "withdrawn",
        ("done", "confirm_done"): "confirmed",
        ("done", "send_back"): "accepted",
    },
)  # fmt: skip
# The receiver's clock runs in these.
RUNNING = ("asked", "accepted")
OF_ASKER = ("withdraw_request", "confirm_done", "send_back")
