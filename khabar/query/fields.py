"""The fields of a query and the values they take: `name:value` → a node, or QueryError with the place and a suggestion."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Literal, cast, get_args

import msgspec

from khabar import arabic
from khabar.errors import KhabarError
from khabar.query.tree import DateRange, FieldEq, Keyword, Leaf, StanceIs

FIELDS: Final = (
    "title",
    "text",
    "outlet",
    "country",
    "lang",
    "story",
    "actor",
    "holder",
    "target",
    "polarity",
    "act",
    "framing",
    "confidence",
    "after",
    "before",
)
StanceField = Literal["holder", "target", "polarity", "act"]
POLARITIES: Final = ("support", "oppose")


class QueryError(KhabarError):
    """A query that cannot be read: `position` is the code point where it goes wrong, `suggestion` a query or a hint, or ""."""

    def __init__(self, reason: str, position: int, suggestion: str = "") -> None:
        tail = f"; try: {suggestion}" if suggestion else ""
        super().__init__(f"query, at character {position + 1}: {reason}{tail}")
        self.reason, self.position, self.suggestion = reason, position, suggestion


def field_name(token: str, position: int) -> str:
    """Return the field that `token` ("title:") names; raises QueryError with the nearest one."""
    name = token.removesuffix(":").lower()
    if name in FIELDS:
        return name
    near = difflib.get_close_matches(name, FIELDS, 1)
    hint = f"{near[0]}:" if near else f'"{token}" in quotation marks, or one of {", ".join(FIELDS)}'
    raise QueryError(f"there is no field {name!r}", position, hint)


def compare(name: str, values: Sequence[str], position: int) -> Leaf:
    """Return the node for a field other than title and text; more than one value means any of them."""
    cleaned = tuple(dict.fromkeys(_clean(name, v.strip(), position) for v in values))
    if name in ("confidence", "after", "before"):
        if len(values) != 1:
            raise QueryError(f"{name}: takes one value", position, f"{name}:{values[0]}")
        return _confidence(values[0].strip(), position) if name == "confidence" else _date(name, values[0].strip(), position)
    if name in get_args(StanceField):
        return msgspec.structs.replace(StanceIs(), **{name: cleaned})
    return FieldEq(cast("Keyword", name), cleaned)


def _clean(name: str, value: str, position: int) -> str:
    if not value:
        raise QueryError(f"{name}: has no value", position)
    if name in ("outlet", "framing"):
        return arabic.folded(value)
    if name == "country":
        return value.upper()
    if name == "lang":
        language, _, script = value.partition("-")
        return f"{language.lower()}-{script.title()}" if script else language.lower()
    if name == "polarity" and value.lower() not in POLARITIES:
        near = difflib.get_close_matches(value.lower(), POLARITIES, 1, 0.4) or POLARITIES
        raise QueryError("a polarity is support or oppose", position, f"polarity:{near[0]}")
    return value if name == "story" else value.lower()


def _confidence(value: str, position: int) -> StanceIs:
    number = arabic.folded(value).removeprefix(">=").replace("٫", ".")
    try:
        confidence = float(number)
    except ValueError:
        confidence = -1.0
    if not 0 <= confidence <= 1:
        raise QueryError("a confidence is a number from 0 to 1, and means that or more", position, "confidence:>=0.8")
    return StanceIs(confidence=confidence)


def _date(name: str, value: str, position: int) -> DateRange:
    text = arabic.folded(value).replace("/", "-").upper()
    day = text.count("-")
    try:
        moment = datetime.fromisoformat(text + ("-01-01", "-01", "")[day] if day < 3 and "T" not in text else text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError) as e:
        raise QueryError(f"{value!r} is no date", position, f"{name}:2019-04-04") from e
    return DateRange(start=moment) if name == "after" else DateRange(end=moment)
