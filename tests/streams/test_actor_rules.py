"""Each rule by which an actor is found, on sentences where it holds and on sentences where it must not."""

from datetime import date

import pytest

from streams import actors, gazetteer
from streams.document import Document


def mentions(text, on=date(2019, 5, 1), title=""):
    """(actor, words, rule) of each mention in the text."""
    doc = Document(title, text, on)
    return [(m.actor, text[m.start : m.end], m.rule) for m in actors.find(doc, gazetteer.load()) if m.field == "text"]


def who(text, on=date(2019, 5, 1), title=""):
    return {m[0] for m in mentions(text, on, title)}


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


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("تقدمت قوات حفتر جنوبا", {"lna", "haftar"}),
        ("تقدمت قوات المشير خليفة حفتر جنوبا", {"lna", "haftar"}),
        ("انتقدت حكومة السراج البيان وحضر فايز السراج", {"gna", "sarraj"}),
        ("انشقت كتائب معمر القذافي", {"gaddafi-regime", "gaddafi"}),
    ],
)
def test_a_leaders_force_or_government_is_the_body(text, want):
    assert want <= who(text)


def test_a_leaders_house_is_not_his_force():
    assert who("احترق منزل خليفة حفتر") == {"haftar"}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("قال المتحدث الرسمي باسم مجلس النواب الليبي إن الجلسة غدا", ("hor", "المتحدث الرسمي باسم مجلس النواب الليبي")),
        ("صرح عضو لجنة الدفاع في مجلس النواب الليبي", ("hor", "عضو لجنة الدفاع في مجلس النواب الليبي")),
        ("هاجم مسلحو تنظيم داعش النقطة", ("isis", "مسلحو تنظيم داعش")),
    ],
)
def test_a_bodys_people_are_the_body(text, want):
    assert want in [m[:2] for m in mentions(text)]


def test_a_body_does_not_take_in_the_word_before_its_article():
    assert ("militias", "الفصائل المسلحة") in [m[:2] for m in mentions("دعا المندوب الفصائل المسلحة في ليبيا إلى الهدوء")]


def test_a_speaker_without_an_entry_is_his_body_when_the_article_returns_to_him():
    text = "قال المتحدث باسم المجلس الأعلى للدولة ربيع القطروني إن الحوار مستمر. وأضاف القطروني أن اللقاء قريب"
    assert [m[:2] for m in mentions(text) if m[2] == "speaker"] == [("hsc", "القطروني")]


def test_words_after_an_office_that_do_not_come_back_are_no_name():
    text = "أعلن المتحدث باسم المجلس الأعلى للدولة تأجيل اللقاء. وبعد تأجيل اللقاء عاد الجميع"
    assert not [m for m in mentions(text) if m[2] == "speaker"]


def test_a_general_word_is_the_body_that_was_named_before_it():
    text = "ناقش المؤتمر الوطني العام القانون. ثم أقر مجلس النواب الليبي الموازنة. وأوضح البرلمان أن القانون نافذ"
    assert ("hor", "البرلمان") in [m[:2] for m in mentions(text, date(2016, 1, 1))]


def test_people_of_a_body_are_not_an_unnamed_group():
    assert "militias" not in who("ضبط في ليبيا متشددون من تنظيم داعش")


def test_a_joint_form_means_all_who_share_it():
    assert {"hor", "hsc"} <= who("اجتمع رئيسا مجلسي النواب والدولة في ليبيا")


def test_a_longer_name_keeps_the_shorter_ones_out():
    assert who("أصدرت بعثة الأمم المتحدة للدعم في ليبيا تقريرا") == {"unsmil"}


def test_the_patron_named_in_a_longer_form_counts():
    assert {"gna", "un"} <= who("قالت حكومة الوفاق الوطني المدعومة من الأمم المتحدة إنها مستعدة")


def test_the_longest_name_has_its_adjectives():
    assert ("gna", "حكومة الوفاق الليبية") in [m[:2] for m in mentions("رحبت حكومة الوفاق الليبية بالقرار")]


