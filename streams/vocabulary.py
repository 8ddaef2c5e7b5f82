"""The words of matching texts, each worked out when it is first met: a text is read as a list of them.

Nearly every word of the news comes again. Compiled, a text is read letter by letter and a known word is found by its letters,
six bits each, so that no string is cut out and hashed for it: half the time. Interpreted, str.split and a dict are quicker.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from streams.cut import Word
from streams.tree import Trees

COMPILED: Final = not __file__.endswith(".py")
KEPT: Final = 100_000
"""So many words are kept, then all are forgotten."""
ENDLESS: Final = 40
"""A word of more letters is none that comes again (a link, a picture's bytes) and is not kept."""
SLOTS: Final = 1 << 16
"""Words by their letters have so many beginnings of chains."""
SPREAD: Final = 0x9E3779B97F4A7C1
"""A large odd number: multiplied by it, all letters of a word have a part in the bits that choose its slot."""
BITS: Final = 6
LONGEST: Final = 10
"""So many letters have room in a number."""
SPACE: Final = 0x20
BEFORE: Final = 0x620
"""The Arabic letters that folding leaves follow this one, fewer than 62."""
STOP: Final = 0x2E
COMMA: Final = 0x60C


@final
class Vocabulary:
    """The words met so far, with what they begin in some trees; the same in every thread."""

    def __init__(self, trees: Trees) -> None:
        self._trees: Final = trees
        self._by_text: Final = _Words(trees)
        self._slots: list[Word | None] = [None] * SLOTS
        self._spelled = 0

    def read(self, line: str) -> list[Word]:
        """Return the words between the spaces of a matching text."""
        return self.spelled(line) if COMPILED else self.split(line)

    def split(self, line: str) -> list[Word]:
        """Return what `read` does, the way that is quicker where this is interpreted."""
        return list(map(self._by_text.__getitem__, line.split(" ")))

    def spelled(self, line: str) -> list[Word]:
        """Return what `read` does, the way that is quicker where this is compiled."""
        found: list[Word] = []
        line += " "
        begin: i64 = 0
        letters: i64 = 0
        plain = True
        end: i64 = 0
        for end in range(i64(len(line))):
            code: i64 = ord(line[end])
            if code == SPACE:
                exact = plain and end - begin <= LONGEST
                found.append(self._word(line, begin, end, letters) if exact else self._by_text[line[begin:end]])
                begin = end + 1
                letters = 0
                plain = True
            else:
                letter = _letter(code)
                if letter == 0:
                    plain = False
                letters = letters << BITS | letter
        return found

    def _word(self, line: str, begin: i64, end: i64, letters: i64) -> Word:
        """Return the word in a part of a line that has these letters."""
        slot = letters * SPREAD >> 44 & (SLOTS - 1)
        word = self._slots[slot]
        while word is not None and word.letters != letters:
            word = word.other
        return word or self._learn(line[begin:end], letters, slot)

    def _learn(self, text: str, letters: i64, slot: i64) -> Word:
        if self._spelled >= KEPT:
            self._slots = [None] * SLOTS
            self._spelled = 0
        self._spelled += 1
        word = Word(text, self._trees, letters, self._slots[slot])
        self._slots[slot] = word
        return word


class _Words(dict[str, Word]):
    """Words by their text."""

    def __init__(self, trees: Trees) -> None:
        super().__init__()
        self.trees = trees

    def __missing__(self, text: str) -> Word:
        if len(self) >= KEPT:
            self.clear()
        word = Word(text, self.trees)
        if len(text) <= ENDLESS:
            self[text] = word
        return word


def _letter(code: i64) -> i64:
    """Return a number below 64 for a letter or mark of matching texts, which all have their own; 0 for a rarer character."""
    if BEFORE < code < BEFORE + 62:
        return code - BEFORE
    if code == STOP:
        return 62
    return 63 if code == COMMA else 0
