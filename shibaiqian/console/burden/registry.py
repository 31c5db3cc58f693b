"""What a form that officials are asked to fill in declares, and when a fact is asked twice. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# What a field of a door fills when it says which thing is meant, or how it is sent, and asks nothing that is kept as a fact.
ABOUT = ""


class Asker(StrEnum):
    """Whose rule it is that something be written."""

    CITY = "city"
    COUNTY = "county"
    COUNTY_POVERTY = "county_poverty"
    TOWN = "town"
    HOST = "host"
    UNIT = "unit"
    NOBODY = "nobody"  # the official's own wish


class Typed(StrEnum):
    """How a fact is put in, which is what it costs."""

    CHOICE = "choice"  # a choice, a date, a number
    WORDS = "words"  # by the character
    SENT = "sent"  # a photo or one point of a place, never asked for: it costs no typing


@dataclass(frozen=True)
class Fact:
    """Something a form asks. `code` is `object.attribute`: what it is said of, and what is said."""

    code: str
    label: Any
    typed: Typed = Typed.CHOICE
    required: bool = False


@dataclass(frozen=True)
class Door:
    """A way in: a form of the console, a kind of the phone, or inputs read by hand; each of its fields with the fact it fills.

    `name` is the form's dotted path below `shibaiqian`, the kind's code, or the module below `shibaiqian` that reads the inputs.
    """

    name: str
    fields: Mapping[str, str]
    kind: str = "form"  # form, phone, by_hand


@dataclass(frozen=True)
class AskedForm:
    """One thing that is asked, through whichever door. All of its doors write the same records by the same commands."""

    code: str
    label: Any
    asker: Asker
    rule: Any  # which rule or document owns it
    often: Any
    use: Any
    kept: Any
    facts: tuple[Fact, ...]
    doors: tuple[Door, ...]


@dataclass(frozen=True)
class Twice:
    """A fact that is asked again: by which forms, or although the register knows it (`known`)."""

    fact: str
    label: str
    forms: tuple[str, ...]
    known: bool = False


def asked_twice(forms: Sequence[AskedForm], *, known: Mapping[str, str]) -> list[Twice]:
    """Facts that more than one form asks, or that the records already hold (`known`: code → label).

    The same code is the same fact of the same object; how often each form asks does not matter, because a finer period is part of
    a coarser one. A second fact of the same object under the same label is the same question in other words.
    """
    by_code: dict[str, list[str]] = defaultdict(list)
    by_label: dict[tuple[str, str], set[str]] = defaultdict(set)
    labels: dict[str, str] = {}
    for form, fact in _facts(forms):
        by_code[fact.code].append(form.code)
        by_label[fact.code.partition(".")[0], str(fact.label)].add(fact.code)
        labels[fact.code] = str(fact.label)
    found = [Twice(code, labels[code], tuple(of)) for code, of in by_code.items() if len(of) > 1]
    found += [
        Twice(code, label, tuple(form for one in codes for form in by_code[one]))
        for (_object, label), codes in by_label.items()
        for code in [sorted(codes)[-1]]
        if len(codes) > 1
    ]
    taken = set(known.values())
    found += [Twice(code, labels[code], tuple(of), known=True) for code, of in by_code.items() if code in known or labels[code] in taken]
    return found


def _facts(forms: Iterable[AskedForm]) -> Iterator[tuple[AskedForm, Fact]]:
    return ((form, fact) for form in forms for fact in form.facts)


def undeclared(forms: Sequence[AskedForm], *, asked: Mapping[tuple[str, str], frozenset[str]]) -> list[str]:
    """Where the registry and the doors themselves disagree, in words. `asked` gives the fields of each door by its kind and name.

    A door of several forms (a log that carries a service) has the fields of all of them.
    """
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for form in forms:
        for door in form.doors:
            said[door.kind, door.name] |= set(door.fields)
    found = [f"{name} 没有在填报登记册中登记" for _kind, name in sorted(asked.keys() - said.keys())]
    found += [f"{name} 已不存在，请从填报登记册中删去" for _kind, name in sorted(said.keys() - asked.keys())]
    for key in sorted(said.keys() & asked.keys()):
        found += [f"{key[1]} 的“{field}”没有登记由谁要求、作何用途" for field in sorted(asked[key] - said[key])]
        found += [f"{key[1]} 登记了“{field}”，实际没有这一项" for field in sorted(said[key] - asked[key])]
    return found
