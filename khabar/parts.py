"""The pieces that messages are made of (khabar.schema); none is ever sent alone.

Offsets are Unicode code points, half-open, into the field as given.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Polarity = Literal["support", "oppose"]
Mode = Literal["word", "deed"]
FieldName = Literal["title", "text"]


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of a message; never sent alone."""


class Mention(Part, frozen=True, kw_only=True):
    """One place where an article refers to an actor; `rule` names the rule that decided so."""

    field: FieldName
    start: int
    end: int
    text: str
    rule: str


class ActorTag(Part, frozen=True, kw_only=True):
    """An actor that appears in an article, with every mention in reading order."""

    id: str
    name: str
    name_en: str = ""
    type: str = ""
    camp: str = ""
    mentions: tuple[Mention, ...] = ()


class Span(Part, frozen=True, kw_only=True):
    """A stretch of one field of an article."""

    field: str
    start: int
    end: int
    text: str


class Stance(Part, frozen=True, kw_only=True, omit_defaults=False):
    """HOLDER supports or opposes TARGET, with the sentence that says so.

    `sentence` is exactly `field[sentence_start:sentence_end]`; cue and mentions lie inside it (a mention carried over
    from an earlier sentence is null).
    """

    id: str
    holder: str
    target: str
    polarity: Polarity
    mode: Mode
    act: str
    quoted: bool
    speaker: str | None
    field: FieldName
    sentence: str
    sentence_start: int
    sentence_end: int
    cue: str
    cue_start: int
    cue_end: int
    holder_mention: Span | None
    target_mention: Span | None
    rule: str
    confidence: float


class Framing(Part, frozen=True, kw_only=True):
    """A loaded word: it favours or harms a camp. `by` is "outlet", or the actor id of the speaker inside a quotation."""

    term: str
    camp: str
    effect: Literal["favours", "harms"]
    by: str
    field: FieldName
    start: int
    end: int
    gloss: str = ""


class Channel(Part, frozen=True, kw_only=True):
    """Where an alert goes: `kind` is log, webhook, apprise (address is an Apprise URL) or atom."""

    kind: Literal["log", "webhook", "apprise", "atom"]
    address: str = ""
    secret: str = ""


class QuietHours(Part, frozen=True, kw_only=True):
    """From `start` to `end` (HH:MM, may pass midnight) in `zone` (IANA name) nothing is sent; it is held back."""

    start: str
    end: str
    zone: str = "Africa/Tripoli"
