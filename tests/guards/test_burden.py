"""What officials are asked is in the registry, field by field as the forms and the phone's kinds have it, and nothing is asked twice."""

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from django import forms

from shibaiqian import sync
from shibaiqian.access.roles import Permission as P
from shibaiqian.access.roles import Role
from shibaiqian.config import urls
from shibaiqian.console.burden.forms import ABOUT, DUTY_REPORT, FORMS, KNOWN, LOG
from shibaiqian.console.burden.records import COUNTED
from shibaiqian.console.burden.registry import AskedForm, Door, Fact, Typed, asked_twice, undeclared
from shibaiqian.imports import kinds as rosters
from shibaiqian.sync.kinds import KINDS, kinds_of

PACKAGE = Path(sync.__file__).parents[1]
OFFICIAL = Role.POSTED_CADRE.permissions
# Forms and inputs of others, by module, class or input (`module:name`), with the permission their pages ask for: no official has it.
OFFICE: Mapping[str, P] = {
    "access.pages.accounts": P.MANAGE_ACCOUNTS, "access.pages.roles": P.GRANT_ROLES, "console.plans.emergencies": P.DECLARE_EMERGENCIES,
    "console.plans.emergency_calls": P.DECLARE_EMERGENCIES, "console.plans.courses": P.REGISTER_CADRES, "console.plans.meetings": P.HEAR_REPORTS,
    "console.plans.months:word": P.HEAR_REPORTS, "console.duty.board": P.POST_NOTICES, "console.plans.duty_reports.HearForm": P.HEAR_REPORTS, "console.plans.duty_reports.ItemForm": P.HEAR_REPORTS,
    "console.plans.requests.AcceptForm": P.ANSWER_REQUESTS, "console.plans.requests.PassForm": P.ANSWER_REQUESTS,
    "console.plans.requests.DoneForm": P.ANSWER_REQUESTS, "console.plans.claims:reason": P.SETTLE_CLAIMS, "console.endings": P.APPOINT,
    "console.imports_pages": P.IMPORT_ROSTERS, "console.targets.ItemForm": P.KEEP_TARGETS, "console.targets.LetterForm": P.KEEP_TARGETS,
    "console.targets.ReasonForm": P.KEEP_TARGETS, "console.targets:reason": P.KEEP_TARGETS, "console.posting_forms": P.ISSUE_DOCUMENTS,
    "console.report_pages": P.VIEW_REPORTS, "console.bulletin_pages": P.ISSUE_REPORTS, "console.cadre_forms": P.VIEW_CADRE_FILES,
    "console.cadre_file": P.REGISTER_CADRES, "console.duty.desk": P.CONFIRM_ATTENDANCE, "console.duty.leave:answer": P.DECIDE_LEAVE,
    "console.duty.leave:note": P.CONFIRM_ATTENDANCE, "console.duty.leave:absent": P.CONFIRM_ATTENDANCE,
    "console.duty.attendance:agree": P.PUBLISH_ATTENDANCE,
    "console.field:official": P.WRITE_DRAFTS, "console.village_accounts": P.KEEP_VILLAGE_ACCOUNTS, "console.selection": P.VIEW_SELECTION, "console.audit_pages": P.VIEW_AUDIT,
}  # fmt: skip
# What everybody does for themselves and reports to nobody: sign in, keep the account, look for something, say why one looks.
OWN = (
    "access.pages.door", "access.pages.own", "access.pages.second_factor", "messages.pages", "sync.pages", "console.search", "console.listing",
    "console.files.RevealForm", "console.files.RevealMemberForm", "console.selection.papers.CheckForm",
)  # fmt: skip
UNCOUNTED = {"clue.words"}  # a word on a clue is its author's alone: no figure counts any
OWN_KINDS = {"message_read"}
READS = ("text", "choice", "date", "day", "key", "keys", "texts", "whole", "within", "several")


def whose(name: str) -> str:
    """The longest entry of the lists above that names a form, a module or an input; empty for what an official submits."""
    fitting = [entry for entry in (*OFFICE, *OWN) if name == entry or name.startswith((f"{entry}.", f"{entry}:"))]
    return max(fitting, key=len, default="")


