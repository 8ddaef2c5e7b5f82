"""The page's own words, in Arabic and in English. News and names stay as they are."""

from __future__ import annotations

from typing import Final

from desk.words_alerts import ALERT_WORDS

WORDS: Final[dict[str, tuple[str, str]]] = {
    "tagline": ("مرصد الأخبار العربية عن ليبيا", "Arabic news about Libya, watched"),
    "skip": ("انتقل إلى المحتوى", "Skip to the content"),
    "coverage": ("التغطية", "Coverage"),
    "stories": ("القصص", "Stories"),
    "actors": ("الفاعلون", "Actors"),
    "stances": ("المواقف", "Stances"),
    "alerts": ("التنبيهات", "Alerts"),
    "api": ("واجهة برمجية", "API"),
    "feeds": ("الخلاصات", "Feeds"),
    "feeds_failing": ("لا تجيب كما ينبغي: %d من %d", "Not answering as they should: %d of %d"),
    "feed_id": ("الخلاصة", "feed"),
    "outcome": ("آخر استعلام", "last poll"),
    "at": ("متى", "when"),
    "next_poll": ("التالي", "next"),
    "new_entries": ("جديد", "new"),
    "failures": ("إخفاقات متتالية", "failures in a row"),
    "no_polls": ("لم تُسأل خلاصة بعد.", "No feed was asked yet."),
    "search": ("بحث", "Search"),
    "search_hint": ("ابحث بكلمة أو «عبارة» أو حقل مثل actor:haftar", "word, “phrase”, actor:haftar, holder:lna target:gna"),
    "search_help": ("لغة البحث", "Query language"),
    "sort": ("الترتيب", "Order"),
    "newest": ("الأحدث", "Newest"),
    "oldest": ("الأقدم", "Oldest"),
    "relevance": ("الأقرب", "Best match"),
    "results": ("نتيجة واحدة|نتيجتان|{n} نتائج|{n} نتيجة|{n} نتيجة", "{n} result|{n} results"),
    "nothing": ("لا نتائج. جرّب كلمات أقل أو أزل أحد الحقول.", "Nothing found. Try fewer words, or drop a field."),
    "nothing_yet": ("لم تصل أخبار بعد. شغّل khabar demo أو khabar run.", "No news yet. Start khabar demo or khabar run."),
    "previous": ("السابق", "Previous"),
    "next": ("التالي", "Next"),
    "page": ("صفحة", "Page"),
    "in_newest": ("محسوبة على أحدث ما ورد: %d", "Counted in the newest %d"),
    "support": ("تأييد ←", "supports"),
    "oppose": ("معارضة ←", "opposes"),
    "supports": ("تأييد", "support"),
    "opposes": ("معارضة", "opposition"),
    "word": ("بالقول", "in words"),
    "deed": ("بالفعل", "in deeds"),
    "quoted": ("منقول", "quoted"),
    "confidence": ("الثقة", "confidence"),
    "copy_of": ("نسخة عن خبر في", "a copy of a report in"),
    "version": ("نسخة مصححة رقم", "corrected version"),
    "original": ("الخبر في مصدره", "Read at the source"),
    "published": ("نُشر", "published"),
    "first_seen": ("رُصد", "first seen"),
    "no_date": ("بلا تاريخ نشر", "no date given"),
    "framing": ("ألفاظ مُحمَّلة", "Loaded words"),
    "favours": ("لصالح", "favours"),
    "harms": ("ضد", "harms"),
    "by_outlet": ("بلسان المنفذ", "the outlet’s own"),
    "by": ("على لسان", "said by"),
    "story": ("القصة", "Story"),
    "same_story": ("في القصة نفسها", "In the same story"),
    "in_outlets": ("في منفذ واحد|في منفذين|في {n} منافذ|في {n} منفذا|في {n} منفذ", "in {n} outlet|in {n} outlets"),
    "articles": ("خبر واحد|خبران|{n} أخبار|{n} خبرا|{n} خبر", "{n} article|{n} articles"),
    "days_ago": ("قبل يوم|قبل يومين|قبل {n} أيام|قبل {n} يوما|قبل {n} يوم", "{n} day ago|{n} days ago"),
    "hours_ago": ("قبل ساعة|قبل ساعتين|قبل {n} ساعات|قبل {n} ساعة|قبل {n} ساعة", "{n} hour ago|{n} hours ago"),
    "minutes_ago": ("قبل دقيقة|قبل دقيقتين|قبل {n} دقائق|قبل {n} دقيقة|قبل {n} دقيقة", "{n} min ago|{n} min ago"),
    "now": ("الآن", "now"),
    "mentions": ("ذكر", "mentions"),
    "no_stances": ("لم تُرصد مواقف في هذا الخبر.", "No stance was found in this article."),
    "no_actors": ("لم يُرصد فاعلون.", "No actor was found."),
    "holder": ("صاحب الموقف", "Holder"),
    "target": ("المستهدف", "Target"),
    "polarity": ("الاتجاه", "Polarity"),
    "any": ("الكل", "any"),
    "evidence": ("الشاهد", "Evidence"),
    "holds": ("مواقفه من غيره", "Stances it takes"),
    "receives": ("مواقف غيره منه", "Stances towards it"),
    "newest_coverage": ("أحدث التغطية", "Newest coverage"),
    "who_with_whom": ("من يؤيد من ومن يعارض من", "Who supports and who opposes whom"),
    "outlets": ("المنافذ", "Outlets"),
    "feed": ("خلاصة Atom", "Atom feed"),
    "not_found": ("لا توجد هذه الصفحة.", "There is no such page."),
    "unavailable": ("المخزن لا يجيب الآن. حاول بعد قليل.", "The store does not answer now. Try again shortly."),
    "fault": ("خلل في البرنامج. سُجّل في السجل.", "A fault of ours. The log has it."),
    "bad_query": ("لم يُفهم البحث عند الحرف", "The query cannot be read at character"),
    "try": ("جرّب", "Try"),
    "login": ("الدخول", "Sign in"),
    "token": ("رمز الدخول", "Access token"),
    "wrong_token": ("الرمز غير صحيح.", "That is not the token."),
    "theme": ("فاتح / داكن", "Light / dark"),
    "other_language": ("English", "العربية"),
    "truncated": ("النص مقتطع عند 200 كيلوبايت.", "The text is cut at 200 KB."),
    "not_about": ("لم تعد النسخة الأخيرة تتناول ليبيا.", "The latest version is no longer about Libya."),
    "legend": ("مفتاح الألوان", "Legend"),
    "an_actor": ("فاعل", "actor"),
    "a_sentence": ("جملة شاهدة", "evidence"),
    "a_cue": ("اللفظ الدال", "cue"),
    "a_word": ("لفظ مُحمَّل", "loaded word"),
    "a_hit": ("موضع البحث", "search hit"),
    "keys": ("/ للبحث · j k للتنقل · t للألوان", "/ search · j k move · t colours"),
}


def counted(key: str, n: int, language: str) -> str:
    """Return the words for `n` things: of English forms one|other, of Arabic one|two|three to ten|eleven to 99|hundreds.

    The classes are Unicode's plural rules: https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html
    """
    forms = word(key, language).split("|")
    if language == "ar":
        few, many = 3 <= n % 100 <= 10, n % 100 > 10
        place = n - 1 if n in (1, 2) else 2 if few else 3 if many else 4
    else:
        place = 0 if n == 1 else 1
    return forms[place].format(n=f"{n:,}")


def word(key: str, language: str) -> str:
    """Return the words for `key` in Arabic ("ar") or English."""
    return (WORDS.get(key) or ALERT_WORDS[key])[0 if language == "ar" else 1]
