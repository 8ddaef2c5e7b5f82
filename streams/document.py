"""An article made ready for matching, once: both fields folded, cut into sentences and words. All steps share it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from khabar import arabic
from khabar.schema import Article, FieldName
from streams.cut import Cut
from streams.scan import Forms, Hit

if TYPE_CHECKING:  # stances read documents, too
    from streams.stances.pieces import Pieces


class Field:
    """One field of an article: the original text, its folding, and (made when first asked for) sentences and words.

    What is made once is kept by hand: functools.cached_property keeps nothing in a compiled class.
    """

    def __init__(self, name: FieldName, text: str) -> None:
        self.name = name
        self.text = text
        self.folded = arabic.fold(text)
        self.pieces: Pieces | None = None
        """What streams.stances.pieces made of it, for who asks next."""
        self._line: arabic.Line | None = None
        self._cut: Cut | None = None
        self._forms: Forms | None = None
        self._sentences: list[tuple[int, int]] | None = None

    @property
    def line(self) -> arabic.Line:
        """The folded text as one line of words, for matching."""
        if self._line is None:
            self._line = arabic.matching_line(self.folded.text)
        return self._line

    def cut(self, forms: Forms) -> Cut:
        """Return `line` cut into words, as `forms` know them; one text is cut once, whoever asks."""
        if self._cut is None or self._forms is not forms:
            self._cut, self._forms = forms.read(self.line.text), forms
        return self._cut

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the original text of a span of whole words in `line`; quotes at its ends are left out."""
        first, last = self.line.source(start, end)
        return self.folded.original(first, last)

    def hits(self, forms: Forms, table: int) -> list[Hit]:
        """Return what `forms` has of a table in `line`."""
        return forms.hits(self.cut(forms), table)

    @property
    def sentences(self) -> list[tuple[int, int]]:
        """Spans of the sentences in the original text."""
        if self._sentences is None:
            self._sentences = arabic.sentences(self.text)
        return self._sentences


class Document:
    """Title and text of an article, the date by which its roles are resolved, and who published it where (ISO 3166 code)."""

    def __init__(self, title: str, text: str, on: date | None = None, *, country: str = "", outlet: str = "") -> None:
        self.title = Field("title", title)
        self.text = Field("text", text)
        self.on = on
        self.country = country
        self.outlet = outlet

    @classmethod
    def of(cls, article: Article) -> Document:
        """Return the document of an article; its date is when it was published, else when it was fetched."""
        on = (article.published or article.fetched_at).date()
        outlet = article.outlet_name or article.outlet
        return cls(article.title, article.text, on, country=article.country, outlet=outlet)

    @property
    def year_only(self) -> bool:
        """Whether the date may say no more than a year, as archives do: then what the article names outweighs it."""
        return self.on is not None and (self.on.month, self.on.day) == (1, 1)

    @property
    def fields(self) -> tuple[Field, Field]:
        """Title, then text."""
        return self.title, self.text
