"""Who may do what on the server: API keys with the least rights for each command, the analyst's login, Kibana's password.

No secret is logged or returned: keys go into files that only their owner can read.
"""

from __future__ import annotations

import base64
import os
import tomllib
from pathlib import Path
from typing import Any, Final

import structlog

from index.elastic import Elastic
from khabar.errors import SettingsError

log = structlog.get_logger()

KEYS: Final = ("writer", "reader", "kibana")
ANALYST_ROLE: Final = "khabar_analyst"


def rights(name: str, prefix: str) -> dict[str, Any]:
    """Return what the key `name` may do: write and remove documents, read them, or change Kibana's default space."""
    reads = {"names": [f"{prefix}*"], "privileges": ["read", "view_index_metadata"]}
    if name == "writer":
        writes = ["create", "index", "delete", "maintenance", "read", "view_index_metadata"]
        return {"cluster": ["monitor"], "indices": [{"names": [f"{prefix}*"], "privileges": writes}]}
    if name == "reader":
        return {"cluster": ["monitor"], "indices": [reads]}
    space = {"application": "kibana-.kibana", "privileges": ["space_all"], "resources": ["space:default"]}
    return {"cluster": [], "indices": [reads], "applications": [space]}


def put_keys(elastic: Elastic, prefix: str, folder: Path) -> list[str]:
    """Make the keys that are not there yet or may do something else; write each to `folder`/<name>.toml, mode 600.

    A file is a settings file (KHABAR_CONFIG) with `elasticsearch_api_key`. Return the names of the keys made. Raises
    UnavailableError, SettingsError if the folder cannot be written.
    """
    made = []
    for name in KEYS:
        path, title = folder / f"{name}.toml", f"{prefix}{name}"
        if _is_good(elastic, title, rights(name, prefix), path):
            continue
        elastic.call("DELETE", "/_security/api_key", {"name": title, "owner": True}, missing_ok=True)
        body = {"name": title, "role_descriptors": {name: rights(name, prefix)}, "metadata": {"application": "khabar"}}
        answer = elastic.call("POST", "/_security/api_key", body) or {}
        _write_secret(path, f'elasticsearch_api_key = "{answer["encoded"]}"\n')
        log.info("setup.key", name=title, file=str(path))
        made.append(name)
    return made


def check_keys(elastic: Elastic, prefix: str) -> list[str]:
    """Return what is missing or differs, one line each."""
    findings = []
    for name in KEYS:
        live = _live_keys(elastic, f"{prefix}{name}")
        if not live:
            findings.append(f"API key {prefix}{name} is missing: khabar setup stores --keys DIR")
        elif not any(_same(k, rights(name, prefix)) for k in live):
            findings.append(f"API key {prefix}{name} has other rights: khabar setup stores --keys DIR")
    return findings


def put_kibana_password(elastic: Elastic, password: str) -> None:
    """Set the password with which Kibana itself logs in (user kibana_system). Raises UnavailableError, RefusedError."""
    elastic.call("POST", "/_security/user/kibana_system/_password", {"password": password})
    log.info("setup.password", user="kibana_system")


def put_analyst(elastic: Elastic, user: str, password: str) -> None:
    """Make the analyst's login, with the role that `index.kibana` puts. Raises UnavailableError, RefusedError."""
    body = {"password": password, "roles": [ANALYST_ROLE], "full_name": "Khabar analyst"}
    elastic.call("POST", f"/_security/user/{user}", body)
    log.info("setup.login", user=user)


def check_analyst(elastic: Elastic, user: str) -> list[str]:
    """Return what is missing of the analyst's login."""
    found = (elastic.call("GET", f"/_security/user/{user}", missing_ok=True) or {}).get(user)
    if not found:
        return [f"login {user} is missing: khabar setup kibana"]
    return [] if ANALYST_ROLE in found["roles"] else [f"login {user} has not the role {ANALYST_ROLE}: khabar setup kibana"]


def _is_good(elastic: Elastic, title: str, wanted: dict[str, Any], path: Path) -> bool:
    """Tell whether the file's key is a live one of that name with those rights."""
    try:
        encoded = tomllib.loads(path.read_text(encoding="utf-8")).get("elasticsearch_api_key", "")
    except (OSError, ValueError):
        return False
    return any(_same(k, wanted) and _names(encoded, k["id"]) for k in _live_keys(elastic, title))


def _live_keys(elastic: Elastic, title: str) -> list[dict[str, Any]]:
    found = elastic.call("GET", "/_security/api_key", params={"name": title, "active_only": "true"}) or {}
    return list(found.get("api_keys", ()))


def _same(key: dict[str, Any], wanted: dict[str, Any]) -> bool:
    live: dict[str, Any] = next(iter(key["role_descriptors"].values()), {})
    for part in ("cluster", "indices", "applications"):
        asked = wanted.get(part, [])
        given = live.get(part, [])
        if len(asked) != len(given) or any(not _holds(a, g) for a, g in zip(asked, given, strict=True)):
            return False
    return True


def _holds(asked: Any, given: Any) -> bool:
    if isinstance(asked, dict):
        return all(sorted(given.get(k, ())) == sorted(v) for k, v in asked.items())
    return bool(asked == given)


def _names(encoded: str, key_id: str) -> bool:
    try:
        return base64.b64decode(encoded).decode().partition(":")[0] == key_id
    except ValueError:
        return False


def _write_secret(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as e:
        raise SettingsError(f"--keys: cannot write {path}: {e.strerror}") from e
