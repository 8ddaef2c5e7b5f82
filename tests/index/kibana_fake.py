"""A Kibana on loopback that keeps the recorded contract of its API: paths, headers, statuses, shapes of answers.

Every dashboard that is put goes through the checker of Kibana's published schema; what it finds is a 400, as there.
"""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

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
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def _do(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                fake.requests.append((self.command, self.path))
                fake.authorization.add(self.headers.get("authorization", ""))
                if self.command != "GET" and not self.headers.get("kbn-xsrf"):
                    status, answer = 400, {"message": "Request must contain a kbn-xsrf header."}
                else:
                    status, answer = fake.answer(self.command, self.path.strip("/").split("/"), body)
                content = json.dumps(answer).encode() if answer is not None else b""
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_POST = _do  # noqa: N815 - names of the standard library

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

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

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

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
