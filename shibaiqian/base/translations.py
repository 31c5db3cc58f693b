"""English for the Chinese interface: what is said in code and templates, and the catalogue compiled without msgfmt.

The Chinese text is the key. `python -m shibaiqian.base.translations` adds new keys to the catalogue, drops dead ones, and
compiles it; a guard asks that none is left without English. Besides what stands in `_("…")` and `{% translate "…" %}`, the labels
that pages show by `{% translate row.get_state_display %}` are texts too: choices of the models, code lists, rosters, figures.
All of it is read from the source as it stands, without Django and without a database.
"""

import ast
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
CATALOGUE = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
# What is called with a text: the names, and what their leading arguments are.
KEYWORDS = {
    **dict.fromkeys(("_", "__", "_lazy", "gettext", "gettext_lazy", "gettext_noop"), ("text",)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), ("text", "plural")),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ("context", "text")),
}
QUOTED = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
SAID_IN_TEMPLATE = re.compile(rf"(?<![a-z])(n?p?gettext)\(\s*{QUOTED}(?:,\s*{QUOTED})?(?:,\s*{QUOTED})?")
SAID_AS_FILTER = re.compile(rf"(?<![a-z])_\(\s*{QUOTED}\s*\)")
CHINESE = re.compile(r"[\u3400-\u9fff]")

# Code lists whose names pages show: file, constant, and how a name is shown.
CODE_LISTS = (
    ("cadres/codes.py", "_GROUPS", "{}族"),
    ("cadres/codes.py", "ETHNICITIES", "{}"),
    ("cadres/codes.py", "POLITICAL_STATUSES", "{}"),
    ("cadres/codes.py", "EDUCATION", "{}"),
    ("cadres/codes.py", "HEALTH", "{}"),
    ("cadres/codes.py", "GRADES", "{}"),
    ("cadres/codes.py", "SKILLS", "{}"),
    ("cadres/lrmx/form.py", "LABELS", "{}"),
    *(("reports/selection.py", name, "{}") for name in ("COUNTS", "SPLITS", "AGES", "EDUCATIONS", "LEVELS", "PER_TIER", "WORDS")),
    ("reports/selection.py", "SPLITS", "按{}"),
    ("reports/targets.py", "WORDS", "{}"),
    ("reports/lists.py", "WORDS", "{}"),
    ("documents/papers/lists.py", "ARRIVALS", "{}"),
    ("reports/targets.py", "COLUMNS", "{}"),
    ("reports/daily.py", "PLAN_COLUMNS", "{}"),
    ("reports/daily.py", "REPORT_COLUMNS", "{}"),
    ("reports/samples.py", "LOGS", "{}"),
    ("reports/samples.py", "TOWNS", "{}"),
    ("fieldwork/rules/phrases.py", "PHRASES", "{}"),
    ("households/excel/columns.py", "RELATIONS", "{}"),
    ("households/excel/columns.py", "EDUCATIONS", "{}"),
    ("households/excel/columns.py", "STUDENT", "{}"),
    ("households/excel/columns.py", "HEALTH", "{}"),
    ("households/excel/columns.py", "LABOUR", "{}"),
    ("households/excel/columns.py", "WORK_PLACES", "{}"),
    ("households/excel/columns.py", "MEDICAL", "{}"),
    ("households/excel/columns.py", "PENSIONS", "{}"),
    *(
        ("postings/rules.py", name, "{}")
        for name in ("STATES", "STEPS", "END_REASONS", "RECALL_REASONS", "SUSPENSION_REASONS", "WAIVER_REASONS", "CHECKLIST")
    ),
)
# Calls whose text pages show: file, what is called, and which argument is the text.
CALLS: tuple[tuple[str, str, int | str], ...] = (
    ("imports/kinds.py", "Kind", 1),
    ("imports/jobs.py", "note_progress", "stage"),
    ("console/posting_steps.py", "Step", 0),
    ("sync/api.py", "ApiRefused", 2),
    ("sync/bearer.py", "ApiRefused", 2),
    ("sync/photos.py", "PhotoUnfit", 0),
    ("sync/photos.py", "DiskFull", 0),
    *((f"sync/{name}.py", "Malformed", 0) for name in ("rules", "kinds/duty", "kinds/notices", "kinds/fieldwork", "kinds/upward")),
)
# What pages show of a figure; its title stands in the catalogue of figures in both languages.
FIGURES = PACKAGE / "indicators" / "catalogue"
SHOWN_OF_FIGURE = re.compile(r"^-- (?:unit|definition): (.+)$", re.MULTILINE)


