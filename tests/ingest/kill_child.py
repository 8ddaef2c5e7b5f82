"""Polls one server's feeds into a SQLite file until it is killed: articles and state in one transaction each."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from index.sqlite import SqliteStore
from ingest.fetch import Fetcher
from ingest.model import Feed
from ingest.poller import Options, Poller
from khabar.netguard import Guard


async def main(base: str, folder: Path, feeds: int) -> None:
    store = SqliteStore(folder / "state.db")
    sent = store.table("sent")
    made = [Feed(id=f"f{n}", url=f"{base}/f{n}", outlet=f"o{n}") for n in range(feeds)]
    options = Options(host_spacing_s=0, host_concurrency=20, concurrency=8, pages=False)
    async with Fetcher(user_agent="test", guard=Guard(("127.0.0.0/8",))) as fetcher:
        poller = Poller(made, store.table("feeds"), fetcher, lambda: datetime.now(UTC), options=options)
        async for polled in poller.due_pass():
            with store.transaction():
                for article in polled.articles:
                    sent[article.id] = str(int(sent.get(article.id, b"0")) + 1).encode()
                poller.save(polled)
            print(polled.feed.id, flush=True)
    store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
