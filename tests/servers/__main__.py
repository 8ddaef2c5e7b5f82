"""`python -m tests.servers kafka elasticsearch`: start real servers by hand, print how to reach them, end with Ctrl-C."""

import signal
import sys
import tempfile
from pathlib import Path

from tests.servers.elasticsearch_server import ElasticsearchServer
from tests.servers.kafka_server import KafkaServer


def main(names: list[str]) -> None:
    """Start the named servers and wait for a signal."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    servers: list[KafkaServer | ElasticsearchServer] = []
    try:
        if "kafka" in names:
            broker = KafkaServer(Path(tempfile.mkdtemp(prefix="khabar-kafka-")))
            servers.append(broker)
            print(f"export KHABAR_KAFKA_BOOTSTRAP={broker.bootstrap}", flush=True)
        if "elasticsearch" in names:
            store = ElasticsearchServer()
            servers.append(store)
            print(f"export KHABAR_ELASTICSEARCH_URL={store.url}")
            print(f"export KHABAR_ELASTICSEARCH_USER={store.user} KHABAR_ELASTICSEARCH_PASSWORD={store.password}", flush=True)
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        for server in servers:
            server.stop()


if __name__ == "__main__":
    main(sys.argv[1:] or ["kafka", "elasticsearch"])
