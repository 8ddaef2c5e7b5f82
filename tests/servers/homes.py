"""What the real servers need on this machine: a Java that is new enough, and the unpacked server (fetched once)."""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
MAVEN_TIMEOUT_S = 1800


class NotHereError(Exception):
    """This machine cannot run the server; the message says what is missing."""


def java(least: int) -> Path:
    """Return the home of the oldest JDK of version `least` or later; raises NotHereError that says what was looked at."""
    found = {home: version for home in _java_homes() if (version := _version(home))}
    fit = sorted((version, str(home)) for home, version in found.items() if version >= least)
    if not fit:
        seen = ", ".join(f"{v} in {h}" for h, v in found.items()) or "none"
        raise NotHereError(f"a JDK of version {least} or later is needed; found: {seen}")
    return Path(fit[0][1])


def _java_homes() -> Iterator[Path]:
    for variable in ("JAVA_HOME", "JDK_HOME"):
        if os.environ.get(variable):
            yield Path(os.environ[variable])
    if on_path := shutil.which("java"):
        yield Path(on_path).resolve().parents[1]
    for pattern in ("usr/lib/jvm/*", "opt/*", "usr/local/*", "Library/Java/JavaVirtualMachines/*/Contents/Home"):
        yield from sorted(Path("/").glob(pattern))
    yield from sorted(Path.home().glob(".sdkman/candidates/java/*"))


def _version(home: Path) -> int:
    """Return the major version that the JDK at `home` names in its `release` file; 0 where there is no JDK."""
    release = home / "release"
    if not (home / "bin" / "javac").exists() or not release.exists():
        return 0
    match = re.search(r'^JAVA_VERSION="(\d+)', release.read_text(encoding="utf-8"), re.MULTILINE)
    return int(match[1]) if match else 0


def cache() -> Path:
    """Return the folder of unpacked servers: KHABAR_CACHE, else ~/.cache/khabar."""
    return Path(os.environ.get("KHABAR_CACHE") or Path.home() / ".cache" / "khabar")


def unpacked(profile: str, name: str, pom: Path = POM) -> Path:
    """Return the folder `name` of the cache, filled by the `profile` of a `pom` when it is not there yet.

    Filled beside and then renamed, under a lock, so that what is there is whole. Raises NotHereError.
    """
    home = cache() / name
    home.parent.mkdir(parents=True, exist_ok=True)
    with (home.parent / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            _fetch(profile, home, pom)
    return home


def _fetch(profile: str, home: Path, pom: Path) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise NotHereError(f"Maven (mvn) is needed to fetch {home.name}")
    beside = Path(tempfile.mkdtemp(prefix=f".{home.name}.", dir=home.parent))
    command = [maven, "-q", "-B", "-f", str(pom), f"-P{profile}", f"-Dhome={beside}", "process-resources"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=MAVEN_TIMEOUT_S)
        if done.returncode:
            raise NotHereError(f"Maven could not fetch {home.name}: {(done.stdout + done.stderr)[-2000:]}")
        beside.chmod(0o755)  # mkdtemp's 0700 would hide it from the user that Elasticsearch runs as
        beside.rename(home)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
