"""The web server's way in."""

import codecs
import gc
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

from shibaiqian.config.middleware import OTHER_CHARSET

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shibaiqian.config.settings")
django = get_wsgi_application()
# What is loaded stays: searches for garbage, less often too, leave it out.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 50, 50)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's, but that a charset other than UTF-8 is kept from it.

    It would decode the address with that while it makes the request, before any middleware, and some charsets decode no text at all.
    """
    kind, said = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    if "charset" in said and not _is_utf8(said["charset"]):
        environ = {**environ, "CONTENT_TYPE": kind, OTHER_CHARSET: said["charset"]}
    return django(environ, start_response)


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):  # a null character in a name is a ValueError
        return False
