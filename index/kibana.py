"""Kibana over its public API: data views, dashboards, the analyst's role, and rules that its free licence allows.

Everything is put under an id of ours, so that a second time changes nothing and links stay. Sources of the requests:
https://www.elastic.co/docs/api/doc/kibana (Dashboards API of 9.5; data views; roles; connectors and rules).
"""

from __future__ import annotations

import base64
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Final

import structlog

from index.security import ANALYST_ROLE
from khabar.errors import KhabarError, UnavailableError
from khabar.settings import Settings

log = structlog.get_logger()
Json = dict[str, Any]

TRY_LATER: Final = frozenset({401, 403, 408, 429, 500, 502, 503, 504})


class KibanaError(KhabarError):
    """Kibana read a request and refuses it, or keeps something else than was put; the message names the object."""


class Kibana:
    """A connection to one Kibana, with the rights of the settings' Elasticsearch key or user."""

    def __init__(self, settings: Settings, *, timeout: float = 60.0) -> None:
        """Prepare to speak to `settings.kibana_url`; nothing is sent yet."""
        self.url = settings.kibana_url.rstrip("/")
        self._timeout = timeout
        self._headers = {
            "kbn-xsrf": "khabar",
            "content-type": "application/json",
            "elastic-api-version": "2023-10-31",
            "authorization": _authorization(settings),
        }
        ca = str(settings.elasticsearch_ca) if settings.elasticsearch_ca else None
        self._tls = ssl.create_default_context(cafile=ca) if self.url.startswith("https:") else None

    def call(self, method: str, path: str, body: Json | None = None, *, missing_ok: bool = False) -> Json | None:
        """Send one request; return its JSON, None for a 404 that was allowed. Raises UnavailableError, KibanaError."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, self._headers, method=method)  # noqa: S310  # the address is the operator's own setting
        try:
            with urllib.request.urlopen(request, timeout=self._timeout, context=self._tls) as answer:  # noqa: S310  # as above
                content = answer.read()
        except urllib.error.HTTPError as e:
            with e:
                if e.code == 404 and missing_ok:
                    return None
                said = f"{e.code} to {method} {path}: {_words(e.read())}"
            if e.code in TRY_LATER:
                raise UnavailableError("kibana", self.url, said) from e
            raise KibanaError(f"Kibana answers {said}") from e
        except (OSError, ValueError) as e:
            raise UnavailableError("kibana", self.url, str(getattr(e, "reason", e))) from e
        return json.loads(content) if content else {}


def put_role(kibana: Kibana, prefix: str) -> None:
    """Make the analyst's role: reads our indices and all that Kibana shows, changes nothing."""
    kibana.call("PUT", f"/api/security/role/{ANALYST_ROLE}", analyst_role(prefix))
    log.info("setup.role", name=ANALYST_ROLE)


def analyst_role(prefix: str) -> Json:
    """Return the body of PUT /api/security/role: base privilege `read` in every space."""
    return {
        "elasticsearch": {
            "cluster": [],
            "indices": [{"names": [f"{prefix}*"], "privileges": ["read", "view_index_metadata"]}],
            "run_as": [],
        },
        "kibana": [{"base": ["read"], "feature": {}, "spaces": ["*"]}],
    }


def put_data_views(kibana: Kibana, views: Mapping[str, Json]) -> None:
    """Put every data view under its id; one that is there is replaced."""
    for name, view in views.items():
        kibana.call("POST", "/api/data_views/data_view", {"override": True, "data_view": view})
        log.info("setup.data_view", id=name, title=view["title"])


def put_dashboards(kibana: Kibana, boards: Mapping[str, Json]) -> None:
    """Put every dashboard under its id and read it back; raises KibanaError if Kibana kept something else."""
    for name, body in boards.items():
        kibana.call("PUT", f"/api/dashboards/{name}", body)
        differing = _dashboard_findings(kibana, name, body)
        if differing:
            raise KibanaError(differing[0])
        log.info("setup.dashboard", id=name, panels=len(body["panels"]))


def put_rules(kibana: Kibana, connectors: Mapping[str, Json], rules: Mapping[str, Json]) -> None:
    """Put the connectors that write to an index, then the rules that use them."""
    for name, body in connectors.items():
        if kibana.call("GET", f"/api/actions/connector/{name}", missing_ok=True) is None:
            kibana.call("POST", f"/api/actions/connector/{name}", body)
        else:
            kibana.call("PUT", f"/api/actions/connector/{name}", _without(body, "connector_type_id"))
    for name, body in rules.items():
        if kibana.call("GET", f"/api/alerting/rule/{name}", missing_ok=True) is None:
            kibana.call("POST", f"/api/alerting/rule/{name}", body)
        else:
            kibana.call("PUT", f"/api/alerting/rule/{name}", _without(body, "consumer", "rule_type_id"))
        log.info("setup.rule", id=name)


def check(kibana: Kibana, views: Mapping[str, Json], boards: Mapping[str, Json], prefix: str) -> list[str]:
    """Return what is missing or differs from the files, one line each."""
    findings = []
    role = kibana.call("GET", f"/api/security/role/{ANALYST_ROLE}", missing_ok=True)
    if role is None or difference(analyst_role(prefix), role):
        findings.append(f"role {ANALYST_ROLE} {'is missing' if role is None else 'differs'}: khabar setup kibana")
    for name, view in views.items():
        found = kibana.call("GET", f"/api/data_views/data_view/{name}", missing_ok=True)
        where = "is missing" if found is None else difference(_without(view, "allowNoIndex"), found.get("data_view", {}))
        if where:
            findings.append(f"data view {name} {where}: khabar setup kibana")
    for name, body in boards.items():
        findings += [f"{line}: khabar setup kibana" for line in _dashboard_findings(kibana, name, body)]
    return findings


def difference(sent: Any, kept: Any, path: str = "") -> str:
    """Return "" if all of `sent` is in `kept`, which may hold more (defaults), else where it differs first."""
    if isinstance(sent, dict) and isinstance(kept, dict):
        for key, value in sent.items():
            here = f"{path}.{key}" if path else key
            found = difference(value, kept[key], here) if key in kept else f"lacks {here}"
            if found:
                return found
        return ""
    if isinstance(sent, list) and isinstance(kept, list):
        if len(sent) != len(kept):
            return f"has {len(kept)} instead of {len(sent)} in {path}"
        return next(filter(None, (difference(s, k, f"{path}[{n}]") for n, (s, k) in enumerate(zip(sent, kept, strict=True)))), "")
    return "" if sent == kept else f"differs at {path}"


def _dashboard_findings(kibana: Kibana, name: str, body: Json) -> list[str]:
    found = kibana.call("GET", f"/api/dashboards/{name}", missing_ok=True)
    if found is None:
        return [f"dashboard {name} is missing"]
    where = difference(body, found.get("data", {}))
    dropped = [f"dashboard {name}: Kibana dropped something: {w}" for w in found.get("warnings", ())]
    return [*dropped, *([f"dashboard {name} {where}"] if where else [])]


def _without(body: Json, *keys: str) -> Json:
    return {k: v for k, v in body.items() if k not in keys}


def _authorization(settings: Settings) -> str:
    if settings.elasticsearch_api_key:
        return f"ApiKey {settings.elasticsearch_api_key}"
    pair = f"{settings.elasticsearch_user}:{settings.elasticsearch_password}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _words(content: bytes) -> str:
    try:
        return str(json.loads(content).get("message", ""))[:500]
    except (ValueError, AttributeError):
        return content[:200].decode("utf-8", "replace")
