"""What one field has spelled out so far, so that a shorter word can be taken for it."""

from __future__ import annotations


class Spelled:
    """Bodies by their full names, the last named last, and surnames of men who are nobody here."""

    def __init__(self) -> None:
        self._bodies: dict[str, str] = {}
        self.surnames: set[str] = set()

    def note(self, name: str, actor: str) -> None:
        """Take the full name of a body, a matching text that ends in a space, without the two letters of ال or لل."""
        self._bodies.pop(name, None)
        self._bodies[name] = actor

    def full(self, said: str) -> str:
        """Return the body that was named last by a name that begins with `said`, a text as of `note`; "" for none."""
        return next((actor for name, actor in reversed(self._bodies.items()) if name.startswith(said)), "")
