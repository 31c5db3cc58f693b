"""Search: one field, by the beginning of what is typed; a few of each kind, only what the actor may see."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.assistance.models import IndustryEntity, Project
from shibaiqian.cadres.queries import search_cadres
from shibaiqian.console import queries
from shibaiqian.console.listing.filters import LAST, beginning
from shibaiqian.console.places import reaches
from shibaiqian.households.queries import search_households
from shibaiqian.organisations.queries import search_organisations
from shibaiqian.postings.queries import postings
from shibaiqian.regions.models import Region

FEW = 10
BRACKETS = str.maketrans("[]【】（）()﹝﹞", "〔〕〔〕〔〕〔〕〔〕")


@dataclass(frozen=True)
class Hit:
    label: str
    more: str
    url: str
    tag: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    hits: Sequence[Hit]
    there_is_more: bool


def _range(column: str, text: str) -> Q:
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + LAST})


def _places(actor: Actor, text: str) -> list[Hit]:
    root = actor.scope.region or settings.ROOT_REGION
    rows = Region.objects.filter(
        beginning(text, ("name", "pinyin", "initials")), code__gte=root, code__lt=f"{root}:", valid_to__isnull=True
    )
    return [Hit(r.name, r.full_name, reverse("region", args=[r.code])) for r in rows.order_by("code")[: FEW + 1] if reaches(actor, r.code)]


def _organisations(actor: Actor, text: str) -> list[Hit]:
    return [Hit(o.name, o.code, reverse("organisation", args=[o.pk])) for o in search_organisations(actor, text, limit=FEW + 1)]


def _cadres(actor: Actor, text: str) -> list[Hit]:
    return [Hit(c.name, f"{c.unit.name} {c.post}", reverse("cadre", args=[c.pk])) for c in search_cadres(actor, text, limit=FEW + 1)]


def _postings(actor: Actor, text: str) -> list[Hit]:
    """By the official's name, the posting's number or the number of the document that appoints."""
    found, by_document = _with_document(postings(actor), text)
    rows = found.filter(_range("cadre_name", text) | _range("number", text) | by_document)[: FEW + 1]
    return [Hit(p.cadre_name, f"{p.host_name} {p.title} · {p.document_number}", reverse("posting", args=[p.pk])) for p in rows]


def _promotions(actor: Actor, text: str) -> list[Hit]:
    found, by_document = _with_document(queries.promotions(actor), text)
    rows = found.filter(by_document).order_by("-on", "id")[: FEW + 1]
    return [
        Hit(
            p.cadre_name or _("本级以外的干部"),
            f"{p.new_post} · {p.document_number}",
            reverse("cadre", args=[p.cadre_id]) if p.cadre_name else "",
        )
        for p in rows
    ]


def _with_document(rows: "QuerySet[Any]", text: str) -> tuple["QuerySet[Any]", Q]:
    """The condition that a document's number begins so; compared as it stands, since these few rows are not sorted by it."""
    number = text.translate(BRACKETS)
    return rows.alias(number_begins=Left("document_number", len(number))), Q(number_begins=number)


def _households(actor: Actor, text: str) -> list[Hit]:
    rows = search_households(actor, text, limit=FEW + 1)
    return [
        Hit(_("%(name)s户") % {"name": h.head_name}, f"{h.region.full_name} · {h.number}", reverse("household", args=[h.pk])) for h in rows
    ]


def _named(model: Any, page: str) -> Callable[[Actor, str], list[Hit]]:
    def find(actor: Actor, text: str) -> list[Hit]:
        rows = model.objects.visible_to(actor).filter(beginning(text, ("name", "pinyin")) | _range("number", text))
        return [
            Hit(r.name, f"{r.region.name} · {r.number}", reverse(page, args=[r.pk]))
            for r in rows.select_related("region").order_by("pinyin", "id")[: FEW + 1]
        ]

    return find


@acts
def search(request: HttpRequest) -> HttpResponse:
    """Results by kind. The words are posted, so that no name stands in an address or a log."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    text = re.sub(r"[\s\0]+", "", request.POST.get("q", ""))[:50]
    kinds: list[tuple[str, Permission, Callable[[Actor, str], list[Hit]]]] = [
        (_("地方"), Permission.VIEW_REGIONS, _places),
        (_("单位"), Permission.VIEW_ORGANISATIONS, _organisations),
        (_("干部"), Permission.VIEW_CADRES, _cadres),
        (_("挂职任职"), Permission.VIEW_POSTINGS, _postings),
        (_("提拔使用"), Permission.VIEW_CADRES, _promotions),
        (_("贫困户"), Permission.VIEW_HOUSEHOLDS, _households),
        (_("帮扶项目"), Permission.VIEW_ASSISTANCE, _named(Project, "project")),
        (_("产业主体"), Permission.VIEW_ASSISTANCE, _named(IndustryEntity, "industry")),
    ]
    groups = []
    for title, permission, find in kinds if text else []:
        if actor.may(permission) and (hits := find(actor, text)):
            groups.append(Group(title, hits[:FEW], len(hits) > FEW))
    return render(request, "console/search.html", {"q": text, "groups": groups})
