"""The two ways in which machines write a time; what it means where they name no zone is for the caller to say."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime


def iso_date(text: str) -> datetime | None:
    """Return the time of an ISO 8601 date, None where it is none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def email_date(text: str) -> datetime | None:
    """Return the time of an e-mail's date (RFC 2822), None where it is none; "-0000" gives a time without a zone."""
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
