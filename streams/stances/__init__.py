"""Who supports or opposes whom: the grammar as data beside this file, and the engine that reads sentences with it."""

from streams.stances.engine import find

__all__ = ["find"]
