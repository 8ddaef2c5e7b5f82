"""The grammar of stances: every frame has sentences it must read and sentences it must not."""

import pytest

from tests.streams.stance_cases import read, said

RIGHT = [
    # verb, subject, object
    ("اتهم السراج حفتر بخرق الهدنة.", {"sarraj - haftar"}),
    ("اتهمت حكومة الوفاق، في بيان لها، مصر بإرسال الذخائر.", {"gna - egypt"}),
    ("ندد البرلمان بتدخل تركيا.", {"hor - turkey"}),
    ("أشادت روسيا بالمشير خليفة حفتر.", {"russia + haftar"}),
    ("ورحبت مصر بمجلس النواب.", {"egypt + hor"}),
    # subject first, as headlines do
    ("تركيا تدعم حكومة الوفاق بطائرات جديدة", {"turkey + gna"}),
    ("روسيا ومصر تدعمان حفتر", {"russia + haftar", "egypt + haftar"}),
    ("الجيش الليبي يقصف مواقع تنظيم داعش", {"lna - isis"}),
    # relative clauses
    ("زار الوفد حكومة الوفاق التي تدعمها تركيا.", {"turkey + gna"}),
    ("التقى الوزير حفتر الذي تسانده روسيا.", {"russia + haftar"}),
    ("وصل وفد من قطر التي تمول الميليشيات.", {"qatar + militias"}),
    # participles
    ("وصل ممثل عن حكومة الوفاق المدعومة من الأمم المتحدة.", {"un + gna"}),
    ("سيطر الجيش الليبي الموالي لمجلس النواب على الطريق.", {"lna + hor"}),
    # masdars
    ("جددت موسكو دعمها لحفتر.", {"russia + haftar"}),
    ("أثار دعم تركيا لحكومة الوفاق جدلا.", {"turkey + gna"}),
    ("بدأ حفتر عملية لتحرير المدينة من الإرهابيين.", {"haftar - militias"}),
    # both ways
    ("اندلعت اشتباكات بين الجيش الليبي وتنظيم داعش.", {"lna - isis", "isis - lna"}),
    # when A says that B backs C, it is B who backs C
    ("قال السراج إن مصر تدعم حفتر.", {"egypt + haftar"}),
    # refusing recognition opposes
    ("لم تعترف مصر بحكومة الوفاق.", {"egypt - gna"}),
]

WRONG = [
    "لم تدعم روسيا حفتر.",
    "لا تؤيد مصر حكومة الوفاق.",
    "أوقفت روسيا دعم حفتر.",
    "التقى السراج حفتر في أبوظبي.",
    "بحثت مصر مع روسيا دعم الاستقرار.",
    "هل تدعم روسيا حفتر؟",
    "قد تدعم روسيا حفتر.",
    "إذا دعمت روسيا حفتر فستطول الحرب.",
    "دعا السراج حفتر إلى اجتماع.",
    "زار المسماري مصر.",
]


@pytest.mark.parametrize(("text", "expected"), RIGHT)
def test_right(text: str, expected: set[str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text: str) -> None:
    assert said(text) == set()


@pytest.mark.parametrize(("text", "_"), RIGHT)
def test_evidence_lies_in_its_sentence(text: str, _: set[str]) -> None:
    before = "جملة أولى بلا طرف. "
    for s in read(before + text):
        whole = before + text
        assert whole[s.sentence_start : s.sentence_end] == s.sentence
        assert whole[s.cue_start : s.cue_end] == s.cue
        for start, end in ((s.cue_start, s.cue_end), *((m.start, m.end) for m in (s.holder_mention, s.target_mention) if m)):
            assert s.sentence_start <= start < end <= s.sentence_end
