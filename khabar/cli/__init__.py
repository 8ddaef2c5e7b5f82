"""The command line: every module of this package adds its commands in `register(app)`."""

import importlib
import os
import pkgutil
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from khabar import native
from khabar.errors import KhabarError
from khabar.logs import configure
from khabar.settings import load


def build() -> typer.Typer:
    """Return the command line with the commands of all modules of this package."""
    app = typer.Typer(name="khabar", no_args_is_help=True, pretty_exceptions_enable=False, help=__doc_help__)
    app.callback()(_prepare)
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        if not module.startswith("_"):
            importlib.import_module(f"{__name__}.{module}").register(app)
    return app


def _tell_version(asked: bool) -> None:
    if not asked:
        return
    try:
        number = version("khabar")
    except PackageNotFoundError:
        number = "from a checkout"
    typer.echo(f"khabar {number}, {'compiled' if native.compiled() else 'pure Python'}")
    raise typer.Exit


def _prepare(
    _: Annotated[bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print version and build.")] = False,
) -> None:
    native.check()
    settings = load(os.environ)
    configure(settings.log_level, json=settings.log_json)


__doc_help__ = "Khabar (خبر): a streaming monitor of Arabic news about Libya."


def main() -> None:
    """Run the command line; our own errors are one line on stderr and exit status 1."""
    try:
        build()()
    except KhabarError as e:
        sys.stderr.write(f"khabar: {e}\n")
        sys.exit(1)
