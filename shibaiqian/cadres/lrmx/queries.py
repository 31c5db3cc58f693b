"""Forms made of the register, and the cadre that a form means."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.base import crypto
from shibaiqian.cadres.lrmx.completeness import Completeness, completeness
from shibaiqian.cadres.lrmx.dates import month_of
from shibaiqian.cadres.lrmx.form import FAMILY, Form
from shibaiqian.cadres.lrmx.merging import Difference, Known, differences, form_of
from shibaiqian.cadres.lrmx.resume import Line
from shibaiqian.cadres.models import Award, Cadre, CadreForm, CadreIdentity, FamilyMember, PastAppraisal, ResumeItem
from shibaiqian.cadres.queries import CadreFile
from shibaiqian.cadres.rules import is_party_member
from shibaiqian.files import store


class Namesakes(LookupError):
    """More than one cadre in sight bears this name and month of birth, and the form has no ID number."""


def cadre_of(actor: Actor, form: Form) -> Cadre | None:
    """The cadre a form means: by ID number, else by name and month of birth; None when nobody in sight is meant."""
    rows = Cadre.objects.visible_to(actor).select_related("unit")
    if form.id_number:
        known = CadreIdentity.objects.visible_to(actor).filter(id_blind=crypto.blind(form.id_number), voided_by__isnull=True)
        found = list(rows.filter(pk__in=known.values("cadre_id")))
    else:
        born = month_of(form.text("ChuShengNianYue"))
        found = [cadre for cadre in rows.filter(name=form.person)[:50] if f"{cadre.birth_date:%Y%m}" == born]
    if len(found) > 1:
        raise Namesakes(f"{form.person}：范围内有 {len(found)} 名同名且同年月出生的干部。请在表中补填身份证号后再导入。")
    return found[0] if found else None


def preview(actor: Actor, cadre: Cadre, form: Form) -> list[Difference]:
    """What taking the form would mean, element by element (three queries)."""
    known = _known(actor, [cadre.pk])[cadre.pk]
    return differences(cadre, form, family=known.family, resume=known.resume)


def own_form(actor: Actor, cadre: Cadre, *, with_identity: bool = True) -> Form:
    """A cadre's form as it goes out."""
    return _forms(actor, [cadre], with_identity=with_identity)[0]


def forms_out(actor: Actor, keys: Sequence[uuid.UUID]) -> list[Form]:
    """Forms of the cadres in sight among `keys`, in the order of pinyin; the number of queries does not depend on how many."""
    rows = Cadre.objects.visible_to(actor).filter(pk__in=list(keys)).order_by("pinyin", "id")
    return _forms(actor, list(rows), with_identity=True)


def _forms(actor: Actor, cadres: Sequence[Cadre], *, with_identity: bool) -> list[Form]:
    keys = [cadre.pk for cadre in cadres]
    known = _known(actor, keys)
    kept = {row.cadre_id: _kept(row) for row in CadreForm.objects.visible_to(actor).filter(cadre__in=keys)}
    numbers: dict[uuid.UUID, str] = {}
    if with_identity:
        sealed = CadreIdentity.objects.visible_to(actor).filter(cadre__in=keys, voided_by__isnull=True)
        numbers = {row.cadre_id: crypto.unseal(bytes(row.id_sealed), row=str(row.cadre_id)) for row in sealed}
    return [form_of(cadre, kept.get(cadre.pk), known[cadre.pk], id_number=numbers.get(cadre.pk, "")) for cadre in cadres]


def _kept(row: CadreForm, *, with_photo: bool = True) -> Form:
    texts = {name: text for name, text in row.elements if name != FAMILY}
    family = next((tuple(items) for name, items in row.elements if name == FAMILY), ())
    return Form(texts, family, store.read(row.photo) if row.photo and with_photo else b"", row.encoding == "utf-8-sig")


def completeness_of(actor: Actor, file: CadreFile) -> Completeness:
    """Which items of the form are missing in a file already read, as far as the actor may know of them. One query."""
    cadre = file.cadre
    row = CadreForm.objects.visible_to(actor).filter(cadre=cadre).first()
    known = _rows(family=file.family, resume=file.resume, grades=file.grades, awards=file.awards)[cadre.pk]
    form = form_of(cadre, _kept(row, with_photo=False) if row else None, known)
    return completeness(
        form, has_photo=bool(row and row.photo), is_party_member=is_party_member(cadre.political_status), none_of=cadre.none_of.split("|"),
        with_files=actor.may(Permission.VIEW_CADRE_FILES),
    )  # fmt: skip


def _known(actor: Actor, keys: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Known]:
    found = _rows(
        family=FamilyMember.objects.visible_to(actor).filter(cadre__in=keys).order_by("cadre", "seq"),
        resume=ResumeItem.objects.visible_to(actor).filter(cadre__in=keys).order_by("start_month", "id"),
        grades=PastAppraisal.objects.visible_to(actor).filter(cadre__in=keys),
        awards=Award.objects.visible_to(actor).filter(cadre__in=keys).order_by("on", "id"),
    )
    return {key: found[key] for key in keys}


def _rows(
    *, family: Iterable[FamilyMember], resume: Iterable[ResumeItem], grades: Iterable[PastAppraisal], awards: Iterable[Award]
) -> defaultdict[uuid.UUID, Known]:
    """What the register's rows say of each cadre, as forms say it."""
    found: defaultdict[uuid.UUID, Any] = defaultdict(lambda: Known([], [], [], [], []))
    for member in family:
        found[member.cadre_id].family.append(
            {"ChengWei": member.relation, "XingMing": member.name, "ChuShengRiQi": member.birth_month,
             "ZhengZhiMianMao": member.political_status, "GongZuoDanWeiJiZhiWu": member.unit_post}
        )  # fmt: skip
    for item in resume:
        if item.kind == ResumeItem.Kind.POSTING:
            found[item.cadre_id].postings.append((item.start_month, item.end_month, item.unit_text, item.post_text))
        else:
            found[item.cadre_id].resume.append(Line(item.start_month, item.end_month, f"{item.unit_text}{item.post_text}", item.kind))
    for grade in grades:
        found[grade.cadre_id].grades.append((grade.year, grade.grade_level))
    for award in awards:
        found[award.cadre_id].awards.append(
            f"{award.on.year}年{award.on.month}月{'受到' if award.kind == Award.Kind.PUNISHMENT else '获'}{award.name}"
        )
    return found
