"""What a person reads of alerts: a message as text, as HTML (right to left, the matching words marked) and as JSON.

Nothing of an article is trusted: text is escaped, only http(s) addresses become links, and runs of the other direction
are isolated, so that an address or an outlet's Latin name does not turn a line round.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from khabar.ports import Json
from khabar.schema import Alert, Subscription

_LABELS: Final = {
    "ar": {
        "dir": "rtl",
        "alert": "تنبيه",
        "digest": "موجز",
        "count": "{n} تنبيهات",
        "headline": "العنوان",
        "outlet": "المصدر",
        "time": "الوقت",
        "actors": "الأطراف",
        "why": "سبب التنبيه",
        "found": "وُجد فيه",
        "article": "المقال في مصدره",
        "desk": "المقال في خبر",
        "stop": "لإيقاف هذا الاشتراك أو تعديله",
        "more": "و{n} غيرها",
    },
    "en": {
        "dir": "ltr",
        "alert": "Alert",
        "digest": "Digest",
        "count": "{n} alerts",
        "headline": "Title",
        "outlet": "Outlet",
        "time": "Time",
        "actors": "Actors",
        "why": "Why you get this",
        "found": "Found in it",
        "article": "The article at its outlet",
        "desk": "The article in Khabar",
        "stop": "To stop or change this subscription",
        "more": "and {n} more",
    },
}
MAX_ROWS: Final = 100
"""A digest shows at most so many alerts and says how many there are beside."""
_LONGEST_FOUND: Final = 60
_MOST_FOUND: Final = 10
_ISOLATE: Final = "\u2068{}\u2069"
_BODY: Final = "font-family:Tahoma,Arial,sans-serif;font-size:16px;line-height:1.7;max-width:42em;margin:1em auto"
_MARK: Final = "background:#ffe58a;color:inherit"


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """What goes out once on one channel; `key` is the same each time it is tried."""

    key: str
    subject: str
    text: str
    html: str
    payload: Json


def compose(alerts: Sequence[Alert], subscription: Subscription, *, key: str, digest: bool, desk: str) -> Outgoing:
    """Return the message for one or more alerts of a subscription. `desk` is the desk's address for links."""
    labels, zone, first = _labels(subscription), _zone(subscription), alerts[0]
    kind = labels["digest"] if digest else labels["alert"]
    about = labels["count"].format(n=len(alerts)) if digest else first.title or first.reason
    stop = _stop(subscription, desk)
    blocks = [_block(a, labels, zone, desk) for a in alerts[:MAX_ROWS]]
    more = labels["more"].format(n=len(alerts) - MAX_ROWS) if len(alerts) > MAX_ROWS else ""
    return Outgoing(
        key=key,
        subject=" ".join(f"{kind}: {subscription.name}: {about}".split())[:200],
        text="\n\n———\n\n".join([*(_text(a, b) for a, b in zip(alerts, blocks, strict=False)), *filter(None, [more])])
        + f"\n\n{labels['stop']}:\n{stop}\n",
        html=_page(subscription, alerts, blocks, labels, zone, more=more, stop=stop, digest=digest),
        payload={
            "type": "digest" if digest else "alert",
            "subscription": {"id": subscription.id, "name": subscription.name, "query": subscription.query},
            "alerts": [msgspec.to_builtins(a) for a in alerts],
            "manage": stop,
        },
    )


def entry(alert: Alert, subscription: Subscription, *, desk: str) -> str:
    """Return one alert as a piece of HTML for a feed, with how to stop it."""
    labels = _labels(subscription)
    body = _article(alert, _block(alert, labels, _zone(subscription), desk), title=False)
    return f'<div dir="{labels["dir"]}">{body}{_tail(labels, _stop(subscription, desk))}</div>'


def _labels(subscription: Subscription) -> dict[str, str]:
    return _LABELS.get(subscription.language, _LABELS["ar"])


def _zone(subscription: Subscription) -> ZoneInfo:
    return ZoneInfo(subscription.quiet.zone if subscription.quiet else "Africa/Tripoli")


def _stop(subscription: Subscription, desk: str) -> str:
    return f"{desk}/alerts#{quote(subscription.id)}"


def _block(alert: Alert, labels: dict[str, str], zone: ZoneInfo, desk: str) -> list[tuple[str, str]]:
    """Return the labelled lines of one alert that have something to say."""
    at = (alert.published or alert.first_seen).astimezone(zone)
    lines = (
        (labels["outlet"], alert.outlet_name or alert.outlet),
        (labels["time"], f"{at:%Y-%m-%d %H:%M} ({zone.key})"),
        (labels["actors"], "، ".join(alert.actors[:12])),
        (labels["why"], alert.reason or alert.query),
        (labels["found"], "، ".join(_found(alert))),
        (labels["article"], alert.url if alert.url.startswith(("http://", "https://")) else ""),
        (labels["desk"], f"{desk}/articles/{quote(alert.article, safe='')}" if alert.article else ""),
    )
    return [(label, value) for label, value in lines if value]


