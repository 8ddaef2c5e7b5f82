"""A server as a child process: started on free ports of 127.0.0.1, waited for, ended by its process id."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

START_TIMEOUT_S = 180


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for s in sockets:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in sockets]
    finally:
        for s in sockets:
            s.close()


class ServerProcess:
    """One child in a process group of its own; it dies with this process even when that is killed."""

    def __init__(self, command: list[str], *, cwd: Path, log: Path, env: Mapping[str, str], user: str | None = None) -> None:
        self.log = log
        setpriv = shutil.which("setpriv")
        wrapper = [setpriv, "--pdeathsig", "TERM"] if setpriv else []
        if user and setpriv:
            wrapper += [f"--reuid={user}", f"--regid={user_group(user)}", "--clear-groups"]
        with log.open("ab") as out:
            self._child = subprocess.Popen(
                wrapper + command,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=dict(env),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id, of the group too."""
        return self._child.pid

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Return when `ready()` is true; raises RuntimeError with the log's end if the server ends or takes too long."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self._child.poll() is None:
            if ready():
                return
            time.sleep(0.2)
        self.kill()
        tail = self.log.read_text(encoding="utf-8", errors="replace")[-4000:]
        raise RuntimeError(f"the server did not start; the end of {self.log}:\n{tail}")

    def stop(self) -> None:
        """Ask it to end, and make it end if it does not within 30 seconds."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        try:
            os.killpg(self.pid, how)
            self._child.wait(30)
        except ProcessLookupError:
            self._child.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self._child.wait(30)


def user_group(user: str) -> str:
    """Return the primary group id of a user."""
    import pwd  # noqa: PLC0415  # not there on Windows, where nobody asks

    return str(pwd.getpwnam(user).pw_gid)
