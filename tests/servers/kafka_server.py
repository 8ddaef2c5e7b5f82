"""A real Kafka 4.1.0: one node in KRaft mode, broker and controller at once, on 127.0.0.1."""

import os
import socket
import subprocess
from base64 import urlsafe_b64encode
from pathlib import Path

from tests.servers import homes
from tests.servers.process import ServerProcess, free_ports

VERSION = "4.1.0"
HEAP = "384m"
LOGGING = """\
<Configuration status="WARN">
  <Appenders><Console name="out"><PatternLayout pattern="%d %p %c{1} %m%n"/></Console></Appenders>
  <Loggers><Root level="WARN"><AppenderRef ref="out"/></Root></Loggers>
</Configuration>
"""


class KafkaServer:
    """Starts when made; `bootstrap` is its address. Data, logs and settings lie in `data`."""

    def __init__(self, data: Path) -> None:
        self._java = homes.java(17) / "bin" / "java"
        self._home = homes.unpacked("kafka", f"kafka-{VERSION}")
        self._data = data
        self._port, controller = free_ports(2)
        self.bootstrap = f"127.0.0.1:{self._port}"
        (data / "log4j2.xml").write_text(LOGGING)
        (data / "server.properties").write_text(_properties(data / "topics", self._port, controller))
        cluster = urlsafe_b64encode(b"khabar" + os.urandom(10)).decode().rstrip("=")  # 16 bytes; no option's dash in front
        command = self._command("64m", "kafka.tools.StorageTool", "format", "-t", cluster, "-c")
        subprocess.run(command, cwd=data, check=True, capture_output=True, timeout=60)
        self.start()

    def start(self) -> None:
        """Start it (again, with the data it had), and return when it accepts connections."""
        command = self._command(HEAP, "kafka.Kafka")
        self._process = ServerProcess(command, cwd=self._data, log=self._data / "kafka.log", env=os.environ)
        self._process.wait_until(self._answers)

    def stop(self) -> None:
        """End it in order."""
        self._process.stop()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def _command(self, heap: str, main: str, *arguments: str) -> list[str]:
        options = [f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1" if main != "kafka.Kafka" else "-Xms128m"]
        logging = f"-Dlog4j2.configurationFile={self._data / 'log4j2.xml'}"
        properties = str(self._data / "server.properties")
        return [str(self._java), *options, logging, "-cp", f"{self._home}/*", main, *arguments, properties]

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), timeout=1).close()
        except OSError:
            return False
        return True


def _properties(topics: Path, port: int, controller: int) -> str:
    """Settings of a single node: no waiting for other members, small internal topics, no topics by accident."""
    return f"""\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={topics}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=4
"""
