"""Pure rules of units."""

from collections.abc import Mapping


def rows_in_circles(parents: Mapping[str, str]) -> set[str]:
    """The codes that lie on a circle of parents: a unit that is, over some steps, above itself."""
    circles: set[str] = set()
    cleared: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        code: str | None = start
        while code is not None and code not in path and code not in cleared and code not in circles:
            path[code] = None
            code = parents.get(code)
        if code is not None and code in path:
            way = list(path)
            circles.update(way[way.index(code) :])
        cleared.update(path.keys() - circles)
    return circles
