"""From the text of a query to its tree: linear in time (LALR), bounded in length, leaves and depth."""

from __future__ import annotations

import re
from typing import Any, Final, cast

import lark

from khabar import arabic
from khabar.query.fields import QueryError, compare, field_name
from khabar.query.tree import (
    All,
    Exact,
    Near,
    Node,
    Or,
    Phrase,
    Prefix,
    StanceIs,
    Term,
    Text,
    TextField,
    all_of,
    any_of,
    negate,
)
from khabar.query.view import exact_words

MAX_LENGTH: Final = 500_000
"""Characters of a query."""
MAX_LEAVES: Final = 20_000
"""Words, phrases and values of a query."""
MAX_DEPTH: Final = 50
"""Parentheses inside parentheses."""
NEAR_DEFAULT: Final = 10
MAX_NEAR: Final = 1000
MIN_PREFIX: Final = 2

_GRAMMAR: Final = r"""
start: either?
either: both (_OR both)*
both: unary (_AND? unary)*
unary: NOT* near
near: atom (NEAR atom)*
?atom: value | group | scoped
value: WORD | QUOTED | EXACT
group: "(" either ")"
scoped: FIELD (value | group)

_AND.4: /AND(?![^\s()"“”«»])/
_OR.4: /OR(?![^\s()"“”«»])/
NOT.4: /NOT(?![^\s()"“”«»])/
NEAR.4: /NEAR(\/\d+)?(?![^\s()"“”«»])/
FIELD.3: /[A-Za-z_]+:/
EXACT.3: /=("[^"]*"|“[^”]*”|«[^»]*»|[^\s()"“”«»]+)/
QUOTED.3: /"[^"]*"|“[^”]*”|«[^»]*»/
WORD: /[^\s()"“”«»]+/
%ignore /\s+/
"""
_PARSER: Final = lark.Lark(_GRAMMAR, parser="lalr", lexer="basic", maybe_placeholders=False)
_DIRECTION_MARKS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_ROUGH_TOKEN: Final = re.compile(r'[^\s()"“”«»]+|[("“«]')
_OPENS: Final = {'"': '"', "“": "”", "«": "»"}
_Tree = lark.Tree[lark.Token]


def build(text: str) -> Node:
    """Return the tree of a query; "" gives All. Raises QueryError."""
    try:
        return _build(text)
    except _UnreadableError as e:
        raise _explain(text, e.spaced, e.cause) from None


class _UnreadableError(Exception):
    """The grammar does not allow this; `spaced` is the text as the parser saw it."""

    def __init__(self, spaced: str, cause: lark.exceptions.UnexpectedInput) -> None:
        super().__init__(str(cause))
        self.spaced, self.cause = spaced, cause


def _build(text: str) -> Node:
    if len(text) > MAX_LENGTH:
        raise QueryError(f"longer than {MAX_LENGTH:,} characters", MAX_LENGTH)
    spaced = _DIRECTION_MARKS.sub(" ", text)
    _check_size(spaced)
    try:
        tree = _PARSER.parse(spaced)
    except lark.exceptions.UnexpectedInput as e:
        raise _UnreadableError(spaced, e) from None
    if sum(1 for _ in tree.find_data("value")) > MAX_LEAVES:
        raise QueryError(f"more than {MAX_LEAVES:,} words and values", 0)
    return _either(cast("_Tree", tree.children[0]), "") if tree.children else All()


def _either(tree: _Tree, field: TextField) -> Node:
    return any_of([_both(cast("_Tree", c), field) for c in tree.children])


def _both(tree: _Tree, field: TextField) -> Node:
    """AND; neighbouring stance fields, as long as none repeats, speak of the same stance."""
    items: list[Node] = []
    after_bare = False
    for child in cast("list[_Tree]", tree.children):
        item, bare = _unary(child, field), _is_bare(child)
        joined = _join(items[-1], item) if bare and after_bare else None
        if joined:
            items[-1] = joined
        else:
            items.append(item)
        after_bare = bare
    return all_of(items)


def _is_bare(unary: _Tree) -> bool:
    """Whether this is one field:value, neither negated nor in parentheses."""
    near = cast("_Tree", unary.children[-1])
    return len(unary.children) == 1 and cast("_Tree", near.children[0]).data == "scoped"


