"""A dozen actors and a shorthand, so that a case of the grammar is one line: sentence → who, for or against, whom."""

import re
from datetime import date

from khabar import arabic
from khabar.schema import Stance
from streams import gazetteer, stances
from streams.actors import Found
from streams.document import Document
from streams.entry import parse, tables

_ACTORS = """
[[actor]]
id = "haftar"
name_ar = "خليفة حفتر"
name_en = "Khalifa Haftar"
type = "person"
names = ["خليفة حفتر", "المشير خليفة حفتر", "حفتر"]
commands = "lna"
[[actor]]
id = "sarraj"
name_ar = "فايز السراج"
name_en = "Fayez al-Sarraj"
type = "person"
names = ["فايز السراج", "السراج"]
heads = "gna"
[[actor]]
id = "mismari"
name_ar = "أحمد المسماري"
name_en = "Ahmed al-Mismari"
type = "person"
names = ["أحمد المسماري", "المسماري"]
member_of = "lna"
[[actor]]
id = "lna"
name_ar = "الجيش الوطني الليبي"
name_en = "LNA"
type = "armed"
names = ["الجيش الوطني الليبي", "قوات حفتر", "الجيش الليبي"]
[[actor]]
id = "gna"
name_ar = "حكومة الوفاق"
name_en = "GNA"
type = "institution"
names = ["حكومة الوفاق", "حكومة الوفاق الوطني"]
[[actor]]
id = "hor"
name_ar = "مجلس النواب"
name_en = "HoR"
type = "institution"
names = ["مجلس النواب", "البرلمان"]
[[actor]]
id = "militias"
name_ar = "الميليشيات"
name_en = "militias"
type = "armed"
names = ["الميليشيات", "الجماعات الإرهابية", "الإرهابيين", "الميليشيات المسلحة", "مسلحون"]
[[actor]]
id = "macron"
name_ar = "ماكرون"
name_en = "Macron"
type = "person"
names = ["ماكرون"]
member_of = "france"
[[actor]]
id = "france"
name_ar = "فرنسا"
name_en = "France"
type = "state"
names = ["فرنسا", "باريس"]
[[actor]]
id = "isis"
name_ar = "تنظيم داعش"
name_en = "IS"
type = "armed"
names = ["تنظيم داعش", "داعش", "القيادي السابق في داعش"]
[[actor]]
id = "turkey"
name_ar = "تركيا"
name_en = "Turkey"
type = "state"
names = ["تركيا", "أنقرة"]
[[actor]]
id = "russia"
name_ar = "روسيا"
name_en = "Russia"
type = "state"
names = ["روسيا", "موسكو"]
[[actor]]
id = "egypt"
name_ar = "مصر"
name_en = "Egypt"
type = "state"
names = ["مصر"]
[[actor]]
id = "qatar"
name_ar = "قطر"
name_en = "Qatar"
type = "state"
names = ["قطر"]
[[actor]]
id = "un"
name_ar = "الأمم المتحدة"
name_en = "UN"
type = "igo"
names = ["الأمم المتحدة"]
"""

_ENTRIES = (parse("cases", i, entry) for i, entry in enumerate(tables("cases", _ACTORS, ["actor"])["actor"], 1))
KNOWN = gazetteer.Gazetteer({a.id: a for a in _ENTRIES}, "cases")


_NAMES = sorted(((arabic.folded(n), a.id) for a in KNOWN.actors.values() for n in a.names), key=lambda pair: -len(pair[0]))
_NAMES += [("لل" + n.removeprefix("ال"), i) for n, i in _NAMES if n.startswith("ال")]
_PATTERN = re.compile(rf"(?<!\w)(?:[وف]?[بلك]?)({'|'.join(n for n, _ in _NAMES)})(?!\w)")


def mentions(doc: Document) -> list[Found]:
    """Return every name in the article, so that a case fails for its grammar and not for its actors."""
    of = dict(_NAMES)
    return [
        Found(field.name, *field.folded.original(m.start(1), m.end(1)), of[m[1]], "case")
        for field in doc.fields
        for m in _PATTERN.finditer(field.folded.text)
    ]


def read(text: str, title: str = "") -> list[Stance]:
    """Return the stances of a text of June 2019."""
    doc = Document(title, text, date(2019, 6, 1))
    return stances.find(doc, mentions(doc), KNOWN)


def said(text: str) -> set[str]:
    """Return the stances of a text as «holder + target» (support) or «holder - target» (oppose)."""
    return {f"{s.holder} {'+' if s.polarity == 'support' else '-'} {s.target}" for s in read(text)}
