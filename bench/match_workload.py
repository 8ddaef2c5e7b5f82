"""The workload of bench.match: subscriptions of real words with a fixed seed, and real articles that they were not drawn from.

40 % phrases, 30 % AND, 15 % NOT, 15 % NEAR. Words come in the frequencies of real text, but for those that stand in more
than MOST_COMMON of all articles: nobody subscribes to في. Each query has at least one word that is rarer than RARE.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from khabar import arabic
from khabar.schema import Article, CoverageItem, Subscription, TaggedArticle

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SEEN = datetime(2026, 1, 1, tzinfo=UTC)
MOST_COMMON = 0.15
RARE = 0.0025
ABOUT_LIBYA = 0.85
"""The share of the subscriptions that are drawn from articles about Libya: those match much, the others next to nothing."""
KINDS = (("phrase", 0.40), ("and", 0.30), ("not", 0.15), ("near", 0.15))


class Asked(msgspec.Struct, frozen=True):
    """A subscription as both engines understand it: words, the word that must not be there, how near."""

    id: str
    kind: str
    words: tuple[str, ...]
    without: str = ""
    distance: int = 0

    @property
    def query(self) -> str:
        """The subscription in Khabar's language."""
        if self.kind == "phrase":
            return f'"{" ".join(self.words)}"'
        if self.kind == "near":
            return f"{self.words[0]} NEAR/{self.distance} {self.words[1]}"
        return " ".join(self.words) + (f" NOT {self.without}" if self.without else "")

    @property
    def line(self) -> str:
        """The subscription as a line for the Java side."""
        return "\t".join((self.id, self.kind, " ".join(self.words), self.without, str(self.distance)))

    def subscription(self) -> Subscription:
        """The subscription as Khabar keeps it."""
        return Subscription(id=self.id, owner="bench", name=self.id, query=self.query)


def read(name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of one file of articles."""
    with (DATA / name).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def texts(name: str) -> list[str]:
    """Return title and text of each article of a file, as one line without tabs."""
    return [" ".join(f"{r.get('title') or ''} {r.get('text') or ''}".split()) for r in read(name)]


def item(number: int, text: str) -> CoverageItem:
    """Return an article as the match step gets it."""
    article = Article(id=f"d{number}", title="", text=text, fetched_at=SEEN, content_hash="", outlet="bench")
    tagged = TaggedArticle(article=article, version=1, first_seen=SEEN, generation="", language="ar", about_libya=True)
    return CoverageItem(tagged=tagged, story=article.id)


def subscriptions(count: int, seed: int = 8) -> list[Asked]:
    """Return `count` subscriptions; the first n are the same for every count. Drawn from every fourth article."""
    rng = random.Random(seed)
    libya, others = _words("libya.jsonl"), _words("other.jsonl")
    seen = Counter(w for one in libya + others for w in dict.fromkeys(one))  # a set's order changes from run to run
    common, rare = MOST_COMMON * len(libya + others), RARE * len(libya + others)
    sources = [[w for w in words[::4] if len(w) > 30] for words in (libya, others)]
    pool = [w for w, n in seen.items() if 2 <= n <= common]
    made: list[Asked] = []
    while len(made) < count:
        source = rng.choice(sources[rng.random() >= ABOUT_LIBYA])
        start = rng.randrange(len(source) - 12)
        window = source[start : start + 12]
        kind = rng.choices([k for k, _ in KINDS], [p for _, p in KINDS])[0]
        chosen = _chosen(kind, window, rng)
        if any(seen[w] > common for w in chosen) or min(seen[w] for w in chosen) > rare:
            continue
        without = rng.choice(pool) if kind == "not" else ""
        made.append(Asked(f"q{len(made)}", kind, chosen, without, rng.randint(2, 8) if kind == "near" else 0))
    return made


def _words(name: str) -> list[list[str]]:
    return [[w for w in arabic.WORD.findall(arabic.folded(t)) if len(w) > 2 and not w.isdigit()] for t in texts(name)]


def _chosen(kind: str, window: list[str], rng: random.Random) -> tuple[str, ...]:
    if kind == "phrase":
        return tuple(window[: rng.choice((2, 2, 3))])
    if kind == "near":
        return window[0], window[rng.randint(1, 6)]
    return tuple(rng.sample(window, rng.choice((2, 2, 3))))


def articles(count: int, seed: int = 9) -> list[str]:
    """Return real articles, none of which the subscriptions were drawn from."""
    kept = [t for name in ("libya.jsonl", "other.jsonl") for n, t in enumerate(texts(name)) if n % 4]
    random.Random(seed).shuffle(kept)
    return kept[:count]
