"""Where something happens and whose it is: owners of unnamed ministries, states in lists, posts that somebody seeks."""

from datetime import date

import pytest

from streams import actors, gazetteer
from streams.document import Document


def who(text, on=date(2018, 5, 3), *, title="", country=""):
    doc = Document(title, text, on, country=country)
    return {m.actor for m in actors.find(doc, gazetteer.load())}


@pytest.mark.parametrize(
    ("title", "text", "owner"),
    [
        ("", "أعلنت وزارة المالية صرف المنحة.", "tunisia"),
        ("ليبيا : سرقة في وضح النهار", "أعلنت وزارة المالية فقدان صندوق.", "libya-gov"),
        ("الجزائر : حريق في مخزن", "أرسلت وزارة الداخلية لجنة.", "algeria"),
        ("وزارة الداخلية : لا زيادة", "نفت وزارة الداخلية الخبر.", "tunisia"),
        ("", "اقتحم شبان مقر وزارة المالية بحي الأندلس في طرابلس.", "libya-gov"),
        ("", "احترق أرشيف وزارة الداخلية ببنغازي.", "libya-gov"),
        ("", "قالت وزارة الخارجية إن القنصلية في طرابلس تعمل.", "tunisia"),
        ("", "أكدت وزارة الداخلية اليوم. ووصل العائدون من طرابلس.", "tunisia"),
        ("تسلل من ليبيا", "أوقف الجيش الوطني سيارة قادمة من ليبيا.", "tunisia"),
    ],
)
def test_whose_ministry_it_is(title, text, owner):
    assert who(text, title=title, country="TN") & {"tunisia", "libya-gov", "algeria"} == {owner}


@pytest.mark.parametrize(
    ("text", "acting"),
    [
        ("اندلعت احتجاجات في تونس، ومصر، والمغرب ذلك العام.", set()),
        ("زار الوفد تونس ومصر ثم عاد.", set()),
        ("تحدث بعد زيارته لمصر عن الغاز.", set()),
        ("تحدث عن شكره لمصر.", {"egypt"}),
        ("انتهى الاجتماع الأول بلا بيان ولا صورة، وزار الوفد تونس، ومصر ترفض استقباله.", {"egypt"}),
        ("عبر المهاجرون مالي وتشاد نحو البحر.", set()),
        ("قالت حكومة النيجر إن مالي رفضت الخطة.", {"niger", "mali"}),
    ],
)
def test_a_list_of_places_stays_one(text, acting):
    assert who(text) & {"tunisia", "egypt", "morocco", "mali", "chad", "niger"} == acting


@pytest.mark.parametrize(
    ("text", "acting"),
    [
        ("قال المرشح للرئاسة الفرنسية إن بلاده أخطأت.", set()),
        ("تابع الجميع انتخابات الرئاسة المصرية.", set()),
        ("تولى رئاسة فرنسا خمسة أعوام.", set()),
        ("قرر الترشح لرئاسة ليبيا.", set()),
        ("أعلنت الرئاسة الفرنسية موعد اللقاء.", {"france"}),
        ("أعلنت رئاسة الجمهورية اللبنانية موعد اللقاء.", {"lebanon"}),
    ],
)
def test_a_presidency_sought_is_no_state_that_acts(text, acting):
    assert who(text) & {"france", "egypt", "libya-gov", "libya", "lebanon"} == acting


@pytest.mark.parametrize(
    ("text", "forces"),
    [
        ("هاجم حفتر المدينة، وقالت قواته إنها تتقدم.", {"lna"}),
        ("هاجم حفتر المدينة. وتقدمت قواته ليلا.", {"lna"}),
        ("سقط القذافي قبل أعوام. ثم عاد عبد الحكيم بلحاج وقاد ميليشياته في العاصمة.", set()),
        ("زار حفتر القاهرة. وهطل المطر. ودأب التنظيم على نشر صور مقاتليه.", set()),
    ],
)
def test_his_forces_are_those_of_the_man_named_last_and_near(text, forces):
    assert who(text) & {"lna", "gaddafi-regime"} == forces


