"""Arabic against its neighbours in script, Arabizi, and what is too short to tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.language import detect

CASES = {
    "ar": [
        "وصل وزير الخارجية إلى طرابلس مساء أمس",
        "بنغازي",
        "لیبیا",  # typed on a Persian keyboard
        "الحکومة اللیبیة تعلن حالة الطوارئ فی المدینة",
        "شركة چنرال موتورز تفتتح فرعا",
        "ڤيديو",
        "دي ماريا يغيب عن اللقاء",
        "اجتماع عاجل 2023",
        "الـقـــائد العـــام يلتقي وفدا",
        "شنو صار في طرابلس اليوم يا جماعة",
    ],
    "fa": [
        "وزیر خارجه لیبی برای دیدار با همتای خود وارد تهران شد",
        "گروه واگنر نیروهای خود را از لیبی بیرون می‌برد",
        "دولت وحدت ملی لیبی این خبر را رد کرد",
    ],
    "ur": ["لیبیا کے دارالحکومت میں جھڑپیں شروع ہو گئی ہیں", "وزیر اعظم نے کہا کہ ملک میں امن ہے"],
    "ckb": ["طەرابلوس پایتەختی لیبیا ئارام بووەوە", "سەرۆک وەزیران لەگەڵ باڵیۆزی ئیتاڵیا کۆبووەوە"],
    "ps": ["د لیبیا لومړی وزیر وايي چې جګړه به ودرېږي", "په طرابلس کې نښته شوې ده"],
    "ar-Latn": ["w 3lash ya 5oya el kahraba dima maqtoo3a fi trables", "el 7okouma 9alet mafamma 7atta moshkla"],
    "und": [
        "",
        "2024",
        "…",
        "The government said on Monday that talks go on",
        "Haftar et Sarraj à Paris",
        "B2B sales and 5G in Mali",
        "Правительство",
    ],
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in CASES.items() for text in texts])
def test_language(language, text):
    assert detect(text) == language


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text):
    assert detect(text) in {"ar", "fa", "ur", "ckb", "ps", "ar-Latn", "und"}
