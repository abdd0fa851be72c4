"""The verb export: the rules of a report for other systems, each file run before it is offered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from surrogate.cli.exit_codes import DONE, WITHHELD

__all__ = ["export"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "formats",
    default="dmn,pmml,sql,python,json,csv",
    show_default=True,
    help="Formats, separated by commas.",
)
@click.option(
    "--member", "members", multiple=True, help="Surrogate by its name in the report; may be repeated.  [default: all]"
)
@click.option("--json", "as_json", is_flag=True, help="Print exports.json and nothing else.")
@click.option("--overwrite", is_flag=True, help="Replace other exports in the folder.")
def export(folder: Path, formats: str, members: tuple[str, ...], as_json: bool, overwrite: bool) -> None:
    """Export the rules of the report in FOLDER into FOLDER/exports, as files that other systems run.

    Every file is run on vectors at the borders of the rules, and on the held-out documents where the evidence is kept.  One that
    says otherwise than the surrogate anywhere is not written, and exports.json says why.  Exit code 1: nothing could be offered.
    """
    from surrogate.exporting import export_folder

    names = [name.strip() for name in formats.split(",") if name.strip()]
    listing = export_folder(folder, names, list(members) or None, overwrite=overwrite)
    offered = [one for one in listing["exports"] if one["offered"]]
    if as_json:
        from surrogate.canonical import canonical_bytes

        click.echo(canonical_bytes(listing).decode("utf-8"))
    else:
        _print(listing, folder)
    raise SystemExit(DONE if offered else WITHHELD)


def _print(listing: dict[str, Any], folder: Path) -> None:
    from surrogate.exporting.plain import shown

    for one in listing["exports"]:
        if one["offered"]:
            click.echo(f"{folder / 'exports' / one['file']}: {_told(one['conformance'])}")
        else:
            click.echo(f"{shown(one['surrogate'])}, {one['format']}: not offered. {shown(one['reason'], 400)}")
    for name, reason in listing["withheld"].items():
        click.echo(f"{shown(name)}: withheld. {shown(reason, 400)}")


def _told(checks: list[dict[str, Any]]) -> str:
    if not checks:
        return "data, not to be run"
    said = [
        f"{one['engine']} {one['version']} agrees on all {one['vectors']:,} vectors and {one['rows']:,} held-out rows"
        for one in checks
    ]
    return "; ".join(said)
