"""All settings, in one frozen object: defaults, then a TOML file, then the environment (KHABAR_<NAME>)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from khabar.errors import SettingsError

_PREFIXES: Final = {
    "topic_prefix": re.compile(r"[A-Za-z0-9._-]{0,150}"),  # Kafka's names, of which Faust makes longer ones
    "index_prefix": re.compile(r"(?:[a-z0-9][a-z0-9._-]{0,150})?"),  # Elasticsearch's: lower case, no mark at the start
}


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting with its default. The names are the keys of the TOML file; upper-cased after KHABAR_, the variables."""

    mode: Literal["embedded", "full"] = "embedded"
    """Where the commands that add, search and show look: the one SQLite file of `khabar run`, or Kafka and Elasticsearch."""
    data_dir: Path = Path(".khabar")
    """Where embedded mode keeps its one SQLite file, and caches."""
    feeds_file: Path | None = None
    """A feeds.toml instead of the one shipped with `ingest`."""
    kafka_bootstrap: str = "localhost:9092"
    topic_prefix: str = ""
    partitions: int = 4
    elasticsearch_url: str = "http://localhost:9200"
    elasticsearch_user: str = ""
    elasticsearch_password: str = ""
    elasticsearch_api_key: str = ""
    elasticsearch_ca: Path | None = None
    index_prefix: str = "khabar-"
    kibana_url: str = "http://localhost:5601"
    kibana_system_password: str = ""
    """Given to Elasticsearch's user kibana_system by `khabar setup stores`; empty leaves it as it is."""
    analyst_user: str = "analyst"
    analyst_password: str = ""
    """The login that `khabar setup kibana` makes for readers; an empty password makes none."""
    desk_host: str = "127.0.0.1"
    desk_port: int = 8899
    desk_url: str = ""
    """The address under which readers reach the desk, for links in alerts; empty means http://desk_host:desk_port."""
    desk_token: str = ""
    """Asked of every request when the desk listens beyond loopback."""
    contact: str = "https://example.org/khabar"
    """Told to every site in the User-Agent."""
    websub_url: str = ""
    """The public address at which hubs reach `khabar run` or `khabar poll`; empty means that no hub is asked."""
    websub_host: str = "127.0.0.1"
    websub_port: int = 8898
    poll_min_s: int = 60
    poll_max_s: int = 21600
    allow_networks: tuple[str, ...] = ()
    """CIDR ranges that fetches and webhooks may reach although private; none in production."""
    story_days: int = 14
    smtp_url: str = ""
    log_level: str = "info"
    log_json: bool = False
    gazetteer_dir: Path | None = None
    """A folder of the analysts' own actor files (*.toml), read beside the shipped ones; docs/gazetteer.md."""
    tagger: str = "rules"

    @property
    def database(self) -> Path:
        """The SQLite file of embedded mode."""
        return self.data_dir / "khabar.db"

    def make_data_dir(self) -> Path:
        """Make the data directory if it is not there, and return it; raises SettingsError."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise SettingsError(f"KHABAR_DATA_DIR: cannot make {self.data_dir}: {e.strerror}") from e
        return self.data_dir

    @property
    def desk_address(self) -> str:
        """The desk's address for links, without a slash at its end."""
        return (self.desk_url or f"http://{self.desk_host}:{self.desk_port}").rstrip("/")

    def __post_init__(self) -> None:
        """Check the bounds that types cannot say."""
        for name, low, high in (
            ("partitions", 1, 1000),
            ("desk_port", 0, 65535),
            ("websub_port", 0, 65535),
            ("poll_min_s", 1, 86400),
            ("story_days", 1, 365),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"`{name}` must be from {low} to {high}, not {value} - at `$.{name}`")
        for name in ("desk_url", "websub_url"):
            if getattr(self, name) and not getattr(self, name).startswith(("http://", "https://")):
                raise ValueError(f"`{name}` must begin with http:// or https:// - at `$.{name}`")
        for name, legal in _PREFIXES.items():
            if not legal.fullmatch(getattr(self, name)):
                raise ValueError(f"`{name}` makes no name that the server takes: {legal.pattern} - at `$.{name}`")
        if self.poll_max_s < self.poll_min_s:
            raise ValueError("`poll_max_s` must not be less than `poll_min_s` - at `$.poll_max_s`")
        if self.log_level not in ("debug", "info", "warning", "error"):
            raise ValueError(f"`log_level` must be debug, info, warning or error, not {self.log_level!r} - at `$.log_level`")


FIELDS = {f.name: f for f in msgspec.structs.fields(Settings)}
PREFIX = "KHABAR_"
NOT_SETTINGS = frozenset(
    {"KHABAR_CONFIG", "KHABAR_CACHE", *(f"KHABAR_REQUIRE_{what}" for what in ("NATIVE", "SERVICES", "SHARED"))}
)
"""Variables with our prefix that others read: the settings file's path, and the tests' switches."""


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Return the settings from a TOML `file` (else the one named by KHABAR_CONFIG) and `environ`.

    Raises SettingsError that names the variable or the file's key, its value and what it may be.
    """
    path = file or (Path(environ["KHABAR_CONFIG"]) if environ.get("KHABAR_CONFIG") else None)
    values: dict[str, Any] = _read(path) if path else {}
    origin = {k: f"{path}: {k}" for k in values}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in FIELDS:
            raise SettingsError(f"{variable} is no setting of Khabar; the settings are {', '.join(sorted(FIELDS))}")
        values[name] = [p.strip() for p in text.split(",") if p.strip()] if name == "allow_networks" else text
        origin[name] = variable
    unknown = sorted(set(values) - set(FIELDS))
    if unknown:
        raise SettingsError(f"{path}: {unknown[0]} is no setting of Khabar")
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as e:
        name = str(e).rpartition("$.")[2].strip("`").split("[")[0]
        shown = "…" if "password" in name or "key" in name or "token" in name else repr(values.get(name))
        raise SettingsError(f"{origin.get(name, name)} = {shown}: {e}") from e


def _path(kind: type, value: Any) -> Path:
    if kind is Path and isinstance(value, str) and value:
        return Path(value)
    raise ValueError(f"Expected a path, got {value!r}")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise SettingsError(f"KHABAR_CONFIG: cannot read {path}: {e.strerror}") from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise SettingsError(f"{path}: not TOML: {e}") from e
