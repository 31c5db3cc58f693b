"""Pages of places: the tree, a county or town, and one page on any village."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import clock
from shibaiqian.console.queries import village_page
from shibaiqian.households.models import CauseCode
from shibaiqian.indicators.engine import catalogue
from shibaiqian.indicators.queries import figures_by_child, figures_on_page
from shibaiqian.postings.queries import running_postings
from shibaiqian.regions.models import Region, VillageProfile
from shibaiqian.regions.queries import path_of

# What stands beside each place of the tree and under a county or town.
SHOWN = ("tier_1000", "poor_villages", "poor_population", "people_out_stably", "projects", "practical_services")


HEADLINES = ("poor_population", "people_out_stably", "households_income_up", "practical_services", "projects")
# That a county is one county says nothing.
TRIVIAL = {"city": (), "county": ("counties", "counties_national_poor"), "town": ("counties", "counties_national_poor", "towns")}


def _figure(code: str, value: int, place: str) -> dict[str, Any]:
    return {"label": _title(code), "value": value, "unit": catalogue()[code].unit, "url": reverse("figure", args=[place, code])}


def reaches(actor: Actor, code: str) -> bool:
    """Whether the page of a place, and of a figure in it, opens: links to it stand only where it does."""
    return actor.scope.holds_region(code) and actor.may(Permission.VIEW_REGIONS) and actor.may(Permission.VIEW_FIGURES)


def crumbs(actor: Actor, path: list[Region]) -> list[tuple[str, str]]:
    """The places above, as far as the actor's scope holds them: name and address."""
    return [(place.name, reverse("region", args=[place.code]) if reaches(actor, place.code) else "") for place in path]


def path_to(code: str) -> list[Region]:
    """County, town and village of a code, in one query; the city only for itself."""
    return [place for place in path_of(code) if len(place.code) > 4 or len(code) == 4]


def _title(code: str) -> str:
    figure = catalogue()[code]
    return figure.title_en if get_language() == "en" else figure.title


@acts
def regions(request: HttpRequest) -> HttpResponse:
    """Counties, towns and villages as a tree in a table; `?region=` opens a place."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_REGIONS)
    root = actor.scope.region or settings.ROOT_REGION
    asked = request.GET.get("region", "")
    asked = asked if asked.startswith(root) and asked.isdigit() and len(asked) in (6, 9) else root
    opened = [asked[:n] for n in (4, 6, 9) if len(root) <= n <= len(asked)] or [root]
    places = Region.objects.filter(parent_id__in=opened, valid_to__isnull=True) | Region.objects.filter(pk=root)
    found = list(places.order_by("code"))
    has_figures = actor.scope.kind is ScopeKind.REGION and actor.may(Permission.VIEW_FIGURES)
    figures: dict[str, dict[str, int]] = {}
    for code in opened if has_figures else ():
        figures |= figures_by_child(code, SHOWN)
    if has_figures:
        figures[root] = figures_on_page(root)
    rows = [
        {
            "place": place,
            "indent": "　" * max(len([n for n in (4, 6, 9, 12) if len(root) < n <= len(place.code)]), 0),
            "is_open": place.code in opened,
            "may_open": len(place.code) < 12,
            "href": reverse("region", args=[place.code]) if reaches(actor, place.code) else "",
            "values": [figures.get(place.code, {}).get(code, 0) for code in SHOWN] if has_figures else [],
        }
        for place in found
    ]
    return render(request, "console/regions.html", {"rows": rows, "titles": [_title(code) for code in SHOWN] if has_figures else []})


@acts
def region(request: HttpRequest, region: str) -> HttpResponse:
    """A county or town with its figures and what lies below; a village as one sheet."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_REGIONS)
    if not reaches(actor, region):
        raise Http404
    path = path_to(region)
    if not path or path[-1].code != region:
        raise Http404
    return _village(request, actor, path) if len(region) == 12 else _county_or_town(request, actor, path)


