"""Stances: right and wrong on the gold with an interval, by kind; articles/s of the whole tagger; growth with length.

`python -m bench.stances` prints JSON lines. The figures on the gold are reckoned as its score.py does (set of holder, target
and polarity per article, known ids only), with a bootstrap over articles, also without the seed article. The rate is of
actors + stances + framing together on one core, beside a tagger that searches with one regular expression per name.
"""

from __future__ import annotations

import csv
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from khabar.rows import parse_date
from khabar.schema import Stance
from streams import actors, framing, gazetteer, stances
from streams.document import Document
from streams.gazetteer import Gazetteer

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SEED = "seed-0"
ROUNDS = 2_000
FEW = 40
"""How many articles the tagger with one expression per name is given."""
Triple = tuple[str, str, str]
Counts = tuple[int, int, int]


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def document(row: dict[str, Any]) -> Document:
    at = parse_date(row.get("date") or "")
    return Document(row.get("title", ""), row["text"], at.date() if at else None)


def tag(doc: Document, known: Gazetteer) -> list[Stance]:
    found = actors.find(doc, known)
    framing.find(doc, found, known)
    return stances.find(doc, found, known)


def counts(gold: set[Triple], mine: set[Triple]) -> Counts:
    return len(gold & mine), len(mine - gold), len(gold - mine)


def figures(parts: Iterable[Counts]) -> dict[str, float]:
    right, wrong, missed = (sum(column) for column in zip(*parts, strict=True))
    p, r = right / ((right + wrong) or 1), right / ((right + missed) or 1)
    return {"precision": round(p, 3), "recall": round(r, 3), "f1": round(2 * p * r / ((p + r) or 1), 3)}


def interval(parts: list[Counts]) -> dict[str, list[float]]:
    """Return the middle 95 % of each figure when articles are drawn with replacement."""
    draw = random.Random(1)
    drawn = [figures(draw.choices(parts, k=len(parts))) for _ in range(ROUNDS)]
    cut = ROUNDS // 40
    return {name: [sorted(d[name] for d in drawn)[k] for k in (cut, -cut - 1)] for name in drawn[0]}


def on_gold(known: Gazetteer) -> None:
    with (DATA / "gold" / "ids.tsv").open(encoding="utf-8") as lines:
        ids = {row["id"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    gold = {g["id"]: g["stances"] for g in rows(DATA / "dev" / "gold.jsonl")}
    parts: dict[str, Counts] = {}
    kinds: dict[str, Counter[str]] = {}
    sure: Counter[bool] = Counter()
    found = 0
    for row in rows(DATA / "dev" / "articles.jsonl"):
        right = {(s["holder"], s["target"], s["polarity"]): s for s in gold[row["id"]] if {s["holder"], s["target"]} <= ids}
        mine: dict[Triple, Stance] = {}
        for s in sorted(tag(document(row), known), key=lambda s: s.confidence):
            if {s.holder, s.target} <= ids:
                mine[(s.holder, s.target, s.polarity)] = s
        parts[row["id"]] = counts(set(right), set(mine))
        found += len(mine)
        for key, s in mine.items():
            outcome = "right" if key in right else "wrong"
            for kind in (f"act {s.act}", f"rule {s.rule}", f"mode {s.mode}", f"quoted {s.quoted}"):
                kinds.setdefault(kind, Counter())[outcome] += 1
            if s.confidence >= 0.8:
                sure[key in right] += 1
        for key in set(right) - set(mine):
            for kind in (f"mode {right[key]['mode']}", f"quoted {right[key]['quoted']}"):
                kinds.setdefault(kind, Counter())["missed"] += 1
    show("stances", all=figures(parts.values()), interval=interval(list(parts.values())))
    rest = [c for i, c in parts.items() if i != SEED]
    show("stances without the seed article", all=figures(rest), interval=interval(rest))
    for kind, outcome in sorted(kinds.items()):
        show(kind, **outcome)
    show("confidence 0.8 or more", right=sure[True], wrong=sure[False], share=round(sum(sure.values()) / found, 2))


def rate(docs: list[dict[str, Any]], step: Callable[[Document], object]) -> float:
    """Return articles/s of process time; a document is made anew, so that folding counts."""
    start = time.process_time()
    for row in docs:
        step(document(row))
    return len(docs) / (time.process_time() - start)


def on_speed(known: Gazetteer) -> None:
    articles = rows(DATA / "libya.jsonl")
    rate(articles[:50], lambda doc: tag(doc, known))  # caches of words are warm in a worker
    names = {form for a in known.actors.values() for form in (*a.names, *a.short, *a.metonyms)}
    expressions = [re.compile(rf"(?<!\w)[وف]?[بلك]?{re.escape(name)}(?!\w)") for name in sorted(names)]
    naive = rate(articles[:FEW], lambda doc: [e.search(f.text) for f in doc.fields for e in expressions])
    whole = rate(articles, lambda doc: tag(doc, known))
    show(
        "tagging",
        articles_per_s=round(whole),
        regex_per_name_articles_per_s=round(naive),
        times=round(whole / naive, 1),
        names=len(names),
    )


def on_growth(known: Gazetteer) -> None:
    units = {"one cue": "اتهم ", "one actor": "حفتر ", "quotation marks": '« " ', "cue and actors": "اتهم حفتر السراج "}
    for name, unit in units.items():
        seconds = []
        for size in (50, 100, 200):
            doc = Document("", unit * (size * 1024 // len(unit.encode())))
            start = time.process_time()
            tag(doc, known)
            seconds.append(round(time.process_time() - start, 3))
        show(f"growth: {name}", kilobytes=[50, 100, 200], seconds=seconds)


def show(what: str, **values: Any) -> None:
    print(json.dumps({"bench": "stances", "what": what, **values}, ensure_ascii=False), flush=True)


def main() -> None:
    known = gazetteer.load()
    on_gold(known)
    on_speed(known)
    on_growth(known)


if __name__ == "__main__":
    main()