def test_a_bare_ministry_is_the_government_named_last_else_the_outlets_own():
    assert "gna" in who("رحبت حكومة الوفاق الليبية بالقرار. وقالت وزارة الداخلية إن المعبر آمن")
    doc = Document("", "قالت وزارة الداخلية إن المعبر آمن", date(2017, 1, 1), outlet="Jawhara FM")
    assert [(m.actor, m.rule) for m in actors.find(doc, gazetteer.load())] == [("tunisia", "own state")]
    assert who("قالت وزارة الداخلية إن المعبر آمن") == set()


def test_his_forces_are_those_of_the_leader_named_last():
    text = "حضر فايز السراج. وقال خليفة حفتر إن قواته جاهزة. وحكومته لم تعلق"
    assert ("lna", "قواته", "own") in mentions(text)
    assert not [m for m in mentions("قال الرئيس التونسي إن قواته جاهزة") if m[2] == "own"]


def test_an_office_around_a_general_word_is_read_instead_of_it():
    found = mentions("أنقذت قوات خفر السواحل الإيطالية مهاجرين قرب ليبيا")
    assert [m[:2] for m in found] == [("italy", "قوات خفر السواحل الإيطالية")]


def test_a_party_to_whom_a_longer_form_is_loyal_counts():
    assert {"lna", "hor"} <= who("تقدمت القوات الليبية الموالية للبرلمان في طبرق", date(2017, 2, 1))


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("ناقش مجلس النواب اللبناني الموازنة في ليبيا", "hor"),
        ("تقدم الجيش السوري قرب الحدود مع ليبيا", "lna"),
        ("قال رئيس مجلس النواب في بيروت إن الجلسة مؤجلة", "saleh"),
        ("شكلت حكومة الوحدة الوطنية في رام الله لجنة", "gna"),
    ],
)
def test_a_body_of_the_same_name_elsewhere_is_not_the_libyan_one(text, absent):
    assert absent not in who(text)


def test_a_thing_that_bears_a_name_is_not_the_man():
    assert "magariaf" not in who("نقل الجرحى إلى مستشفى محمد المقريف في ليبيا")
    assert "magariaf" in who("التقى محمد المقريف وفدا في ليبيا")


def test_a_word_against_a_short_form_outweighs_its_context():
    assert "aqim" not in who("هاجم متشددون قاعدة تمنهنت جنوب ليبيا ثم انسحبوا من القاعدة")
    assert "aqim" in who("هاجم متشددون من القاعدة بلدة في جنوب ليبيا")
    assert {"isis", "aqim"} <= who("لها صلات بتنظيمي داعش والقاعدة")


def test_libya_was_a_state_like_others_before_the_uprising():
    text = "توترت العلاقات بين سويسرا وليبيا بعد الحادث"
    assert "libya" in who(text, date(2009, 8, 1))
    assert "libya" not in who("نظمت بطولة في ليبيا", date(2009, 8, 1))


def test_an_order_is_no_rank():
    assert ("haftar", "المشير خليفة حفتر", "title+name") in mentions("أمر المشير خليفة حفتر قواته بالتقدم")


def test_who_has_no_side_of_his_own_speaks_for_his_body():
    assert ("hor", "عبد الله بليحق", "speaks for") in mentions("قال عبد الله بليحق إن الجلسة مؤجلة", date(2022, 3, 1))
    assert "lna" not in who("قال أحمد المسماري إن الطريق مفتوح")


def test_one_house_alone_is_not_both():
    assert "hsc" not in who("اجتمع أعضاء مجلس النواب الليبي أمس")


def test_force_majeure_is_not_cairo():
    assert "egypt" not in who("أعلنت المؤسسة الوطنية للنفط حالة القوة القاهرة في ميناء الزويتينة")


def test_an_article_about_libya_is_context_for_its_bodies_not_for_surnames():
    assert "presidential-council" in who("التقى محمد المنفي أعضاء المجلس الرئاسي", date(2023, 1, 5))
    assert "mishri" not in who("قال محمد المنفي إن المشري دفع الثمن", date(2023, 1, 5))


def test_lam_before_a_name_that_begins_like_the_article():
    assert ("germany", "ألمانيا", "state") in mentions("ليس لألمانيا رأي آخر في ليبيا")
    assert "benghazi-defense" in who("لا مكان لألوية الدفاع عن بنغازي")
