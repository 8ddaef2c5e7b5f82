"""The grammar of stances: every rule has sentences that it must read and sentences that it must not."""

import pytest

from khabar.schema import Stance
from streams.stances import lexicon
from tests.streams.stance_cases import read, said

RIGHT: dict[str, list[tuple[str, set[str]]]] = {
    "verb-subject-object": [
        ("اتهم السراج حفتر بخرق الهدنة.", {"sarraj - haftar"}),
        ("اتهمت حكومة الوفاق، في بيان لها، مصر بإرسال الذخائر.", {"gna - egypt"}),
        ("اتهم فايز السراج الذي يزور جنيف هذا الأسبوع، حفتر بخرق الهدنة.", {"sarraj - haftar"}),
        ("اتهم رئيس حكومة الوفاق فايز السراج مصر بالتدخل.", {"sarraj - egypt"}),
        ("ندد البرلمان بتدخل تركيا.", {"hor - turkey"}),
        ("أشادت روسيا بالمشير خليفة حفتر.", {"russia + haftar"}),
        ("ورحبت مصر بمجلس النواب.", {"egypt + hor"}),
        ("أدان البرلمان القصف الذي نفذته تركيا.", {"hor - turkey"}),
        ("رفض مجلس النواب خطة عرضتها الأمم المتحدة.", {"hor - un"}),
        ("هدد حفتر تركيا بالرد.", {"haftar - turkey"}),
        ("حملت حكومة الوفاق حفتر مسؤولية القصف.", {"gna - haftar"}),
        ("شكر السراج تركيا على وقوفها معه.", {"sarraj + turkey"}),
        ("طالب السراج مصر بوقف تدخلها.", {"sarraj - egypt"}),
        ("عين مجلس النواب حفتر قائدا.", {"hor + haftar"}),
        ("حالت روسيا دون صدور قرار يدين حفتر.", {"russia + haftar"}),
        ("أحبط الجيش الليبي هجوما لداعش.", {"lna - isis"}),
        ("قاطع مجلس النواب الأمم المتحدة.", {"hor - un"}),
        ("سلحت قطر الميليشيات.", {"qatar + militias"}),
        ("انتقدت مصر قطر بشدة.", {"egypt - qatar"}),
        ("حذر السراج من خطر داعش.", {"sarraj - isis"}),
        ("دافعت روسيا عن حفتر.", {"russia + haftar"}),
        ("اعتقل داعش السراج، عضو مجلس النواب.", {"isis - sarraj", "isis - hor"}),
        ("صد الجيش الليبي، الأحد، هجوما شنه ما يسمى بـ«داعش» قرب الحقل.", {"lna - isis"}),
        ("اتهم السراج خلال لقاء صحفي حفتر بخرق الهدنة.", {"sarraj - haftar"}),
        ("واتهمت حكومة الوفاق التي تتخذ مقرا في طرابلس تركيا بالتدخل.", {"gna - turkey"}),
        ("حذر السراج من تدفق عدد هائل من الإرهابيين.", {"sarraj - militias"}),
        ("طرد داعش الحراس التابعين لمجلس النواب.", {"isis - hor"}),
        ("ورحب الجيش الليبي بتكليف حفتر.", {"lna + haftar"}),
        ("شن داعش هجوما على مجلس النواب.", {"isis - hor"}),
        ("ألقى السراج باللائمة على حفتر.", {"sarraj - haftar"}),
        ("ندد السراج بهجوم حفتر.", {"sarraj - haftar"}),
        ("نددت مصر بدعم تركيا لحكومة الوفاق.", {"egypt - turkey", "turkey + gna"}),
        ("تبرأ البرلمان من داعش.", {"hor - isis"}),
        ("سحب البرلمان الثقة من حكومة الوفاق.", {"hor - gna"}),
        ("انتفض البرلمان ضد داعش.", {"hor - isis"}),
        ("اصطفت قطر خلف حكومة الوفاق.", {"qatar + gna"}),
        ("احتفت مصر بحفتر.", {"egypt + haftar"}),
        ("حظرت مصر داعش.", {"egypt - isis"}),
        ("صنفت مصر الميليشيات تنظيما إرهابيا.", {"egypt - militias"}),
    ],
    "subject-verb-object": [
        ("تركيا تدعم حكومة الوفاق بطائرات جديدة", {"turkey + gna"}),
        ("روسيا ومصر تدعمان حفتر", {"russia + haftar", "egypt + haftar"}),
        ("الجيش الليبي يقصف مواقع تنظيم داعش", {"lna - isis"}),
        ("الجيش الليبي يسيطر على معقلين للميليشيات", {"lna - militias"}),
        ("قال السراج إن مصر تدعم حفتر.", {"egypt + haftar"}),
        ("داعش يهاجم البرلمان", {"isis - hor"}),
        ("حفتر يرفض التفاوض مع السراج", {"haftar - sarraj"}),
        ("مصر ترفض خطة أممية", {"egypt - un"}),
        ("مصر تطالب تركيا بسحب قواتها", {"egypt - turkey"}),
    ],
    "subject-before": [
        ("سافر حفتر إلى باريس وندد بحكومة الوفاق.", {"haftar - gna"}),
        ("وصل السراج إلى روما ورحب بالأمم المتحدة.", {"sarraj + un"}),
        ("الميليشيات تحاصر حكومة الوفاق وتطرد الأمم المتحدة", {"militias - gna", "militias - un"}),
        ("قصف حفتر حكومة الوفاق التي تعقد الاجتماع وتتحدى تركيا.", {"haftar - gna", "gna - turkey"}),
    ],
    "relative-object": [
        ("زار الوفد حكومة الوفاق التي تدعمها تركيا.", {"turkey + gna"}),
        ("وصل وفد من مصر التي انحاز إليها حفتر.", {"haftar + egypt"}),
        ("التقى الوزير حفتر الذي تسانده روسيا.", {"russia + haftar"}),
        ("وتبقى الميليشيات التي تدعم بعضها قطر في المدينة.", {"qatar + militias"}),
    ],
    "relative-subject": [
        ("وصل وفد من قطر التي تمول الميليشيات.", {"qatar + militias"}),
        ("تحدث عن داعش الذي هاجم مجلس النواب.", {"isis - hor"}),
    ],
    "first-person": [("وأضاف السراج: «نرفض حفتر رفضا قاطعا ولن نتراجع».", {"sarraj - haftar"})],
    "passive-verb": [("اعتقل قيادي في داعش على يد الجيش الليبي.", {"lna - isis"})],
    "misdeed": [
        ("قالت الأمم المتحدة إن الميليشيات ترتكب جرائم حرب.", {"un - militias"}),
        ("وأكد السراج أن داعش يعذب الأسرى.", {"sarraj - isis"}),
    ],
    "passive-participle": [
        ("وصل ممثل عن حكومة الوفاق المدعومة من الأمم المتحدة.", {"un + gna"}),
        ("تقدمت الميليشيات الممولة من قبل قطر.", {"qatar + militias"}),
    ],
    "active-participle": [
        ("سيطر الجيش الليبي الموالي لمجلس النواب على الطريق.", {"lna + hor"}),
        ("وصلت مصر الداعمة لحفتر إلى النهائي.", {"egypt + haftar"}),
    ],
    "loyal-forces": [("تقدمت قوات موالية لحكومة الوفاق نحو المطار.", {"gna-forces + gna"})],
    "circumstance": [
        ("غادر السراج القاعة متهما حفتر بخرق الهدنة.", {"sarraj - haftar"}),
        ("قال السراج إن مجلس النواب يجتمع غدا، مشيدا بمصر.", {"sarraj + egypt"}),
    ],
    "ally-noun": [
        ("وصلت تركيا حليفة حكومة الوفاق أخيرا.", {"turkey + gna"}),
        ("وتنظر روسيا إلى خصوم حفتر في حكومة الوفاق بحذر.", {"gna - haftar"}),
    ],
    "mutual": [
        ("اندلعت اشتباكات بين الجيش الليبي وتنظيم داعش.", {"lna - isis", "isis - lna"}),
        ("جمع اللقاء الخصمين حفتر والسراج.", {"haftar - sarraj", "sarraj - haftar"}),
    ],
    "against": [("يقف الجيش الليبي ضد داعش في المدينة.", {"lna - isis"})],
    "masdar-genitive-preposition": [
        ("أثار دعم تركيا لحكومة الوفاق جدلا.", {"turkey + gna"}),
        ("تحدثت الصحف عن هجوم داعش على مجلس النواب.", {"isis - hor"}),
    ],
    "masdar-possessive": [
        ("جددت موسكو دعمها لحفتر.", {"russia + haftar"}),
        ("أعلن السراج رفضه لحفتر.", {"sarraj - haftar"}),
    ],
    "masdar-agent": [
        ("مقتل قيادي في داعش على يد الجيش الليبي", {"lna - isis"}),
        ("سمع هجوم شنه داعش على مجلس النواب.", {"isis - hor"}),
    ],
    "masdar-control": [
        ("بدأ حفتر عملية لتحرير المدينة من الإرهابيين.", {"haftar - militias"}),
        ("تعهد داعش بتصفية حفتر.", {"isis - haftar"}),
        ("قالت المصادر إن ضابطا في داعش جمع أموالا لدعم الميليشيات.", {"isis + militias"}),
        ("تحالفت الميليشيات مع قطر وداعش لمحاربة الجيش الليبي.", {"militias + qatar", "militias + isis", "militias - lna"}),
        ("جرى تدريب الميليشيات لمهاجمة مصر والمدن.", {"militias - egypt"}),
        ("مصر تطالب تركيا بتسليم حفتر", {"egypt - haftar"}),
        ("رحبت مصر بطرد داعش.", {"egypt - isis"}),
        ("أطلق داعش النار على حراس مجلس النواب.", {"isis - hor"}),
        ("اتهم السراج قطر بتمويل الميليشيات.", {"sarraj - qatar", "qatar + militias"}),
        ("أطلق حفتر هجوما على طرابلس الخاضعة لسيطرة حكومة الوفاق.", {"haftar - gna"}),
        ("عقد البرلمان جلسة دعما لحفتر.", {"hor + haftar"}),
        ("تمكن الجيش الليبي من القبض على قيادي في داعش.", {"lna - isis"}),
        ("ساعدت مصر الجيش الليبي على دحر داعش.", {"egypt + lna", "lna - isis"}),
        ("قال السراج إن الميليشيات تسعى للضغط على البرلمان.", {"militias - hor"}),
        ("فرضت مصر عقوبات على قطر.", {"egypt - qatar"}),
    ],
    "with-help-of": [("دخل الجيش الليبي المدينة بدعم من مصر.", {"egypt + lna"})],
    "received": [("تعرض الجيش الليبي لقصف من تركيا.", {"turkey - lna"})],
    "label": [("وأكد المسماري أن فلول الجماعات الإرهابية انهارت.", {"mismari - militias"})],
}

