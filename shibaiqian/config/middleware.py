"""Small middleware that knows no business."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation

OTHER_CHARSET = "shibaiqian.other_charset"  # in the server's environ, where no header can write
Handler = Callable[[HttpRequest], HttpResponse]


class NoStore:
    """Pages carry personal data: no browser or proxy keeps them. Static files are served before this."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class ClientAddress:
    """Behind one proxy that writes X-Forwarded-For, the client is the last address in it; otherwise the header is not believed."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
        if said:
            request.META["REMOTE_ADDR"] = said.rpartition(",")[2].strip()
        return self.get_response(request)


class Utf8:
    """Our pages are UTF-8 and so are their forms: a request that said another charset, which `wsgi` kept aside, is refused."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if OTHER_CHARSET in request.META:
            raise BadRequest("forms are UTF-8")
        return self.get_response(request)


class Language:
    """Chinese unless the person chose English; the browser's wishes are not asked. The field app says what was chosen on it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.session.get("language", "zh-hans")
        if request.path_info.startswith("/api/"):
            language = "en" if request.headers.get("Accept-Language", "").startswith("en") else "zh-hans"
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers["Content-Language"] = language
            return response
