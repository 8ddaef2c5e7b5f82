"""One address for one article: tracking, AMP, mobile hosts, fragments, punycode and escapes folded away.

Rules follow RFC 3986 section 6 (normalisation), and what Arabic outlets' feeds were seen to carry.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

import tldextract

_TRACKING_WORDS: Final = (
    "fbclid gclid dclid gbraid wbraid msclkid yclid igshid mc_cid mc_eid _ga _gl ref ref_src ref_url cmpid ocid "
    "at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4 at_link_id at_link_origin at_link_type "
    "at_ptr_name at_format at_bbc_team ns_mchannel ns_source ns_campaign ns_linkname ns_fee xtor s_cid ncid spm "
    "share_source feature_src amp outputtype traffic_source maca rss source_rss partner ito cid_share"
)
TRACKING: Final = frozenset(_TRACKING_WORDS.split())
PREFIXES: Final = ("utm_", "mtm_", "pk_", "hsa_", "at_custom")
HOST_PREFIXES: Final = ("www.", "m.", "mobile.", "amp.")
_AMP_CACHE: Final = re.compile(r"https?://[^/]*(?:cdn\.ampproject\.org|google\.[a-z.]+/amp)/(?:[a-z]/)?(s/)?(.+)", re.IGNORECASE)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_PLAIN: Final = re.compile(
    r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(:(?:\d{1,4}|[1-5]\d{4}))?((?:/[\w:@!$&'()*+,=.~-]+)*)/?", re.ASCII
)
"""An address like most: nothing in it is to be resolved, escaped or dropped, save what `_UNLIKE` finds."""
_UNLIKE: Final = re.compile(r"/\.\.?(?:/|$)|/amp(?:\.html)?/?$|//[^/]*(?:ampproject\.org|google\.)", re.IGNORECASE)
_SAFE_PATH: Final = "/:@!$&'()*+,;=-._~"

_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def absolute(url: str, base: str = "") -> str:
    """Return `url` as an absolute http(s) address (relative ones against `base`), or "" where it is none."""
    if _PLAIN.fullmatch(url):
        return url
    url = re.sub(r"[\t\r\n]", "", url.strip())
    if not url:
        return ""
    try:
        joined = urljoin(base, url) if base else url
        parts = urlsplit(joined)
        good = parts.scheme.lower() in _DEFAULT_PORTS and bool(parts.hostname) and (parts.port is None or parts.port >= 0)
    except ValueError:
        return ""
    return joined if good else ""


def canonical(url: str) -> str:
    """Return the identity of an address, or "" where it is no http(s) address.

    Always https, for many outlets serve both; the escapes of a path are made alike; what is left of the query is sorted.
    """
    plain = _PLAIN.fullmatch(url)
    if plain and not plain[2] and not _UNLIKE.search(url):
        return f"https://{_without_prefix(plain[1])}{plain[3] or '/'}"
    url = absolute(url)
    if not url:
        return ""
    cached = _AMP_CACHE.fullmatch(url)
    if cached:
        url = absolute(("https://" if cached[1] else "http://") + cached[2]) or url
    parts = urlsplit(url)
    host = _host(parts.hostname or "")
    if not host:
        return ""
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    query = urlencode(sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(k)))
    return urlunsplit(("https", host + port, _path(parts.path), query, ""))


def _tracks(name: str) -> bool:
    low = name.lower()
    return low in TRACKING or low.startswith(PREFIXES)


def _host(host: str) -> str:
    host = host.lower().rstrip(".")
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return _without_prefix(host)


def _without_prefix(host: str) -> str:
    for prefix in HOST_PREFIXES:
        if host.startswith(prefix) and "." in host[len(prefix) :]:
            return host[len(prefix) :]
    return host


def _path(path: str) -> str:
    segments: list[str] = []
    for segment in path.split("/"):
        if segment in ("", "."):
            continue
        if segment == "..":
            segments = segments[:-1]
        else:
            segments.append(quote(unquote(segment, errors="surrogateescape"), safe=_SAFE_PATH[1:], errors="surrogateescape"))
    if len(segments) > 1 and segments[-1].lower() in ("amp", "amp.html"):
        segments.pop()
    return "/" + "/".join(segments)


@lru_cache(maxsize=65536)
def site(host: str) -> str:
    """Return the registered domain of a host name (news.example.co.uk → example.co.uk), else the name itself.

    The public suffix list is the one packed with tldextract; nothing is fetched.
    """
    found = _suffixes(host)
    if found.suffix or found.ipv4 or found.ipv6:
        return found.top_domain_under_public_suffix or host
    return ".".join(host.split(".")[-2:])  # publicsuffix.org: where no rule matches, the last label is the suffix
