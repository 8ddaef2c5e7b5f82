"""The README against the code: commands, settings, topics, the actor file's fields, and the output it shows."""

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import typer

from ingest import schedule
from ingest.corrections import AFTER
from ingest.feeds import KINDS, FeedEntry, Outlet
from ingest.fetch import PAGE_LIMITS, Limits
from ingest.parse import MAX_ENTRIES
from khabar.cli import build
from khabar.schema import TOPICS
from khabar.settings import FIELDS, PREFIX
from streams.entry import Actor
from tests.cli.test_demo import demo, environment

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """The cells of the table whose first heading is `heading`."""
    _, _, rest = README.partition(f"| {heading} |")
    rows = rest.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def test_the_commands_are_those_of_the_code() -> None:
    commands = typer.main.get_command(build()).commands  # type: ignore[attr-defined]  # a group has commands
    assert [row[0] for row in table("command")] == [f"`khabar {name}`" for name in sorted(commands)]


def test_the_settings_are_those_of_the_code_with_their_defaults() -> None:
    def shown(value: object) -> str:
        if value in ("", None, ()):
            return ""
        return f"`{str(value).lower() if isinstance(value, bool) else value}`"

    rows = table("variable")
    assert [(row[0], row[1]) for row in rows] == [(f"`{PREFIX}{n.upper()}`", shown(f.default)) for n, f in FIELDS.items()]
    assert all(row[2] for row in rows)


def test_the_topics_are_those_of_the_code() -> None:
    want = [
        [
            f"`{t.name}`",
            str(t.partitions or "N"),
            "compacted, for ever" if t.compacted else f"{t.retention_days} days",
            t.type.__name__,
        ]
        for t in TOPICS.values()
    ]
    assert [[*row[:3], row[3].split(":")[0]] for row in table("topic")] == want


def test_the_actor_fields_are_those_of_the_code() -> None:
    assert [row[0] for row in table("field of `[[actor]]`")] == [f"`{f.encode_name}`" for f in msgspec.structs.fields(Actor)]


def test_the_outlet_fields_are_those_of_the_code() -> None:
    rows = table("field of `[[outlet]]`")
    assert sorted(row[0] for row in rows) == sorted(f"`{f.encode_name}`" for f in msgspec.structs.fields(Outlet))
    [feed] = [row[1] for row in rows if row[0] == "`feed`"]
    assert re.findall(r"`(\w+)`", feed) == [f.encode_name for f in msgspec.structs.fields(FeedEntry)]
    assert all(kind in next(row[1] for row in rows if row[0] == "`kind`") for kind in KINDS)


def test_the_limits_of_polling_are_those_of_the_code() -> None:
    text = " ".join(README.partition("## Feeds")[2].partition("## Knowledge")[0].split())
    mb = 1024 * 1024
    for words in (
        f"sqrt(2·{schedule.POLL_COST:.0f} s / rate)",
        f"up to {schedule.ASKED_MAX_S / 60:.0f} minutes (`Cache-Control`), {schedule.HINT_MAX_S / 60:.0f} (`<ttl>`)",
        f"at {Limits().max_wire // mb} MB ({Limits().max_body // mb} once opened, pages {PAGE_LIMITS.max_body // mb})",
        f"{Limits().total_s:.0f} seconds, {Limits().redirects} redirects and {MAX_ENTRIES:,} entries",
        "after {}, {} and {} hours".format(*(f"{a.total_seconds() / 3600:.0f}" for a in AFTER)),
    ):
        assert words in text


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_what_the_readme_links_to_is_there(path: str) -> None:
    assert path.startswith("https://") or (ROOT / path).exists()


def test_the_tour_shows_true_output() -> None:
    tour = README.partition("$ khabar demo --once\n")[2].partition("\n\n")[0]
    lines = [line.strip() for line in tour.splitlines() if line.strip() != "..."]
    assert len(lines) > 4
    printed = [line.strip() for line in demo("--once").stdout.splitlines()]
    assert [line for line in lines if line not in printed] == []


def test_the_tag_example_is_true() -> None:
    match = re.search(r"echo '(.*)' \| khabar tag\n +(.*)\.\.\.\n", README)
    assert match
    done = subprocess.run(
        [sys.executable, "-m", "khabar", "tag"], input=match[1], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(match[2])