def _join(left: Node, right: Node) -> StanceIs | None:
    if not (isinstance(left, StanceIs) and isinstance(right, StanceIs)):
        return None
    merged: dict[str, Any] = {}
    for name in StanceIs.__struct_fields__:
        a, b = getattr(left, name), getattr(right, name)
        if a and b:
            return None
        merged[name] = a or b
    return StanceIs(**merged)


def _unary(tree: _Tree, field: TextField) -> Node:
    node = _near(cast("_Tree", tree.children[-1]), field)
    return negate(node) if len(tree.children) % 2 == 0 else node


def _near(tree: _Tree, field: TextField) -> Node:
    """One atom, or a chain: a NEAR/3 b NEAR/5 c is (a NEAR/3 b) AND (b NEAR/5 c)."""
    children = tree.children
    if len(children) == 1:
        return _atom(cast("_Tree", children[0]), field)
    sides = [_sides(cast("_Tree", c), field) for c in children[::2]]
    pairs = [_pair(sides[i], sides[i + 1], cast("lark.Token", children[2 * i + 1])) for i in range(len(sides) - 1)]
    return all_of(pairs)


def _pair(left: list[Text], right: list[Text], operator: lark.Token) -> Node:
    _, _, number = operator.partition("/")
    distance = int(number) if number and len(number) < 6 else MAX_NEAR + 1 if number else NEAR_DEFAULT
    position = operator.start_pos or 0
    if distance > MAX_NEAR:
        raise QueryError(f"NEAR reaches at most {MAX_NEAR} words", position, f"NEAR/{MAX_NEAR}")
    if len(left) * len(right) > MAX_NEAR:
        raise QueryError(f"NEAR between more than {MAX_NEAR} pairs of words", position)
    pairs: list[Node] = []
    for a in left:
        for b in right:
            if a.field and b.field and a.field != b.field:
                raise QueryError("both sides of NEAR are in the same field", position)
            field = a.field or b.field
            pairs.append(Near(_in_field(a, field), _in_field(b, field), distance))
    return any_of(pairs)


def _in_field(node: Text, field: TextField) -> Text:
    if isinstance(node, Term):
        return Term(node.word, field)
    if isinstance(node, Prefix):
        return Prefix(node.stem, field)
    return type(node)(node.words, field)


def _sides(tree: _Tree, field: TextField) -> list[Text]:
    node = _atom(tree, field)
    items = node.items if isinstance(node, Or) else (node,)
    texts: list[Text] = [i for i in items if isinstance(i, Term | Phrase | Prefix | Exact)]
    if len(texts) < len(items):
        raise QueryError("NEAR stands between words, phrases, or words joined by OR in parentheses", _start(tree))
    return texts


def _atom(tree: _Tree, field: TextField) -> Node:
    if tree.data == "group":
        return _either(cast("_Tree", tree.children[0]), field)
    if tree.data == "value":
        return _text(cast("lark.Token", tree.children[0]), field)
    token, inner = cast("lark.Token", tree.children[0]), cast("_Tree", tree.children[1])
    name = field_name(str(token), token.start_pos or 0)
    if name in ("title", "text"):
        return _atom(inner, cast("TextField", name))
    values = [_plain(t) for t in _alternatives(inner, name)]
    return compare(name, values, _start(inner))


def _alternatives(tree: _Tree, name: str) -> list[lark.Token]:
    """Return the values of name:x or name:(x OR y)."""
    if tree.data == "value":
        return [cast("lark.Token", tree.children[0])]
    found: list[lark.Token] = []
    for both in cast("list[_Tree]", cast("_Tree", tree.children[0]).children):
        atom = both
        while atom.data != "value":
            if len(atom.children) != 1 or atom.data == "scoped":
                raise QueryError(f"{name}:( ) holds values joined by OR", _start(both), f"{name}:(one OR another)")
            atom = cast("_Tree", atom.children[0])
        found.append(cast("lark.Token", atom.children[0]))
    return found


def _start(tree: _Tree) -> int:
    return next((t.start_pos or 0 for t in tree.scan_values(lambda t: isinstance(t, lark.Token))), 0)


