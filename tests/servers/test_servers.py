"""The launchers themselves: the servers answer, ask for a password, and what is missing is said."""

import base64
import json
import urllib.error
import urllib.request

import pytest

from tests.servers import homes


def test_a_java_that_is_nowhere_is_said_with_what_was_found():
    with pytest.raises(homes.NotHereError, match="a JDK of version 999 or later is needed; found: "):
        homes.java(999)


def test_without_maven_and_cache_the_reason_names_the_server(tmp_path, monkeypatch):
    monkeypatch.setenv("KHABAR_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(homes.NotHereError, match=r"Maven .* kafka-0"):
        homes.unpacked("kafka", "kafka-0")
    assert [p.name for p in tmp_path.iterdir()] == [".kafka-0.lock"]


@pytest.mark.services
def test_elasticsearch_is_the_real_one_and_asks_for_a_password(elasticsearch):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(elasticsearch.url, timeout=10)
    assert refused.value.code == 401
    refused.value.close()
    request = urllib.request.Request(elasticsearch.url)
    token = base64.b64encode(f"{elasticsearch.user}:{elasticsearch.password}".encode()).decode()
    request.add_header("Authorization", f"Basic {token}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert json.load(answer)["version"]["number"] == "9.4.3"
