"""Events of the log are collected, not printed."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog


@pytest.fixture(autouse=True)
def events() -> Iterator[list[Any]]:
    """Return the list to which the log's events go."""
    structlog.reset_defaults()
    with structlog.testing.capture_logs() as found:
        yield found
