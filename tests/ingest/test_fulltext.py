"""An article's text from its page: what is text, what is a wall, whose rule, how good, and no title twice."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import entries
from ingest.fulltext import default_rules, extract, load_rules, own_titles, quality
from ingest.htmltext import to_text, without_title
from ingest.model import Feed, RawEntry

RULES = default_rules()
SENTENCE = "قال رئيس المجلس البلدي إن أعمال الصيانة في الميناء ستبدأ قريبا في كل أرصفته"
BODY = "".join(f"<p>{SENTENCE} في المرحلة رقم {n}.</p>" for n in range(8))
TITLE = "بدء أعمال الصيانة في الميناء"


def read(html, outlet="sample", title=TITLE, rules=RULES):
    return extract(html.encode(), "text/html; charset=utf-8", outlet, title, rules)


def page(body=BODY, h1="", head=""):
    return f"<html><head>{head}</head><body><article>{f'<h1>{h1}</h1>' if h1 else ''}{body}</article></body></html>"


@pytest.mark.parametrize(
    "html",
    [
        page(h1=TITLE),
        page(h1=f"<a href='/1'>{TITLE}</a>"),
        page(h1="بدءُ أعمالِ الصيانة في الميناء!"),
        page(f"<h2>{TITLE}</h2>{BODY}", h1=TITLE),
        page(f"<p>{TITLE}</p>{BODY}"),
        page(f"<p>عنوان آخر لهذه الصفحة</p>{BODY}", head="<title>عنوان آخر لهذه الصفحة | بوابة الساحل</title>"),
        page(f"<p>عنوان آخر لهذه الصفحة</p>{BODY}", head='<meta property="og:title" content="عنوان آخر لهذه الصفحة">'),
    ],
)
def test_a_text_does_not_begin_with_its_title(html):
    got = read(html)
    assert got.kind == "text"
    assert got.text.startswith(SENTENCE)


@pytest.mark.parametrize(
    ("title", "html", "text"),
    [
        (TITLE, f"<h1>{TITLE}</h1><p>{SENTENCE}</p>", SENTENCE),
        (f"{TITLE}!", f"<p>{TITLE}</p><p>{SENTENCE}</p>", SENTENCE),
        (TITLE, f"<p>{TITLE}</p>", TITLE),
        (TITLE, f"<p>{SENTENCE}</p><p>{TITLE}</p>", f"{SENTENCE}\n{TITLE}"),
        ("", f"<p>{TITLE}</p><p>{SENTENCE}</p>", SENTENCE),
    ],
)
def test_nor_does_an_entry_s(title, html, text):
    raw = RawEntry(url="https://paper.example/1", title=title, html=html)
    candidate = entries.read(Feed(id="f", url="u", outlet="o"), raw, UTC, datetime(2024, 3, 1, tzinfo=UTC))
    assert candidate.text == text
    assert candidate.title.startswith(TITLE)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (TITLE, [TITLE]),
        (f"{TITLE}\n\n", [TITLE]),
        (f"{TITLE} غدا\nنص", [TITLE]),
        ("بدء أعمال\nنص", [TITLE]),
        (f"طرابلس\n{TITLE}\nنص", [TITLE]),
        ("نص\nنص", []),
        ("نص\nنص", ["", " ", "|"]),
        ("!!\nنص", ["؟"]),
    ],
)
def test_what_is_not_only_the_title_stays(text, titles):
    assert without_title(text, titles) == text


@given(st.text(), st.lists(st.text(), max_size=3))
def test_without_title_leaves_a_tail(text, titles):
    assert text.endswith(without_title(text, titles))


def test_titles_that_never_close_hold_nobody_up():
    # without a bound on what is looked through, this test takes hours
    assert own_titles("<h1>" * 50_000 + "<title>" + "<meta " * 30_000) == []


@pytest.mark.parametrize(
    "hostile", ["<!--" * 100_000, "<p><b><i>" * 100_000, "<article>" + "<a href=x>y</a>" * 100_000, "<table><tr><td>" * 100_000]
)
def test_markup_without_end_is_no_article_and_holds_nobody_up(hostile):
    assert read(hostile).kind == "no_text"
    assert "<!--" not in to_text(hostile)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("هذا المحتوى للمشتركين فقط. اشترك لمتابعة القراءة من فضلك الآن.", "paywall"),
        ("Subscribe to continue reading. Already a subscriber? Log in to your account.", "paywall"),
        ("نستخدم ملفات تعريف الارتباط لتحسين تجربتك في هذا الموقع، هل توافق على ذلك؟", "consent"),
        ("We value your privacy. We and our partners store information on a device.", "consent"),
        ("Just a moment... Checking your browser before accessing the site.", "challenge"),
        ("تحقق من أنك لست روبوت قبل الدخول إلى الموقع", "challenge"),
        ("خبر", "no_text"),
    ],
)
def test_a_wall_is_not_taken_for_text(words, kind):
    got = read(f"<html><body><main><p>{words}</p></main></body></html>")
    assert (got.kind, got.text) == (kind, "")


@pytest.mark.parametrize("words", ["اشترك لمتابعة القراءة", "نستخدم ملفات تعريف الارتباط", "Just a moment"])
def test_a_long_article_may_speak_of_what_walls_say(words):
    assert read(page(f"{BODY}<p>وقال الوزير: «{words}».</p>")).kind == "text"


def test_an_outlet_s_own_rule_reads_its_pages_and_nobody_else_s():
    rules = load_rules(
        '[[outlet]]\noutlet = "own"\narticle = "//div[@id=\'a\']//p"\nremove = ["//p[@class=\'ad\']"]\n', "rules.toml"
    )
    html = f"<html><body><div id='a'><p>{SENTENCE} أولا.</p><p class='ad'>إعلان</p><p>{SENTENCE} ثانيا.</p></div>{BODY}</body></html>"
    own, other = read(html, "own", rules=rules), read(html, "other", rules=rules)
    assert (own.rule, own.text) == ("outlet", f"{SENTENCE} أولا.\n{SENTENCE} ثانيا.")
    assert other.rule == "trafilatura"
    fallen_back = read(page(), "own", rules=rules)
    assert (fallen_back.kind, fallen_back.rule) == ("text", "trafilatura")


def test_quality_tells_an_article_from_a_menu():
    article = "\n".join(f"{SENTENCE} في المرحلة رقم {n}." for n in range(15))
    menu = "الرئيسية\nسياسة\nاقتصاد\nرياضة\n" * 10
    cut = article[:400]
    figures = "12:30 | 45 % | 2024 - 3\n" * 40
    assert 0.9 < quality(article, TITLE) <= 1
    assert quality(article, TITLE) > quality(article, "خبر عن موضوع مختلف تماما") > quality(menu, TITLE)
    assert quality(article, TITLE) > quality(cut, TITLE) > quality(figures, TITLE)
    assert 0 <= quality("", "") < 0.5
