"""Where the poller's state lies: in the embedded pipeline's own file, or in one of the poller's where Kafka is the pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from khabar.settings import Settings

TABLE: Final = "feeds"


def file_of(settings: Settings) -> Path:
    """Return the SQLite file that holds the feeds' state."""
    return settings.data_dir / "poll.db" if settings.mode == "full" else settings.database
