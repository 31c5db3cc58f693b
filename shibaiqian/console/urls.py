"""Lists, files, places, search, the official's own page. The desk stands in `desk_urls`."""

from django.urls import include, path

from shibaiqian.console import cadre_file, cadre_forms, drafts, endings, field, files, places, posting_pages, search, slips, targets
from shibaiqian.console.export import export_of
from shibaiqian.console.listing.page import list_page
from shibaiqian.console.lists import LISTS

urlpatterns = [
    path("", include("shibaiqian.console.desk_urls")),
    path("", include("shibaiqian.console.plans.urls")),
    path("", include("shibaiqian.console.selection.urls")),
    path("", include("shibaiqian.console.selection.planning_urls")),
    path("", include("shibaiqian.console.duty.urls")),
    path("", include("shibaiqian.console.burden.urls")),
    path("regions/", places.regions, name="regions"),
    path("regions/<str:region>/slips/", slips.slips, name="slips"),
    path("regions/<str:region>/", places.region, name="region"),
    *(path(f"{listing.name}/", list_page(listing), name=listing.name) for listing in LISTS),
    *(path(f"{listing.name}/export/", export_of(listing), name=f"export_{listing.name}") for listing in LISTS),
    path("organisations/<uuid:organisation_id>/", files.organisation, name="organisation"),
    path("cadres/forms/", cadre_forms.cadre_forms, name="cadre_forms"),
    path("cadres/forms/take/", cadre_forms.take_all_forms, name="take_all_forms"),
    path("cadres/forms/drop/", cadre_forms.drop_forms, name="drop_forms"),
    path("cadres/forms/<int:at>/", cadre_forms.cadre_form, name="cadre_form"),
    path("cadres/<uuid:cadre_id>/form/", cadre_forms.hand_out_form, name="hand_out_form"),
    path("cadres/<uuid:cadre_id>/", cadre_file.cadre, name="cadre"),
    path("cadres/<uuid:cadre_id>/service/", cadre_file.service, name="cadre_service"),
    path("cadres/<uuid:cadre_id>/none/", cadre_file.say_none, name="confirm_none"),
    path("cadres/<uuid:cadre_id>/reveal/", cadre_file.reveal, name="reveal_cadre"),
    path("postings/endings/", endings.end_list, name="endings"),
    path("postings/<uuid:posting_id>/", posting_pages.posting, name="posting"),
    path("postings/<uuid:posting_id>/targets/", targets.draft_letter, name="draft_letter"),
    path("postings/<uuid:posting_id>/handover.xlsx", posting_pages.handover_export, name="handover_export"),
    path("postings/<uuid:posting_id>/work/", posting_pages.work, name="posting_work"),
    path("postings/<uuid:posting_id>/<str:act>/", posting_pages.step, name="posting_step"),
    path("target-letters/<uuid:letter_id>/", targets.letter, name="target_letter"),
    path("target-letters/<uuid:letter_id>/revise/", targets.revise_letter, name="revise_letter"),
    path("target-letters/<uuid:letter_id>/amend/", targets.amend_letter, name="amend_letter"),
    path("target-letters/<uuid:letter_id>/paper.<str:form>", targets.letter_paper, name="letter_paper"),
    path("target-letters/<uuid:letter_id>/<str:step>/", targets.letter_step, name="letter_step"),
    path("target-items/<uuid:item_id>/", targets.report_target, name="report_target"),
    path("households/<uuid:household_id>/", files.household, name="household"),
    path("households/<uuid:household_id>/reveal/", files.reveal_member, name="reveal_member"),
    path("projects/<uuid:project_id>/", files.project, name="project"),
    path("industries/<uuid:industry_id>/", files.industry, name="industry"),
    path("services/<uuid:service_id>/", files.service, name="service"),
    path("services/<uuid:service_id>/confirm/", files.confirm_service, name="confirm_service"),
    path("search/", search.search, name="search"),
    path("field/", field.field, name="field"),
    path("field/<uuid:log_id>/", field.made, name="field_made"),
    path("drafts/", drafts.drafts, name="drafts"),
    path("drafts/<uuid:draft_id>/", drafts.draft, name="draft"),
    path("drafts/<uuid:draft_id>/<slug:step>/", drafts.draft_step, name="draft_step"),
]
