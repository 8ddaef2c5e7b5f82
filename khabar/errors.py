"""The two exceptions of the stream: rejected for good, or unavailable for now."""

import re
from typing import Final

_CREDENTIALS: Final = re.compile(r"//[^/\s]*@")


class KhabarError(Exception):
    """Base of all errors that Khabar raises on purpose."""


class RejectedError(KhabarError):
    """The input can never be processed as it is: it belongs in the dead letters, with this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnavailableError(KhabarError):
    """A service does not answer now: the same call may succeed later.

    `what` names the service (kafka, elasticsearch, ...), `where` its address (told without the password that may stand
    in it), `why` the cause in words.
    """

    def __init__(self, what: str, where: str, why: str) -> None:
        where = _CREDENTIALS.sub("//", where)
        super().__init__(f"{what} at {where} is unavailable: {why}")
        self.what, self.where, self.why = what, where, why


class SettingsError(KhabarError):
    """A setting has a bad value; the message names the variable and what it may be."""
