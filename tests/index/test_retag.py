"""`khabar retag` over the real Elasticsearch: what the newer gazetteer says replaces, and is found; a second run writes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from index.elastic_store import ElasticStore
from khabar.cli import retag
from streams import taggers
from tests.index.coverage import item

OWN = """
[[actor]]
id = "haftar"
name_ar = "خليفة حفتر"
name_en = "Khalifa Haftar"
type = "person"
names = ["ساكن الرجمة"]
"""


@pytest.mark.services
def test_retag(elastic_store: ElasticStore, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    elastic_store.write([item("a", "بيان", "انتقد المحتجون ساكن الرجمة."), item("b", "طقس", "أمطار.", hours=48)])

    def run(own: Path | None, hour: int) -> dict[str, int]:
        return retag.run(elastic_store, taggers.make("rules", own), date(2024, 1, 1), now=datetime(2024, 4, 1, hour, tzinfo=UTC))

    assert run(tmp_path, 1)["stored"] == 2
    assert [h.item.tagged.article.id for h in elastic_store.search("actor:haftar").hits] == ["a"]
    assert run(tmp_path, 2)["changed"] == 0
    assert run(None, 3)["stored"] == 1  # the folder is taken back: an earlier generation, and yet the last word
    assert elastic_store.search("actor:haftar").total == 0
