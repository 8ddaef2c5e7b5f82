"""The index templates as files: `index/templates/<kind>.json`, with {prefix} for the indices' prefix."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Final

KINDS: Final = ("articles", "stances", "alerts", "polls", "meta")


def template(kind: str, prefix: str) -> dict[str, Any]:
    """Return the body of the composable index template of `kind`."""
    text = files("index").joinpath(f"templates/{kind}.json").read_text(encoding="utf-8")
    body: dict[str, Any] = json.loads(text.replace("{prefix}", prefix))
    return body


def mappings(kind: str) -> dict[str, Any]:
    """Return the mappings of `kind`."""
    found: dict[str, Any] = template(kind, "")["template"]["mappings"]
    return found


def mapping_version(body: dict[str, Any]) -> int:
    """Return the version that mappings (of a file or of a live index) say they are; 0 for none."""
    return int(body.get("_meta", {}).get("version", 0))
