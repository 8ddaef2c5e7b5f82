"""Arabic verbs from root and form: every written shape of the verb, its masdar and its participles, without vowels.

The shapes follow the ten common verb forms (Wright, "A Grammar of the Arabic Language", I, 29-52; Ryding, "A Reference
Grammar of Modern Standard Arabic", ch. 21-33). They come out folded (khabar.arabic.fold), because that is how text is
matched: without vowel marks passive and active verbs look the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, final

from khabar import arabic

Kind = Literal["verb", "masdar", "active", "passive", "noun"]
"""Finite verb, verbal noun, active participle, passive participle, or a plain noun of the lexicon."""

WEAK: Final = frozenset("وي")
HAMZA: Final = "ء"
FORMS: Final = range(1, 11)
PRONOUNS: Final = {"ه": "m", "ها": "f", "هم": "p", "هما": "p", "نا": "1", "ني": "1", "هن": "p"}
"""Object and possessive clitics → whom they point at: he, she (or it, they of things), they, the speaker."""


@final
class Shape:
    """One written shape. `gender` and `plural` are the subject's; `clitic` is a key of PRONOUNS' values or empty.

    `finished`: perfect, not imperfect; it may look like a noun of the same letters.
    """

    def __init__(
        self,
        text: str,
        kind: Kind,
        gender: str = "",
        plural: bool = False,
        clitic: str = "",
        *,
        first_person: bool = False,
        finished: bool = False,
    ) -> None:
        self.text: Final = text
        self.kind: Final = kind
        self.gender: Final = gender
        self.plural: Final = plural
        self.clitic: Final = clitic
        self.first_person: Final = first_person
        self.finished: Final = finished

    def key(self) -> tuple[str, str, str, bool, str, bool, bool]:
        """Return what makes a shape another than the next."""
        return self.text, self.kind, self.gender, self.plural, self.clitic, self.first_person, self.finished


class Stems(NamedTuple):
    """The unvowelled stems of a verb: perfect (he; she and they; I), imperfect (open; closed), masdar, participles."""

    he: str
    she: str
    we: str
    imperfect: str
    jussive: str
    masdar: str
    active: str
    passive: str


def stems(root: str, form: int) -> Stems:
    """Return the stems of the verb of a three-letter `root` (ء for hamza) in `form` 1-10.

    The masdar of form 1 is not predictable: it is empty and the lexicon lists it. Raises ValueError for another root or form.
    """
    if len(root) == 4 and form == 1:
        return Stems(root, root, root, root, root, root + "ه", "م" + root, "م" + root)
    if len(root) != 3 or form not in FORMS:
        raise ValueError(f"a root has three letters (four in form 1) and a form is 1-10, not {root!r}, {form!r}")
    if root[1] == root[2]:
        return _doubled(root, form)
    if root[1] in WEAK and form in (1, 4, 7, 8, 10) and root[2] not in WEAK:
        return _hollow(root, form)
    return _regular(root, form)


def _frame(form: int, first: str) -> tuple[str, str, str, str]:
    """Return what stands before the root in the perfect, in the imperfect and the participles, and after its first letter."""
    infix = "ت"
    if form == 8:
        infix = {"ص": "ط", "ض": "ط", "ط": "", "ظ": "ط", "ز": "د", "د": "", "ذ": "د"}.get(first, "ت")
    return {
        1: ("", "", "", ""),
        2: ("", "", "", ""),
        3: ("", "", "ا", "ا"),
        4: ("ا", "", "", ""),
        5: ("ت", "ت", "", ""),
        6: ("ت", "ت", "ا", "ا"),
        7: ("ان", "ن", "", ""),
        8: ("ا", "", infix, infix),
        9: ("ا", "", "", ""),
        10: ("است", "ست", "", ""),
    }[form]


def _first(root: str, form: int) -> tuple[str, str, str]:
    """Return the first root letter as written in the perfect, in the imperfect and in the participles."""
    c = root[0]
    if c == HAMZA:
        return "ا", "و" if form in (2, 3, 4) else "ا", "و" if form in (2, 3, 4) else "ا"
    if c in WEAK and form == 8:
        return "ت", "ت", "ت"
    if c == "و" and form == 1:
        return c, "", c
    return c, c, c


def _regular(root: str, form: int) -> Stems:
    before, before_imperfect, infix, _ = _frame(form, root[0])
    p, i, a = _first(root, form)
    if form == 8 and root[0] in WEAK:
        infix = ""
    two, three = root[1], root[2]
    if three in WEAK:
        return _defective(
            root, form, (before + p + infix + two, before_imperfect + i + infix + two, before_imperfect + a + infix + two)
        )
    three_perfect, three_imperfect = ("ا", "ي") if three == HAMZA else (three, three)
    if three == HAMZA and form in (1, 5, 6):
        three_imperfect = "ا"
    he = (before + p + infix + two + three_perfect).replace("اا", "ا")  # آزر folds to ازر
    masdar = {
        1: "",
        2: "ت" + p + two + ("يه" if three == HAMZA else "ي" + three),
        3: "م" + a + infix + two + three_perfect + "ه",
        4: ("اي" if root[0] == HAMZA else "ا" + p) + two + "ا" + three,
        5: he,
        6: he,
        7: before + p + two + "ا" + three,
        8: before + p + infix + two + "ا" + three,
        9: "",
        10: before + p + two + "ا" + three,
    }[form]
    base = "م" + before_imperfect + a + infix + two + three_imperfect
    active = p + "ا" + two + three_imperfect if form == 1 else base
    passive = "م" + root[0].replace(HAMZA, "ا") + two + "و" + three if form == 1 else base
    imperfect = before_imperfect + i + infix + two + three_imperfect
    return Stems(he, he, he, imperfect, imperfect, masdar, active, passive)


def _defective(root: str, form: int, bases: tuple[str, str, str]) -> Stems:
    perfect, imperfect, participle = bases
    last = root[2]
    he = perfect + ("ا" if form == 1 and last == "و" else "ي")
    ending = "و" if form == 1 and last == "و" else "ي"
    masdar = {
        1: "",
        2: "ت" + perfect + "يه",
        3: "م" + participle + "اه",
        4: perfect + "اء",
        5: perfect + "ي",
        6: perfect + "ي",
        7: perfect + "اء",
        8: perfect + "اء",
        9: "",
        10: perfect + "اء",
    }[form]
    if form == 1:
        active, passive = root[0] + "ا" + root[1] + "ي", "م" + root[0] + root[1] + last
    else:
        active = passive = "م" + participle + "ي"
    return Stems(he, perfect, perfect + "ي", imperfect + ending, imperfect, masdar, active, passive)


def _hollow(root: str, form: int) -> Stems:
    one, two, three = root[0].replace(HAMZA, "ا"), root[1], root[2].replace(HAMZA, "ء")
    before, before_imperfect, infix, _ = _frame(form, root[0])
    long = before + one + infix + "ا" + three
    short = before + one + infix + three
    vowel = {1: two, 4: "ي", 10: "ي"}.get(form, "ا")
    imperfect = before_imperfect + one + infix + vowel + three
    masdar = {1: "", 4: long + "ه", 7: "ان" + one + "يا" + three, 8: before + one + infix + "يا" + three, 10: long + "ه"}[form]
    active = one + "اي" + three if form == 1 else "م" + imperfect
    passive = "م" + one + two + three if form == 1 else "م" + before_imperfect + one + infix + "ا" + three
    return Stems(long, long, short, imperfect, before_imperfect + one + infix + three, masdar, active, passive)


def _doubled(root: str, form: int) -> Stems:
    one, two = root[0].replace(HAMZA, "ا"), root[1]
    before, before_imperfect, infix, _ = _frame(form, root[0])
    if form in (2, 5):
        sound = before + one + two * 2
        participle = "م" + before_imperfect + one + two * 2
        masdar = "ت" + one + two + "ي" + two if form == 2 else sound
        return Stems(
            sound,
            sound,
            sound,
            before_imperfect + one + two * 2,
            before_imperfect + one + two * 2,
            masdar,
            participle,
            participle,
        )
    he = before + one + infix + two
    imperfect = before_imperfect + one + infix + two
    masdar = "" if form == 1 else ("م" + imperfect + "ه" if form == 3 else before + one + infix + two + "ا" + two)
    active = one + "ا" + two if form == 1 else "م" + imperfect
    passive = "م" + one + two + "و" + two if form == 1 else "م" + imperfect
    return Stems(he, he, he + two, imperfect, imperfect, masdar, active, passive)


def shapes(root: str, form: int, masdars: tuple[str, ...] = ()) -> Iterator[Shape]:
    """Yield every shape of the verb, its masdar (or the listed `masdars`) and its participles."""
    s = stems(root, form)
    yield from _finite(s)
    for masdar in masdars or ((s.masdar,) if s.masdar else ()):
        yield from nominal(arabic.folded(masdar), "masdar")
    yield from participle(s.active, "active")
    yield from participle(s.passive, "passive")


def _finite(s: Stems) -> Iterator[Shape]:
    perfect = [
        (s.he, "m", False, False),
        (s.she + "ت", "f", False, False),
        (s.she + "وا", "m", True, False),
        (s.she + "تا", "f", True, False),
        (s.we + "نا", "1", True, True),
    ]
    bare = s.imperfect.rstrip("يو") if s.imperfect != s.jussive else s.imperfect
    imperfect = [
        *(("ي" + stem, "m", False, False) for stem in {s.imperfect, s.jussive}),
        *(("ت" + stem, "f", False, False) for stem in {s.imperfect, s.jussive}),
        *(("ن" + stem, "1", True, True) for stem in {s.imperfect, s.jussive}),
    ]
    plural_stem = s.imperfect if s.imperfect[-1:] not in WEAK else bare
    imperfect += [("ي" + plural_stem + end, "m", True, False) for end in ("ون", "وا", "ان")]
    imperfect += [("ت" + plural_stem + "ان", "f", True, False)]
    for finished, table in ((True, perfect), (False, imperfect)):
        for text, gender, plural, first in table:
            yield Shape(text, "verb", gender, plural, first_person=first, finished=finished)
            stem = text.removesuffix("ا") if text.endswith("وا") else text
            if finished and text is s.he and text.endswith("ي"):
                stem = text[:-1] + "ا"  # أبدى → أبداه
            for clitic, whom in PRONOUNS.items():
                yield Shape(stem + clitic, "verb", gender, plural, whom, first_person=first, finished=finished)


def nominal(text: str, kind: Kind) -> Iterator[Shape]:
    """Yield a noun bare, as an indefinite accusative, in the sound plural, and with possessives; all without ال."""
    gender = "f" if text.endswith("ه") else "m"
    yield Shape(text, kind, gender)
    before_clitic = text[:-1] + "ت" if gender == "f" else text
    if gender == "m":
        yield Shape(text + "ا", kind, gender)
    stem = text[:-1] if gender == "f" else text
    plural = "" if text.endswith("ات") else stem + "ات"
    if plural:
        yield Shape(plural, kind, "f", True)
    if kind == "noun":
        yield from (Shape(before_clitic + end, kind, gender, True) for end in ("ان", "ين"))
    for clitic, whom in PRONOUNS.items():
        yield Shape(before_clitic + clitic, kind, gender, False, whom)
        if plural:
            yield Shape(plural + clitic, kind, "f", True, whom)


def participle(text: str, kind: Kind) -> Iterator[Shape]:
    """Yield a participle in its genders and numbers, with possessives where it governs one; all without ال."""
    stem = text.removesuffix("ي")
    yield Shape(text, kind, "m")
    if stem != text:
        yield Shape(stem, kind, "m")
    yield Shape(text + "ا", kind, "m")
    yield Shape(text + "ه", kind, "f")
    for end in ("ون", "ين", "و", "ي"):
        yield Shape(stem + end, kind, "m", True)
    yield Shape(text + "ات", kind, "f", True)
    for clitic, whom in PRONOUNS.items():
        if stem == text:
            yield Shape(stem + "ي" + clitic, kind, "m", True, whom)
        yield Shape(text + "ت" + clitic, kind, "f", False, whom)
