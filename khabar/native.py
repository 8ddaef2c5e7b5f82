"""Whether the hot modules run compiled (hatch_build.py makes them), and whether a compiled one is older than its source."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Final

import msgspec

from khabar.errors import KhabarError

ROOT: Final = Path(__file__).parents[1]
STAMP: Final = Path(__file__).with_name("native.json")


class StaleError(KhabarError):
    """A compiled module would run instead of a source that was changed after it was compiled; the message names them."""


def compiled(root: Path = ROOT, stamp: Path = STAMP) -> list[str]:
    """Return the sources, as paths below `root`, in whose place this interpreter loads a compiled module."""
    return [source for source in _stamped(stamp) if _has_extension(root / source)]


def check(root: Path = ROOT, stamp: Path = STAMP) -> None:
    """Raise StaleError where a source is not what was compiled. Costs nothing without compiled modules."""
    stamped = _stamped(stamp)
    changed = [source for source in compiled(root, stamp) if _hash(root / source) != stamped[source]]
    if changed:
        raise StaleError(f"compiled before these were changed: {', '.join(changed)}; run `make native` or `make clean-native`")


def _stamped(stamp: Path) -> Mapping[str, str]:
    try:
        return msgspec.json.decode(stamp.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}


def _has_extension(source: Path) -> bool:
    return any(source.with_suffix(suffix).exists() for suffix in EXTENSION_SUFFIXES)


def _hash(source: Path) -> str:
    try:
        return hashlib.sha256(source.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""
