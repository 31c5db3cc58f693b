"""English for the Chinese interface: what is said in code and templates, and the catalogue compiled without msgfmt.

The Chinese text is the key. `python -m shibaiqian.base.translations` adds new keys to the catalogue, drops dead ones, and
compiles it; a guard asks that none is left without English.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
CATALOGUE = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None}
SAID_IN_TEMPLATE = re.compile(r"""gettext(?:_noop)?\(\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
SAID_AS_FILTER = re.compile(r"""_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)""")


def said() -> Iterator[str]:
    """Every translatable text of the product."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        with path.open("rb") as file:
            for _, message, _, _ in extract("python", file, keywords=KEYWORDS):
                if isinstance(message, str) and message:
                    yield message
    for path in sorted(PACKAGE.rglob("*.html")):
        source = templatize(path.read_text(), origin=str(path))
        for quoted in (*SAID_IN_TEMPLATE.findall(source), *SAID_AS_FILTER.findall(source)):
            yield _unquoted(quoted)


def _unquoted(quoted: str) -> str:
    return quoted[1:-1].replace("\\'", "'").replace('\\"', '"').replace("\\n", "\n").replace("%%", "%")


def read() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="en")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def update() -> list[str]:
    """Bring the catalogue in step with what is said; return the keys that still want English."""
    old, new = read(), Catalog(locale="en", project="shibaiqian", fuzzy=False)
    for message in dict.fromkeys(said()):
        known = old.get(message)
        new.add(message, known.string if known else "", flags=["python-format"] if "%(" in message else [])
    with CATALOGUE.open("wb") as file:
        write_po(file, new, width=120, sort_output=True, omit_header=False, no_location=True)
    return wanting()


def wanting() -> list[str]:
    """Texts without English."""
    catalogue = read()
    return [m for m in dict.fromkeys(said()) if not ((found := catalogue.get(m)) and found.string)]


def compile_catalogue() -> Path:
    """Write the binary catalogue beside the text, when it is older."""
    binary = CATALOGUE.with_suffix(".mo")
    if not binary.exists() or binary.stat().st_mtime < CATALOGUE.stat().st_mtime:
        buffer = io.BytesIO()
        write_mo(buffer, read())
        binary.write_bytes(buffer.getvalue())
    return binary


if __name__ == "__main__":
    for text in update():
        print(text)  # noqa: T201 - a tool for translators
    compile_catalogue()
