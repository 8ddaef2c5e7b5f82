"""A real Elasticsearch 9.4.3 on 127.0.0.1 with security on (plain HTTP), taken from Maven Central as it is shipped."""

import base64
import hashlib
import os
import secrets
import shutil
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from tests.servers import homes
from tests.servers.process import ServerProcess, free_ports

VERSION = "9.4.3"
HEAP = "512m"
USER = "elastic-test"
PBKDF2_COST = 10000


class ElasticsearchServer:
    """Starts when made; `url`, `user` and `password` (a superuser's) are how to reach it."""

    def __init__(self) -> None:
        self._jdk = homes.java(21)
        self._data = Path(tempfile.mkdtemp(prefix="khabar-elasticsearch-"))
        self._home = self._visible_home()
        port, transport = free_ports(2)
        self.url, self.user, self.password = f"http://127.0.0.1:{port}", USER, secrets.token_urlsafe(12)
        self._configure(port, transport)
        self._user = "nobody" if os.geteuid() == 0 else None  # it refuses to run as root
        if self._user:
            _give(self._data, self._user)
        self.start()

    def start(self) -> None:
        """Start it (again, with the data it had), and return when it answers."""
        launcher = f"{self._home}/lib/tools/server-launcher/*"
        small = ["-Xms4m", "-Xmx64m", "-XX:+UseSerialGC"]
        main = "org.elasticsearch.server.launcher.ServerLauncher"
        command = [str(self._jdk / "bin" / "java"), *small, "-cp", launcher, main]
        log = self._data / "elasticsearch.log"
        self._process = ServerProcess(command, cwd=self._home, log=log, env=self._environment(), user=self._user)
        self._process.wait_until(self._answers)

    def stop(self) -> None:
        """End it in order, and remove its data."""
        self._process.stop()
        shutil.rmtree(self._data, ignore_errors=True)

    def pause(self) -> None:
        """End it in order and keep its data, so that `start` finds them."""
        self._process.stop()

    def kill(self) -> None:
        """End it at once, as a power cut would, and keep its data, so that `start` finds them."""
        self._process.kill()

    def _visible_home(self) -> Path:
        """Return a home that the server's user can read: root's own folders are closed to it, so links stand outside."""
        (home,) = homes.unpacked("elasticsearch", f"elasticsearch-{VERSION}").glob("*/elasticsearch")
        if os.geteuid() != 0:
            return home
        visible = self._data / "home"
        try:
            shutil.copytree(home, visible, copy_function=os.link)
        except (OSError, shutil.Error):  # another file system
            shutil.rmtree(visible, ignore_errors=True)
            shutil.copytree(home, visible)
        return visible

    def _configure(self, port: int, transport: int) -> None:
        config = self._data / "config"
        for name in ("config", "data", "logs", "tmp"):
            (self._data / name).mkdir()
        for file in (self._home / "config").iterdir():
            if file.is_file():
                shutil.copyfile(file, config / file.name)
        (config / "users").write_text(f"{self.user}:{_hashed(self.password)}\n")
        (config / "users_roles").write_text(f"superuser:{self.user}\n")
        (config / "elasticsearch.yml").write_text(f"""\
cluster.name: khabar-tests
node.name: one
network.host: 127.0.0.1
http.port: {port}
transport.port: {transport}
discovery.type: single-node
path.data: {self._data / "data"}
path.logs: {self._data / "logs"}
path.repo: {self._data / "data"}
cluster.routing.allocation.disk.threshold_enabled: false
xpack.security.enabled: true
xpack.security.http.ssl.enabled: false
xpack.security.transport.ssl.enabled: false
xpack.security.authc.realms.file.file1.order: 0
""")

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ES_", "JAVA_")) and not k.endswith("JAVA_OPTIONS")}
        tmp = str(self._data / "tmp")
        return kept | {
            "ES_HOME": str(self._home),
            "ES_PATH_CONF": str(self._data / "config"),
            "ES_DISTRIBUTION_TYPE": "zip",
            "ES_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP}",
            "ES_JAVA_HOME": str(self._jdk),
            "JAVA": str(self._jdk / "bin" / "java"),
            "JAVA_TYPE": "ES_JAVA_HOME",
            "CLI_JAVA_OPTS": "-Xms4m -Xmx64m -XX:+UseSerialGC",
            "ES_TMPDIR": tmp,
            "LIBFFI_TMPDIR": tmp,
            "HOME": tmp,
        }

    def _answers(self) -> bool:
        request = urllib.request.Request(f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=5s")
        token = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _hashed(password: str) -> str:
    """Return the password as the file realm keeps it: PBKDF2 with HMAC-SHA-512, 32 bytes of salt and of hash."""
    salt = secrets.token_bytes(32)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, PBKDF2_COST, 32)
    return f"{{PBKDF2}}{PBKDF2_COST}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _give(folder: Path, user: str) -> None:
    """Make `user` the owner of what the server writes; the home's files may be links into the cache, and stay root's."""
    shutil.chown(folder, user)
    for name in ("config", "data", "logs", "tmp"):
        for path in (folder / name, *(folder / name).rglob("*")):
            shutil.chown(path, user)
    for path in (folder / "home").rglob("*"):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    (folder / "home").chmod(0o755)
