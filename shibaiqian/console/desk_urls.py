"""The desk, figures, rosters, audit, bulletins."""

from django.urls import path

from shibaiqian.console import audit_pages, bulletin_pages, home, imports_pages

urlpatterns = [
    path("", home.home, name="home"),
    path("running/", home.running_imports, name="running_imports"),
    path("map/<str:region>/", home.map_values, name="map_values"),
    path("figures/<str:region>/<slug:code>/", home.figure, name="figure"),
    path("imports/", imports_pages.imports, name="imports"),
    path("imports/opening/<str:region>/", imports_pages.close_opening, name="close_opening"),
    path("imports/<uuid:run_id>/", imports_pages.import_run, name="import_run"),
    path("imports/<uuid:run_id>/<slug:step>/", imports_pages.import_step, name="import_step"),
    path("rosters/<slug:kind>/", imports_pages.blank_roster, name="blank_roster"),
    path("rosters/<slug:kind>/blank/", imports_pages.blank_workbook_of, name="blank_workbook"),
    path("audit/", audit_pages.audit, name="audit"),
    path("audit/export/", audit_pages.export, name="export_audit"),
    path("bulletins/", bulletin_pages.bulletins, name="bulletins"),
    path("bulletins/<uuid:snapshot_id>/", bulletin_pages.bulletin, name="bulletin"),
    path("bulletins/<uuid:snapshot_id>/<slug:form>/", bulletin_pages.bulletin_file, name="bulletin_file"),
]
