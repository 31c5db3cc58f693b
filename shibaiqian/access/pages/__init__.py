"""Pages of access: the door, one's own account, and the two administrators' lists."""

from shibaiqian.access.pages.door import locked_out

__all__ = ["locked_out"]
