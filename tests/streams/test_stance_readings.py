"""Readings that cut across the rules: refusals, whose a pronoun is, who deals a stroke, who is meant by armed men."""

import pytest

from tests.streams.stance_cases import read, said

RIGHT = [
    # What is stated only under a negation.
    ("وقال السراج: «لن نقبل بحفتر شريكا».", {"sarraj - haftar"}),
    ("قال حفتر إنه لا يثق في السراج.", {"haftar - sarraj"}),
    ("أكد البرلمان أنه لن يسمح لتركيا بالتدخل.", {"hor - turkey"}),
    ("حفتر لن يتفاوض مع حكومة الوفاق", {"haftar - gna"}),
    ("أعلن السراج عدم القبول بحفتر.", {"sarraj - haftar"}),
    # Two words that blacken together.
    ("اعتبر البرلمان أن حكومة الوفاق غير شرعية.", {"hor - gna"}),
    ("وصف حفتر حكومة الوفاق بأنها غير دستورية.", {"haftar - gna"}),
    ("قال حفتر إن حكومة الوفاق غير الشرعية تعد لحرب.", {"haftar - gna"}),
    ("وصف المسماري حكومة الوفاق بالميليشيات.", {"mismari - gna"}),
    # A part in a misdeed.
    ("كشف المسماري عن تورط قطر في التفجير.", {"mismari - qatar"}),
    ("وقال المسماري إن قطر تدعم الإرهاب في المدينة.", {"mismari - qatar"}),
    ("وقال المسماري إن قطر وتركيا تمولان الإرهاب.", {"mismari - qatar", "mismari - turkey"}),
    # A pronoun after a word of cause is whoever was named last.
    ("انتقد البرلمان تركيا بسبب دعمها لحكومة الوفاق.", {"hor - turkey", "turkey + gna"}),
    ("شكر حفتر مصر على دعمها للجيش الليبي.", {"haftar + egypt", "egypt + lna"}),
    ("أكد السراج دعم بلاده لمصر.", {"sarraj + egypt"}),
    # A man's land is the state he speaks for.
    ("أكد ماكرون دعم بلاده لحفتر.", {"france + haftar"}),
    ("قال ماكرون إن بلاده تدعم حفتر.", {"france + haftar"}),
    ("أثار دور قطر في تمويل داعش غضب مصر.", {"qatar + isis"}),
    ("شارك حفتر في الحرب على داعش.", {"haftar - isis"}),
    # What a charge is for is the deed of whoever is charged.
    ("اتهمت مصر تركيا بإرسال السلاح إلى المدينة لدعم داعش.", {"egypt - turkey", "turkey + isis"}),
    # Opponents of a man are not the man.
    ("يتهم خصوم حفتر مصر بالتدخل.", set()),
    # Who issued the thing.
    ("رفض السراج القوانين الصادرة عن مجلس النواب.", {"sarraj - hor"}),
    # A demand that a deed stop is against its doer; a deed that stops an advance, too.
    ("دعت روسيا إلى وقف هجوم حفتر على المدينة.", {"russia - haftar"}),
    ("طالب السراج بإنهاء تدخل تركيا في المدينة.", {"sarraj - turkey"}),
    # Who deals the stroke in which somebody died.
    ("شنت مصر غارات استهدفت مواقع داعش.", {"egypt - isis"}),
    ("مقتل قيادي في داعش في غارة لمصر", {"egypt - isis"}),
    ("أعلن الجيش الليبي مقتل 12 من عناصر داعش في غارة جوية.", {"lna - isis"}),
    ("قتل حفتر، قائد الجيش، على يد عناصر من داعش.", {"isis - haftar"}),
    ("سافر حفتر ثم اعتقل من قبل داعش.", {"isis - haftar"}),
    ("تراجع داعش تحت ضربات الجيش الليبي.", {"lna - isis"}),
    # Driving out, told of the time, is the deed of the force that comes in.
    ("دخل الجيش الليبي المدينة بعد طرد داعش منها.", {"lna - isis"}),
    # Armed men of a body are the body.
    ("هاجم مسلحون من داعش البرلمان.", {"isis - hor"}),
    # A beaten-off attack was one.
    ("صد الجيش الليبي هجوما لداعش.", {"lna - isis", "isis - lna"}),
    # How something is received.
    ("قوبل قرار حفتر برفض من البرلمان.", {"hor - haftar"}),
    # A quotation that opens the sentence is whoever's is named after it.
    ("«لن نقبل أبدا بحفتر في أي منصب»، قال السراج.", {"sarraj - haftar"}),
    ("«ندعم الجيش الليبي في هذه المعركة» أكد السراج اليوم.", {"sarraj + lna"}),
    # The hamza tells congratulating from here.
    ("هنأ السراج روسيا بالعيد.", {"sarraj + russia"}),
    ("وهنأت مصر البرلمان.", {"egypt + hor"}),
    # A veto needs no other sign of whose it is.
    ("استخدمت روسيا حق النقض ضد قرار يدين حفتر.", {"russia + haftar"}),
    # His deed, then the thing that another issued.
    ("أعرب السراج عن رفضه القوانين الصادرة عن مجلس النواب.", {"sarraj - hor"}),
    ("وأعرب السراج عن تقديره لجهود الأمم المتحدة.", {"sarraj + un"}),
    # Others beside a force are a force, too.
    ("وصلت قوات موالية لتركيا وأخرى داعمة لقطر.", {"militias + turkey", "militias + qatar"}),
    # The speaker does what his «we» will do.
    ("قال السراج أمام الصحفيين: «سنواصل القتال حتى دحر الميليشيات في كل مكان».", {"sarraj - militias"}),
    # A noun that its owner only describes agrees with the verb in his stead.
    ("هاجمت قوات يقودها حفتر البرلمان.", {"haftar - hor"}),
    ("اقتحمت مجموعة تابعة لداعش مقر البرلمان.", {"isis - hor"}),
    ("شن الجيش الليبي التابع لحفتر ثلاث غارات على داعش.", {"lna - isis"}),
    # One of somebody's supporters.
    ("تعد مصر من أبرز داعمي حفتر.", {"egypt + haftar"}),
    ("روسيا أحد أكبر الداعمين لحفتر.", {"russia + haftar"}),
    ("تعتبر مصر من أهم حلفاء حفتر.", {"egypt + haftar"}),
    # Whom a pronoun after a participle or a preposition means, and one that is an object.
    ("رد السراج على مصر متهما إياها بدعم حفتر.", {"sarraj - egypt", "egypt + haftar"}),
    ("تحدث السراج عن حفتر وطالب بمحاكمته.", {"sarraj - haftar"}),
    ("زار الوفد الميليشيات، ثم وقفت قطر إلى جانبهم.", {"qatar + militias"}),
    # A verb of saying that goes by no rule.
    ("ورأى السراج أن الحرب طويلة، منتقدا دور مصر.", {"sarraj - egypt"}),
    # Death in somebody's stroke.
    ("لقي ثلاثة من عناصر الجيش الليبي مصرعهم في هجوم لداعش.", {"isis - lna"}),
    ("سقط قتلى من الجيش الليبي في قصف لداعش.", {"isis - lna"}),
    ("لا يعترف حفتر بشرعية مجلس النواب.", {"haftar - hor"}),
    # Both sides of a fight, however they are named.
    ("وقعت اشتباكات بين قوات حفتر الموالية لتركيا وداعش.", {"lna + turkey", "lna - isis", "isis - lna"}),
    ("تجددت الاشتباكات في الجنوب، بين الجيش الليبي وداعش.", {"lna - isis", "isis - lna"}),
    ("سيطر داعش على المدينة بعد معارك خاضها مع الجيش الليبي.", {"isis - lna", "lna - isis"}),
    ("خاض الجيش الليبي معارك مع داعش.", {"isis - lna", "lna - isis"}),
    # What is done to him by somebody; what is done for his things.
    ("تحدث السراج عن داعش وهزيمته على يد الجيش الليبي.", {"lna - isis"}),
    ("تحدث حفتر عن تمويل مصر لحملته.", {"egypt + haftar"}),
    ("اتخذ السراج إجراءات ضد حفتر.", {"sarraj - haftar"}),
    # Several who do it together.
    ("أكد السراج وحفتر دعمهما لمصر.", {"sarraj + egypt", "haftar + egypt"}),
    ("قطعت مصر وتركيا وروسيا علاقاتها مع قطر.", {"egypt - qatar", "turkey - qatar", "russia - qatar"}),
    ("أطلقت مصر وروسيا عملية لطرد داعش.", {"egypt - isis", "russia - isis"}),
    ("أشاد الجميع بدور مصر في دعم الجيش الليبي.", {"egypt + lna"}),
    # Whose help it was, and who tried it.
    ("أطاح الجيش الليبي بداعش بمساعدة مصر.", {"lna - isis", "egypt + lna"}),
    ("نجا حفتر من محاولة اغتيال نفذها داعش.", {"isis - haftar"}),
    ("حصل حفتر على دعم من مصر.", {"egypt + haftar"}),
    # Words of the lexicon.
    ("ضيق الجيش الليبي الخناق على داعش.", {"lna - isis"}),
    ("أكدت مصر وقوفها مع البرلمان.", {"egypt + hor"}),
    ("حكومة الوفاق المكلفة من قبل البرلمان تجتمع اليوم.", {"hor + gna"}),
    ("تبنى داعش الهجوم على مقر البرلمان.", {"isis - hor"}),
    ("شن السراج هجوما لاذعا على حفتر.", {"sarraj - haftar"}),
    ("السراج: مصر تدعم حفتر وتعرقل الحل", {"sarraj - egypt", "egypt + haftar"}),
    ("طعن السراج في ترشح حفتر.", {"sarraj - haftar"}),
    ("أقال البرلمان السراج من منصبه.", {"hor - sarraj"}),
]