def test_a_former_envoys_office_is_no_mention_of_the_body():
    assert who("التقيت مبعوث الأمم المتحدة السابق إلى ليبيا طارق متري.") == {"mitri"}
    assert "un" in who("رحبت الأمم المتحدة بالمبعوث السابق طارق متري.")


def test_a_government_before_a_name_is_no_title():
    text = "سلمت السلطات الليبية أبو عجيلة مسعود المريمي إلى الولايات المتحدة."
    doc = Document("", text, date(2022, 12, 12))
    assert "أبو عجيلة مسعود المريمي" in {text[m.start : m.end] for m in actors.find(doc, gazetteer.load())}


def test_a_form_is_not_read_again_where_a_longer_one_begins_with_it():
    text = "قصف الجيش التابع للحكومة الليبية المعترف بها دوليا سفينة."
    assert who(text, date(2015, 7, 20)) & {"libya-gov", "interim-gov"} == {"interim-gov"}


@pytest.mark.parametrize(
    ("text", "on", "government"),
    [
        ("اجتمعت الحكومة الليبية المؤقتة. وقالت الحكومة الليبية إن القرار نهائي.", date(2015, 8, 1), {"interim-gov"}),
        ("قالت الحكومة الليبية إن القرار نهائي.", date(2015, 8, 1), {"libya-gov"}),
        ("أصدر رئيس الحكومة الليبية عبد الله الثني قرارا، وطالبت الحكومة بتنفيذه.", date(2015, 8, 1), {"interim-gov"}),
        ("أصدر رئيس الحكومة الليبية علي زيدان قرارا.", date(2013, 8, 1), {"libya-gov"}),
        ("هاجم مسلحون مناهضون للحكومة المعترف بها بلدة في ليبيا.", date(2015, 8, 1), {"interim-gov"}),
    ],
)
def test_a_general_name_is_that_of_the_government_named_before_in_full(text, on, government):
    assert who(text, on) & {"interim-gov", "libya-gov", "gna"} == government


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("احتجزت المجموعة مواطنا تركيا أمام متجره.", set()),
        ("وصل 25 سوريا إلى الميناء.", set()),
        ("قالت تركيا إن مواطنا احتجز.", {"turkey"}),
        ("ليبيا ستعيد الرفات.", {"libya"}),
        ("إن ليبيا تستأنف الرحلات.", {"libya"}),
        ("سافر إلى ليبيا ستون عاملا.", set()),
        ("حققت الأجهزة الأمنية المصرية مع السائق.", {"egypt"}),
        ("باع الأجهزة المنزلية المصرية.", set()),
    ],
)
def test_a_states_name_or_its_peoples_adjective(text, found):
    assert who(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("سعاد بنت مبروكة الغويل من مواليد المدينة، ليبيا.", set()),
        ("منصور بن الحاج سعيد الجويلي، ليبيا.", set()),
        ("قال خليفة الغويل إنه باق، ليبيا.", {"ghwell"}),
    ],
)
def test_a_surname_in_a_line_of_fathers_is_another_mans(text, found):
    assert who(text) == found


def test_a_role_of_libyas_supports_nothing_in_a_story_of_another_country():
    assert not who("سقط قتلى من القوات الموالية للحكومة المعترف بها في الحديدة، وقالت الحكومة إن الهجوم فشل.")


