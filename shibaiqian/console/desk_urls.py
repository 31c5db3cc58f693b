"""The desk, figures, rosters, audit, bulletins."""

from django.urls import path

from shibaiqian.console import audit_pages, bulletin_pages, home, imports_pages, report_pages, roster_page, rows_files

urlpatterns = [
    path("", home.home, name="home"),
    path("running/", home.running_imports, name="running_imports"),
    path("map/<str:region>/", home.map_values, name="map_values"),
    path("figures/<str:region>/<slug:code>/", home.figure, name="figure"),
    path("figures/<str:region>/<slug:code>/export/", rows_files.figure_file, name="figure_file"),
    path("imports/", imports_pages.imports, name="imports"),
    path("imports/opening/<str:region>/", imports_pages.close_opening, name="close_opening"),
    path("imports/<uuid:run_id>/", imports_pages.import_run, name="import_run"),
    path("imports/<uuid:run_id>/<slug:step>/", imports_pages.import_step, name="import_step"),
    path("rosters/<slug:kind>/", imports_pages.blank_roster, name="blank_roster"),
    path("rosters/<slug:kind>/blank/", imports_pages.blank_workbook_of, name="blank_workbook"),
    path("audit/", audit_pages.audit, name="audit"),
    path("audit/export/", audit_pages.export, name="export_audit"),
    path("reports/", report_pages.reports, name="reports"),
    path("reports/issued/<uuid:report_id>/", report_pages.issued_report, name="issued_report"),
    path("reports/issued/<uuid:report_id>/<slug:form>/", report_pages.issued_report_file, name="issued_report_file"),
    path("reports/roster/", roster_page.roster, name="roster"),
    path("reports/<slug:report>/", report_pages.report, name="report"),
    path("reports/<slug:report>/rows/", report_pages.report_rows, name="report_rows"),
    path("reports/<slug:report>/rows/export/", rows_files.report_rows_file, name="report_rows_file"),
    path("reports/<slug:report>/freeze/", report_pages.freeze_report, name="freeze_report"),
    path("reports/<slug:report>/<slug:form>/", report_pages.report_file, name="report_file"),
    path("bulletins/", bulletin_pages.bulletins, name="bulletins"),
    path("bulletins/<uuid:snapshot_id>/", bulletin_pages.bulletin, name="bulletin"),
    path("bulletins/<uuid:snapshot_id>/<slug:form>/", bulletin_pages.bulletin_file, name="bulletin_file"),
]
