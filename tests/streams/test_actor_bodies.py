"""Bodies, their people and their leaders: who counts as whom, and what only looks so."""

from datetime import date

import pytest

from streams import actors, gazetteer
from streams.document import Document
from tests.streams.found import mentions, who


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
