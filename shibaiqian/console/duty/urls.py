"""Addresses of daily management."""

from django.urls import path

from shibaiqian.console.duty import attendance, board, clues, desk, exports, leave, timeline

urlpatterns = [
    path("daily/", desk.desk, name="town_desk"),
    path("daily/<slug:step>/", desk.desk_step, name="desk_step"),
    path("daily/readings/<uuid:reading_id>/", desk.read, name="read_log"),
    path("clues/", clues.own_clues, name="own_clues"),
    path("clues/<uuid:clue_id>/", clues.clue_step, name="clue_step"),
    path("clues/photos/<uuid:photo_id>/", clues.clue_photo, name="clue_photo"),
    path("questions/<uuid:question_id>/", clues.question, name="question"),
    path("questions/<uuid:question_id>/<slug:step>/", clues.question_step, name="question_step"),
    path("attendance/", attendance.months_page, name="attendance"),
    path("attendance/export/", exports.months_file, name="export_attendance"),
    path("attendance/propose/", attendance.propose, name="propose_attendance"),
    path("attendance/<uuid:month_id>/", attendance.month_page, name="attendance_month"),
    path("attendance/<uuid:month_id>/<slug:step>/", attendance.month_step, name="attendance_step"),
    path("amendments/<uuid:amendment_id>/", attendance.decide, name="decide_amendment"),
    path("board/", board.boards_page, name="boards"),
    path("board/<str:region>/<str:month>/", board.board, name="board"),
    path("board/<str:region>/<str:month>/paper.<str:form>", board.board_paper, name="board_paper"),
    path("leaves/", leave.leaves_page, name="leaves"),
    path("leaves/export/", exports.leaves_file, name="export_leaves"),
    path("leaves/ask/", leave.ask, name="ask_leave"),
    path("leaves/<uuid:leave_id>/", leave.leave_page, name="leave"),
    path("leaves/<uuid:leave_id>/paper.<str:form>", leave.paper, name="leave_paper"),
    path("leaves/<uuid:leave_id>/<slug:step>/", leave.leave_step, name="leave_step"),
    path("logs/export/", exports.logs_file, name="export_logs"),
    path("logs/", timeline.timeline, name="logs"),
]
