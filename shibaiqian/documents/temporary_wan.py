"""Stands in for `base.figures_format` until that exists."""


def wan(number: int) -> str:
    """12400 → 1.24万; below ten thousand the plain number."""
    return str(number) if number < 10_000 else f"{number / 10_000:.2f}".rstrip("0").rstrip(".") + "万"
