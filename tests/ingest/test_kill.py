"""kill -9 in the middle of a pass: no entry is lost, and none is sent twice."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from index.sqlite import SqliteStore
from tests.ingest.site import Site, item, rss, serving

FEEDS = 40
ROOT = Path(__file__).parents[2]


async def child(base, folder):
    command = [sys.executable, str(Path(__file__).with_name("kill_child.py")), base, str(folder), str(FEEDS)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env=env
    )


async def test_a_poller_killed_in_mid_pass_loses_nothing_and_doubles_nothing(tmp_path):
    site = Site()
    async with serving(site) as base:
        for n in range(FEEDS):
            site.put(f"/f{n}", rss(f"{base}/{n}", *[item(k) for k in range(5)]))
        for lines in (5, 12):
            process = await child(base, tmp_path)
            for _ in range(lines):
                assert await process.stdout.readline()
            process.send_signal(signal.SIGKILL)
            await process.wait()
        process = await child(base, tmp_path)
        await process.communicate()
        assert process.returncode == 0
    store = SqliteStore(tmp_path / "state.db")
    sent = dict(store.table("sent").items())
    store.close()
    assert len(sent) == FEEDS * 5
    assert set(sent.values()) == {b"1"}
