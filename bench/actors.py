"""Finding actors beside the usual taggers, on the same articles with the same forms: docs/s, and right and wrong on the gold.

`python -m bench.actors` prints one table. Folding is counted apart: every tagger is given the same folded text. The forms are
the gazetteer's own, the most used first, so that the sizes differ in what must be searched and little in what is found; those
beyond the gazetteer's are made by attaching clitics. What each tagger is:

- khabar: streams.actors.find: the line cut into words, the forms of streams.scan, titles, roles, offices, places, support;
  words are looked up for the signs of countries and the loaded words too, which relevance and framing ask for
- pyahocorasick: the bare automaton over the same forms, its hits collected, a hit anywhere
- with clitics: the forms of streams.scan, hits at words after clitics, sorted, and nothing resolved
- flashtext: whole words, with Arabic letters told to it
- spacy: PhraseMatcher on a blank Arabic pipeline, tokenising counted, since it matches nothing else
- regex loop: one search with word boundaries for each form (on few articles with many forms, so that it ends)

The lines after the table hold the marks of the project: speed against the automaton alone and against flashtext, growth from
500 to 50,000 forms, size and time of the compiled gazetteer.
"""

from __future__ import annotations

import json
import random
import re
import resource
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import ahocorasick
import msgspec
import spacy
from flashtext import KeywordProcessor
from spacy.matcher import PhraseMatcher

from khabar import native
from khabar.rows import parse_date
from streams import actors, gazetteer, scan
from streams.document import Document
from streams.entry import Actor
from streams.forms import variants
from streams.gazetteer import Gazetteer

GOLD = Path(__file__).resolve().parents[2] / "shared" / "data"
SIZES = (500, 5_000, 50_000)
CLITICS = ("و", "ف", "ب", "ل", "ك", "وب", "ول")
FIELDS = ("names", "short", "weak", "metonyms", "people", "roles")
ROUNDS = 10
TURN = 4
Predict = Callable[[Document], set[str]]


def articles() -> list[tuple[Document, set[str]]]:
    """Return the gold articles and the actors in each, of the ids that count."""
    known = {line.split("\t")[0] for line in (GOLD / "gold" / "ids.tsv").read_text(encoding="utf-8").splitlines()[1:]}
    gold = {r["id"]: {a["id"] for a in r["actors"]} & known for r in rows(GOLD / "dev" / "gold.jsonl")}
    found = []
    for r in rows(GOLD / "dev" / "articles.jsonl"):
        at = parse_date(r.get("date") or "")
        doc = Document(r["title"], r["text"], at.date() if at else date(2016, 1, 1), outlet=r.get("source", ""))
        for field in doc.fields:
            field.line  # noqa: B018 # folded here: counted apart
        found.append((doc, gold[r["id"]]))
    return found


