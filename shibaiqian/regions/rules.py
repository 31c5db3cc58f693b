"""Pure functions over codes and names of places."""

# Endings that offices write or leave out; longest first.
SUFFIXES = (
    "社区居民委员会",
    "村村民委员会",
    "村民委员会",
    "居民委员会",
    "社区居委会",
    "村村委会",
    "村委会",
    "居委会",
    "社区",
    "村",
)
TOWN_SUFFIXES = ("街道办事处", "镇人民政府", "回族镇", "办事处", "街道办", "街道", "镇", "乡")
COUNTY_SUFFIXES = ("县", "区")
LEVEL_OF_LENGTH = {2: "province", 4: "city", 6: "county", 9: "town", 12: "village"}


def bounds(prefix: str) -> tuple[str, str]:
    """The half-open range of codes under a prefix, by bytes: `':'` follows `'9'`."""
    return prefix, f"{prefix}:"


def level_of(code: str) -> str:
    """The level of a code by its length; KeyError for any other length."""
    return LEVEL_OF_LENGTH[len(code)]


def parent_of(code: str) -> str | None:
    """The code above; None for a province."""
    lengths = sorted(LEVEL_OF_LENGTH)
    position = lengths.index(len(code))
    return code[: lengths[position - 1]] if position else None


def bare_name(name: str) -> str:
    """A village's name without the ending that offices write or leave out: 吴庄村村民委员会 → 吴庄."""
    return _without("".join(name.split()), SUFFIXES)


def key_of(name: str) -> str:
    """What two spellings of one village have in common: 郭村社区 and 郭村 → 郭."""
    return bare_name(bare_name(name))


def bare_town(name: str) -> str:
    """A town's name without the ending: 城关街道办事处 → 城关, 茅坪回族镇 → 茅坪."""
    return _without("".join(name.split()), TOWN_SUFFIXES)


def bare_county(name: str) -> str:
    """A county's name without the ending: 商州区 → 商州."""
    return _without("".join(name.split()), COUNTY_SUFFIXES)


def _without(name: str, suffixes: tuple[str, ...]) -> str:
    for suffix in suffixes:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def holds(scope: str, code: str) -> bool:
    return bool(scope) and code.startswith(scope)
