"""What words begin: the trees of forms by their words, and where in a word, behind clitics at most, a form begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, final

from mypy_extensions import i64

from streams.forms import Form, Kind

Table = Mapping[tuple[str, bool], Sequence[Form]]
"""Forms by their key and whether ال stands before it."""


def _proclitics() -> dict[str, bool]:
    """Clitic strings that may stand before a key → whether ال is among them; لال is ل before a name in أل (لألمانيا)."""
    leads = [question + conjunction for question in ("", "ا") for conjunction in ("", "و", "ف")]
    table = dict.fromkeys((lead + preposition for lead in leads for preposition in ("", "ب", "ك", "ل")), False)
    return table | dict.fromkeys((lead + al for lead in leads for al in ("ال", "بال", "كال", "لل", "لال")), True)


PROCLITICS: Final = _proclitics()
LONGEST: Final = max(map(len, PROCLITICS))
LETTERS: Final = frozenset(clitics[0] for clitics in PROCLITICS if clitics)
"""With which they begin."""


@final
class Reading:
    """What one key can mean, made ready once.

    `forms`: those that make a mention, strongest first. `excluded`: actors that a span with this form does not mean.
    `names`: of `forms`, one for each actor that is named in the article if this stands in it. `adjective`: the state whose
    adjective this is. `own`: the field of whoever was named last that says what "his forces" or "our government" is, or "".
    `title`: somebody's. `roles`: whether there are any among `forms`.
    """

    __slots__ = ("adjective", "excluded", "forms", "names", "own", "roles", "title")

    def __init__(self, forms: Sequence[Form]) -> None:
        ranked = _ranked(forms) if len(forms) > 1 else forms
        self.forms: Final = [f for f in ranked if Kind.EXCLUDED < f.kind < Kind.TITLE]
        self.excluded: Final = [f.who for f in ranked if f.kind == Kind.EXCLUDED]
        self.names: Final = list({f.actor: f for f in self.forms if f.kind in (Kind.NAME, Kind.PEOPLE)}.values())
        self.adjective: Final = next((f.who for f in ranked if f.kind == Kind.ADJECTIVE), None)
        self.own: Final = next((f.actor for f in ranked if f.kind == Kind.OWN), "")
        self.title: Final = any(f.kind == Kind.TITLE for f in ranked)
        self.roles: Final = any(f.kind == Kind.ROLE for f in self.forms)


def _ranked(forms: Sequence[Form]) -> Sequence[Form]:
    """Return each form once, the strongest first."""
    unique = {_rank(f): f for f in forms}
    return [unique[rank] for rank in sorted(unique)]


def _rank(form: Form) -> tuple[int, bool, str, str, str]:
    return form.kind, form.since is None and form.until is None, form.actor, str(form.since), str(form.until)


@final
class Node:
    """What some words mean, without and with ال before them, and which words may go on."""

    __slots__ = ("article", "more", "plain")

    def __init__(self) -> None:
        self.plain: Reading | None = None
        self.article: Reading | None = None
        self.more: dict[str, Node] | None = None


@final
class Opening:
    """A word as the first of forms: where in it their span begins, and whether ال is before the key.

    `doubled`: the word has لل, in which للواء is ل before اللواء; that counts where the key without ال means nothing.
    `reading` is what the word means by itself, and `begin` where in it that begins.
    """

    __slots__ = ("article", "begin", "doubled", "node", "reading", "start")

    def __init__(self, node: Node, start: i64, *, article: bool, doubled: bool) -> None:
        self.node: Final = node
        self.start: Final = start
        self.article: Final = article
        self.doubled: Final = doubled
        self.reading: Final = self.means(node)
        self.begin: Final = self.begins(node)

    def means(self, node: Node) -> Reading | None:
        """Return what the words to a node mean behind these clitics."""
        return node.article if self.article or (self.doubled and node.plain is None) else node.plain

    def begins(self, node: Node) -> i64:
        """Return where in the word the span of what that is begins."""
        return self.start - 1 if self.doubled and node.plain is None else self.start


@final
class Trees:
    """The trees of some tables. `inner` are the words that stand in their keys behind another."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._roots: Final = [_plant(table) for table in tables]
        self.inner: Final = frozenset(word for table in tables for key, _ in table for word in key.split(" ")[1:])

    def openings(self, word: str) -> list[list[Opening]]:
        """Return for each table what a word of a matching text begins; an empty list where it begins nothing in any."""
        found: list[list[Opening]] = [[] for _ in self._roots]
        for at in range(min(len(word), LONGEST + 1)):
            if at == 1 and word[0] not in LETTERS:
                break
            article = PROCLITICS.get(word[:at])
            if article is None:
                continue
            doubled = not article and at > 0 and word.startswith("لل", at - 1)
            rest = word[at:]
            for openings, root in zip(found, self._roots, strict=True):
                node = root.get(rest)
                if node is not None:
                    openings.append(Opening(node, at - 2 if article else at, article=article, doubled=doubled))
        return found if any(found) else []


def _plant(table: Table) -> dict[str, Node]:
    """Return the tree of a table: what stands at its root, by the first words of keys."""
    first: dict[str, Node] = {}
    for (key, article), forms in table.items():
        parts = key.split(" ")
        node = first.setdefault(parts[0], Node())
        for word in parts[1:]:
            if node.more is None:
                node.more = {}
            known = node.more.get(word)
            if known is None:
                known = node.more[word] = Node()
            node = known
        if article:
            node.article = Reading(forms)
        else:
            node.plain = Reading(forms)
    return first
