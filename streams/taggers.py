"""The seam for other taggers: the setting `tagger` names one that ships here, or a factory of another package."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from khabar.errors import SettingsError
from khabar.ports import Tagger
from streams import gazetteer
from streams.tagger import RulesTagger
from streams.watched import Watched

Factory = Callable[[], Tagger]
"""Takes nothing and returns a tagger, ready to tag."""

_FACTORIES: Final[dict[str, Factory]] = {}


def register(name: str, factory: Factory) -> None:
    """Make `factory` the tagger of that name; a later one of the same name takes its place."""
    _FACTORIES[name] = factory


def make(name: str, gazetteer_dir: Path | None = None) -> Tagger:
    """Return the tagger that the setting `tagger` names; that of rules reads the analysts' folder beside the shipped files.

    The name is a registered one, or `package.module:factory` for one that is installed beside Khabar (a learned model).
    Raises SettingsError for a name that is neither, or whose result is no tagger.
    """
    factory = _FACTORIES.get(name) or _imported(name)
    tagger = RulesTagger(Watched(partial(gazetteer.files, gazetteer_dir))) if factory is RulesTagger else factory()
    if not (hasattr(tagger, "tag") and hasattr(tagger, "generation")):
        raise SettingsError(f"KHABAR_TAGGER = {name!r}: what it makes has no `tag` and `generation`, see khabar.ports.Tagger")
    return tagger


def _imported(name: str) -> Factory:
    module, colon, attribute = name.partition(":")
    known = ", ".join(sorted(_FACTORIES))
    if not colon:
        raise SettingsError(f"KHABAR_TAGGER = {name!r}: no such tagger; there are {known}, or package.module:factory")
    try:
        factory: Factory = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as e:
        raise SettingsError(f"KHABAR_TAGGER = {name!r}: {e}") from e
    return factory


register("rules", RulesTagger)
