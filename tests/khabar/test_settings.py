"""Settings: a bad value stops the start and names the variable."""

import pytest

from khabar import settings
from khabar.errors import SettingsError


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"KHABAR_PARTITIONS": "many"}, "KHABAR_PARTITIONS"),
        ({"KHABAR_PARTITIONS": "0"}, "from 1 to 1000"),
        ({"KHABAR_PORT": "1"}, "KHABAR_PORT is no setting"),
        ({"KHABAR_LOG_LEVEL": "loud"}, "KHABAR_LOG_LEVEL"),
        ({"KHABAR_CONFIG": "/nowhere/khabar.toml"}, "cannot read"),
        ({"KHABAR_TOPIC_PREFIX": "خبر-"}, "KHABAR_TOPIC_PREFIX"),
        ({"KHABAR_INDEX_PREFIX": "Khabar-"}, "KHABAR_INDEX_PREFIX"),
        ({"KHABAR_INDEX_PREFIX": "_khabar-"}, "KHABAR_INDEX_PREFIX"),
        ({"KHABAR_WEBSUB_URL": "hubs.example.org"}, "KHABAR_WEBSUB_URL = 'hubs.example.org'.*must begin with http"),
        ({"KHABAR_DESK_URL": "desk.example.org"}, "KHABAR_DESK_URL"),
        ({"KHABAR_POLL_MIN_S": "100", "KHABAR_POLL_MAX_S": "10"}, "KHABAR_POLL_MAX_S"),
    ],
)
def test_a_bad_value_is_named(env, words):
    with pytest.raises(SettingsError, match=words):
        settings.load(env)


def test_the_environment_wins_over_the_file(tmp_path):
    file = tmp_path / "khabar.toml"
    file.write_text("partitions = 2\ndesk_port = 9000\n")
    got = settings.load({"KHABAR_PARTITIONS": "3", "KHABAR_ALLOW_NETWORKS": "127.0.0.0/8, ::1/128"}, file)
    assert (got.partitions, got.desk_port, got.allow_networks) == (3, 9000, ("127.0.0.0/8", "::1/128"))


def test_a_bad_key_in_the_file_names_the_file(tmp_path):
    file = tmp_path / "khabar.toml"
    file.write_text("partitons = 2\n")
    with pytest.raises(SettingsError, match="partitons is no setting"):
        settings.load({}, file)


def test_paths_are_read_from_variables_and_an_empty_one_is_refused_by_name(tmp_path):
    assert settings.load({"KHABAR_DATA_DIR": str(tmp_path)}).data_dir == tmp_path
    with pytest.raises(SettingsError, match="KHABAR_FEEDS_FILE = ''"):
        settings.load({"KHABAR_FEEDS_FILE": ""})
