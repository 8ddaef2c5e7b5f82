"""The log follows stderr, also when that was replaced or closed since it was configured."""

import io
import sys

import structlog

from khabar import logs


def test_events_go_to_the_stderr_of_the_moment(monkeypatch):
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    logs.configure("info", json=True)
    first.close()
    monkeypatch.setattr(sys, "stderr", second)
    structlog.get_logger().info("poll", feed="عين ليبيا")
    structlog.reset_defaults()
    assert '"feed": "عين ليبيا"' in second.getvalue()
