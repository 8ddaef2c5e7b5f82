"""Marks in a text: spans that nest and overlap, rendered as well-formed HTML with the text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from markupsafe import Markup, escape


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be seen of the stretch [start, end) of a text.

    `classes` are CSS classes; `title` is told on hover and to screen readers; `data` become data-* attributes; `id` is an
    anchor, given to the first piece alone.
    """

    start: int
    end: int
    tag: str = "mark"
    classes: str = ""
    title: str = ""
    id: str = ""
    data: tuple[tuple[str, str], ...] = ()

    def open(self, *, first: bool) -> str:
        """Return the start tag; `first` where no piece of the mark stands before it."""
        attributes = [("class", self.classes), ("title", self.title), ("id", self.id if first else "")]
        attributes += [(f"data-{name}", value) for name, value in self.data]
        return f"<{self.tag}" + "".join(f' {n}="{escape(v)}"' for n, v in attributes if v) + ">"


def paragraphs(text: str, marks: Sequence[Mark]) -> Markup:
    """Return `text` as HTML paragraphs (one per line that is not blank) with its marks."""
    shown: set[int] = set()
    html: list[str] = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            html.append(f'<p dir="auto">{_pieces(text, start, start + len(line), marks, shown)}</p>')
        start += len(line) + 1
    return Markup("\n".join(html))  # noqa: S704  # every piece of text went through escape


def inline(text: str, marks: Iterable[Mark]) -> Markup:
    """Return `text` as one run of HTML with its marks."""
    return Markup(_pieces(text, 0, len(text), list(marks), set()))  # noqa: S704  # every piece of text went through escape


def _pieces(text: str, start: int, end: int, marks: Sequence[Mark], shown: set[int]) -> str:
    """Return [start, end) with marks; `shown` are the indices of those that have begun already.

    At each boundary the marks that end are closed; what was opened inside them and goes on is closed too and opened again.
    """
    inside = [
        (max(m.start, start), min(m.end, end), i)
        for i, m in enumerate(marks)
        if max(m.start, start) < min(m.end, end)  # a mark outside the text, or an empty one, is not shown
    ]
    inside.sort(key=lambda s: (s[0], -s[1], s[2]))
    cuts = sorted({start, end, *(s[0] for s in inside), *(s[1] for s in inside)})
    html: list[str] = []
    opened: list[tuple[int, int]] = []  # (end, index of the mark), outermost first
    for here, following in zip(cuts, [*cuts[1:], end], strict=True):
        again: list[tuple[int, int]] = []
        while any(o[0] <= here for o in opened):
            last = opened.pop()
            html.append(f"</{marks[last[1]].tag}>")
            if last[0] > here:
                again.append(last)
        begins = [(s[1], s[2]) for s in inside if s[0] == here]
        for stop, i in sorted([*again, *begins], key=lambda o: -o[0]):
            html.append(marks[i].open(first=i not in shown))
            shown.add(i)
            opened.append((stop, i))
        html.append(str(escape(text[here:following])))
    return "".join(html)
