"""`khabar demo` as a user runs it, and the desk beside it."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("KHABAR_")}
    return {**kept, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "COLUMNS": "400", **more}


def demo(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "khabar", "demo", *options]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=120, check=False)


def test_the_json_summary_has_its_seven_figures_and_nothing_else_is_printed() -> None:
    done = demo("--once", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    summary = json.loads(done.stdout)
    assert list(summary) == ["articles", "versions", "copies", "actors", "stances", "alerts", "dead"]
    assert (summary["articles"], summary["versions"], summary["copies"], summary["dead"]) == (8, 9, 1, 0)
    assert summary["actors"] > 15
    assert summary["alerts"] >= 4


def test_the_summary_shows_the_correction_the_copy_and_what_was_dropped() -> None:
    done = demo("--once")
    assert done.returncode == 0
    for needle in ("version 2", "copy of", "not about Libya, dropped: 1 of sample-gazette", "alert "):
        assert needle in done.stdout


@pytest.mark.skipif(not hasattr(signal, "SIGINT"), reason="no signals here")
def test_the_desk_is_served_until_ctrl_c() -> None:
    command = [sys.executable, "-m", "khabar", "demo", "--json"]
    with subprocess.Popen(
        command, env=environment(KHABAR_DESK_PORT="0"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "http://" in line)
        address = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert address is not None
        with urllib.request.urlopen(address.group() + "/api/search?q=%D8%AD%D9%81%D8%AA%D8%B1") as r:
            assert json.loads(r.read())["total"] >= 3
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode == 0
