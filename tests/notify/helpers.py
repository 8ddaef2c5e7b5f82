"""What the tests of this room share: alerts, a clock that is set by hand, an executor that works at once."""

from concurrent.futures import Executor, Future
from datetime import UTC, datetime, timedelta

from khabar.schema import Alert, Channel, QuietHours, Span, Subscription
from notify.deliverer import Deliverer
from notify.outcome import Failed, Sent

T0 = datetime(2024, 3, 5, 10, 15, tzinfo=UTC)
HOOK = Channel(kind="webhook", address="https://hooks.example.org/a", secret="k")
LOG = Channel(kind="log")


def sub(sub_id="s1", *, channels=(LOG,), **kw):
    return Subscription(id=sub_id, owner="amal", name="النفط", query="النفط", channels=channels, **kw)


def alert(alert_id="a1", subscription="s1", **kw):
    base = {
        "title": "إغلاق حقل الشرارة",
        "sentence": "أعلنت المؤسسة الوطنية للنفط حالة القوة القاهرة.",
        "sentence_field": "text",
        "sentence_start": 10,
        "spans": (Span(field="text", start=33, end=37, text="للنفط"[:4]),),
        "url": "https://outlet.example.org/1?a=b&c=d",
        "outlet": "sample",
        "outlet_name": "منصة المثال",
        "article": "art1",
        "first_seen": T0,
    }
    return Alert(id=alert_id, subscription=subscription, owner="amal", name="النفط", query="النفط", **(base | kw))


class SetClock:
    def __init__(self, now=T0):
        self.now = now

    def __call__(self):
        return self.now

    def advance(self, **kw):
        self.now += timedelta(**kw)


class AtOnce(Executor):
    """Runs what is submitted before it returns."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except OSError as e:
            future.set_exception(e)
        return future


class Recorder:
    """A `send` that keeps what it was given; `fail` holds results to give instead of Sent, by channel kind."""

    def __init__(self):
        self.sent = []
        self.fail = {}

    def __call__(self, channel, message, now):
        planned = self.fail.get(channel.kind)
        if planned:
            return planned.pop(0) if isinstance(planned, list) else planned
        self.sent.append((channel, message, now))
        return Sent()

    @property
    def keys(self):
        return [m.key for _, m, _ in self.sent]


class World:
    """A deliverer over a dict, with everything at hand."""

    def __init__(self, *subs, ledger=None, clock=None):
        self.subs = {s.id: s for s in subs}
        self.ledger = {} if ledger is None else ledger
        self.clock = clock or SetClock()
        self.send = Recorder()
        self.restart()

    def restart(self):
        self.deliverer = Deliverer(
            ledger=self.ledger,
            find=self.subs.get,
            send=self.send,
            clock=self.clock,
            pool=AtOnce(),
            desk="http://127.0.0.1:8899",
        )

    def pump(self, times=20):
        for _ in range(times):
            self.deliverer.pump()


__all__ = ["HOOK", "LOG", "T0", "Failed", "QuietHours", "World", "alert", "sub"]
