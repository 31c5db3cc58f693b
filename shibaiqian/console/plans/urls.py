"""Plans, meetings, reports on duty, emergencies, decisions of the host, requests upward."""

from django.urls import path

from shibaiqian.console.plans import claims, courses, decisions, duty_reports, emergencies, emergency_calls, meetings, months, requests

urlpatterns = [
    path("month/", months.own_month, name="own_month"),
    path("postings/<uuid:posting_id>/months/<str:month>/", months.month, name="month"),
    path("postings/<uuid:posting_id>/months/<str:month>/records/<slug:what>/", months.month_records, name="month_records"),
    path("postings/<uuid:posting_id>/months/<str:month>/paper.<str:form>", months.month_paper, name="month_paper"),
    path("postings/<uuid:posting_id>/weeks/<str:week>/paper.<str:form>", months.week_paper, name="week_paper"),
    path("plans/<uuid:monthly_plan_id>/", months.plan, name="plan"),
    path("summaries/<uuid:summary_id>/", months.summary, name="monthly_summary"),
    path("meetings/hold/", meetings.hold, name="hold_meeting"),
    path("postings/<uuid:posting_id>/duty-report/", duty_reports.write, name="write_duty_report"),
    path("duty-reports/<uuid:report_key>/", duty_reports.report, name="duty_report"),
    path("duty-reports/<uuid:report_key>/hear/", duty_reports.hear, name="hear_duty_report"),
    path("duty-reports/<uuid:report_key>/paper.<str:form>", duty_reports.report_paper, name="duty_report_paper"),
    path("duty-reports/<uuid:report_key>/ballots.<str:form>", duty_reports.ballots, name="ballots"),
    path("duty-reports/<uuid:report_key>/<slug:step>/", duty_reports.report_step, name="duty_report_step"),
    path("rectifications/<uuid:rectification_id>/", duty_reports.rectify_item, name="rectify_item"),
    path("postings/<uuid:posting_id>/decisions/", decisions.decisions, name="host_decisions"),
    path("host-decisions/<uuid:host_decision_id>/", decisions.finish, name="finish_decision"),
    path("requests/ask/", requests.ask, name="ask_upward"),
    path("requests/receivers/", requests.of_receivers, name="receivers"),
    path("requests/receivers/export/", requests.receivers_file, name="export_receivers"),
    path("requests/<uuid:request_id>/", requests.request, name="request"),
    path("requests/<uuid:request_id>/paper.<str:form>", requests.request_paper, name="request_paper"),
    path("requests/<uuid:request_id>/<slug:step>/", requests.request_step, name="request_step"),
    path("courses/open/", courses.open_one, name="open_course"),
    path("courses/<uuid:course_id>/", courses.course, name="course"),
    path("courses/<uuid:course_id>/sheet.<str:form>", courses.course_paper, name="course_paper"),
    path("courses/<uuid:course_id>/<slug:step>/", courses.course_step, name="course_step"),
    path("claims/draw/", claims.draw, name="draw_claim"),
    path("claims/<uuid:claim_id>/", claims.claim, name="claim"),
    path("claims/<uuid:claim_id>/paper.<str:form>", claims.claim_paper, name="claim_paper"),
    path("claims/<uuid:claim_id>/<slug:step>/", claims.claim_step, name="claim_step"),
    path("emergencies/", emergencies.emergencies, name="emergencies"),
    path("emergencies/declare/", emergencies.declare, name="declare_emergency"),
    path("emergencies/<uuid:emergency_id>/", emergencies.end, name="end_emergency"),
    path("emergencies/<uuid:emergency_id>/calls/", emergency_calls.calls, name="emergency_calls"),
    path("emergencies/<uuid:emergency_id>/calls/<slug:step>/", emergency_calls.call_step, name="emergency_call_step"),
]
