"""The API of phones. Every answer says the server's time; every error is a code for the phone and words for the person."""

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import BaseRenderer

from shibaiqian.base import clock
from shibaiqian.sync.api import NOT_JSON, router
from shibaiqian.sync.bearer import ApiRefused


class Told(BaseRenderer):
    """JSON with the time beside: the wall clock of the server and the day the programme stands at."""

    media_type = "application/json"

    def render(
        self,
        request: HttpRequest,  # noqa: ARG002 - ninja's protocol
        data: Any,
        *,
        response_status: int,  # noqa: ARG002
    ) -> Any:
        said = data if isinstance(data, dict) else {"answer": data}
        times = {"server_time": clock.wall_now().isoformat(), "business_date": clock.today().isoformat()}
        return json.dumps({**said, **times}, ensure_ascii=False, separators=(",", ":"))


api = NinjaAPI(title="shibaiqian", version="1", docs_url=None, openapi_url=None, renderer=Told(), urls_namespace="api")
api.add_router("", router)


def _refused(request: HttpRequest, status: int, code: str, message: str, **more: Any) -> HttpResponse:
    return api.create_response(request, {"message": gettext(message), "code": code, **more}, status=status)


@api.exception_handler(ApiRefused)
def _api_refused(request: HttpRequest, why: ApiRefused) -> HttpResponse:
    return _refused(request, why.status, why.code, str(why), **why.more)


@api.exception_handler(AuthenticationError)
def _signed_out(request: HttpRequest, why: AuthenticationError) -> HttpResponse:
    message = _("这台手机的登录已失效，请重新登录。手机上没有发出的记录都还在。")
    return _refused(request, 401, "signed_out", message)


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, why: Http404) -> HttpResponse:
    return _refused(request, 404, "not_there", _("没有找到。"))


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, why: ValidationError) -> HttpResponse:
    return _refused(request, 422, "malformed", _("发送的内容不完整。请更新手机端后重试。"))


@api.exception_handler(HttpError)
def _not_json(request: HttpRequest, why: HttpError) -> HttpResponse:
    return _refused(request, why.status_code, "not_json", NOT_JSON)


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, why: RequestDataTooBig) -> HttpResponse:
    return _refused(request, 413, "too_large", _("一次发送的内容太大，请更新手机端后重试。"))


def patterns() -> tuple[list[URLPattern | URLResolver], str, str]:
    """The API's URLs, each with the policy that its operations declare; one without fails at start."""
    found, app, namespace = api.urls
    declared = {
        path.strip("/"): {getattr(op.view_func, "policy", None) for op in view.operations} for path, view in router.path_operations.items()
    }
    declared[""] = {"open"}  # the root answers that there is nothing
    for pattern in found:
        said = declared[str(pattern.pattern).replace("<", "{").replace(">", "}")]
        if len(said) != 1 or None in said:
            raise RuntimeError(f"{pattern}: its operations declare no policy, or different ones")
        (pattern.callback.policy,) = said  # type: ignore[union-attr]
    return found, app, namespace
