"""Where in a matching text a form or a mention begins."""

from __future__ import annotations

from typing import Final

from mypy_extensions import mypyc_attr


@mypyc_attr(acyclic=True)
class Beginning:
    """A place at `start`, which is behind the clitics of the word number `first`; that word begins at `word`."""

    __slots__ = ("first", "start", "word")

    def __init__(self, start: int, first: int, word: int) -> None:
        self.start: Final = start
        self.first: Final = first
        self.word: Final = word