def _plain(token: lark.Token) -> str:
    """Return the value without = and quotation marks."""
    text = str(token)
    if token.type == "EXACT":
        text = text[1:]
    return text[1:-1] if len(text) > 1 and _OPENS.get(text[0]) == text[-1] else text


def _text(token: lark.Token, field: TextField) -> Node:
    text, position = _plain(token), token.start_pos or 0
    if token.type == "EXACT":
        exact = tuple(text[a:b] for a, b in exact_words(text))
        if not exact:
            raise QueryError("there is no word here", position)
        return Exact(exact, field)
    words = arabic.WORD.findall(arabic.folded(text))
    if not words:
        raise QueryError(f"there is no word in {str(token)!r}", position, _operator_hint(text))
    if token.type == "WORD":
        if text[0] == "-" and len(text) > 1:
            raise QueryError("a minus sign excludes nothing here", position, f"NOT {text[1:]}")
        if "*" in text:
            return _prefix(text, words, position, field)
    terms = tuple(arabic.query_term(w) for w in words)
    return Term(terms[0], field) if len(terms) == 1 else Phrase(terms, field)


def _operator_hint(text: str) -> str:
    return {"&&": "AND", "&": "AND", "||": "OR", "|": "OR", "!": "NOT", "-": "NOT"}.get(text, "")


def _prefix(text: str, words: list[str], position: int, field: TextField) -> Prefix:
    if text.index("*") != len(text) - 1 or len(words) != 1:
        raise QueryError("* stands at the end of one word", position, f"{text.replace('*', '')}")
    stem = arabic.query_term(words[0])
    if len(stem) < MIN_PREFIX:
        raise QueryError(f"at least {MIN_PREFIX} letters stand before *", position)
    return Prefix(stem, field)


def _check_size(text: str) -> None:
    """Refuse what is too large before it costs anything."""
    depth = 0
    if len(_ROUGH_TOKEN.findall(text)) > 3 * MAX_LEAVES:
        raise QueryError(f"more than {MAX_LEAVES:,} words and values", 0)
    quoted = re.compile(r'"[^"]*"|“[^”]*”|«[^»]*»|[()]')
    for m in quoted.finditer(text):
        depth += {"(": 1, ")": -1}.get(m.group(), 0)
        if depth > MAX_DEPTH:
            raise QueryError(f"more than {MAX_DEPTH} parentheses inside one another", m.start())


def _explain(text: str, spaced: str, error: lark.exceptions.UnexpectedInput) -> QueryError:
    """Return what is wrong in words, with a query that would be read where there is an obvious one."""
    token = getattr(error, "token", None)
    position = len(text) if token is None or token.type == "$END" else token.start_pos or 0
    if isinstance(error, lark.exceptions.UnexpectedCharacters):
        position = error.pos_in_stream or 0
        mark = spaced[position : position + 1]
        if mark in _OPENS:
            return QueryError("this quotation is not closed", position, _checked(text + _OPENS[mark]))
        return QueryError(f"{mark!r} closes no quotation", position, _checked(text[:position] + text[position + 1 :]))
    if token is not None and token.type == "$END":
        missing = spaced.count("(") - spaced.count(")")
        last = (spaced.split() or [""])[-1]
        if missing > 0 and last not in ("AND", "OR", "NOT"):
            return QueryError("a parenthesis is not closed", position, _checked(text + ")" * missing))
        return QueryError(f"something must follow {last}", position, _checked(text.rstrip().removesuffix(last).rstrip()))
    if token is not None and token.type == "RPAR":
        if spaced.count(")", 0, position + 1) > spaced.count("(", 0, position):
            return QueryError("this parenthesis closes nothing", position, _checked(text[:position] + text[position + 1 :]))
        return QueryError("there is nothing before this parenthesis to close", position)
    end = position + len(str(token))
    return QueryError(f"{str(token)!r} needs something on its left", position, _checked(text[:position] + text[end:].lstrip()))


def _checked(suggestion: str) -> str:
    try:
        _build(suggestion)
    except (QueryError, _UnreadableError):
        return ""
    return suggestion
