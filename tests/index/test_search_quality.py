"""Sixty queries over the real articles: both stores find what an exhaustive scan finds."""

from pathlib import Path

import pytest

from bench import search_quality, search_queries
from khabar import arabic
from khabar.settings import Settings

pytestmark = [pytest.mark.services, pytest.mark.shared]


def test_sixty_queries_of_which_twenty_begin_with_a_root_letter_that_looks_like_a_clitic() -> None:
    assert len(search_queries.QUERIES) == len(set(search_queries.QUERIES)) == 60
    assert len(search_queries.ROOT_LETTERS) == 20
    assert {arabic.folded(w)[0] for w in search_queries.ROOT_LETTERS} == set("وفبكلس")


def test_precision_and_recall_of_both_stores(shared: Path, elastic_settings: Settings, tmp_path: Path) -> None:
    lines = {line["by"]: line for line in search_quality.run(shared / "data", elastic_settings, tmp_path)}
    for store in ("sqlite", "elasticsearch"):
        for figures in (lines[store], lines[store]["root"]):
            assert figures["precision"] >= 0.98
            assert figures["recall"] >= 0.98
            assert figures["worst_recall"] >= 0.98
        assert lines[store]["empty"] == 0
