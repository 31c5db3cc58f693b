"""Pure functions over codes and names of places."""

# Endings that offices write or leave out; longest first.
SUFFIXES = ("社区居民委员会", "村民委员会", "居民委员会", "社区居委会", "村委会", "居委会", "社区", "村")
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
    name = "".join(name.split())
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def holds(scope: str, code: str) -> bool:
    return bool(scope) and code.startswith(scope)
