"""A Kibana on loopback that keeps the recorded contract of its API: paths, headers, statuses, shapes of answers.

Every dashboard that is put goes through the checker of Kibana's published schema; what it finds is a 400, as there.
"""

import json
from collections.abc import Callable
from typing import Any

from tests.servers.web import Answer, Asked, WebServer

Json = dict[str, Any]


class FakeKibana:
    """Keeps what is put, by (kind, id); `requests` are the (method, path) it got, `trouble` a status to answer instead."""

    def __init__(self, check: Callable[[Json], tuple[int, str]]) -> None:
        self.kept: dict[tuple[str, str], Json] = {}
        self.requests: list[tuple[str, str]] = []
        self.authorization: set[str] = set()
        self.trouble: int | None = None
        self.drops: str | None = None
        self.check = check
        self._server = WebServer(self._take)
        self.url, self.close = self._server.url, self._server.close

    def _take(self, asked: Asked) -> Answer:
        self.requests.append((asked.method, asked.path))
        self.authorization.add(asked.headers.get("authorization", ""))
        if asked.method != "GET" and not asked.headers.get("kbn-xsrf"):
            status, answer = 400, {"message": "Request must contain a kbn-xsrf header."}
        else:
            body = json.loads(asked.body) if asked.body else None
            status, answer = self.answer(asked.method, asked.path.strip("/").split("/"), body)
        content = json.dumps(answer).encode() if answer is not None else b""
        return Answer(status, content, {"content-type": "application/json"})

    def answer(self, method: str, path: list[str], body: Json | None) -> tuple[int, Json | None]:
        if self.trouble:
            return self.trouble, {"statusCode": self.trouble, "message": "as the test wants"}
        if path[:2] == ["api", "dashboards"]:
            return self._dashboard(method, path[2], body)
        if path[:3] == ["api", "data_views", "data_view"]:
            return self._data_view(method, path, body)
        if path[:3] == ["api", "security", "role"]:
            return self._simple(method, "role", path[3], body, created=204)
        if path[:3] == ["api", "actions", "connector"]:
            return self._simple(method, "connector", path[3], body, created=200)
        if path[:3] == ["api", "alerting", "rule"]:
            return self._simple(method, "rule", path[3], body, created=200)
        return 404, {"statusCode": 404, "message": "Not Found"}

    def _dashboard(self, method: str, name: str, body: Json | None) -> tuple[int, Json]:
        there = ("dashboard", name) in self.kept
        if method == "GET":
            if not there:
                return 404, {"statusCode": 404, "message": f"A dashboard with ID {name} was not found."}
            warnings = [{"message": f"dropped {self.drops}"}] if self.drops else []
            return 200, {"id": name, "data": self.kept["dashboard", name], "meta": {"managed": False}, "warnings": warnings}
        code, said = self.check(body or {})
        if code:
            return 400, {"statusCode": 400, "message": said}
        kept = {"description": "", **(body or {})}  # 9.5 answers with the default
        self.kept["dashboard", name] = kept
        return (200 if there else 201), {"id": name, "data": kept, "meta": {}}

    def _data_view(self, method: str, path: list[str], body: Json | None) -> tuple[int, Json]:
        if method == "GET":
            found = self.kept.get(("data_view", path[3]))
            return (200, {"data_view": found}) if found else (404, {"statusCode": 404, "message": "not found"})
        view = (body or {})["data_view"]
        same_title = any(k[0] == "data_view" and v["title"] == view["title"] for k, v in self.kept.items())
        if same_title and not (body or {}).get("override"):
            return 400, {"statusCode": 400, "message": f"Duplicate data view: {view['title']}"}
        self.kept["data_view", view["id"]] = {"version": "1", "fields": {}, **view}
        return 200, {"data_view": view}

    def _simple(self, method: str, kind: str, name: str, body: Json | None, created: int) -> tuple[int, Json | None]:
        there = (kind, name) in self.kept
        if method == "GET":
            return (200, {"id": name, **self.kept[kind, name]}) if there else (404, {"statusCode": 404, "message": "not found"})
        if method == "POST" and there:
            return 409, {"statusCode": 409, "message": f"{kind} {name} is there"}
        fixed = {"connector": {"connector_type_id"}, "rule": {"consumer", "rule_type_id"}}.get(kind, set())
        if method == "PUT" and fixed & set(body or {}):
            return 400, {"statusCode": 400, "message": f"[request body.{min(fixed)}]: definition for this key is missing"}
        self.kept[kind, name] = {**self.kept.get((kind, name), {}), **(body or {})}
        return created, None if created == 204 else {"id": name, **(body or {})}