WRONG: dict[str, list[str]] = {
    "verb-subject-object": [
        "لم تدعم روسيا حفتر.",
        "لا تؤيد مصر حكومة الوفاق.",
        "لن تهاجم مصر تركيا.",
        "هل تدعم روسيا حفتر؟",
        "قد تدعم روسيا حفتر.",
        "إذا دعمت روسيا حفتر فستطول الحرب.",
        "اتهم شاهد عيان حفتر بالكذب.",
        "دعا السراج حفتر إلى اجتماع.",
        "التقى السراج حفتر في أبوظبي.",
        "حذر السراج من البرد.",
        "عرقلت روسيا حركة السير قرب مصر.",
        "حذر السراج وحفتر الأطراف من الحرب.",
        "سحب البرلمان الدعوة من تركيا.",
        "دافع السراج عن حكومة الوفاق.",
        "صنفت مصر الأمم المتحدة شريكا.",
    ],
    "subject-verb-object": ["مصر لا تدعم حفتر", "السراج وحفتر يلتقيان في روما", "مصر تدعم الاستقرار"],
    "subject-before": [
        "تضمن البيان عن روسيا عبارات تنتقد حفتر.",
        "قال حفتر إن الخبير انتقد السلطات.",
        "التقى السراج الوزير كما رفض حفتر التعليق.",
        "تحدث السراج عن حفتر وأسرته.",
    ],
    "relative-object": [
        "زار الوفد المدينة التي تدعمها تركيا.",
        "التقى الوزير حفتر الذي لم تدعمه روسيا.",
        "وصل وفد من مصر التي انحاز إليها الكاتب.",
    ],
    "relative-subject": ["وصل وفد من قطر التي تمول البطولة.", "حضر حفتر اللقاء الذي رحب بالجميع."],
    "first-person": ["«نرفض العنف كله ونريد السلام»، قال السراج."],
    "passive-verb": ["اعتقل قيادي في داعش مساء أمس."],
    "misdeed": [
        "ترتكب الميليشيات جرائم حرب.",
        "قال السراج إن الأمطار دمرت الطريق.",
        "قالت الأمم المتحدة إن مصر تعرف من ارتكبوا جرائم.",
    ],
    "passive-participle": ["وصل وفد حكومة الوفاق المدعومة شعبيا.", "وصلت المساعدات المدعومة من الأمم المتحدة."],
    "active-participle": [
        "سيطر الجيش الليبي الموالي للنظام القديم.",
        "وصل وفد داعم لحفتر.",
        "تعهد السراج بحماية المظاهرات المناصرة لحفتر.",
    ],
    "loyal-forces": ["تقدمت قوات كبيرة نحو حكومة الوفاق."],
    "circumstance": ["غادر السراج القاعة مسرعا وحفتر معه."],
    "ally-noun": ["وصلت تركيا وحفتر إلى اتفاق.", "تحالف الأسعار في مصر."],
    "mutual": ["عقد اجتماع بين الجيش الليبي وحكومة الوفاق.", "لم تقع اشتباكات بين الجيش الليبي وتنظيم داعش."],
    "against": ["لعبت مصر مباراة ودية ضد قطر."],
    "masdar-genitive-preposition": [
        "أوقفت روسيا دعم حفتر.",
        "وقف دعم تركيا لحكومة الوفاق",
        "قصف الجيش الليبي التابع لمجلس النواب سفينة.",
    ],
    "masdar-possessive": [
        "اندلع في مصر تمرد دعمه حفتر.",
        "جددت موسكو دعمها للحوار.",
        "وصلت مصر أثناء تحريرها من داعش.",
        "نفت روسيا دعمها لحفتر.",
    ],
    "masdar-agent": ["مقتل قيادي في داعش", "سقوط داعش"],
    "masdar-control": [
        "خسر منتخب مصر في تصفيات مونديال روسيا.",
        "زار السراج مصر بعد الإطاحة بداعش.",
        "بحثت مصر مع روسيا دعم الاستقرار.",
        "تغيرت مصر كثيرا بعد ثلاث سنوات على إسقاط داعش.",
        "زار السراج معسكرات لتدريب الجيش الليبي.",
        "تأجيل التصويت على منح الثقة لحكومة الوفاق",
        "سافر السراج بعد منح الثقة لحكومة الوفاق.",
        "قال السراج إن رجلا سرق أموالا لدعم الميليشيات.",
        "قالت مصر إنه تم القبض على داعش.",
        "نفى السراج ما جاء في كتاب يقول إنه أمر باغتيال حفتر.",
        "سمعت مصر الرواية الخاصة باغتيال حفتر.",
        "تزيد الأزمة احتمالات أن تشن مصر هجوما على تركيا.",
        "يتهم السراج الرجل بتمويل الميليشيات.",
        "أشار السراج إلى دعم مصر لفرض ضرائب.",
    ],
    "with-help-of": ["دخل الجيش الليبي المدينة بدعم شعبي.", "وصل السراج بعد القرار بتكليف حفتر."],
    "received": ["تعرض الجيش الليبي لعاصفة من مصر."],
    "label": ["انهارت فلول الجماعات الإرهابية.", "قال حفتر إن تركيا دولة كبيرة."],
}


