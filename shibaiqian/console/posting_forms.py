"""What the steps of a posting ask: plain forms whose choices come from the records."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.cadres.models import Cadre
from shibaiqian.postings.models import PartyTransfer, Posting, Support
from shibaiqian.postings.queries import Management, running_postings
from shibaiqian.postings.rules import RECALL_REASONS, SAID_AT_END, SUSPENSION_REASONS, WAIVER_REASONS, covers
from shibaiqian.regions.models import Region

SOME = 100


def day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def text(label: Any, *, required: bool = True, long: bool = False, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput
    return forms.CharField(label=label, required=required, max_length=1000 if long else 100, widget=widget, help_text=help_text)


def pick(label: Any, choices: Mapping[str, str] | Iterable[tuple[str, Any]], *, required: bool = True) -> forms.ChoiceField:
    pairs = [(code, _(said)) for code, said in (choices.items() if isinstance(choices, Mapping) else choices)]
    return forms.ChoiceField(label=label, choices=[*([] if required else [("", "—")]), *pairs], required=required)


class StepForm(forms.Form):
    """A form that knows its posting: the choices come from the records, and dates begin with today."""

    def __init__(self, *args: Any, posting: Posting, file: Management, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posting, self.file, self.actor = posting, file, actor
        if "on" in self.fields:
            self.fields["on"].initial = clock.today()
        self.prepare()

    def prepare(self) -> None:
        """Fill in what the records know."""


class ArrivalForm(StepForm):
    on = day(_("到任日期"))
    detached_on = day(_("脱离原单位日期"), required=False)
    acting_head = text(_("主持工作人"), required=False, help_text=_("挂职干部是原单位主要负责人的，填写由谁主持工作。"))
    duties = text(_("工作分工"), long=True)

    def prepare(self) -> None:
        self.fields["duties"].initial = self.posting.duties


class ExtensionForm(StepForm):
    planned_end = day(_("延期后的期满日期"))
    document_number = text(_("文号"))
    reason = text(_("理由"), long=True)
    on = day(_("文件日期"))


class SuspensionForm(StepForm):
    reason = pick(_("原因"), SUSPENSION_REASONS)
    note = text(_("说明"), required=False, long=True)
    on = day(_("日期"))
    resumes_on = day(_("预计恢复日期"), required=False)


class NoteForm(StepForm):
    note = text(_("说明"), required=False, long=True)
    on = day(_("日期"))


class CertificateForm(StepForm):
    on = day(_("成文日期"))
    result = text(_("考核结果"), required=False, help_text=_("如“挂职期满考核称职”，没有的不填。"))


class ReasonForm(StepForm):
    reason = text(_("理由"), long=True)
    on = day(_("日期"))


class ProposalForm(StepForm):
    reason = pick(_("召回原因"), RECALL_REASONS)
    facts = text(_("事实情况"), long=True)
    on = day(_("提出日期"))


class HearingForm(StepForm):
    statement = text(_("本人陈述"), long=True)
    on = day(_("谈话日期"))


class DecisionForm(StepForm):
    document_number = text(_("文号"), required=False, help_text=_("留空由系统编号并生成召回通知书；已印发的填写它的文号。"))
    reason = text(_("理由"), long=True)
    on = day(_("召回日期"))


class FollowedForm(StepForm):
    """Chooses another running posting that serves the same place."""

    field = "to"

    def prepare(self) -> None:
        host = self.posting.region_id
        around = running_postings(self.actor, region=host[:6]).exclude(pk=self.posting.pk)
        around = around.filter(region__in=[host[:n] for n in (6, 9, 12) if n <= len(host)])[:SOME]
        found = [(str(p.pk), f"{p.cadre_name} {p.host_name}{p.title}") for p in around if covers(p.region_id, host)]
        choice: Any = self.fields[self.field]
        choice.choices = found if choice.required else [("", "—"), *found]


class HandoverForm(FollowedForm):
    field = "successor"
    successor = forms.ChoiceField(label=_("接续的挂职干部"), required=False)
    successor_name = text(_("其他接收人"), required=False, help_text=_("还没有接续的挂职干部时，填写村党组织书记或派出单位。"))
    on = day(_("交接开始日期"))


class PassForm(FollowedForm):
    to = forms.ChoiceField(label=_("接续的挂职干部"))
    on = day(_("交接日期"))


class DayForm(StepForm):
    on = day(_("日期"))


class WaiverForm(StepForm):
    reason = pick(_("原因"), WAIVER_REASONS)
    note = text(_("说明"), long=True)
    on = day(_("日期"))


class EndForm(StepForm):
    reason = pick(_("结束原因"), SAID_AT_END)
    on = day(_("结束日期"))


class NewPostForm(StepForm):
    number = text(_("任职编号"))
    document_number = text(_("任职文号"))
    on = day(_("任职日期"))
    planned_end = day(_("计划期满日期"))


class AdjustmentForm(NewPostForm):
    host = forms.ChoiceField(label=_("调整到"))
    title = forms.ChoiceField(label=_("挂职职务"))
    duties = text(_("工作分工"), long=True)
    reason = text(_("理由"), long=True)
    field_order = ("host", "title", "duties", "number", "document_number", "on", "planned_end", "reason")

    def prepare(self) -> None:
        where = self.posting.region_id[: 9 if self.posting.host_level == "village" else 6 if self.posting.host_level == "town" else 4]
        places = Region.objects.filter(code__gte=where, code__lt=f"{where}:", level=self.posting.host_level, valid_to__isnull=True)
        hosts: Any = self.fields["host"]
        hosts.choices = list(places.exclude(pk=self.posting.region_id).order_by("code").values_list("code", "name"))
        titles: Any = self.fields["title"]
        titles.choices = [(title, title) for title in self.posting.tier.titles.split("|")]
        self.fields["planned_end"].initial, self.fields["duties"].initial = self.posting.planned_end, self.posting.duties


class FollowerForm(NewPostForm):
    cadre = forms.ChoiceField(label=_("接任人选"), help_text=_("派出单位未在挂职的干部。"))
    reason = text(_("理由"), long=True)
    field_order = ("cadre", "number", "document_number", "on", "planned_end", "reason")

    def prepare(self) -> None:
        free = Cadre.objects.visible_to(self.actor).filter(unit=self.posting.unit_id, host_region="").order_by("pinyin", "id")
        if self.posting.tier.must_be_party_member:
            free = free.filter(political_status="01")
        choice: Any = self.fields["cadre"]
        choice.choices = [(str(key), f"{name} {post}") for key, name, post in free.values_list("pk", "name", "post")[:SOME]]


class RotationForm(FollowerForm):
    reason = None  # type: ignore[assignment]


class LetterForm(StepForm):
    direction = pick(_("去向"), PartyTransfer.Direction.choices)
    on = day(_("转出日期"))
    dues_paid_to = text(_("党费缴至（年月）"), required=False, help_text=_("如 201606；留空由本人填写。"))
    letter_number = text(
        _("介绍信号"), required=False, help_text=_("由本级开具的留空，系统编号并可打印；其他党组织开具的，填写原件上的号。")
    )
    from_body = text(_("转出党组织"), required=False, help_text=_("留空按派出单位和挂职地填写。"))
    to_body = text(_("转入党组织"), required=False)

    def prepare(self) -> None:
        back = self.posting.party_in_on is not None
        self.fields["direction"].initial = PartyTransfer.Direction.BACK if back else PartyTransfer.Direction.TO_HOST
        self.fields["letter_number"].required = not self.actor.may(Permission.ISSUE_DOCUMENTS)


class ReceiptForm(StepForm):
    direction = pick(_("去向"), PartyTransfer.Direction.choices)
    on = day(_("转入日期"))


class SupportForm(StepForm):
    kind = pick(_("种类"), Support.Kind.choices)
    on = day(_("日期"))
    amount = forms.DecimalField(label=_("金额（元）"), required=False, min_value=0, max_digits=12, decimal_places=2)
    provider = text(_("提供单位"))
    note = text(_("说明"), required=False)

    def prepare(self) -> None:
        self.fields["provider"].initial = self.posting.unit.name


class ItemsForm(StepForm):
    """A tick and a text for each item of the list."""

    def prepare(self) -> None:
        for item in self.file.handover.items if self.file.handover else []:
            said: Any = item["label"]
            self.fields[f"text_{item['code']}"] = text(__(said), required=False, long=True)
            self.fields[f"text_{item['code']}"].initial = item["text"]
            self.fields[f"done_{item['code']}"] = forms.BooleanField(
                label=__("已当面核对：%(item)s") % {"item": __(said)}, required=False, initial=item["done"]
            )


class SignatureForm(StepForm):
    signer = pick(_("签字人"), {"leaver": "移交人", "successor": "接收人"})
    on = day(_("签字日期"))


class WitnessForm(StepForm):
    witness = text(_("监交人"))
    on = day(_("监交日期"))
