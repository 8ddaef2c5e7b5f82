"""Messages: what is read, what is refused, and by which words."""

from datetime import UTC, datetime

import pytest

from khabar import schema
from khabar.errors import RejectedError

AT = datetime(2024, 5, 1, 12, tzinfo=UTC)
ARTICLE = schema.Article(id="a1", title="خبر", text="نص", fetched_at=AT, content_hash="h", outlet="sample")


def test_a_message_comes_back_as_it_went():
    assert schema.loads(schema.dumps(ARTICLE), schema.Article) == ARTICLE


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{", "not a message"),
        (b"", "not a message"),
        (b"[]", "not a message"),
        (b"\xff\xfe", "not a message"),
        (b'{"kind": "tagged", "schema": 1}', "wrong kind"),
        (b'{"kind": "article", "schema": 99}', "later than"),
        (b'{"kind": "article", "schema": 1, "id": 5}', "not a valid article"),
    ],
)
def test_what_is_no_message_is_refused_by_name(data, reason):
    with pytest.raises(RejectedError, match=reason):
        schema.loads(data, schema.Article)


def test_an_earlier_version_is_read():
    data = schema.dumps(ARTICLE).replace(b'"schema":1', b'"schema":0')
    assert schema.loads(data, schema.Article) == ARTICLE


def test_a_text_is_cut_at_a_character():
    text, cut = schema.cut_text("خ" * 10, limit=5)
    assert (text, cut) == ("خخ", True)
    assert schema.cut_text("خبر") == ("خبر", False)


def test_a_dead_letter_keeps_a_bounded_part_and_the_full_size():
    dead = schema.dead_letter(reason="r", stage="tag", topic="articles", at=AT, data=b"x" * (schema.MAX_DEAD_BYTES + 1))
    assert (len(dead.data), dead.size) == (schema.MAX_DEAD_BYTES, schema.MAX_DEAD_BYTES + 1)
    assert schema.loads(schema.dumps(dead), schema.Rejected) == dead