WRONG = [
    "هرب حفتر لكن ألقي القبض على داعش.",
    "تحدث حفتر عن تمويل مصر لأمه.",
    # Opponents and followers are not whom they oppose or follow.
    "ساهم السراج في تسليح معارضي حفتر.",
    # Confessions recognise nobody; «وصفته» is no killing; a deed told of in spite of which something happens is not the teller's.
    "بثت مصر اعترافات لداعش.",
    "جندي وصفته مصر بأنه من داعش.",
    "ذكر تقرير أصدرته الأمم المتحدة أن الخطر باق رغم هزيمة داعش.",
    "تحدث السراج عن لجنة التحقيق في الحرب على داعش.",
    "اتهم السراج رجالا مقيمين في مصر بتنفيذ تفجيرات ضد تركيا.",
    "استعرض السراج الوضع في مصر، ودعم تركيا، وأشياء أخرى.",
    # A ministry abroad that names a terrorist body says no more than the outlet, and reports have authors of their own.
    "أعلنت تركيا أن الوزير سيناقش خطر الجماعات الإرهابية.",
    "وكانت تقارير صحفية ذكرت طرق تغلغل قطر، ودور الجماعات الإرهابية في ذلك.",
    # Whoever condemns an attack is not whoever attacks.
    "دانت تركيا الهجوم على مجلس النواب.",
    "تصريحات حفتر غير مرحب بها في تركيا.",
    "تحتاج مصر إلى قوات قادرة على محاربة داعش.",
    "ظهر داعش، وهذا ما سبق وحذر منه السراج.",
    "قال الخبير إن داعش يمثل خطرا يفوق تهديد الميليشيات.",
    "تحدث السراج عن مهاجمين محتملين من داعش.",
    "استعاد تحالف من القبائل، تدعمه مصر، المدينة بعد زيارة السراج.",
    # Expected, feared, hoped for, asked for, needed or talked about is not done.
    "من المتوقع أن يهاجم حفتر البرلمان.",
    "لا يستبعد مراقبون أن تدعم مصر حفتر.",
    "كان من الممكن أن تساند تركيا السراج.",
    "تسعى تركيا إلى إقناع حفتر بدعم حكومة الوفاق.",
    "طلبت حكومة الوفاق دعم تركيا.",
    "يحتاج السراج إلى دعم مصر.",
    "وأعرب السراج عن أمله في دعم روسيا لحكومة الوفاق.",
    "توقع السراج هزيمة داعش.",
    "بحث السراج مع تركيا خطة لطرد داعش.",
    # Who condemns or suffers a stroke does not deal it.
    "أدانت تركيا الهجوم الذي استهدف الجيش الليبي.",
    "شهدت مصر هجوما استهدف الجيش الليبي.",
    "رفضت تركيا السماح باستعمال قواعدها ضد داعش.",
    "سقط داعش في المدينة بدعم من مصر.",
    "تحدث السراج عن المحكمة في مصر.",
    "لقي السراج وحفتر ترحيبا.",
    "تعد مصر من أبرز الدول.",
    "التقى حفتر السراج في مؤتمر يدعمه البرلمان.",
    "روسيا هنا ومصر هناك.",
    "«لن نقبل أبدا بحفتر في أي منصب»، كتب أحدهم.",
    "قال السراج إنه يقبل بحفتر شريكا.",
    "وصل السراج إلى مصر قبل حفتر ولم يتحدث.",
    "تتفاوض حكومة الوفاق مع حفتر.",
    "اعتبر البرلمان أن حكومة الوفاق شرعية.",
    "تحدثت الصحف عن تورط قطر في التفجير.",
    "قوبل قرار حفتر برفض واسع.",
    "رفض السراج القوانين الصادرة حديثا.",
    "دعت روسيا إلى وقف إطلاق النار مع حفتر.",
    "أعلنت الأمم المتحدة مقتل عناصر من داعش في غارة جوية.",
    "استفاد القيادي السابق في داعش ونال دعما من قطر.",
    "وصل السراج إلى المدينة بعد طرد داعش منها.",
    "بين السراج وحفتر اتفاق.",
    "أشاد حفتر بالجيش الوطني الليبي.",
    "ضيق الوقت على السراج وحفتر.",
]


@pytest.mark.parametrize(("text", "expected"), RIGHT)
def test_right(text: str, expected: set[str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text: str) -> None:
    assert said(text) == set()


def test_a_stroke_is_cited_with_its_owner() -> None:
    (s,) = read("استهدفت غارات لتركيا مواقع الجيش الليبي.")
    assert (s.rule, s.cue, s.holder_mention and s.holder_mention.text) == ("stroke", "استهدفت", "تركيا")