def django_forms() -> dict[str, frozenset[str]]:
    """Every form of the product by its dotted path, with its fields."""
    assert urls.urlpatterns  # everything that has a page is imported with these

    def below(of: type[forms.Form]) -> Iterator[type[forms.Form]]:
        for one in of.__subclasses__():
            yield one
            yield from below(one)

    ours = {one for one in below(forms.Form) if one.__module__.startswith("shibaiqian.") and ".tests." not in one.__module__}
    named = {f"{one.__module__}.{one.__qualname__}".removeprefix("shibaiqian."): frozenset(one.base_fields) for one in ours}
    return {name: fields for name, fields in named.items() if fields}


def inputs_by_hand(path: Path) -> frozenset[str]:
    """The names that a module reads from what was posted, outside of Django's forms: `request.POST` itself, or a name it was given."""
    text = path.read_text()
    tree = ast.parse(text if ".POST" in text else "")
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    found: set[str] = set()
    for function in functions.values():
        posted = {"request.POST"}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and _name(node.value) == "request.POST":
                posted |= {_name(target) for target in node.targets}
        for call in (node for other in functions.values() for node in ast.walk(other) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == function.name:
                posted |= {arg.arg for arg, said in zip(function.args.args, call.args, strict=False) if _name(said) == "request.POST"}
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "getlist") and node.args:
                found |= _literal(node.args[0]) if _name(node.func.value) in posted else set()
            if isinstance(node, ast.Subscript) and _name(node.value) in posted:
                found |= _literal(node.slice)
    return frozenset(found)


def _name(node: ast.AST) -> str:
    """A plain dotted name; empty for any other expression."""
    return ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""


def _literal(said: ast.expr) -> set[str]:
    """A name, or the beginning of one that goes on with a key."""
    if isinstance(said, ast.JoinedStr):
        said = said.values[0]
    return {said.value} if isinstance(said, ast.Constant) and isinstance(said.value, str) else set()


def phone_fields(code: str) -> frozenset[str]:
    """The names that a kind reads of a body, in its function and those of the kinds' modules that it calls."""
    run = KINDS[code].run
    found: set[str] = set()
    seen: set[str] = set()

    def walk(name: str, module: ModuleType) -> None:
        target = getattr(module, name, None)
        if name in seen or not inspect.isfunction(target) or not target.__module__.startswith("shibaiqian.sync.kinds."):
            return
        seen.add(name)
        home = inspect.getmodule(target)
        assert home is not None
        tree = ast.parse(inspect.getsource(target).lstrip())
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                walk(node.id, home)
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in READS:
                found.update(value for arg in node.args for value in _literal(arg))
            if node.func.attr == "get" and _name(node.func.value) in ("said.body", "body.values"):
                found.update(_literal(node.args[0]))
        for loop in (node for node in ast.walk(tree) if isinstance(node, ast.comprehension) and isinstance(node.iter, ast.Tuple)):
            found.update(value for one in loop.iter.elts for value in _literal(one))

    module = inspect.getmodule(run)
    assert module is not None
    walk(run.__name__, module)
    if code in ("visit_facts", "household_facts"):  # a household's facts are read by their names further down
        from shibaiqian.households.models import HouseholdFact

        found.update(HouseholdFact.Field.values)
    return frozenset(found)


def asked() -> dict[tuple[str, str], frozenset[str]]:
    """Each door an official may submit something through, with its fields, from the product itself."""
    found = {("form", name): fields for name, fields in django_forms().items() if not whose(name)}
    found |= {("phone", code): phone_fields(code) for code in kinds_of(Role.POSTED_CADRE) if code not in OWN_KINDS}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        if {"tests", "migrations"} & set(path.parts) or whose(name):
            continue
        mine = frozenset(one for one in inputs_by_hand(path) if not whose(f"{name}:{one}"))
        if mine:
            found["by_hand", name] = mine
    for code, kind in rosters.KINDS.items():
        if {kind.permission, P.IMPORT_ROSTERS} <= OFFICIAL:
            found["roster", code] = frozenset(column.name for column in kind.columns)
    return found