def _found(alert: Alert) -> list[str]:
    """Return the words and phrases that matched, each once; a sentence that shows a stance is quoted already."""
    return list(dict.fromkeys(" ".join(s.text.split()) for s in alert.spans if len(s.text) <= _LONGEST_FOUND))[:_MOST_FOUND]


def _text(alert: Alert, block: list[tuple[str, str]]) -> str:
    lines = [alert.title, ""] if alert.title else []
    if alert.sentence and alert.sentence != alert.title:
        lines += ["".join(f"«{piece}»" if marked else piece for piece, marked in marked_sentence(alert)), ""]
    for label, value in block:
        lines.append(f"{label}:\n{value}" if value.startswith("http") else f"{label}: {_ISOLATE.format(' '.join(value.split()))}")
    return "\n".join(lines)


def marked_sentence(alert: Alert) -> list[tuple[str, bool]]:
    """Return the matching sentence in pieces, each with whether it matched; overlapping spans are joined."""
    start, length = alert.sentence_start, len(alert.sentence)
    inside = sorted(
        (max(0, s.start - start), min(length, s.end - start))
        for s in alert.spans
        if s.field == alert.sentence_field and s.start < start + length and s.end > start
    )
    pieces: list[tuple[str, bool]] = []
    done = 0
    for a, b in inside:
        if b <= done:
            continue
        if a > done:
            pieces.append((alert.sentence[done:a], False))
        pieces.append((alert.sentence[max(a, done) : b], True))
        done = b
    return [*pieces, (alert.sentence[done:], False)] if done < length else pieces


def _page(
    subscription: Subscription,
    alerts: Sequence[Alert],
    blocks: list[list[tuple[str, str]]],
    labels: dict[str, str],
    zone: ZoneInfo,
    *,
    more: str,
    stop: str,
    digest: bool,
) -> str:
    head = f"<h1 style='font-size:18px'>{escape(subscription.name)}</h1>" + (_table(alerts, labels, zone) if digest else "")
    body = "<hr>".join(_article(a, b) for a, b in zip(alerts, blocks, strict=False))
    tail = f"<p>{escape(more)}</p>" if more else ""
    return (
        f'<!doctype html><html lang="{subscription.language}" dir="{labels["dir"]}"><head><meta charset="utf-8">'
        f"<title>{escape(subscription.name)}</title></head>"
        f'<body dir="{labels["dir"]}" style="{_BODY}">'
        f"{head}{body}{tail}<hr>{_tail(labels, stop)}"
        "</body></html>"
    )


def _tail(labels: dict[str, str], stop: str) -> str:
    return f"<p style='font-size:13px;color:#555'><a href=\"{escape(stop)}\">{labels['stop']}</a></p>"


def _table(alerts: Sequence[Alert], labels: dict[str, str], zone: ZoneInfo) -> str:
    rows = "".join(
        f"<tr><td><bdi>{escape(a.outlet_name or a.outlet)}</bdi></td><td dir='auto'>{escape(a.title or a.reason)}</td>"
        f"<td style='white-space:nowrap'><bdi>{(a.published or a.first_seen).astimezone(zone):%Y-%m-%d %H:%M}</bdi></td></tr>"
        for a in alerts[:MAX_ROWS]
    )
    heads = f"<tr><th>{labels['outlet']}</th><th>{labels['headline']}</th><th>{labels['time']} ({zone.key})</th></tr>"
    return f"<table border='1' cellpadding='6' style='border-collapse:collapse;width:100%'>{heads}{rows}</table>"


def _article(alert: Alert, block: list[tuple[str, str]], *, title: bool = True) -> str:
    heading = f"<h2 dir='auto' style='font-size:20px'>{escape(alert.title)}</h2>" if title and alert.title else ""
    marked = "".join(f'<mark style="{_MARK}">{escape(p)}</mark>' if m else escape(p) for p, m in marked_sentence(alert))
    quoted = f"<blockquote dir='auto' style='margin:0;padding:0 1em;border-inline-start:4px solid #ccc'>{marked}</blockquote>"
    lines = "".join(f"<div>{label}: {_value(value)}</div>" for label, value in block)
    return heading + (quoted if alert.sentence else "") + f"<div style='margin-top:1em'>{lines}</div>"


def _value(value: str) -> str:
    if value.startswith(("http://", "https://")):
        return f'<a href="{escape(value)}"><bdi dir="ltr">{escape(value)}</bdi></a>'
    return f"<bdi>{escape(value)}</bdi>"
