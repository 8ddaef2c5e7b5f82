"""`khabar actors`: look an actor up by any form, explain a text's mentions, check a file, propose unknown names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from khabar.cli._input import day_of, text_of
from khabar.errors import KhabarError, RejectedError
from khabar.schema import Mention
from khabar.settings import load

if TYPE_CHECKING:
    from streams.document import Document
    from streams.entry import Actor
    from streams.gazetteer import Gazetteer

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add `khabar actors show|find|check|add`."""
    group = typer.Typer(no_args_is_help=True, help="Who can appear, under which names; see docs/gazetteer.md.")
    app.add_typer(group, name="actors")
    group.command()(show)
    group.command()(find)
    group.command()(check)
    group.command()(add)


def show(form: Annotated[str, typer.Argument(help="An id, or any form in any spelling.")], *, as_json: Json = False) -> None:
    """Show the actors that claim a form, and all their forms."""
    from streams import lookup

    known = _known()
    uses = lookup.find(known, form)
    if not uses:
        raise KhabarError(f"no actor has the form {form!r}; `khabar actors add` proposes entries for unknown names")
    if as_json:
        entries = {u.actor: msgspec.to_builtins(known.actors[u.actor]) for u in uses}
        _print_json([{"use": u, "actor": entries[u.actor]} for u in uses])
        return
    for use in uses:
        when = f" {use.since or '…'} to {use.until or '…'}" if use.field == "roles" else ""
        sys.stdout.write(f"{_isolated(use.form)}: {use.field} of {use.actor}{when}\n")
    for actor in dict.fromkeys(u.actor for u in uses):
        _entry(known.actors[actor])


def find(
    file: Annotated[str, typer.Argument(help="A file, its first line the title; - is stdin; else the text itself.")] = "-",
    *,
    on: Annotated[str, typer.Option("--date", help="The article's date, YYYY-MM-DD: it decides roles.")] = "",
    as_json: Json = False,
) -> None:
    """Explain a text: who is mentioned where and by which rule, whether it is about Libya, and in which language it is."""
    from streams import actors, language, relevance
    from streams.document import Document

    title, _, text = text_of(file).partition("\n")
    doc, known = Document(title, text, day_of(on)), _known()
    mentions = actors.find(doc, known)
    about, reason = relevance.about_libya(doc, mentions, known)
    fields = {field.name: field.text for field in doc.fields}
    told = [
        Mention(field=m.field, start=m.start, end=m.end, text=fields[m.field][m.start : m.end], rule=m.rule) for m in mentions
    ]
    spoken = language.detect(f"{title} {text}")
    if as_json:
        said = [{"actor": found.actor} | msgspec.to_builtins(m) for found, m in zip(mentions, told, strict=True)]
        _print_json({"language": spoken, "about_libya": about, "relevance": reason, "mentions": said})
        return
    _marked(doc, told)
    rows = [
        (found.actor, _isolated(known.actors[found.actor].name_ar), m.rule, _isolated(m.text), m.field)
        for found, m in zip(mentions, told, strict=True)
    ]
    _table(("actor", "name", "rule", "text", "field"), rows)
    sys.stdout.write(f"language {spoken}; {'about Libya' if about else 'not about Libya'} ({reason})\n")


def check(
    files: Annotated[list[Path] | None, typer.Argument(help="Files to read beside the shipped ones.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Check actor files: each entry against the schema, and no form claimed twice without a rule that decides."""
    from streams import gazetteer, lookup

    own = tuple(files) if files else gazetteer.files(load(os.environ).gazetteer_dir)[len(gazetteer.shipped()) :]
    known = gazetteer.load((*gazetteer.shipped(), *own))
    found = lookup.clashes(known)
    if as_json:
        _print_json({"actors": len(known.actors), "forms": known.forms.count, "files": len(own), "clashes": found})
    else:
        for clash in found:
            sys.stdout.write(clash + "\n")
        sys.stdout.write(f"{len(known.actors)} actors, {known.forms.count} forms, {len(own)} own files, {len(found)} clashes\n")
    if found:
        raise typer.Exit(1)


def add(
    query: Annotated[str, typer.Argument(help="Which articles of the index, as for `khabar search`; empty is all.")] = "",
    *,
    jsonl: Annotated[Path | None, typer.Option(help="Read articles from this file instead of the index.")] = None,
    least: Annotated[int, typer.Option(min=1, help="In at least so many articles.")] = 3,
    size: Annotated[int, typer.Option(min=1, help="At most so many names.")] = 40,
    as_json: Json = False,
) -> None:
    """Propose entries for names that no actor has, found after words such as «المتحدث باسم»: TOML to correct and keep."""
    from streams.unknown import unknown

    docs = _rows(jsonl) if jsonl else _indexed(query)
    names = unknown(docs, _known(), least)[:size]
    if as_json:
        _print_json(names)
        return
    for number, name in enumerate(names, start=1):
        kind = "group" if name.name.startswith(name.cue) else "person"
        entry = {"id": f"new-{number}", "name_ar": name.name, "name_en": "?", "type": kind, "country": "LY", "names": [name.name]}
        lines = "".join(f"{key} = {msgspec.json.encode(value).decode()}\n" for key, value in entry.items())
        seen = f"# {name.articles} articles, after {_isolated(name.cue)}: {_isolated(name.example)}"
        sys.stdout.write(f"{seen}\n[[actor]]\n{lines}\n")
    typer.echo(
        f"{len(names)} names; correct id, name_en and type, delete what is no actor, then `khabar actors check FILE`", err=True
    )


def _known() -> Gazetteer:
    from streams import gazetteer

    return gazetteer.load(gazetteer.files(load(os.environ).gazetteer_dir))


def _indexed(query: str) -> Iterator[Document]:
    from khabar.cli._adapters import open_store
    from streams.document import Document

    with open_store(load(os.environ)) as store:
        yield from (Document.of(item.tagged.article) for item in store.scan(query))


def _rows(path: Path) -> Iterator[Document]:
    from khabar.rows import row_of
    from streams.document import Document

    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as e:
        raise KhabarError(f"{path}: {e.strerror}") from e
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield Document.of(row_of(line).article(str(number)))
            except RejectedError as e:
                sys.stderr.write(f"khabar actors: {path}: line {number}: {e.reason}\n")


def _isolated(text: str) -> str:
    """Return `text` so that its direction does not turn the rest of the line round."""
    return f"\u2068{text}\u2069"


def _print_json(value: Any) -> None:
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")


def _entry(actor: Actor) -> None:
    told: dict[str, Any] = msgspec.to_builtins(actor)
    rows = [
        (field, _isolated(" ".join(map(str, part.values())) if isinstance(part, dict) else str(part)))
        for field, value in told.items()
        if value and field != "id"
        for part in (value if isinstance(value, (list, tuple)) else [value])
    ]
    _table((actor.id, _isolated(actor.name_ar)), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*head)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(table)


def _marked(doc: Document, told: list[Mention]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for field in doc.fields:
        shown = Text(field.text)
        for m in told:
            if m.field == field.name:
                shown.stylize("bold yellow", m.start, m.end)
        if field.text:
            console.print(shown)
