"""What a list shows of an article: its keys without the text, and a piece of the text round the first match."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from khabar.schema import CoverageItem, Span

LENGTH: Final = 240
_BEFORE: Final = 60
"""Characters shown before the first match."""


class Snippet(msgspec.Struct, frozen=True):
    """A piece of one field; `marks` are offsets into `text`, `cut_before` and `cut_after` tell whether more stands there."""

    text: str
    marks: tuple[tuple[int, int], ...]
    cut_before: bool
    cut_after: bool


def brief(item: CoverageItem) -> dict[str, Any]:
    """Return an article without its text, actors and stances: what every list of articles tells as JSON."""
    tagged, article = item.tagged, item.tagged.article
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "outlet": article.outlet,
        "outlet_name": article.outlet_name,
        "published": article.published,
        "first_seen": tagged.first_seen,
        "version": tagged.version,
        "language": tagged.language,
        "story": item.story,
        "copy_of": item.copy_of,
    }


def snippet(text: str, spans: Sequence[Span], field: str = "text", length: int = LENGTH) -> Snippet:
    """Return about `length` characters of `text`, cut between words, round the first of `spans` that lie in `field`."""
    own = [(s.start, s.end) for s in spans if s.field == field]
    start = _word_start(text, own[0][0] - _BEFORE) if own and own[0][0] > _BEFORE else 0
    end = start + length
    if own:
        end = max(end, own[0][1])
    if end < len(text):
        blank = max(text.rfind(c, start + length // 2, end + 1) for c in " \n")
        end = blank if blank >= max(start, own[0][1] if own else 0) else end
    end = min(end, len(text))
    marks = tuple((a - start, min(b, end) - start) for a, b in own if start <= a < end)
    return Snippet(text[start:end], marks, cut_before=start > 0, cut_after=end < len(text))


def _word_start(text: str, at: int) -> int:
    """Return the first place after `at` where a word begins, not far from it; else `at`."""
    blanks = [i for i in (text.find(" ", at, at + 30), text.find("\n", at, at + 30)) if i >= 0]
    return min(blanks) + 1 if blanks else at
