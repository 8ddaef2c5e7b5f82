"""`khabar setup stores|kibana`: what must be there before the first message and the first reader."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from khabar import settings as settings_module

if TYPE_CHECKING:
    from khabar.settings import Settings


def register(app: typer.Typer) -> None:
    """Add `khabar setup`."""
    group = typer.Typer(no_args_is_help=True, help="Make, check and migrate what full mode stands on.")
    app.add_typer(group, name="setup")

    @group.command()
    def stores(
        check: bool = typer.Option(
            False, "--check", help="Change nothing; say what is missing or differs, exit status 1 if any."
        ),
        migrate: bool = typer.Option(False, "--migrate", help="Move indices of an older mapping to new ones, without downtime."),
        keys: Path | None = typer.Option(None, help="Make API keys for writer, reader and Kibana; write them to files in DIR."),
        topics: bool = typer.Option(True, help="Make Kafka's topics too."),
    ) -> None:
        """Make Kafka's topics, Elasticsearch's templates, indices and aliases; keys and Kibana's own password if asked."""
        settings = settings_module.load(os.environ)
        if check:
            _report(_check_stores(settings, keys=keys is not None))
            return
        if topics:
            _make_topics(settings)
        _make_stores(settings, keys, migrate=migrate)

    @group.command()
    def kibana(
        check: bool = typer.Option(
            False, "--check", help="Change nothing; say what is missing or differs, exit status 1 if any."
        ),
        rules: bool = typer.Option(False, "--rules", help="Also make the alert rules that Kibana's free licence allows."),
        files: Path | None = typer.Option(None, help="A folder with dashboards/ and data_views/ instead of the shipped one."),
    ) -> None:
        """Put data views and dashboards into Kibana and read them back; make the analyst's role and login."""
        settings = settings_module.load(os.environ)
        if check:
            _report(_check_kibana(settings, files))
        else:
            _make_kibana(settings, files, rules=rules)


def _make_topics(settings: Settings) -> None:
    from khabar.kafka import KafkaBroker, create_topics

    made = create_topics(KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix), settings.partitions)
    for name, new in made.items():
        typer.echo(f"topic {name}: {'made' if new else 'there'}")


def _make_stores(settings: Settings, keys: Path | None, *, migrate: bool) -> None:
    from index import security, setup
    from index.elastic import Elastic

    elastic = Elastic(settings)
    try:
        made = setup.put_stores(elastic, settings.index_prefix)
        for name in made:
            typer.echo(f"index {name}: made")
        for name in setup.migrate(elastic, settings.index_prefix) if migrate else ():
            typer.echo(f"index {name}: made of the older one, and live")
        if keys:
            for name in security.put_keys(elastic, settings.index_prefix, keys):
                typer.echo(f"key {name}: made, in {keys / name}.toml")
        if settings.kibana_system_password:
            security.put_kibana_password(elastic, settings.kibana_system_password)
            typer.echo("password of kibana_system: set")
    finally:
        elastic.close()
    typer.echo("stores: ready")


def _check_stores(settings: Settings, *, keys: bool) -> list[str]:
    from index import security, setup
    from index.elastic import Elastic

    elastic = Elastic(settings)
    try:
        found = setup.check_stores(elastic, settings.index_prefix)
        return found + (security.check_keys(elastic, settings.index_prefix) if keys else [])
    finally:
        elastic.close()


def _make_kibana(settings: Settings, files: Path | None, *, rules: bool) -> None:
    from index import kibana, kibana_files, security
    from index.elastic import Elastic

    server = kibana.Kibana(settings)
    views = kibana_files.data_views(settings.index_prefix, settings.desk_address, files)
    boards = kibana_files.dashboards(files)
    kibana.put_role(server, settings.index_prefix)
    kibana.put_data_views(server, views)
    kibana.put_dashboards(server, boards)
    if rules:
        kibana.put_rules(server, *kibana_files.rules(settings.index_prefix, files))
    if settings.analyst_password:
        elastic = Elastic(settings)
        try:
            security.put_analyst(elastic, settings.analyst_user, settings.analyst_password)
        finally:
            elastic.close()
        typer.echo(f"login {settings.analyst_user}: ready")
    typer.echo(f"kibana: {len(views)} data views and {len(boards)} dashboards put and read back")


def _check_kibana(settings: Settings, files: Path | None) -> list[str]:
    from index import kibana, kibana_files, security
    from index.elastic import Elastic

    views = kibana_files.data_views(settings.index_prefix, settings.desk_address, files)
    found = kibana.check(kibana.Kibana(settings), views, kibana_files.dashboards(files), settings.index_prefix)
    if not settings.analyst_password:
        return found
    elastic = Elastic(settings)
    try:
        return found + security.check_analyst(elastic, settings.analyst_user)
    finally:
        elastic.close()


def _report(findings: list[str]) -> None:
    for line in findings:
        typer.echo(line)
    if findings:
        raise typer.Exit(1)
    typer.echo("all is as it should be")
