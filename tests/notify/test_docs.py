"""The manual's receiver accepts what is sent, and its options are the command's."""

import re
from pathlib import Path

from typer.testing import CliRunner

from khabar.cli import build
from khabar.subscriptions import SIGNALS
from notify import webhook

MANUAL = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")


def test_the_receiver_of_the_manual_verifies_a_signature():
    code = re.search(r"```python\n(.*?)```", MANUAL, re.DOTALL)[1]
    names = {}
    exec(code, names)
    body = "نص".encode()
    assert names["genuine"]("k", "1700000000", webhook.signature("k", 1700000000, body), body)
    assert not names["genuine"]("k", "1700000001", webhook.signature("k", 1700000000, body), body)


def test_options_and_signals_of_the_manual_exist(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    shown = CliRunner().invoke(build(), ["alerts", "add", "--help"]).output
    for option in set(re.findall(r"`(--[a-z-]+)`", MANUAL)):
        assert option in shown
    assert all(f"`{name}" in MANUAL for name in SIGNALS)