@pytest.mark.parametrize(
    ("title", "text", "found"),
    [
        ("", "نفى الجيش الخبر. وتقدم الجيش الوطني الليبي جنوبا.", ["الجيش الوطني الليبي"]),
        ("", "تقدم الجيش الوطني الليبي جنوبا. ونفى الجيش الخبر.", ["الجيش الوطني الليبي", "الجيش"]),
        ("الجيش ينفي", "تقدم الجيش الوطني الليبي جنوبا.", ["الجيش", "الجيش الوطني الليبي"]),
    ],
)
def test_a_general_word_points_back_and_ahead_only_from_the_title(title, text, found):
    doc = Document(title, text, date(2018, 5, 3))
    forms = [(title if m.field == "title" else text)[m.start : m.end] for m in actors.find(doc, gazetteer.load())]
    assert forms == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("قالت وزارة الدفاع المصرية، ثم وزارة الداخلية السعودية، إن الخبر كاذب.", {"egypt", "saudi"}),
        ("شارك في أولمبياد أبوظبي، وسكن حي دمشق.", set()),
        ("عانت بلدان كسوريا واليمن.", set()),
        ("عقد اللقاء في المملكة العربية السعودية.", set()),
        ("رفضت المملكة العربية السعودية القرار.", {"saudi"}),
        ("جاء العمال من دولة مالي.", set()),
        ("قاتلت الجماعة بقيادة المصري سليم.", set()),
        ("تقدمت القوات بقيادة الجيش المصري.", {"egypt"}),
        ("ليبيا: قتل حفتر بن سالم في حادث.", set()),
        ("تأهل إلى كأس الاتحاد الإفريقي.", set()),
        ("رفض الاتحاد الإفريقي الخطة.", {"au"}),
        ("أطلق النار على محتجين غير مسلحين في ليبيا.", set()),
        ("دعا شيوخ القبائل في ليبيا إلى الوفاق الوطني.", set()),
        ("رفضت حكومة الوفاق الليبية العرض، وقالت مصادر الوفاق إنه متأخر.", {"gna"}),
        ("انعقد الكونغرس العالمي الأمازيغي في ليبيا.", set()),
        ("أقر الكونغرس قانون ليبيا.", {"usa"}),
        ("التقى الرئيس الأميركي الأسبق جورج بوش وفدا من ليبيا.", {"bush"}),
        ("كافحت الأمم المتحدة الجريمة المنظمة.", {"un"}),
        ("اتهم المليشيات المنظمة لعمليات الهجرة من ليبيا.", {"militias"}),
        ("أحصت المنظمة الدولية للهجرة الناجين، وقالت المنظمة إن القارب خرج من ليبيا.", {"iom"}),
        ("خاطب الأمين العام للفيدرالية العربية لجنة في جنيف.", set()),
        ("التقى سالم المشري الصحافة، وقال المشري إن ليبيا بخير.", set()),
        ("التقى خالد المشري الصحافة، وقال المشري إن ليبيا بخير.", {"mishri"}),
    ],
)
def test_names_that_are_part_of_others(text, found):
    assert who(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("قال خفر السواحل الإيطالي إن قاربا غرق قبالة ليبيا. ونفى خفر السواحل الخبر.", {"italy"}),
        ("قال خفر السواحل الليبي إن قاربا غرق. ونفى خفر السواحل الخبر.", {"coast-guard"}),
        ("تحدث خالد الغويل من ليبيا، وقال الغويل إنه متفائل.", set()),
        ("تحدث خالد الغويل من ليبيا عن خليفة الغويل، وقال الغويل إنه متفائل.", {"ghwell"}),
        ("شمل الاستطلاع ثلاث دول هي مصر وتونس والمغرب.", set()),
        ("تأهل إلى مونديال روسيا.", set()),
        ("تعهدت روسيا بحماية المونديال.", {"russia"}),
    ],
)
def test_a_short_form_is_that_of_what_was_spelled_out(text, found):
    assert who(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("عاد خليفة حفتر. وقال المشير «سنواصل المسير».", True),
        ("عاد خليفة حفتر. وقال المشير «نرفض الهدنة».", True),
        ("عاد خليفة حفتر. وقال المشير طنطاوي إنه باق.", False),
    ],
)
def test_a_title_alone_before_a_quotation(text, said):
    doc = Document("", text, date(2019, 5, 1))
    found = [text[m.start : m.end] for m in actors.find(doc, gazetteer.load()) if m.actor == "haftar"]
    assert ("المشير" in found) is said
