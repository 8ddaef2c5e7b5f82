"""Each rule by which an actor is found, on sentences where it holds and on sentences where it must not."""

from datetime import date

import pytest

from tests.streams.found import mentions, who


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("استقبل المشير خليفة حفتر ضيوفه", ("haftar", "المشير خليفة حفتر", "title+name")),
        ("حضر رئيس حكومة الوفاق الوطني فايز السراج", ("sarraj", "رئيس حكومة الوفاق الوطني فايز السراج", "title+name")),
        ("استقبل الرئيس الفرنسي، إيمانويل ماكرون، الوفد", ("macron", "الرئيس الفرنسي، إيمانويل ماكرون", "title+name")),
        ("قال السفير الأميركي ريتشارد نورلاند إن بلاده ترحب", ("norland", "السفير الأميركي ريتشارد نورلاند", "title+name")),
        ("قال وزير الخارجية الروسي سيرغي لافروف إن بلاده ترحب", ("lavrov", "وزير الخارجية الروسي سيرغي لافروف", "title+name")),
    ],
)
def test_titles_belong_to_the_name(text, want):
    assert want in mentions(text)


def test_a_persons_office_is_no_mention_of_his_state():
    assert "russia" not in who("قال وزير الخارجية الروسي سيرغي لافروف إن بلاده ترحب")
    assert "usa" not in who("قال المبعوث الأميركي ريتشارد نورلاند إن بلاده ترحب")


def test_a_body_in_a_leaders_title_is_mentioned_but_not_the_force_he_commands():
    assert "gna" in who("حضر رئيس حكومة الوفاق الوطني فايز السراج")
    assert "lna" not in who("حضر قائد الجيش الليبي المشير خليفة حفتر")


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("أعلنت وزارة الدفاع الروسية وصول الشحنة", ("russia", "وزارة الدفاع الروسية")),
        ("نفى مسؤول أميركي كبير الخبر", ("usa", "مسؤول أميركي")),
        ("التقى نائب وزير الخارجية التركي الوفد", ("turkey", "نائب وزير الخارجية التركي")),
        ("اجتمع وزير خارجية مالطا بنظرائه", ("malta", "وزير خارجية مالطا")),
        ("حذرت السلطات الليبية من السيول", ("libya-gov", "السلطات الليبية")),
    ],
)
def test_an_office_of_a_state_stands_for_it(text, want):
    assert want in [m[:2] for m in mentions(text)]


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("زار السوق الروسية تجار كثيرون", "russia"),
        ("كتبت الصحافة الأميركية عن الحادث", "usa"),
        ("نقلت الخبر وكالة الأنباء الليبية", "libya-gov"),
        ("خسر المنتخب التركي المباراة", "turkey"),
        ("نجا الوزير الإيطالي السابق من الحادث", "italy"),
        ("ارتفع سعر القهوة التركية", "turkey"),
    ],
)
def test_an_adjective_without_an_office_is_no_actor(text, absent):
    assert absent not in who(text)


def test_libyas_offices_are_the_regimes_before_its_fall():
    assert "gaddafi-regime" in who("حذرت السلطات الليبية من السيول", date(2009, 3, 1))


@pytest.mark.parametrize(
    "text",
    [
        "قالت موسكو إنها لن تشارك",
        "اتهمت باريس أنقرة بخرق الحظر",
        "رفضت القاهرة العرض",
        "تخشى تركيا عودة القتال",
        "اتفقت الجزائر وتونس على لقاء جديد",
        "جاء ذلك بدعم من روسيا",
        "فرضت عقوبات على إيران",
        "وقعت اتفاقا مع مصر",
        "سلمت الحكومة المتهم إلى الولايات المتحدة",
        "طلب المجلس الرئاسي الليبي من تركيا البقاء",
        "وعد بدعم عسكري كبير من روسيا",
        "اتفاق بين تركيا والبلدية",
    ],
)
def test_a_state_that_acts_is_an_actor(text):
    assert {m[2] for m in mentions(text)} & {"state", "metonym"}


