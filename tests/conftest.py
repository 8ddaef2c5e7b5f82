"""What all tests share: where the real articles are, and when their absence is a failure."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from khabar import native
from khabar.errors import KhabarError

pytest_plugins = ["tests.servers.plugin"]

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

settings.register_profile(
    "khabar", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("khabar")


def pytest_configure() -> None:
    """Test no compiled module whose source has changed."""
    try:
        native.check()
    except KhabarError as e:
        pytest.exit(str(e), returncode=1)


def pytest_report_header() -> str:
    """Say which build is tested."""
    return f"khabar: {len(native.compiled())} compiled modules"


def missing(switch: str, what: str) -> None:
    """Fail where the switch is set to 1, else skip, and say why."""
    if os.environ.get(switch) == "1":
        pytest.fail(f"{switch}=1 but {what}", pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real articles beside the checkout; tests that ask for it skip (or fail) without it."""
    if not (SHARED / "data" / "seed.txt").exists():
        missing("KHABAR_REQUIRE_SHARED", f"the real articles are not at {SHARED}")
    return SHARED