def rows(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def forms(actor: Actor) -> list[tuple[str, str]]:
    """Return (field, form) of an entry's forms that can be a mention."""
    found = [(f, form) for f in FIELDS[:-1] for form in getattr(actor, f)]
    return found + [("roles", role.form) for role in actor.roles]


def sized(known: Gazetteer, size: int, docs: Sequence[Document]) -> tuple[Gazetteer, dict[str, str]]:
    """Return a gazetteer with `size` forms, and the same forms as written → actor for those who know no rules."""
    pairs = [(a.id, field, form) for a in known.actors.values() for field, form in forms(a)]
    random.Random(7).shuffle(pairs)
    lines = [field.line.text for doc in docs for field in doc.fields]
    pairs.sort(key=lambda p: -sum(line.count(variants(p[2])[0]) for line in lines))
    flat = {form: actor for actor, _, form in reversed(pairs[:size])}
    more: dict[str, list[str]] = {}
    for clitic, (actor, _, form) in zip_cycle(pairs, size - len(pairs)):
        more.setdefault(actor, []).append(clitic + form)
        flat.setdefault(clitic + form, actor)
    kept = {(actor, form) for actor, _, form in pairs[:size]}
    return Gazetteer({a.id: trimmed(a, kept, more.get(a.id, [])) for a in known.actors.values()}, f"bench-{size}"), flat


def zip_cycle(pairs: Sequence[tuple[str, str, str]], count: int) -> Iterable[tuple[str, tuple[str, str, str]]]:
    """Yield `count` clitics, each with the next pair, every clitic once round the pairs."""
    for i in range(max(0, count)):
        yield CLITICS[i // len(pairs) % len(CLITICS)], pairs[i % len(pairs)]


def trimmed(actor: Actor, kept: set[tuple[str, str]], more: Sequence[str]) -> Actor:
    """Return the entry with only the forms that are kept, and `more` names."""
    changes: dict[str, Any] = {f: tuple(x for x in getattr(actor, f) if (actor.id, x) in kept) for f in FIELDS[:-1]}
    changes["roles"] = tuple(r for r in actor.roles if (actor.id, r.form) in kept)
    changes["names"] += tuple(more)
    return msgspec.structs.replace(actor, **changes)


def khabar(known: Gazetteer) -> Predict:
    return lambda doc: {m.actor for m in actors.find(doc, known)}


def clitics(known: Gazetteer) -> Predict:
    forms = scan.Forms(scan.table_of(known.actors.values()))
    return lambda doc: {h.reading.forms[0].actor for f in doc.fields for h in forms.hits(f.cut(forms), 0) if h.reading.forms}


def automaton(flat: dict[str, str]) -> Predict:
    machine = ahocorasick.Automaton()
    for form, actor in flat.items():
        for text in variants(form):
            machine.add_word(text, actor)
    machine.make_automaton()
    return lambda doc: {actor for field in doc.fields for _, actor in machine.iter(field.folded.text)}


def flashtext(flat: dict[str, str]) -> Predict:
    processor = KeywordProcessor()
    processor.non_word_boundaries |= set("ءابتثجحخدذرزسشصضطظعغفقكلمنهوي")
    for form, actor in flat.items():
        for text in variants(form):
            processor.add_keyword(text, actor)
    return lambda doc: {actor for field in doc.fields for actor in processor.extract_keywords(field.folded.text)}


def phrases(flat: dict[str, str]) -> Predict:
    pipeline = spacy.blank("ar")
    matcher = PhraseMatcher(pipeline.vocab)
    by_actor: dict[str, list[Any]] = {}
    for form, actor in flat.items():
        by_actor.setdefault(actor, []).extend(pipeline.make_doc(text) for text in variants(form))
    for actor, docs in by_actor.items():
        matcher.add(actor, docs)
    name = pipeline.vocab.strings
    return lambda doc: {name[key] for field in doc.fields for key, _, _ in matcher(pipeline.make_doc(field.folded.text))}


def regex_loop(flat: dict[str, str]) -> Predict:
    patterns = [(re.compile(rf"\b{re.escape(text)}\b"), actor) for form, actor in flat.items() for text in variants(form)]
    return lambda doc: {actor for field in doc.fields for p, actor in patterns if p.search(field.folded.text)}


def rates(predicts: Sequence[Predict], docs: Sequence[Document], rounds: int = ROUNDS, turn: int = TURN) -> list[float]:
    """Return articles a second of CPU, each the best of some rounds.

    In every round each has its turn, so that a busy machine is so for all, and goes through the articles a few times, so that
    the others have not just taken its place in the caches.
    """
    best = [float("inf")] * len(predicts)
    for _ in range(rounds):
        for i, predict in enumerate(predicts):
            best[i] = min(best[i], *(_seconds(predict, docs) for _ in range(turn)))
    return [len(docs) / seconds for seconds in best]


def _seconds(predict: Predict, docs: Sequence[Document]) -> float:
    spent = 0.0
    for doc in docs:
        fresh = _again(doc)  # a document remembers its words
        start = time.process_time()
        predict(fresh)
        spent += time.process_time() - start
    return spent


def _again(doc: Document) -> Document:
    copy = Document(doc.title.text, doc.text.text, doc.on, country=doc.country, outlet=doc.outlet)
    for field in copy.fields:
        field.line  # noqa: B018 # folded and laid out, before the clock runs
    return copy


def right(predict: Predict, gold: Sequence[tuple[Document, set[str]]], known: set[str]) -> tuple[float, float]:
    """Return precision and recall of the actors of an article, of the ids that count."""
    tp = said = wanted = 0
    for doc, want in gold:
        got = predict(doc) & known
        tp, said, wanted = tp + len(got & want), said + len(got), wanted + len(want)
    return tp / said if said else 0.0, tp / wanted


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    gold = articles()
    docs = [doc for doc, _ in gold]
    counted = {line.split("\t")[0] for line in (GOLD / "gold" / "ids.tsv").read_text(encoding="utf-8").splitlines()[1:]}
    shipped = gazetteer.load()
    words = sum(len(f.folded.text) for d in docs for f in d.fields) / len(docs)
    print(
        f"{len(docs)} articles of {words:.0f} characters, {sum(len(forms(a)) for a in shipped.actors.values())} forms shipped, "
        f"{'compiled' if native.compiled() else 'pure Python'}\n"
    )
    print(f"{'forms':>7} {'tagger':<14} {'docs/s':>9} {'precision':>9} {'recall':>7} {'F1':>6}")
    speed: dict[tuple[int, str], float] = {}
    grown: dict[int, tuple[float, float]] = {}
    for size in SIZES:
        known, flat = sized(shipped, size, docs)
        before, start = memory(), time.process_time()
        known.forms  # noqa: B018 # compiled here
        grown[size] = memory() - before, time.process_time() - start
        speed |= {(size, name): found for name, found in compared(size, known, flat, gold, counted).items()}
    line("shipped", "khabar", *rates([khabar(shipped)], docs), *right(khabar(shipped), gold, counted))
    marks(speed, grown, docs)


def compared(
    size: int, known: Gazetteer, flat: dict[str, str], gold: Sequence[tuple[Document, set[str]]], counted: set[str]
) -> dict[str, float]:
    """Print the lines of all taggers with these forms, and return their speeds."""
    taggers = {
        "khabar": khabar(known),
        "pyahocorasick": automaton(flat),
        "with clitics": clitics(known),
        "flashtext": flashtext(flat),
        "spacy": phrases(flat),
    }
    speed = dict(zip(taggers, rates(list(taggers.values()), [doc for doc, _ in gold]), strict=True))
    for name, predict in taggers.items():
        line(size, name, speed[name], *right(predict, gold, counted))
    few, loop = gold[: max(1, 50_000 // size)], regex_loop(flat)
    line(size, "regex loop", *rates([loop], [doc for doc, _ in few], 1, 1), *right(loop, few, counted))
    return speed


def line(size: int | str, name: str, found: float, p: float, r: float) -> None:
    print(f"{size:>7} {name:<14} {found:>9.0f} {p:>9.3f} {r:>7.3f} {2 * p * r / (p + r) if p + r else 0.0:>6.3f}")


def marks(speed: dict[tuple[int, str], float], grown: dict[int, tuple[float, float]], docs: Sequence[Document]) -> None:
    """Print the marks beside what was measured."""
    (folding,) = rates([lambda doc: {Document(doc.title.text, doc.text.text).text.line.text}], docs)
    print(f"\nfolding alone                  {folding:.0f} docs/s")
    for size in SIZES:
        alone, flash = (speed[size, "khabar"] / speed[size, name] for name in ("pyahocorasick", "flashtext"))
        print(f"{size:>6} forms: {alone:.2f} x pyahocorasick (mark 0.4), {flash:.1f} x flashtext (mark 5)")
    growth = speed[SIZES[0], "khabar"] / speed[SIZES[-1], "khabar"]
    print(f"500 to 50,000 forms            {growth:.2f} x the time (mark below 2)")
    size, seconds = grown[SIZES[-1]]
    print(f"50,000 forms compiled          {size:.0f} MB (mark 50), {seconds:.2f} s")


if __name__ == "__main__":
    main()