@pytest.mark.parametrize(
    "text",
    [
        "وصل الوفد إلى موسكو مساء",
        "عقد اللقاء في القاهرة",
        "هطلت الأمطار شرق تونس",
        "سافر من تركيا إلى مالطا",
        "الطريق بين مصر والبحر",
        "عقد اللقاء بالعاصمة الإيطالية روما أمس",
        "وصل مسافر قادم من تونس",
        "تعتبر ليبيا بوابة الصحراء",
        "يعيش في إيطاليا منذ عامين",
        "فتحت مدارس بالمغرب أبوابها",
        "على الحدود مع مصر",
        "تشهد ليبيا موجة حر",
        "نظمت بطولة في ليبيا",
        "احترق مصنع قرب مدينة تونس",
        "سافر إلى كل من مصر والأردن",
        "روما، إيطاليا - افتتح المعرض",
        "ليبيا: أمطار غزيرة على الساحل",
    ],
)
def test_a_place_is_no_actor(text):
    assert not {m[2] for m in mentions(text)} & {"state", "metonym"}


def test_states_in_a_row_share_their_reading():
    assert who("عقدت لقاءات في مصر وتونس والجزائر") == set()
    assert {"egypt", "tunisia", "algeria"} <= who("اتفقت مصر وتونس والجزائر على موقف واحد")


@pytest.mark.parametrize("text", ["ليبيا ترفض العرض الجديد", "ووقعت ليبيا المذكرة", "ضغوط على ليبيا لقبول الخطة"])
def test_libya_is_an_actor_where_it_deals(text):
    assert "libya" in who(text)


@pytest.mark.parametrize(
    ("text", "on", "actor"),
    [
        ("قدم المبعوث الأممي إلى ليبيا إحاطة", date(2018, 6, 1), "salame"),
        ("قدم المبعوث الأممي إلى ليبيا إحاطة", date(2015, 3, 1), "leon"),
        ("قدم المبعوث الأممي إلى ليبيا إحاطة", date(2023, 2, 1), "bathily"),
        ("قدمت المبعوثة الأممية إلى ليبيا إحاطة", date(2025, 6, 1), "tetteh"),
    ],
)
def test_a_role_is_whoever_held_it_on_the_articles_date(text, on, actor):
    assert actor in who(text, on)


def test_a_deputy_does_not_hold_the_role():
    assert "macron" not in who("قال نائب الرئيس الفرنسي إن الأمر انتهى")


def test_a_former_holder_is_not_the_present_one():
    assert "macron" not in who("سافر الرئيس الفرنسي السابق إلى جزيرة", date(2019, 5, 1))


def test_a_year_alone_gives_way_to_what_the_article_names():
    text = "اجتمع المؤتمر الوطني العام. وأجل البرلمان الليبي جلسته"
    assert "gnc" in who(text, date(2022, 1, 1))


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("وصل القائد خليفة حفتر. وقال المشير إنه متفائل", ("haftar", "المشير")),
        ("تحدث فايز السراج طويلا. ثم غادر السراج القاعة", ("sarraj", "السراج")),
    ],
)
def test_a_short_form_stands_on_the_long_one(text, want):
    assert want in [m[:2] for m in mentions(text)]


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("وصل خليفة حفتر. وقال المشير طنطاوي إنه متفائل", "المشير"),
        ("أسرج الفارس حصانه ووضع السراج على الطاولة", "السراج"),
        ("حكم على المنفي بالعودة إلى قريته", "المنفي"),
        ("تسلم المشري أرضه بعد دفع الثمن", "المشري"),
        ("طلب السائق سلامة الركاب أولا", "سلامة"),
        ("عمل لصالح الشركة سنوات", "صالح"),
        ("قال ناصر الحاسي إن الطائرة أقلعت", "الحاسي"),
    ],
)
def test_a_short_form_alone_or_of_another_is_not_enough(text, absent):
    assert absent not in [m[1] for m in mentions(text)]