def test_what_officials_are_asked_is_registered_field_by_field() -> None:
    assert undeclared(FORMS, asked=asked()) == []


def test_the_doors_are_read_from_the_product() -> None:
    found = asked()
    assert {"posting", "on", "items", "content", "household", "photos", "service", "kind"} <= found["phone", "log"]
    assert found["form", "console.duty.leave.AskForm"] >= {"kind", "first_on", "reason"}
    assert {"outcome-", "note-", "do"} <= found["by_hand", "console.plans.months"]
    assert not [key for key in found if key[0] == "roster"], "no official has to give a roster"


@pytest.mark.parametrize("entry", [*OFFICE])
def test_no_official_may_submit_what_is_listed_as_others(entry: str) -> None:
    assert OFFICE[entry] not in OFFICIAL
    module = entry.partition(":")[0]
    place = PACKAGE.joinpath(*module.split("."))
    home = next(p for p in (place.with_suffix(".py"), place, place.parent.with_suffix(".py")) if p.exists())
    text = "".join(p.read_text() for p in ([home] if home.is_file() else home.rglob("*.py")))
    assert OFFICE[entry].name in text, "the page asks for another permission"


def test_nothing_is_asked_twice() -> None:
    assert asked_twice(FORMS, known=KNOWN) == []


def planted(**change: object) -> AskedForm:
    """A weekly form somebody might think of."""
    form = replace(
        DUTY_REPORT, code="weekly", label="周报", facts=(Fact("weekly.thoughts", "本周体会", Typed.WORDS),),
        doors=(Door("console.weekly.WeeklyForm", {"thoughts": "weekly.thoughts"}),),
    )  # fmt: skip
    return replace(form, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (Fact("log.content", "本周工作内容"), ("log.content", False)),  # the same fact, whatever it is called and however often
        (Fact("log.summary", str(LOG.facts[1].label)), ("log.summary", False)),  # the same question of the same object
        (Fact("counted.visits", "走访次数"), ("counted.visits", True)),  # what is counted from the records
        (Fact("weekly.visits", "入户走访（次）"), ("weekly.visits", True)),
        (Fact("household.members", "人口"), ("household.members", True)),  # what stands in a register
    ],
)
def test_a_form_that_asks_again_is_found(fact: Fact, said: tuple[str, bool]) -> None:
    assert asked_twice([*FORMS, planted()], known=KNOWN) == []
    found = asked_twice([*FORMS, planted(facts=(fact,))], known=KNOWN)
    assert [(one.fact, one.known) for one in found] == [said]
    assert any("weekly" in one.forms for one in found)


def test_a_field_without_an_owner_is_found_and_one_that_went_as_well() -> None:
    door = ("form", "console.weekly.WeeklyForm")
    real = {**asked(), door: frozenset({"thoughts"})}
    assert undeclared([*FORMS, planted()], asked=real) == []
    more = {**real, door: frozenset({"thoughts", "mood"})}
    assert "“mood”没有登记" in undeclared([*FORMS, planted()], asked=more)[0]
    less = {**real, door: frozenset()}
    assert "实际没有" in undeclared([*FORMS, planted()], asked=less)[0]
    assert "没有在填报登记册中登记" in undeclared(FORMS, asked=real)[0]
    assert "已不存在" in undeclared([*FORMS, planted()], asked=asked())[0]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.code)
def test_a_form_says_who_asks_for_what_and_how_long_it_is_kept(form: AskedForm) -> None:
    assert all(map(str, (form.label, form.rule, form.often, form.use, form.kept)))
    filled = {fact for door in form.doors for fact in door.fields.values()} - {ABOUT}
    uncounted = {fact.code for fact in form.facts if fact.typed is not Typed.SENT} - {
        fact for one in COUNTED[form.code] for fact in one.filled
    }
    assert filled <= {fact.code for fact in form.facts}
    assert uncounted <= UNCOUNTED, "the meter does not count these"


def test_nothing_about_officials_measures_how_long_they_are_online() -> None:
    text = "".join(p.read_text() for p in (PACKAGE / "console" / "burden").rglob("*.py"))
    assert not [word for word in ("touched_at", "seen_at", "started_at", "session") if word in text]