@pytest.mark.parametrize(("text", "expected"), [case for cases in RIGHT.values() for case in cases])
def test_right(text: str, expected: set[str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize("text", [text for texts in WRONG.values() for text in texts])
def test_wrong(text: str) -> None:
    assert said(text) == set()


@pytest.mark.parametrize("rule", RIGHT)
def test_a_case_of_a_rule_is_read_by_that_rule(rule: str) -> None:
    for text, _ in RIGHT[rule]:
        assert rule in {s.rule for s in read(text)}


def test_every_rule_has_right_and_wrong_cases() -> None:
    assert set(RIGHT) == set(WRONG) == set(lexicon.load().confidence.confidence)


def test_refusing_recognition_opposes() -> None:
    assert said("لم تعترف مصر بحكومة الوفاق.") == {"egypt - gna"}
    assert said("اعترفت مصر بحكومة الوفاق.") == {"egypt + gna"}


@pytest.mark.parametrize(("text", "_"), [case for cases in RIGHT.values() for case in cases])
def test_evidence_lies_in_its_sentence(text: str, _: set[str]) -> None:
    whole = "جملة أولى بلا طرف. " + text
    for s in read(whole):
        check_offsets(s, whole)


def check_offsets(s: Stance, text: str) -> None:
    """The sentence is exactly its slice; cue and mentions lie inside it."""
    assert text[s.sentence_start : s.sentence_end] == s.sentence
    assert text[s.cue_start : s.cue_end] == s.cue
    spans = [(s.cue_start, s.cue_end)]
    for m in (s.holder_mention, s.target_mention):
        if m is not None:
            assert text[m.start : m.end] == m.text
            spans.append((m.start, m.end))
    for start, end in spans:
        assert s.sentence_start <= start < end <= s.sentence_end
    assert 0 <= s.confidence <= 1


def test_offsets_count_in_the_original_with_marks_and_tatweel() -> None:
    text = "اتَّهَمَ الســـراج حفتر بخَرْقِ الهدنة."
    (s,) = read(text)
    check_offsets(s, text)
    assert (s.cue, s.target_mention and s.target_mention.text) == ("اتَّهَمَ", "حفتر")
