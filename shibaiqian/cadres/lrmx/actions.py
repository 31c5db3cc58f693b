"""Taking a form in, element by element as the clerk says, and handing forms out."""

import datetime as dt
import uuid
from collections.abc import Sequence

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.reasons import must_give_reason
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows
from shibaiqian.base import crypto, pinyin
from shibaiqian.cadres.actions import register_cadres
from shibaiqian.cadres.lrmx.completeness import ITEMS, MAY_BE_NONE
from shibaiqian.cadres.lrmx.dates import month_of
from shibaiqian.cadres.lrmx.form import FAMILY, LABELS, RESUME, Form
from shibaiqian.cadres.lrmx.merging import values_taken
from shibaiqian.cadres.lrmx.queries import forms_out, own_form
from shibaiqian.cadres.lrmx.resume import read_resume
from shibaiqian.cadres.lrmx.writing import write_batch
from shibaiqian.cadres.models import Cadre, CadreForm, CadreIdentity, FamilyMember, ResumeItem
from shibaiqian.files import store
from shibaiqian.regions.models import Region


class NotThisPerson(Refused):
    """The form is somebody else's."""


class NothingToTake(Refused):
    """The form does not say what a new registration needs."""


class NotNone(Refused):
    """Of this item nobody can say that there is none."""


@command(Permission.REGISTER_CADRES, redact=("form",))
def merge_form(cadre: Cadre, *, form: Form, take: Sequence[str], by: Actor) -> CadreForm:
    """Keep a cadre's form and take over the elements in `take`; what is not taken stays as the register has it.

    Nothing is deleted: an earlier form, earlier relatives and resume lines keep standing, voided by this event.
    """
    _must_be(cadre, form, by=by)
    taken = {k: v for k, v in values_taken(form, take).items() if getattr(cadre, k) != v}
    note_in_event(taken=sorted(take), before={k: getattr(cadre, k) for k in taken}, family=len(form.family), photo=bool(form.photo))
    if taken:
        if "name" in taken:
            taken |= {"pinyin": pinyin.full(taken["name"]), "initials": pinyin.initials(taken["name"])}
        for key, value in taken.items():
            setattr(cadre, key, value)
        cadre.save(update_fields=list(taken))
    if FAMILY in take:
        _keep_family(cadre, form, by=by)
    if RESUME in take:
        _keep_resume(cadre, form, by=by)
    return _keep_form(cadre, form, by=by)


def _must_be(cadre: Cadre, form: Form, *, by: Actor) -> None:
    """By ID number, else by name and month of birth."""
    if form.id_number:
        identity = CadreIdentity.objects.visible_to(by).filter(cadre=cadre, id_blind=crypto.blind(form.id_number))
        if not identity.exists():
            raise NotThisPerson(f"表中的身份证号不是{cadre.name}的，没有合并。请核对是否选错了文件。")
    elif form.person != cadre.name or month_of(form.text("ChuShengNianYue")) != f"{cadre.birth_date:%Y%m}":
        raise NotThisPerson(f"表中的姓名或出生年月与{cadre.name}不一致，且没有身份证号，没有合并。请在表中补填身份证号后再导入。")


def _places(cadre: Cadre) -> dict[str, str]:
    return {"region_id": cadre.region_id, "host_region": cadre.host_region, "candidate_region": cadre.candidate_region}  # type: ignore[dict-item]


def _keep_family(cadre: Cadre, form: Form, *, by: Actor) -> None:
    FamilyMember.objects.visible_to(by).filter(cadre=cadre).update(voided_by=current_event())
    FamilyMember.unscoped.bulk_create(
        FamilyMember(
            cadre=cadre, seq=seq, relation=item["ChengWei"], name="".join(item["XingMing"].split()), birth_month=item["ChuShengRiQi"],
            political_status=item["ZhengZhiMianMao"], unit_post=item["GongZuoDanWeiJiZhiWu"], event=current_event(), **_places(cadre),
        )
        for seq, item in enumerate(form.family)
    )  # fmt: skip


