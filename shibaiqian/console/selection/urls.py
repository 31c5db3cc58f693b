"""Matching, decisions, notices, appointments, the register of documents, and the check that is open to everybody."""

from django.urls import path

from shibaiqian.console.export import export_of
from shibaiqian.console.listing.page import list_page
from shibaiqian.console.selection import deciding, drawing, match, papers, taking

urlpatterns = [
    path("match/", match.match_plans, name="match_plans"),
    path("match/<uuid:plan_id>/", match.match_plan, name="match_plan"),
    path("match/<uuid:plan_id>/posts/<uuid:need_id>/", match.match_post, name="match_post"),
    path("match/<uuid:plan_id>/wishes/<uuid:wish_id>/", match.match_wish, name="match_wish"),
    path("match/<uuid:plan_id>/<slug:step>/", match.match_step, name="match_step"),
    path("decisions/", list_page(deciding.DECISIONS), name="decisions"),
    path("decisions/export/", export_of(deciding.DECISIONS), name="export_decisions"),
    path("decisions/new/", drawing.new_decision, name="new_decision"),
    path("decisions/<uuid:decision_id>/", deciding.decision, name="decision"),
    path("decisions/<uuid:decision_id>/record/", deciding.record, name="record_decision"),
    path("decisions/<uuid:decision_id>/return/", deciding.give_back, name="return_sheet"),
    path("decisions/<uuid:decision_id>/publish/", deciding.publish, name="publish_notice"),
    path("decisions/<uuid:decision_id>/appoint/", deciding.appointing, name="appoint"),
    path("decisions/<uuid:decision_id>/letters/", deciding.letters, name="party_letters"),
    path("decisions/<uuid:decision_id>/letters.<slug:form>", deciding.letters_file, name="party_letters_file"),
    path("notices/<uuid:notice_id>/", deciding.notice, name="notice"),
    path("notices/<uuid:notice_id>/object/", deciding.object_to, name="receive_objection"),
    path("notices/<uuid:notice_id>/finish/", deciding.finish, name="finish_notice"),
    path("objections/<uuid:objection_id>/", deciding.answer, name="objection"),
    path("documents/", list_page(papers.DOCUMENTS), name="documents"),
    path("documents/export/", export_of(papers.DOCUMENTS), name="export_documents"),
    path("documents/<uuid:document_id>/", papers.document, name="document"),
    path("documents/<uuid:document_id>/<slug:form>/", papers.document_file, name="document_file"),
    path("lists/", taking.take, name="take_list"),
    path("check/", papers.check_document, name="check_document"),
]
