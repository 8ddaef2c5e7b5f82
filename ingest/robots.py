"""robots.txt by RFC 9309: the group that names us (else `*`), the longest matching rule, Allow before Disallow."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, unquote, urlsplit

import msgspec

MAX_BYTES: Final = 500 * 1024
"""RFC 9309 2.5: at least this much must be read; the rest may be left."""
PRODUCT: Final = "khabar"


class Robots(msgspec.Struct, frozen=True):
    """The rules that hold for us: (allowed, pattern) pairs."""

    rules: tuple[tuple[bool, str], ...] = ()

    def allows(self, url: str) -> bool:
        """Whether the page at `url` may be fetched."""
        parts = urlsplit(url)
        path = _escaped(parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        best = (-1, True)
        for allowed, pattern in self.rules:
            if _matches(pattern, path):
                best = max(best, (len(pattern), allowed))
        return best[1]


ALLOW_ALL: Final = Robots()
DENY_ALL: Final = Robots(((False, "/"),))


def parse(text: str) -> Robots:
    """Return the rules of a robots.txt that hold for us."""
    groups: dict[str, list[tuple[bool, str]]] = {}
    agents: list[str] = []
    in_rules = False
    for line in text[:MAX_BYTES].splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            agents = [] if in_rules else agents
            agents.append(value.lower().partition("/")[0].strip())
            in_rules = False
            groups.setdefault(agents[-1], [])
        elif key in ("allow", "disallow"):
            in_rules = True
            if value:
                for agent in agents:
                    groups[agent].append((key == "allow", _escaped(value)))
    return Robots(tuple(groups.get(PRODUCT, groups.get("*", []))))


def _escaped(path: str) -> str:
    return quote(unquote(path, errors="surrogateescape"), safe="/*$?&=:@!'()+,;-._~%", errors="surrogateescape")


def _matches(pattern: str, path: str) -> bool:
    """Whether `path` begins as `pattern` says: `*` is any run of characters, `$` at the end is the path's end.

    Each piece between stars is taken at its first place. Regular expressions would try all of them, and a stranger's
    pattern full of stars would keep the poller busy for ever.
    """
    anchored = pattern.endswith("$")
    first, *pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    last = (pieces.pop() if pieces else None) if anchored else None
    at = len(first)
    for piece in pieces:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    if not anchored:
        return True
    return at == len(path) if last is None else at <= len(path) - len(last) and path.endswith(last)
