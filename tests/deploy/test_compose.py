"""docker-compose.yml against the code: our commands exist, our variables are settings, secrets are named in .env.example."""

import re
from pathlib import Path

import typer.main
import yaml

from khabar.cli import build
from khabar.settings import FIELDS, NOT_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
SERVICES = yaml.safe_load(TEXT)["services"]
OURS = {name: s for name, s in SERVICES.items() if s["image"].startswith("khabar:")}


def test_there_is_a_service_for_each_command_and_two_one_shots():
    assert set(OURS) == {"setup-stores", "setup-kibana", "poll", "streams", "index", "notify", "desk"}


def test_every_command_of_ours_exists():
    commands = typer.main.get_command(build())
    for name, service in OURS.items():
        program, *rest = service["command"]
        if program == "faust":
            assert rest[:3] == ["-A", "streams.app", "worker"]
            continue
        known = commands
        for word in rest:
            if word.startswith("-"):
                break
            assert word in known.commands, f"{name}: khabar {' '.join(rest)}"
            known = known.commands[word]


def test_our_containers_are_not_root_and_cannot_write_their_root():
    for service in OURS.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER 10001", dockerfile, re.MULTILINE)
    for room in ("khabar", "ingest", "streams", "index", "notify", "desk"):
        assert f"COPY {room} {room}\n" in dockerfile


def test_our_variables_are_settings():
    for name, service in OURS.items():
        for variable in service["environment"]:
            assert variable in NOT_SETTINGS or variable.removeprefix("KHABAR_").lower() in FIELDS, f"{name}: {variable}"


def test_hubs_and_readers_reach_what_listens_for_them():
    for name, setting in (("poll", "websub"), ("desk", "desk")):
        assert OURS[name]["environment"][f"KHABAR_{setting.upper()}_HOST"] == "0.0.0.0"
        assert OURS[name]["ports"] == [f"127.0.0.1:{port}:{port}" for port in [FIELDS[f"{setting}_port"].default]]
    assert {"KHABAR_WEBSUB_URL", "KHABAR_CONTACT"} <= OURS["poll"]["environment"].keys()


def test_what_must_be_set_is_named_in_the_example():
    named = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\$\{([A-Z_]+):[?-]", TEXT)) == named


def test_kibana_waits_for_its_password_and_nothing_is_published_beyond_loopback():
    assert SERVICES["kibana"]["depends_on"] == {"setup-stores": {"condition": "service_completed_successfully"}}
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
