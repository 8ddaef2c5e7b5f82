"""What is about Libya and what only looks so, in own wording; and the shared smoke check."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from streams import actors, gazetteer
from streams.document import Document
from streams.relevance import Signs, about_libya, decide

HARD = tomllib.loads((Path(__file__).parent / "cases" / "relevance.toml").read_text(encoding="utf-8"))["case"]
NEVER_SAYS_IT = [
    (
        "الدبيبة يبحث مع إردوغان تفعيل اتفاق الغاز",
        "التقى عبد الحميد الدبيبة الرئيس التركي في إسطنبول واتفقا على لجنة مشتركة.",
        2022,
    ),
    ("تحشيدات عسكرية حول معيتيقة", "شوهدت آليات قوة الردع الخاصة واللواء 444 قتال في محيط المطار فجر الثلاثاء.", 2025),
    ("حفتر يستقبل وفدا روسيا في الرجمة", "وقال مكتبه إن اللقاء تناول التدريب والتسليح.", 2023),
    ("", "اندلع حريق في خزان بميناء رأس لانوف بعد سقوط قذيفة، وأوقفت المؤسسة الوطنية للنفط الضخ.", 2018),
    ("سيول تجرف أحياء في درنة", "انهار سدان فوق المدينة وأعلن الهلال الأحمر فقدان الآلاف من السكان.", 2023),
    ("المنقوش تغادر إلى إسطنبول", "أوقفت نجلاء المنقوش عن العمل بعد الكشف عن لقائها بإيلي كوهين في روما.", 2023),
    ("السراج وحفتر وجها لوجه في باليرمو", "صافح فايز السراج خليفة حفتر أمام المصورين ثم غادر المشير القمة.", 2018),
    ("باتيلي يستقيل", "أبلغ عبد الله باتيلي مجلس الأمن أنه طلب إعفاءه، وشكا من غياب الإرادة لدى القادة في طرابلس وبنغازي.", 2024),
    ("", "تجددت المعارك في ورشفانة والعزيزية، ونزحت عائلات إلى ترهونة وبني وليد.", 2015),
    ("عقيلة صالح: لا ميزانية قبل توحيد الحكومة", "أكد رئيس مجلس النواب في طبرق أن الإنفاق يحتاج إلى قانون.", 2022),
    (
        "البنيان المرصوص تعلن السيطرة على الجيزة البحرية",
        "قال مركز إعلام قوات البنيان المرصوص إن آخر جيب لداعش في مدينة سرت سقط.",
        2016,
    ),
    ("القذافي يخطب في باب العزيزية", "ظهر معمر القذافي على شرفة بيته وتوعد الثوار.", 2011),
    ("سيف الإسلام القذافي يقدم أوراقه في سبها", "سلم المرشح أوراقه وهو يرتدي زيا بنيا.", 2021),
    ("تكالة والمشري يتنازعان رئاسة المجلس الأعلى للدولة", "انتهت الجلسة بورقة واحدة مثار خلاف.", 2024),
    ("", "قتل عبد الغني الككلي المعروف بغنيوة داخل معسكر التكبالي، فتحركت كتائب من مصراتة نحو أبو سليم.", 2025),
    ("إغلاق حقل الشرارة من جديد", "أغلق محتجون من حراك فزان الصمام الرئيسي.", 2024),
    ("اشتباك بين التبو وأولاد سليمان", "سقط ثلاثة قتلى في سبها ومرزق.", 2014),
    ("سجن المقرحي ثم الإفراج عنه", "عاد عبد الباسط المقرحي بعد حكم قضية لوكربي.", 2009),
    (
        "قتلى مصريون على كورنيش المدينة",
        "بث تنظيم الدولة تسجيلا لإعدام واحد وعشرين قبطيا قرب سرت، فقصفت الطائرات المصرية درنة.",
        2015,
    ),
    ("حكومة الوفاق تتهم طيران حفتر", "سقط صاروخ على مستشفى في طرابلس.", 2019),
    ("مرتزقة فاغنر يغادرون الجفرة", "رصدت أقمار صناعية خروج أرتال من القاعدة نحو براك الشاطئ.", 2023),
]
SAYS_IT_BUT_IS_NOT = [
    (
        "أسعار النفط تقفز دولارين",
        "صعد خام برنت إلى 84 دولارا للبرميل بعد قرار أوبك تمديد الخفض. وقالت إيران والعراق إنهما ملتزمتان، فيما استثنيت ليبيا. وتراجعت المخزونات الأميركية. ورأى محلل أن عودة ليبيا تضغط على السوق، وأن تعطل ليبيا يرفعها.",
        2018,
    ),
    (
        "قرار منع السفر الجديد",
        "يشمل المنع مواطني إيران والصومال واليمن وسوريا وليبيا، وقالت إيران إنها سترد، وطلبت الصومال واليمن إيضاحا، وقال قاض أميركي إن الولايات المتحدة لم تشرح سبب ضم ليبيا، وانتقدت إيران والولايات المتحدة إحداهما الأخرى.",
        2017,
    ),
    (
        "منتخب تونس يفوز بهدفين",
        "تقدم المنتخب في الشوط الأول من ركلة جزاء، وأضاف اللاعب البديل الهدف الثاني قبل نهاية المباراة. ويلتقي المنتخب ليبيا في الجولة المقبلة من التصفيات، وكان هزم ليبيا ذهابا، فيما تعادلت ليبيا مع غينيا.",
        2018,
    ),
    (
        "كتاب جديد عن الرواية المغاربية",
        "يدرس المؤلف روايات من المغرب والجزائر وتونس، ويخص المغرب بثلاثة فصول والجزائر بفصلين، ويمر بكاتب من ليبيا، ثم يقارن الجزائر والمغرب وتونس بموريتانيا وليبيا.",
        2018,
    ),
    (
        "مقتل منفذ هجوم المتحف",
        "قالت تونس إن المهاجم تدرب في ليبيا، وأعلنت الداخلية التونسية تفكيك خلية تونسية في القيروان. وزار الرئيس التونسي الجرحى في مستشفى بتونس، وشكر الأمن التونسي. وسافر المهاجم إلى ليبيا العام الماضي وعاد من ليبيا متخفيا.",
        2015,
    ),
    (
        "الوفاق يفوز على مولودية الجزائر",
        "سجل لاعب الوفاق من الزاوية اليسرى في الدقيقة الأخيرة، وقال المدرب إن البطولة طويلة والمباراة المقبلة في الدوري أصعب، ويستعد النادي لمباراة في ليبيا.",
        2018,
    ),
    (
        "حداد في طرابلس على غرقى القارب",
        "شيعت طرابلس ضحايا قارب الهجرة وقال محافظ الشمال إن الجيش اللبناني يواصل البحث، وطالب نواب المدينة بيروت بالتحقيق.",
        2022,
    ),
    ("اشتباك في باب التبانة", "عاد التوتر إلى طرابلس بين باب التبانة وجبل محسن، وانتشر الجيش في المدينة.", 2012),
    (
        "مجلس النواب يقر الموازنة",
        "أقر مجلس النواب في بغداد الموازنة بعد خلاف بين الكتل، وقال رئيس مجلس النواب إن الحكومة مطالبة بالتنفيذ.",
        2018,
    ),
    (
        "الجيش الوطني يتقدم في صعدة",
        "سيطر الجيش الوطني على تلال شمال اليمن بعد معارك مع الحوثيين وأعلنت القيادة العامة أسر مسلحين في البيضاء.",
        2018,
    ),
    ("مشاورات حكومة الوحدة الوطنية", "دعا اتحاد الشغل في تونس إلى حكومة الوحدة الوطنية قبل نهاية الشهر.", 2016),
    ("حكومة الوفاق الفلسطينية تجتمع في غزة", "ترأس رامي الحمد الله جلسة حكومة الوفاق الوطني وبحث رواتب الموظفين.", 2014),
    ("شائعات عن زواج الفنانة", "سرت شائعات في الوسط الفني، وسرت معها صور قديمة، ونفت الفنانة ما قيل.", 2018),
    ("حريق بمركب في قليبية", "نشب الحريق في ميناء قليبية فجرا وتدخلت الحماية المدنية بقليبية.", 2017),
    ("شاعر يعود من المنفى", "عاد الشاعر من المنفى بعد عشرين عاما، وقال إن المنفى علمه الصبر.", 2018),
    ("سامي الطرابلسي مدربا", "تعاقد النادي مع سامي الطرابلسي لموسمين.", 2018),
    (
        "الرئيس الفرنسي يستقبل نظيره المصري",
        "بحث الرئيسان في باريس تسليح مصر وعلاقات فرنسا ومصر، واتفقت مصر وفرنسا على صفقة. وتطرق اللقاء إلى سوريا وليبيا والعراق، وأكدت فرنسا دعمها لمصر في سيناء، وشكرت مصر باريس. وقال بيان إن ليبيا وسوريا بندان في الحوار، وإن ليبيا تحتاج حلا.",
        2017,
    ),
    ("برلمان الأردن يناقش قانون الضريبة", "اعترض نواب في عمان على القانون. وقال رئيس مجلس النواب إن النقاش مفتوح.", 2018),
    ("عقيلة الرئيس تزور دار الأيتام", "رافقت عقيلة الرئيس وزيرة الشؤون، وصالح المدير مع العاملين.", 2018),
    (
        "معرض الكتاب يفتح أبوابه",
        "تشارك دور نشر من مصر ولبنان وسوريا وليبيا والعراق، وتحل تونس ضيف شرف، وقالت مصر إن جناحها الأكبر، وعرضت مصر مئة كتاب، وألغت ليبيا جناحها.",
        2018,
    ),
]


def verdict(title, text, year):
    known = gazetteer.load()
    doc = Document(title, text, date(year, 6, 30))
    return about_libya(doc, actors.find(doc, known), known)


@pytest.mark.parametrize(("title", "text", "year"), NEVER_SAYS_IT, ids=range(len(NEVER_SAYS_IT)))
def test_a_libya_story_need_not_say_libya(title, text, year):
    assert "ليبي" not in title + text
    assert verdict(title, text, year)[0], verdict(title, text, year)


@pytest.mark.parametrize(("title", "text", "year"), SAYS_IT_BUT_IS_NOT, ids=range(len(SAYS_IT_BUT_IS_NOT)))
def test_what_only_looks_like_libya(title, text, year):
    assert not verdict(title, text, year)[0], verdict(title, text, year)


@pytest.mark.parametrize("case", HARD, ids=range(len(HARD)))
def test_a_hard_case(case):
    about, why = verdict(case["title"], case["text"], case["year"])
    assert about is case["about"], why


@pytest.mark.parametrize(
    ("signs", "about"),
    [
        (Signs(title=0, lead=0, total=0, rival=0, words=100), False),
        (Signs(title=1, lead=0, total=1, rival=0, words=300), True),
        (Signs(title=1, lead=0, total=1, rival=9, words=300), False),
        (Signs(title=1, lead=1, total=2, rival=9, words=300), False),
        (Signs(title=0, lead=1, total=1, rival=0, words=300), False),
        (Signs(title=0, lead=2, total=2, rival=3, words=300), True),
        (Signs(title=0, lead=0, total=3, rival=0, words=1000), False),
        (Signs(title=0, lead=0, total=4, rival=4, words=600), True),
        (Signs(title=0, lead=0, total=4, rival=4, words=1000), False),
        (Signs(title=0, lead=0, total=9, rival=5, crowd=20, words=600), False),
        (Signs(title=0, lead=2, total=4, rival=4, crowd=6, words=90, elsewhere=True), False),
        (Signs(title=0, lead=2, total=4, rival=4, crowd=4, words=90, elsewhere=True), True),
        (Signs(title=1, lead=1, total=3, rival=0, words=200, subject="market"), False),
        (Signs(title=1, lead=1, total=4, rival=2, words=200, subject="market"), True),
        (Signs(title=0, lead=1, total=4, rival=0, words=200, subject="sport"), False),
    ],
)
def test_rules(signs, about):
    assert decide(signs)[0] is about


def test_the_reason_names_the_rule_and_the_counts():
    assert verdict("حفتر في بنغازي", "استقبل خليفة حفتر أعيان برقة.", 2022) == (
        True,
        "title: 2 in the title, 4 in all, other country 0",
    )
    assert verdict("طقس الغد", "أمطار متفرقة.", 2022) == (False, "no sign of Libya")


def test_shared_rows(shared):
    def rows(name):
        return [json.loads(line) for line in (shared / "data" / name).read_text(encoding="utf-8").split("\n") if line]

    def said(row):
        day = row.get("date") or ""
        text = row.get("text")
        doc = Document(
            row.get("title") or "", text if isinstance(text, str) else "", date.fromisoformat(day) if len(day) == 10 else None
        )
        known = gazetteer.load()
        return about_libya(doc, actors.find(doc, known), known)[0]

    doubtful = ("several mentions", "passing mention", "Libyan newspaper", "Libyan paper")
    libya = [said(r) for r in rows("libya.jsonl") if r.get("about_auto") == "title" and not r.get("quality")]
    other = [(r, said(r)) for r in rows("other.jsonl") if not any(d in r.get("trap", "") for d in doubtful)]
    traps = [wrong for r, wrong in other if r.get("trap")]
    right = sum(libya)
    assert right / len(libya) >= 0.97
    assert right / (right + sum(wrong for _, wrong in other)) >= 0.97
    assert 1 - sum(traps) / len(traps) >= 0.95