def _keep_resume(cadre: Cadre, form: Form, *, by: Actor) -> None:
    """Lines of the form replace earlier lines of forms; postings that this system ended are its own and stay."""
    own = ResumeItem.objects.visible_to(by).filter(cadre=cadre)
    own.exclude(kind=ResumeItem.Kind.POSTING).update(voided_by=current_event())
    posted = set(own.filter(kind=ResumeItem.Kind.POSTING).values_list("start_month", flat=True))
    ResumeItem.unscoped.bulk_create(
        ResumeItem(
            cadre=cadre, region_id=cadre.region_id, unit=cadre.unit_id, start_month=line.start, end_month=line.end, unit_text="",
            post_text=line.text, kind=ResumeItem.Kind.STUDY if line.kind == "study" else ResumeItem.Kind.WORK, event=current_event(),
        )
        for line in read_resume(form.text(RESUME))
        if not (line.inside or (line.kind == "posting" and line.start in posted))
    )  # fmt: skip


def _keep_form(cadre: Cadre, form: Form, *, by: Actor) -> CadreForm:
    CadreForm.objects.visible_to(by).filter(cadre=cadre).update(voided_by=current_event())
    kept = form.without_identity()
    return CadreForm.unscoped.create(
        cadre=cadre, elements=[*([name, text] for name, text in kept.texts.items()), [FAMILY, [dict(item) for item in kept.family]]],
        photo=store.keep(kept.photo) if kept.photo else "", encoding="utf-8-sig" if kept.bom else "utf-8", event=current_event(),
        **_places(cadre),
    )  # fmt: skip


# The ID number is in the form, and what else is asked says nothing that the register does not show.
@command(Permission.REGISTER_CADRES, redact=("form",))
def register_from_form(
    region: Region,
    *,
    form: Form,
    unit_code: str,
    personnel_type: str,
    management_level: str,
    post_rank: str,
    political_status: str,
    by: Actor,
) -> Cadre:
    """Register a person who is not in the register yet from the form; what a form does not say is asked of the clerk."""
    if not form.id_number:
        raise NothingToTake("表中没有身份证号，不能登记新干部。请在任免审批表软件中补填后重新导出。")
    said = values_taken(form, list(form.texts))
    register_cadres(
        region,
        rows=Rows.of_form(
            name=form.person, id_number=form.id_number, unit_code=unit_code, personnel_type=personnel_type, management_level=management_level,
            post_rank=post_rank, political_status=political_status, party_join=_day(said.get("party_join_month", "")),
            work_start=_day(said.get("work_start_month", "")),
            **{k: said.get(k) for k in ("sex", "ethnicity", "native_place", "birthplace", "health", "edu_full_time", "edu_full_time_school",
                                        "edu_in_service", "technical_title", "specialty", "post")},
        ),
        by=by,
    )  # fmt: skip
    cadre: Cadre = Cadre.objects.visible_to(by).get(
        pk=CadreIdentity.objects.visible_to(by).get(id_blind=crypto.blind(form.id_number), voided_by__isnull=True).cadre_id
    )
    merge_form(cadre, form=form, take=[FAMILY, RESUME], by=by)
    return cadre


def _day(month: str) -> dt.date | None:
    return dt.date(int(month[:4]), int(month[4:]), 1) if month else None


@command(Permission.REGISTER_CADRES)
def confirm_none(cadre: Cadre, *, items: Sequence[str], by: Actor) -> Cadre:
    """Say of which items of the form (elements of `completeness.MAY_BE_NONE`) there are none; the others are open again."""
    if wrong := [element for element in items if element not in MAY_BE_NONE]:
        raise NotNone(f"“{LABELS.get(wrong[0], wrong[0])}”不能确认为无，请补填。")
    note_in_event(before=cadre.none_of)
    cadre.none_of = "|".join(element for element, _may in ITEMS if element in items)
    cadre.save(update_fields=["none_of"])
    return cadre


@command(Permission.VIEW_CADRE_IDENTITY)
def hand_out_forms(region: Region, *, cadres: Sequence[uuid.UUID], reason: str, by: Actor) -> bytes:
    """A zip of .lrmx files for the cadres named that are in sight. They hold ID numbers: a reason is given and recorded."""
    must_give_reason(reason, to="导出含身份证号的文件")
    found = forms_out(by, cadres)
    note_in_event(forms=len(found))
    return write_batch((f"{at:04d}-{form.person}.lrmx", form) for at, form in enumerate(found, start=1))


@command(Permission.VIEW_CADRE_IDENTITY)
def hand_out_form(cadre: Cadre, *, reason: str, by: Actor) -> Form:
    """One cadre's form with the ID number on it, for a reason that is recorded."""
    must_give_reason(reason, to="导出含身份证号的文件")
    note_in_event(forms=1, last4=cadre.id_last4)
    return own_form(by, cadre)