def _county_or_town(request: HttpRequest, actor: Actor, path: list[Region]) -> HttpResponse:
    place = path[-1]
    values, below = figures_on_page(place.code), figures_by_child(place.code, SHOWN)
    names = dict(Region.objects.filter(parent=place, valid_to__isnull=True).order_by("code").values_list("code", "name"))
    context = {
        "place": place,
        "crumbs": crumbs(actor, path[:-1]),
        "headlines": [_figure(code, values[code], place.code) for code in HEADLINES],
        "others": [
            _figure(code, value, place.code) for code, value in values.items() if value and code not in (*HEADLINES, *TRIVIAL[place.level])
        ],
        "titles": [_title(code) for code in SHOWN],
        "children": [(code, name, [below.get(code, {}).get(figure, 0) for figure in SHOWN]) for code, name in names.items()],
        "at_itself": [below[place.code][figure] for figure in SHOWN] if any(below.get(place.code, {}).values()) else [],
        "posted": list(running_postings(actor).filter(region=place)[:50]),
        "lists": _lists(actor, place.code),
    }
    return render(request, "console/place.html", context)


LISTS = (
    ("postings", Permission.VIEW_POSTINGS), ("households", Permission.VIEW_HOUSEHOLDS), ("members", Permission.VIEW_HOUSEHOLDS),
    ("projects", Permission.VIEW_ASSISTANCE), ("industries", Permission.VIEW_ASSISTANCE), ("services", Permission.VIEW_FIELDWORK),
    ("overhauls", Permission.VIEW_PARTY),
)  # fmt: skip


def _lists(actor: Actor, code: str) -> list[tuple[str, str]]:
    labels = {
        "postings": _("挂职干部"), "households": _("贫困户台账"), "members": _("贫困人口"), "projects": _("帮扶项目"), "industries": _("产业主体"),
        "services": _("为民办实事"), "overhauls": _("后进党组织整顿"),
    }  # fmt: skip
    return [(labels[name], f"{reverse(name)}?region={code}") for name, permission in LISTS if actor.may(permission)]


def _village(request: HttpRequest, actor: Actor, path: list[Region]) -> HttpResponse:
    found = village_page(actor, path[-1], path=path)
    facts, code = found.facts, found.region.code
    causes = sorted(facts.causes.items(), key=lambda item: -item[1][1])
    types = {str(value): str(label) for value, label in VillageProfile.VillageType.choices}
    incomes = facts.incomes[-5:]
    context = {
        "village": found,
        "facts": facts,
        "crumbs": crumbs(actor, path[:-1]),
        "types": [
            _(types[t])
            for t in (found.profile.village_types.split("|") if found.profile and found.profile.village_types else [])
            if t in types
        ],
        "causes": [
            (_(str(CauseCode(cause).label)), households, people, f"{reverse('households')}?region={code}&cause={cause}")
            for cause, (households, people) in causes
        ],
        "incomes": [(year, households, cents) for year, households, cents in incomes],
        "open": _open_matters(actor, found),
        "today": clock.today(),
        "may_list": actor.may(Permission.VIEW_HOUSEHOLDS),
        "may_assist": actor.may(Permission.VIEW_ASSISTANCE),
        "may_party": actor.may(Permission.VIEW_PARTY),
        "lists": _lists(actor, code),
    }
    return render(request, "console/village.html", context)


def _open_matters(actor: Actor, found: Any) -> list[dict[str, Any]]:
    """What is not yet done in a village, most pressing first, each with its list where the role may see it."""
    facts, code = found.facts, found.region.code
    lists = {name for name, permission in LISTS if actor.may(permission)}

    def matter(text: str, number: int, unit: str, *, of: str = "", query: str = "", bad: bool = False) -> dict[str, Any]:
        return {
            "text": text,
            "number": number,
            "unit": unit,
            "url": f"{reverse(of)}?region={code}{query}" if of in lists else "",
            "bad": bad and number > 0,
        }

    return [
        matter(_("住房为 D 级危房"), facts.dangerous["D"], _("户"), of="households", query="&danger=D", bad=True),
        matter(_("住房为 C 级危房"), facts.dangerous["C"], _("户"), of="households", query="&danger=C"),
        matter(_("饮水不安全"), facts.without_water, _("户"), of="households", query="&water=no", bad=True),
        matter(_("未脱贫户没有帮扶责任人"), facts.without_helper, _("户"), of="households", bad=True),
        {"text": _("帮扶责任人变更待告知"), "number": found.to_tell, "unit": _("户"), "bad": False, "url": reverse("slips", args=[code])},
        matter(_("实事待群众确认"), facts.unconfirmed, _("件"), of="services", query="&confirmed=no"),
        matter(
            _("在建项目"),
            sum(p.state == "under_construction" for p in found.projects),
            _("个"),
            of="projects",
            query="&state=under_construction",
        ),
    ]
