"""The verbs verify and verifier: check a report without the model; write the verifier as one file."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

__all__ = ["verifier", "verify"]


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--trust",
    "trusted",
    multiple=True,
    metavar="KEYFILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Public key, or list of them, of signers that you know; may be repeated.",
)
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day by which signatures may have expired [today]."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--no-rebuild", is_flag=True, help="Do not make the report again from its evidence.")
def verify(folder: Path, trusted: tuple[Path, ...], day: datetime | None, as_json: bool, no_rebuild: bool) -> None:
    """Check the report in DIR without the model: integrity, numbers, and whether it is rebuilt byte for byte.

    Without --trust nobody's signature can be checked, and the best verdict is "internally consistent, signer unknown".

    Exit codes: 0 verified, or internally consistent; 1 something is wrong; 2 it cannot be read.
    """
    from surrogate.verifying.main import UNREADABLE, read_keys, unreadable
    from surrogate.verifying.problems import UnreadableError
    from surrogate.verifying.telling import plain_line, tell
    from surrogate.verifying.verdicts import Rebuilding, verify_folder

    try:
        keys = read_keys(trusted) if trusted else None
        said = verify_folder(folder, keys, None if day is None else day.date())
    except UnreadableError as error:
        told = unreadable(str(folder), error)
        click.echo(json.dumps(told, indent=1) if as_json else plain_line(told["sentence"]))
        raise SystemExit(UNREADABLE) from error
    if no_rebuild:
        said = said.with_rebuilt(Rebuilding("not attempted", "--no-rebuild"))
    else:
        from surrogate.verifying.rebuilt import rebuild_report

        said = said.with_rebuilt(rebuild_report(said))
    click.echo(json.dumps(said.to_dict(), indent=1) if as_json else tell(said), nl=as_json)
    raise SystemExit(said.exit_code)


@click.command()
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--overwrite", is_flag=True, help="Replace another file.")
def verifier(out: Path, overwrite: bool) -> None:
    """Write the verifier as one file that needs nothing but Python, and print its SHA-256.

    An auditor runs it with: python -I verify_report.py DIR --trust KEYFILE
    """
    from surrogate.verifying.bundle import write_verifier

    click.echo(f"{write_verifier(out, overwrite=overwrite)}  {out.name}")
