from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest
from typer.testing import CliRunner

from khabar import native
from khabar.cli import build


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout with two sources, of which one is compiled."""
    (tmp_path / "hot.py").write_text("x = 1\n")
    (tmp_path / "cold.py").write_text("y = 1\n")
    (tmp_path / f"hot{EXTENSION_SUFFIXES[0]}").write_bytes(b"")
    sha = "9e26bf369911c45c243c684147b23fc9e1dcfcf257d299a1c632016a6fcd33f4"
    (tmp_path / "stamp").write_text(f'{{"hot.py": "{sha}", "cold.py": "another"}}')
    return tmp_path


def test_without_a_stamp_nothing_is_compiled(tmp_path: Path) -> None:
    assert native.compiled(tmp_path, tmp_path / "stamp") == []
    native.check(tmp_path, tmp_path / "stamp")


def test_only_what_has_an_extension_counts(tree: Path) -> None:
    assert native.compiled(tree, tree / "stamp") == ["hot.py"]
    native.check(tree, tree / "stamp")


@pytest.mark.parametrize("change", ["edited", "removed"])
def test_a_compiled_module_whose_source_has_changed_is_named(tree: Path, change: str) -> None:
    if change == "edited":
        (tree / "hot.py").write_text("x = 2\n")
    else:
        (tree / "hot.py").unlink()
    with pytest.raises(native.StaleError, match=r"hot\.py; run `make native` or `make clean-native`"):
        native.check(tree, tree / "stamp")


def test_the_command_line_says_which_build_runs() -> None:
    done = CliRunner().invoke(build(), ["--version"])
    assert done.exit_code == 0
    assert done.stdout.strip().endswith("compiled" if native.compiled() else "pure Python")
