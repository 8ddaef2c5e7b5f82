"""The compiled build against pure Python: the same articles give the same bytes."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from khabar import native
from tests.cli.test_demo import environment
from tests.conftest import ROOT, missing


@pytest.fixture(scope="session")
def pure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages without what was compiled in place."""
    if not native.compiled():
        missing("KHABAR_REQUIRE_NATIVE", "nothing is compiled; `make native` does it")
    copy = tmp_path_factory.mktemp("pure")
    left_out = shutil.ignore_patterns("*.so", "*.pyd", native.STAMP.name, "__pycache__")
    for package in ("khabar", "streams"):
        shutil.copytree(ROOT / package, copy / package, ignore=left_out)
    return copy


def tag(tree: Path, articles: bytes) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "khabar", "tag"],
        cwd=tree,
        input=articles,
        env=environment(PYTHONPATH=str(tree)),
        capture_output=True,
        check=True,
    )
    return done.stdout


def test_the_sample_articles_are_tagged_alike(pure: Path) -> None:
    samples = tomllib.loads((ROOT / "khabar/samples/articles.toml").read_text(encoding="utf-8"))["article"]
    texts = ["\n".join(a["text"]) for a in samples]
    articles = "\n".join(json.dumps({"id": str(i), "text": t, "published": "2020-01-01"}) for i, t in enumerate(texts)).encode()
    said = tag(ROOT, articles)
    assert said.count(b"\n") == len(texts)
    assert said == tag(pure, articles)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["libya.jsonl", "dev/articles.jsonl"])
def test_real_articles_are_tagged_alike(pure: Path, shared: Path, name: str) -> None:
    articles = (shared / "data" / name).read_bytes()
    assert tag(ROOT, articles) == tag(pure, articles)


def test_what_runs_is_the_compiled_build(pure: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import streams.stances.engine as m; print(m.__file__)"],
        cwd=ROOT,
        env=dict(os.environ, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).suffix in (".so", ".pyd")
