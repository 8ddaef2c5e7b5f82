"""What several commands take from their user: a text by the name of its file, and a day."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from khabar.errors import KhabarError


def text_of(file: str) -> str:
    """Return the text of a file (`-` is stdin), without a byte order mark; raises KhabarError where it cannot be read."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as e:
        raise KhabarError(f"{file}: {e.strerror}") from e
    except UnicodeDecodeError as e:
        raise KhabarError(f"{file}: not UTF-8: {e}") from e


def day_of(text: str) -> date | None:
    """Return the day that `--date` names as YYYY-MM-DD, None where it is empty; raises KhabarError for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as e:
        raise KhabarError(f"--date {text}: not a date YYYY-MM-DD") from e
