"""Kibana's published contract, as its checker tells it, with our data views and our real mappings."""

import json
import subprocess
import sys
from pathlib import Path

from index import kibana_files
from index.templates import mappings


class Checker:
    """Runs the checker of the shared folder over dashboards; findings are warnings too."""

    def __init__(self, shared: Path, folder: Path) -> None:
        self.script = shared / "kibana" / "check_dashboards.py"
        self.folder = folder
        views = kibana_files.data_views("khabar-", "http://desk")
        kinds = {v: body["title"].removeprefix("khabar-") for v, body in views.items()}
        known = [{"id": v, "index_pattern": body["title"], "time_field": body["timeFieldName"]} for v, body in views.items()]
        self.views, self.fields = folder / "views.json", folder / "fields.json"
        self.views.write_text(json.dumps(known))
        self.fields.write_text(json.dumps({v: mappings(k) for v, k in kinds.items()}))

    def check(self, *dashboards: dict) -> tuple[int, str]:
        """Return the exit status (0 good, 1 findings, 2 could not run) and what was said."""
        paths = []
        for n, body in enumerate(dashboards):
            path = self.folder / f"d{n}.json"
            path.write_text(json.dumps(body))
            paths.append(str(path))
        options = ["--data-views", str(self.views), "--fields", str(self.fields), "--strict"]
        done = subprocess.run([sys.executable, str(self.script), *paths, *options], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr
