"""The sample outlets: plainly marked, in three formats, over real HTTP."""

import urllib.error
import urllib.request
from xml.etree import ElementTree as ET

import pytest

from khabar.samples.outlets import NOTE, load
from khabar.samples.server import serving

SAMPLES = load()


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request) as r:
            return r.status, dict(r.headers), r.read()
    except urllib.error.HTTPError as e:
        with e:
            return e.code, dict(e.headers), e.read()


def test_every_report_says_that_it_is_a_sample() -> None:
    assert all("نموذج" in a.title and NOTE in a.html for a in SAMPLES.article)
    assert all("نموذج" in o.name for o in SAMPLES.outlet)
    assert {a.outlet for a in SAMPLES.article} == {o.id for o in SAMPLES.outlet}
    assert {o.format for o in SAMPLES.outlet} == {"rss", "atom", "rss-windows-1256"}


def test_feeds_and_pages_are_served_and_a_second_edition_changes_one_feed() -> None:
    with serving(SAMPLES) as site:
        tags = {}
        for outlet in SAMPLES.outlet:
            status, headers, body = get(f"{site.base}/{outlet.id}/feed.xml")
            assert status == 200
            links = [
                e.text or e.get("href") or "" for e in ET.fromstring(body).iter() if e.tag == "link" or e.tag.endswith("}link")
            ]
            tags[outlet.id] = headers["ETag"]
            assert get(f"{site.base}/{outlet.id}/feed.xml", **{"If-None-Match": headers["ETag"]})[0] == 304
            pages = [link for link in links if link.endswith(".html")]
            assert len(pages) == len(site.samples.of(outlet.id, 1))
            for link in pages:
                assert NOTE in get(link)[2].decode()
        site.edition = 2
        changed = {o.id for o in SAMPLES.outlet if get(f"{site.base}/{o.id}/feed.xml")[1]["ETag"] != tags[o.id]}
        assert changed == {"sample-agency"}
        assert get(f"{site.base}/nothing")[0] == 404


def test_the_gazette_is_in_the_old_code_page() -> None:
    with serving(SAMPLES) as site:
        body = get(f"{site.base}/sample-gazette/feed.xml")[2]
    assert b"windows-1256" in body[:60]
    assert "درنة" in body.decode("windows-1256")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
