"""The dashboards and data views as files: one Kibana object a file, named by its id."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from khabar.errors import SettingsError

Json = dict[str, Any]


def folder() -> Path:
    """Return where the files are: inside an installed package, else in `deploy/kibana` of the checkout."""
    packaged = Path(str(files("index"))) / "_kibana"
    return packaged if packaged.is_dir() else Path(str(files("index"))).parent / "deploy" / "kibana"


def dashboards(root: Path | None = None) -> dict[str, Json]:
    """Return the body of PUT /api/dashboards/{id} by id; raises SettingsError that names a file that is no JSON."""
    return _read((root or folder()) / "dashboards", {})


def data_views(prefix: str, desk: str, root: Path | None = None) -> dict[str, Json]:
    """Return the data views by id, over the indices with `prefix`, their links leading to the desk at `desk`."""
    return _read((root or folder()) / "data_views", {"{prefix}": prefix, "{desk}": desk})


def rules(prefix: str, root: Path | None = None) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return the connectors and the rules that use them, by id."""
    base, filled = root or folder(), {"{prefix}": prefix}
    return _read(base / "connectors", filled), _read(base / "rules", filled)


def _read(path: Path, filled: dict[str, str]) -> dict[str, Json]:
    found = {}
    for file in sorted(path.glob("*.json")):
        text = file.read_text(encoding="utf-8")
        for mark, value in filled.items():
            text = text.replace(mark, value)
        try:
            found[file.stem] = json.loads(text)
        except json.JSONDecodeError as e:
            raise SettingsError(f"{file}: not JSON: {e}") from e
    if not found:
        raise SettingsError(f"{path}: no files of Kibana's there")
    return found
