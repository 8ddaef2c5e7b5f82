"""A field cut into words and marks, once: every step that reads it word by word reads this."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final, final

from khabar import folding
from streams.document import Field
from streams.stances.lexicon import HANNA, Lexicon

HERE: Final = "هنا"


@final
class Pieces:
    """The words and marks of a folded text in order: what is written, where it begins, and what the lexicon says of it."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.texts: Final[list[str]] = folding.pieces(text)
        self.starts: Final = _starts(text, self.texts)
        self.words: Final = lexicon.words(self.texts)

    def between(self, start: int, end: int) -> tuple[int, int]:
        """Return the indexes of the pieces that stand in the span [start, end)."""
        first = bisect_left(self.starts, start)
        stop = bisect_left(self.starts, end, first)
        if stop > first and self.starts[stop - 1] + len(self.texts[stop - 1]) > end:
            stop -= 1
        return first, stop

    def has_cue(self, first: int, stop: int) -> bool:
        """Return whether among these pieces is a word on which a stance may hang."""
        needy = False
        for i in range(first, stop):
            word = self.words[i]
            if word.cue:
                return True
            needy = needy or bool(word.needs)
        if not needy:
            return False
        texts = self.texts[first:stop]
        beside = {*texts, *(text[1:] for text in texts if text[0] == "و")}
        return any(not self.words[i].needs.isdisjoint(beside) for i in range(first, stop))

    def has_speech(self, first: int, stop: int) -> bool:
        """Return whether a verb of saying is among these pieces."""
        return any(self.words[i].speech for i in range(first, stop))


def of(field: Field, lexicon: Lexicon) -> Pieces:
    """Return the pieces of a field, made when first asked for; the words' meanings are those of that first lexicon."""
    if field.pieces is None:
        field.pieces = Pieces(field.folded.text, lexicon)
        _congratulate(field, field.pieces, lexicon)
    return field.pieces


def _congratulate(field: Field, pieces: Pieces, lexicon: Lexicon) -> None:
    """Let «هنأ» (congratulated) be that word and not «هنا» (here)."""
    if HERE not in field.folded.text:
        return
    for conjunction in ("", "و"):
        folded = conjunction + HERE
        if folded not in pieces.texts:
            continue
        for i, text in enumerate(pieces.texts):
            end = pieces.starts[i] + len(text)
            if text == folded and field.text[field.folded.original(end - 1, end)[1] - 1] == HANNA[-1]:
                pieces.words[i] = lexicon.word(conjunction + HANNA)


def _starts(text: str, pieces: list[str]) -> list[int]:
    starts: list[int] = []
    at = 0
    for piece in pieces:
        at = text.find(piece, at)
        starts.append(at)
        at += len(piece)
    return starts
