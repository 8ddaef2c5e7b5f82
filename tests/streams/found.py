"""What is found in a text: shared by the tests of actors."""

from datetime import date

from streams import actors, gazetteer
from streams.document import Document


def mentions(text, on=date(2019, 5, 1), title=""):
    """(actor, words, rule) of each mention in the text."""
    doc = Document(title, text, on)
    return [(m.actor, text[m.start : m.end], m.rule) for m in actors.find(doc, gazetteer.load()) if m.field == "text"]


def who(text, on=date(2019, 5, 1), title=""):
    return {m[0] for m in mentions(text, on, title)}
