"""Articles' pages: text that the feed lacks, silent corrections, hosts that are left alone."""

from datetime import timedelta

from tests.ingest.site import LONG, Site, Time, item, one_pass, polling, rss

PAGE = "<html><head><title>x</title></head><body><article><h1>خبر رقم 1</h1>{}</article></body></html>"


async def test_a_summary_is_filled_from_the_page_and_a_silent_correction_is_found():
    site, table, time = Site(), {}, Time()
    text = "".join(
        f"<p>قال رئيس البلدية في طرابلس إن أعمال المرحلة رقم {n} ستبدأ قريبا في كل أحياء المدينة.</p>" for n in range(12)
    )
    async with polling(site, table, time) as (base, make):
        site.put("/feed", rss(base, item(1, text="ملخص عن طرابلس")))
        site.put("/n/1", PAGE.format(text), Content_Type="text/html; charset=utf-8")
        poller = make()
        [first] = await one_pass(poller)
        [a] = first.articles
        assert a.text_from == "page"
        assert "المرحلة رقم 11" in a.text
        assert a.quality > 0.7
        assert first.result.full_text == 1
        assert first.state.next_poll <= time.now + timedelta(hours=1)
        site.put("/n/1", PAGE.format(text.replace("قريبا", "بعد شهر")), Content_Type="text/html; charset=utf-8")
        time.forward(hours=1)
        [second] = await one_pass(poller)
        [corrected] = second.articles
        assert (corrected.id, corrected.title) == (a.id, a.title)
        assert "بعد شهر" in corrected.text
        assert corrected.content_hash != a.content_hash
        assert (second.result.updated, second.result.notes["checked"]) == (1, 1)
        asked = len(site.asked)
        for hours in (5, 18, 30, 30):
            time.forward(hours=hours)
            for polled in await one_pass(poller):
                assert polled.articles == ()
        assert site.asked[asked:].count("/n/1") == 2


async def test_robots_txt_is_honoured_and_a_paywall_is_not_text():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        site.put("/robots.txt", "User-agent: *\nDisallow: /n/1\n")
        site.put("/n/2", "<html><body><p>هذا المحتوى للمشتركين. سجل الدخول.</p></body></html>", Content_Type="text/html")
        site.put("/feed", rss(base, item(1, text="ملخص أول"), item(2, text="ملخص ثان")))
        [first] = await one_pass(make())
        assert [(a.text, a.text_from) for a in first.articles] == [("ملخص أول", "summary"), ("ملخص ثان", "summary")]
        assert first.result.notes == {"robots": 1, "paywall": 1}
        assert "/n/1" not in site.asked


async def test_a_page_that_could_not_be_had_is_asked_again_whatever_it_is_about():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        site.put("/feed", rss(base, item(1, text="ملخص"), item(2, text="ملخص آخر")))
        site.put("/n/1", "x", status=500)
        poller = make()
        [first] = await one_pass(poller)
        assert first.result.notes == {"page_http_500": 1, "page_http_404": 1}
        assert first.state.looks == 1  # a page that is not there is not asked again
        site.put("/n/1", PAGE.format(f"<p>{LONG}</p>"), Content_Type="text/html; charset=utf-8")
        time.forward(hours=1, minutes=10)
        [second] = await one_pass(poller)
        [whole] = second.articles
        assert (whole.id, whole.text_from) == (first.articles[0].id, "page")
        assert LONG.strip() in whole.text


async def test_news_does_not_wait_for_corrections_and_those_not_for_ever():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        items = [item(n, title=f"خبر {n} من طرابلس", text="ملخص") for n in range(30)]
        for n in range(30):
            site.put(f"/n/{n}", PAGE.format(f"<p>{LONG} {n}</p>"), Content_Type="text/html; charset=utf-8")
        site.put("/feed", rss(base, *items))
        poller = make()
        [first] = await one_pass(poller)
        assert first.state.looks == 30
        time.forward(hours=2)
        site.put("/feed", rss(base, item(99), *items))
        [second] = await one_pass(poller)
        assert (second.result.new, second.result.notes) == (1, {})
        assert second.state.next_poll <= time.now + timedelta(minutes=15)
        checked = []
        for _ in range(3):
            time.forward(minutes=16)
            checked += [p.result.notes.get("checked", 0) for p in await one_pass(poller)]
        assert checked == [20, 10, 0]


async def test_corrections_that_are_due_do_not_break_what_a_server_asked_for():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        site.put("/feed", rss(base, item(1, title="خبر من طرابلس", text="ملخص")))
        poller = make()
        await one_pass(poller)
        site.put("/feed", "x", status=429, Retry_After="36000")
        time.forward(minutes=30)
        [refused] = await one_pass(poller)
        assert refused.state.looks == 1
        assert refused.state.next_poll >= time.now + timedelta(hours=10)


async def test_a_host_whose_pages_are_too_much_is_left_alone_as_long_as_it_says():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        site.put("/feed", rss(base, item(1, text="ملخص")))
        site.put("/n/1", "x", status=429, Retry_After="1800")
        poller = make(tick=time.seconds)
        [first] = await one_pass(poller)
        assert (first.result.notes, first.articles[0].text_from) == ({"page_http_429": 1}, "summary")
        site.put("/n/2", PAGE.format("<p>" + LONG), Content_Type="text/html; charset=utf-8")
        site.put("/feed", rss(base, item(1, text="ملخص"), item(2, text="ملخص")))
        time.forward(minutes=20)
        [second] = await one_pass(poller)
        assert second.result.notes == {"page_host_held": 1}
        assert "/n/2" not in site.asked
        site.put("/feed", rss(base, item(1, text="ملخص"), item(2, text="ملخص آخر")))
        time.forward(minutes=20)
        [third] = await one_pass(poller)
        assert (third.result.updated, third.articles[0].text_from) == (1, "page")
