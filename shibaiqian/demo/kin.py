"""Who lives in a household: relations, sexes and ages that belong together, for a whole county at once.

A household of a given size is one of a few patterns; a pattern says who is there and how the ages hang together. Ages are years
at the end of 2015 with a fraction.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

RELATIONS = (
    "户主 配偶 之子 之女 之儿媳 之女婿 之孙子 之孙女 之外孙子 之外孙女 之父 之母 之岳父 之岳母 之公公 之婆婆 之祖父 之祖母 之外祖父 之外祖母 其他"
).split()
(HEAD, SPOUSE, SON, DAUGHTER, SONS_WIFE, SON_IN_LAW, GRANDSON, GRANDDAUGHTER) = range(8)
FATHER, MOTHER, WIFES_FATHER, WIFES_MOTHER, HUSBANDS_FATHER, HUSBANDS_MOTHER = range(10, 16)
GRANDMOTHER = RELATIONS.index("之祖母")
CHILDREN = (SON, DAUGHTER, GRANDSON, GRANDDAUGHTER)
MARRIED_IN = (SONS_WIFE, SON_IN_LAW, MOTHER, WIFES_MOTHER, HUSBANDS_MOTHER, GRANDMOTHER)
BOYS, SONS_STAY, MEN_HEADS, SONS_IN_LAW = 0.53, 0.66, 0.955, 0.045

Numbers = np.ndarray
Person = tuple[Numbers, Numbers, Numbers]  # relation, is a man, age


@dataclass(frozen=True)
class Kin:
    """Persons in the order of households, heads first. `in_law` marks households whose head married into the family."""

    household: Numbers
    position: Numbers
    relation: Numbers
    is_man: Numbers
    age: Numbers
    in_law: Numbers  # a household each


class _Pattern:
    """Draws persons for `n` households of one pattern."""

    def __init__(self, rng: np.random.Generator, n: int) -> None:
        self.rng, self.n = rng, n
        self.people: list[Person] = []
        self.in_law = np.zeros(n, dtype=bool)
        self.has_man = self.in_law
        self.wife = self.husband = np.zeros(n)

    def between(self, low: float, high: float, mode: float | None = None) -> Numbers:
        return self.rng.uniform(low, high, self.n) if mode is None else self.rng.triangular(low, mode, high, self.n)

    def near(self, mean: float, spread: float, low: float, high: float) -> Numbers:
        return np.clip(self.rng.normal(mean, spread, self.n), low, high)

    def add(self, relation: int | Numbers, is_man: bool | Numbers, age: Numbers) -> None:
        self.people.append((np.broadcast_to(relation, self.n), np.broadcast_to(is_man, self.n), np.clip(age, 0.02, 96.5)))

    def head(self, age: Numbers, men: float) -> Numbers:
        is_man = self.rng.random(self.n) < men
        self.add(HEAD, is_man, age)
        return is_man

    def couple(self, wife: Numbers, eldest: Numbers | float = 0.0) -> None:
        """Head and spouse. The husband is a little older, and both are old enough for an eldest child of that age."""
        self.wife = wife
        self.husband = np.maximum(wife + self.near(2.2, 2.6, -5, 12), np.asarray(eldest) + 19.2)
        self.has_man = self.rng.random(self.n) < MEN_HEADS
        self.add(HEAD, self.has_man, np.where(self.has_man, self.husband, wife))
        self.add(SPOUSE, ~self.has_man, np.where(self.has_man, wife, self.husband))
        self.in_law = self.has_man & (self.rng.random(self.n) < SONS_IN_LAW)

    def ages_of_children(self, number: int, low: float, high: float) -> list[Numbers]:
        """From the eldest to the youngest."""
        ages = [self.between(low, high)]
        for _ in range(number - 1):
            ages.append(ages[-1] + 2.05 + self.rng.gamma(1.6, 1.5, self.n).clip(max=9))
        return ages[::-1]

    def mother_of(self, ages: list[Numbers]) -> Numbers:
        return np.clip(ages[0] + 19.5 + self.rng.gamma(2.0, 2.0, self.n), ages[0] + 18.5, np.maximum(ages[-1] + 44, ages[0] + 19))

    def children(self, ages: list[Numbers], relations: tuple[int, int] = (SON, DAUGHTER)) -> None:
        for age in ages:
            boy = self.rng.random(self.n) < np.where(age < 19, BOYS, SONS_STAY)
            self.add(np.where(boy, *relations), boy, age)

    def parent(self, mother: bool | Numbers, child: Numbers) -> None:
        """A parent of the head who lives without a wife."""
        woman = np.broadcast_to(mother, self.n)
        age = child + np.where(woman, self.near(27.5, 4.5, 18.5, 41), self.near(30, 5, 19.5, 44))
        self.add(np.where(woman, MOTHER, FATHER), ~woman, age)

    def parent_of_couple(self, mother: bool | Numbers) -> None:
        """A parent of the family's line: the husband's, or the wife's where he married in."""
        woman = np.broadcast_to(mother, self.n)
        child = np.where(self.in_law, self.wife, self.husband)
        age = child + np.where(woman, self.near(26, 4.2, 18.5, 40), self.near(28.5, 4.8, 19.5, 43))
        own = np.where(woman, MOTHER, FATHER)
        wifes, husbands = np.where(woman, WIFES_MOTHER, WIFES_FATHER), np.where(woman, HUSBANDS_MOTHER, HUSBANDS_FATHER)
        self.add(np.where(self.in_law, wifes, np.where(self.has_man, own, husbands)), ~woman, age)

    def ages_of_young_couple(self, eldest: Numbers) -> tuple[Numbers, Numbers]:
        wife = eldest + 19.5 + self.rng.gamma(2.0, 1.7, self.n)
        return wife, np.maximum(wife + self.near(1.8, 2.2, -4, 9), eldest + 19.2)

    def young_couple(self, wife: Numbers, husband: Numbers) -> None:
        """A son with his wife, or now and then a daughter with a husband who married in."""
        hers = self.rng.random(self.n) < 0.09
        self.add(np.where(hers, DAUGHTER, SON), ~hers, np.where(hers, wife, husband))
        self.add(np.where(hers, SON_IN_LAW, SONS_WIFE), hers, np.where(hers, husband, wife))

    # The patterns, by size.

    def single_man(self) -> None:
        self.head(self.between(50.2, 75.8, 64), 1.0)

    def single_other(self) -> None:
        luck = self.rng.random(self.n)
        old_man, young = luck < 0.2, luck > 0.72
        age = np.where(old_man, self.between(76, 92, 79), np.where(young, self.between(30, 50), self.between(60, 91, 75)))
        man = old_man | (young & (self.rng.random(self.n) < 0.8))
        self.add(HEAD, man, age)

    def old_couple(self) -> None:
        self.couple(self.between(56, 89, 67))

    def couple_alone(self) -> None:
        self.couple(self.between(38, 57, 50))

    def son_and_parent(self) -> None:
        head = self.between(35, 61, 49)
        self.head(head, 1.0)
        self.parent(self.rng.random(self.n) < 0.78, head)

    def lone_parent(self) -> None:
        ages = self.ages_of_children(1, 4, 24)
        self.head(self.mother_of(ages) + self.between(0, 6), 0.62)
        self.children(ages)

    def lone_parent_of_two(self) -> None:
        ages = self.ages_of_children(2, 2, 18)
        self.head(self.mother_of(ages) + self.between(0, 5), 0.6)
        self.children(ages)

    def grandparent(self) -> None:
        self.head(self.between(58, 78, 66), 0.55)
        self.children([self.between(4, 16)], (GRANDSON, GRANDDAUGHTER))

    def grandparents(self) -> None:
        self.couple(self.between(55, 72, 62))
        self.children([self.between(2, 16)], (GRANDSON, GRANDDAUGHTER))

    def family(self, children: int, low: float, high: float, parents: int = 0) -> None:
        ages = self.ages_of_children(children, low, high)
        wife = self.mother_of(ages)
        self.couple(wife, ages[0])
        self.children(ages)
        if parents == 1:
            self.parent_of_couple(self.rng.random(self.n) < 0.7)
        if parents == 2:
            self.parent_of_couple(False)
            self.parent_of_couple(True)

    def couple_and_parents(self, parents: int) -> None:
        wife = self.between(40, 61, 52)
        self.couple(wife)
        if parents == 1:
            self.parent_of_couple(self.rng.random(self.n) < 0.72)
        else:
            self.parent_of_couple(False)
            self.parent_of_couple(True)

    def son_and_both(self) -> None:
        head = self.between(27, 50, 36)
        self.head(head, 1.0)
        self.parent(False, head)
        self.parent(True, head)

    def bachelor_at_home(self) -> None:
        son = self.between(26, 44, 30)
        self.couple(self.mother_of([son]), son)
        self.add(SON, True, son)

    def three_generations(self, grandchildren: int, elder: bool = False) -> None:
        ages = self.ages_of_children(grandchildren, 0.1, 11) if grandchildren else []
        wife, husband = self.ages_of_young_couple(ages[0] if ages else self.between(0, 5))
        eldest = np.maximum(wife, husband)
        self.couple(eldest + 19 + self.rng.gamma(2.0, 2.0, self.n), eldest)
        self.young_couple(wife, husband)
        self.children(ages, (GRANDSON, GRANDDAUGHTER))
        if elder:
            self.parent_of_couple(True)


