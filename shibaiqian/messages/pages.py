"""One's own inbox, and the ways one is reached outside the product."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.models import User
from shibaiqian.access.pages.door import path_of
from shibaiqian.access.pages.own import key_of
from shibaiqian.base.paging import Cursor
from shibaiqian.messages import actions, jobs
from shibaiqian.messages.letters import can_send
from shibaiqian.messages.models import Channel
from shibaiqian.messages.queries import inbox as own_inbox
from shibaiqian.messages.queries import own_channels, own_message


class ChannelForm(forms.Form):
    kind = forms.ChoiceField(choices=Channel.Kind.choices, widget=forms.HiddenInput)
    address = forms.CharField(required=False, max_length=500, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
    digest_only = forms.BooleanField(
        label=gettext_lazy("每天只发一次"), required=False, help_text=gettext_lazy("工作日 8:30 汇总发送；不勾选的，工作时间内随时发送。")
    )

    def __init__(self, said: QueryDict | None, *, channel: Channel | None, kind: str) -> None:
        initial = {"kind": kind, "digest_only": channel.digest_only if channel else True}
        super().__init__(said, initial=initial, auto_id=f"{kind}_%s")
        email = kind == Channel.Kind.EMAIL
        self.fields["address"].label = _("邮箱地址") if email else _("机器人地址（Webhook）")
        help_text = _("现在的地址是 %(shown)s，不改就留空。") % {"shown": channel.address_shown} if channel else ""
        robot = _("从企业微信或钉钉的群机器人设置中复制；钉钉的自定义关键词填“十百千”。群里的人都能看到通知，通知不含个人信息。")
        self.fields["address"].help_text = help_text if email else f"{help_text}{robot}"


@acts
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest first; unread ones are told apart by weight and words."""
    cursor = Cursor.asked(request.GET)
    found = own_inbox(request.actor, cursor=cursor)  # type: ignore[attr-defined]
    context = {
        "rows": found.rows,
        "unread": any(row.read_at is None for row in found.rows),
        "next_url": f"?after={found.next}" if found.next else "",
        "previous_url": f"?before={found.previous}" if found.previous else "",
    }
    return render(request, "messages/inbox.html", context)


@acts
@require_POST
def open_message(request: HttpRequest) -> HttpResponse:
    """Put a message aside as read and go where it leads."""
    message = own_message(request.actor, key_of(request.POST.get("message")))  # type: ignore[attr-defined]
    if message is None:
        raise Http404
    if message.read_at is None:
        actions.mark_read(_person(request), messages=[message.pk], by=request.actor)  # type: ignore[attr-defined]
    return redirect(path_of(message.url) if message.url and "stay" not in request.POST else "messages")


@acts
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    actions.mark_all_read(_person(request), by=request.actor)  # type: ignore[attr-defined]
    return redirect("messages")


@acts
def channels(request: HttpRequest) -> HttpResponse:
    """How one is reached outside the product; with POST one is set."""
    standing = own_channels(request.actor)  # type: ignore[attr-defined]
    kinds = {Channel.Kind.EMAIL: can_send(), Channel.Kind.ROBOT: bool(settings.ROBOT_HOSTS | settings.ROBOT_INNER_HOSTS)}
    said = request.POST.get("kind", "")
    shown = {kind: ChannelForm(request.POST if kind == said else None, channel=standing.get(kind), kind=kind) for kind in kinds}
    if request.method == "POST":
        if not kinds.get(said):  # type: ignore[call-overload]
            raise Http404
        form = shown[Channel.Kind(said)]
        if form.is_valid() and _set(request, form):
            return redirect("channels")
    context = {
        "ways": [
            {"kind": kind, "label": kind.label, "possible": possible, "channel": standing.get(kind), "form": shown[kind]}
            for kind, possible in kinds.items()
        ]
    }
    return render(request, "messages/channels.html", context, status=422 if said and shown[Channel.Kind(said)].errors else 200)


def _set(request: HttpRequest, form: ChannelForm) -> bool:
    try:
        actions.set_channel(_person(request), **form.cleaned_data, by=request.actor)  # type: ignore[attr-defined]
    except Refused as why:
        form.add_error("address", str(why))
        return False
    messages.success(request, _("通知方式已保存。可以发一条测试通知看看。"))
    return True


@acts
@require_POST
def change_channel(request: HttpRequest) -> HttpResponse:
    """Send a test by a channel, or switch it off."""
    channel = own_channels(request.actor).get(request.POST.get("kind", ""))  # type: ignore[attr-defined]
    if channel is None:
        raise Http404
    if request.POST.get("change") == "off":
        actions.switch_off_channel(channel, by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("已停用这种通知方式，站内消息不受影响。"))
    else:
        jobs.queue_test(channel)
        messages.success(request, _("测试通知已发出，请在一两分钟内查收。没有收到的，请核对地址。"))
    return redirect("channels")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
