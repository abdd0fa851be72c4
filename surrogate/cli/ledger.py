"""The verbs of the ledger: list, check, add."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from surrogate.cli.dates import today_option
from surrogate.cli.exit_codes import WITHHELD

__all__ = ["ledger"]

_path = click.option(
    "--ledger",
    "path",
    envvar="SURROGATE_LEDGER",
    show_envvar=True,
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The ledger's file.",
)
_key_file = click.option(
    "--key-file", type=click.Path(dir_okay=False, path_type=Path), help="Its key [default: beside it, LEDGER.key]."
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def ledger() -> None:
    """Keep a list of which reports were issued, signed, superseded, withdrawn and erased.

    The list is only ever added to, each entry is chained to the one before it, and reports appear in it as keyed digests.
    """


@ledger.command("list")
@_path
@_key_file
@click.option("--report", type=click.Path(path_type=Path), help="Only entries about the report in this folder.")
@_as_json
def list_them(path: Path, key_file: Path | None, report: Path | None, as_json: bool) -> None:
    """List the entries in their order; exit code 1 where the chain is broken."""
    from surrogate.ledger import open_ledger
    from surrogate.signing.manifest import read_manifest

    book = open_ledger(path, key_file=key_file)
    found = book.entries(None if report is None else read_manifest(report).record_sha256)
    if as_json:
        click.echo(json.dumps([entry.to_dict() for entry in found], indent=2, ensure_ascii=False))
    for entry in [] if as_json else found:
        about = f"{entry.kind or '-':<6} {(entry.report or '-')[:8]}"
        click.echo(f"{entry.sequence:>5}  {entry.date}  {entry.event:<10} {about}  {_one_line(entry.note)}".rstrip())
    checked = book.check()
    if not checked.is_whole:
        click.echo(f"The ledger is broken: {checked.why}.", err=True)
        raise SystemExit(WITHHELD)


@ledger.command()
@_path
@_key_file
@click.option("--head", help="Hash of an entry, noted earlier: shows whether entries were cut off the end.")
@_as_json
def check(path: Path, key_file: Path | None, head: str | None, as_json: bool) -> None:
    """Follow the chain from the first entry to the last; exit code 1 where it is broken.

    Print the head and keep it elsewhere, with a date: whoever holds ledger and key can write both anew, but not with that
    head.
    """
    from surrogate.ledger import open_ledger

    found = open_ledger(path, key_file=key_file).check(head)
    if as_json:
        click.echo(json.dumps({**asdict(found), "is_whole": found.is_whole}))
    elif found.is_whole:
        click.echo(f"{found.n_entries} {'entry' if found.n_entries == 1 else 'entries'}, the chain is whole.")
        click.echo(f"head: {found.head}")
        if head is None:
            click.echo("Not proved: that nothing was cut off the end. For that, give a head noted earlier: --head HASH")
        else:
            click.echo(f"entries since the head that was given: {found.since}")
    else:
        click.echo(f"The ledger is broken: {found.why}.")
    if not found.is_whole:
        raise SystemExit(WITHHELD)


@ledger.command()
@click.argument("event", type=click.Choice(["issued", "superseded", "withdrawn"]))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@_path
@_key_file
@today_option
@click.option("--note", default="", help="Is written as it is, and stays: it should name nobody.")
@_as_json
def add(event: str, folder: Path, path: Path, key_file: Path | None, date: str, note: str, as_json: bool) -> None:
    """Add an entry about the report in DIR; the ledger is begun where it is not there."""
    from surrogate.ledger import open_ledger
    from surrogate.signing.manifest import read_manifest
    from surrogate.signing.refreshing import changed, compare

    manifest = read_manifest(folder)
    if event == "issued":
        found = compare(folder, manifest.files)
        for name in (*found["changed"], *found["missing"]):
            raise changed(name, name not in found["missing"])
    book = open_ledger(path, create=True, key_file=key_file)
    entry = book.append(
        event, record=manifest.record_sha256, manifest=manifest.sha256, kind=manifest.kind, date=date, note=note
    )
    click.echo(
        json.dumps(entry.to_dict(), ensure_ascii=False) if as_json else f"entry {entry.sequence}, head {entry.hash}"
    )


def _one_line(note: str) -> str:
    """A note as one line of plain text, whatever is in it."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in note)