class Said(NamedTuple):
    """One text: the Chinese, the Chinese after a number where that is counted, and what tells it from the same words elsewhere."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str | tuple[str, str]:
        return (self.text, self.plural) if self.plural else self.text


def said() -> list[Said]:
    """Every text of the product, each once; a counted one stands for the same text uncounted."""
    found: dict[tuple[str, str], Said] = {}
    for one in (*_in_code(), *_in_templates(), *labels()):
        at = (one.text, one.context)
        if one.text and (at not in found or one.plural):
            found[at] = one
    return list(found.values())


def labels() -> Iterator[Said]:
    """Texts that are shown by way of a value: choices of models, code lists, rosters, units and definitions of figures."""
    for path in _sources():
        yield from (Said(label) for label in _choices(_tree(path)))
        yield from (Said(label) for label in _flows(_tree(path)))
    for name, constant, shown in CODE_LISTS:
        yield from (Said(shown.format(word)) for word in _words(_constant(_tree(PACKAGE / name), constant)))
    for name, called, argument in CALLS:
        yield from (Said(text) for text in _arguments(_tree(PACKAGE / name), called, argument))
    for path in sorted(FIGURES.glob("*.sql")):
        yield from (Said(text.strip()) for text in SHOWN_OF_FIGURE.findall(path.read_text()))


def _sources() -> list[Path]:
    return [p for p in sorted(PACKAGE.rglob("*.py")) if "tests" not in p.parts and "migrations" not in p.parts]


def _in_code() -> Iterator[Said]:
    """Calls with a text as it stands, inside f-strings too."""
    for path in _sources():
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call) and (given := KEYWORDS.get(_called(node))):
                words = [one.value for one in node.args[: len(given)] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                if len(words) == len(given):
                    yield Said(**dict(zip(given, words, strict=True)))


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def _in_templates() -> Iterator[Said]:
    for path in sorted(PACKAGE.rglob("*.html")):
        source = templatize(path.read_text(), origin=str(path))
        for how, *quoted in SAID_IN_TEMPLATE.findall(source):
            words = [ast.literal_eval(word) for word in quoted if word]
            context = words.pop(0) if "p" in how.removesuffix("gettext") else ""
            yield Said(words[0], words[1] if how.startswith("n") else "", context)
        for word in SAID_AS_FILTER.findall(source):
            yield Said(ast.literal_eval(word).replace("%", "%%"))  # as Django asks for it


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _choices(tree: ast.AST) -> Iterator[str]:
    """Labels of `class X(models.TextChoices)`: the last string of each member's value."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith(("TextChoices", "IntegerChoices")) for base in node.bases):
            for line in node.body:
                if isinstance(line, ast.Assign) and isinstance(line.value, ast.Tuple):
                    last = line.value.elts[-1]
                    if isinstance(last, ast.Constant) and isinstance(last.value, str):
                        yield last.value


def _flows(tree: ast.AST) -> Iterator[str]:
    """Labels of the states and steps of a `Flow(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "Flow":
            yield from (word for given in node.keywords if given.arg in ("states", "steps") for word in _words(given.value))


def _constant(tree: ast.Module, name: str) -> ast.expr:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[*targets], value=ast.expr() as value) | ast.AnnAssign(target=targets, value=ast.expr() as value):
                names = targets if isinstance(targets, list) else [targets]
                if any(ast.unparse(target) == name for target in names):
                    return value
    raise LookupError(name)


def _words(node: ast.AST) -> Iterator[str]:
    """The Chinese words of a literal: of a dictionary the Chinese side, of `"…".split()` each word; words pieced together are not read."""
    match node:
        case ast.Constant(value=str(text)):
            yield from (word for word in text.split() if CHINESE.search(word))
        case ast.JoinedStr():
            return
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                found = list(_words(value))
                yield from found or (_words(key) if key else ())
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _words(child)


def _arguments(tree: ast.AST, called: str, argument: int | str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == called:
            given = node.args[argument] if isinstance(argument, int) else next(k.value for k in node.keywords if k.arg == argument)
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                yield given.value


def read() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="en")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def english(catalogue: Catalog, one: Said) -> str | tuple[str, ...]:
    """What the catalogue says for a text; empty where it says nothing, or not for each number."""
    found = catalogue.get(one.text, one.context or None)
    said_so = found.string if found else ""
    if one.plural:
        return tuple(said_so) if isinstance(said_so, (list, tuple)) and all(said_so) else ""
    return said_so if isinstance(said_so, str) else ""


def update() -> list[Said]:
    """Bring the catalogue in step with what is said; return the texts that still want English."""
    old = read()
    new = Catalog(locale="en", project="shibaiqian", fuzzy=False, creation_date=old.creation_date)
    for one in said():
        flags = ["python-format"] if re.search(r"%(?:\(\w+\))?[sd]", one.text) else []
        new.add(one.key, english(old, one) or (("", "") if one.plural else ""), flags=flags, context=one.context or None)
    with CATALOGUE.open("wb") as file:
        write_po(file, new, width=120, sort_output=True, omit_header=False, no_location=True)
    return wanting()


def wanting() -> list[Said]:
    """Texts without English."""
    catalogue = read()
    return [one for one in said() if not english(catalogue, one)]


def compile_catalogue() -> Path:
    """Write the binary catalogue beside the text, when it is older."""
    binary = CATALOGUE.with_suffix(".mo")
    if not binary.exists() or binary.stat().st_mtime < CATALOGUE.stat().st_mtime:
        buffer = io.BytesIO()
        write_mo(buffer, read())
        binary.write_bytes(buffer.getvalue())
    return binary


if __name__ == "__main__":
    for wanted in update():
        print(wanted.text)
    compile_catalogue()