_Draw = Callable[[_Pattern], None]
_PATTERNS: dict[int, list[tuple[float, _Draw]]] = {
    1: [(0.755, _Pattern.single_man), (0.245, _Pattern.single_other)],
    2: [
        (0.36, _Pattern.old_couple), (0.16, _Pattern.couple_alone), (0.24, _Pattern.son_and_parent), (0.17, _Pattern.lone_parent),
        (0.07, _Pattern.grandparent),
    ],
    3: [
        (0.20, lambda p: p.family(1, 0.1, 15)), (0.28, lambda p: p.family(1, 16, 29)), (0.12, lambda p: p.couple_and_parents(1)),
        (0.11, _Pattern.son_and_both), (0.10, _Pattern.lone_parent_of_two), (0.06, _Pattern.grandparents), (0.13, _Pattern.bachelor_at_home),
    ],
    4: [
        (0.27, lambda p: p.family(2, 0.1, 10)), (0.31, lambda p: p.family(2, 14, 24)), (0.12, lambda p: p.family(1, 1, 14, parents=1)),
        (0.15, lambda p: p.family(1, 15, 26, parents=1)), (0.10, lambda p: p.three_generations(0)), (0.05, lambda p: p.couple_and_parents(2)),
    ],
    5: [
        (0.26, lambda p: p.family(2, 1, 13, parents=1)), (0.24, lambda p: p.family(2, 13, 22, parents=1)), (0.38, lambda p: p.three_generations(1)),
        (0.12, lambda p: p.family(3, 1, 14)),
    ],
    6: [
        (0.52, lambda p: p.three_generations(2)), (0.30, lambda p: p.family(2, 2, 14, parents=2)), (0.12, lambda p: p.three_generations(1, elder=True)),
        (0.06, lambda p: p.family(3, 2, 12, parents=1)),
    ],
    7: [(0.62, lambda p: p.three_generations(2, elder=True)), (0.38, lambda p: p.family(3, 1, 10, parents=2))],
    8: [(1.0, lambda p: p.three_generations(3, elder=True))],
}  # fmt: skip


def compose(rng: np.random.Generator, sizes: Numbers) -> Kin:
    """People for households of these sizes."""
    columns: dict[str, list[Numbers]] = {"household": [], "position": [], "relation": [], "is_man": [], "age": []}
    in_law = np.zeros(len(sizes), dtype=bool)
    for size, patterns in _PATTERNS.items():
        whole = np.flatnonzero(sizes == size)
        kind = np.searchsorted(np.cumsum([share for share, _ in patterns])[:-1], rng.random(len(whole)), side="right")
        for number, (_, draw) in enumerate(patterns):
            homes = whole[kind == number]
            pattern = _Pattern(rng, len(homes))
            draw(pattern)
            assert len(pattern.people) == size, (size, number, len(pattern.people))
            in_law[homes] = pattern.in_law
            for position, (relation, is_man, age) in enumerate(pattern.people):
                for name, values in zip(columns, (homes, np.full(len(homes), position), relation, is_man, age), strict=True):
                    columns[name].append(values)
    flat = {name: np.concatenate(values) for name, values in columns.items()}
    order = np.lexsort((flat["position"], flat["household"]))
    return Kin(**{name: values[order] for name, values in flat.items()}, in_law=in_law)
