"""The verbs verify and verifier: check a report or a batch without the model; write the verifier as one file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from surrogate.verifying.signatures import TrustedKey
    from surrogate.verifying.verdicts import Verification

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
@click.option(
    "--rebuild/--no-rebuild",
    default=None,
    help="Make the report again from its evidence [default: yes; of a batch, no].",
)
def verify(folder: Path, trusted: tuple[Path, ...], day: datetime | None, as_json: bool, rebuild: bool | None) -> None:
    """Check the report, or the finished batch, in DIR without the model: integrity, numbers, whether it is rebuilt.

    Of a batch every file, every row and every full report is checked.

    Without --trust nobody's signature can be checked, and the best verdict is "internally consistent, signer unknown".

    Exit codes: 0 verified, or internally consistent; 1 something is wrong; 2 it cannot be read.
    """
    from surrogate.corpus.batch.checking.verifying import is_batch
    from surrogate.verifying.main import UNREADABLE, read_keys, unreadable
    from surrogate.verifying.problems import UnreadableError
    from surrogate.verifying.telling import plain_line, tell

    try:
        keys = read_keys(trusted) if trusted else None
        check = _batch if is_batch(folder) else _report
        said = check(folder, keys, None if day is None else day.date(), rebuild)
    except UnreadableError as error:
        told = unreadable(str(folder), error)
        click.echo(json.dumps(told, indent=1) if as_json else plain_line(told["sentence"]))
        raise SystemExit(UNREADABLE) from error
    click.echo(json.dumps(said.to_dict(), indent=1) if as_json else tell(said), nl=as_json)
    raise SystemExit(said.exit_code)


def _report(folder: Path, keys: Sequence[TrustedKey] | None, today: date | None, rebuild: bool | None) -> Verification:
    from surrogate.verifying.rebuilt import rebuild_report
    from surrogate.verifying.verdicts import Rebuilding, verify_folder

    said = verify_folder(folder, keys, today)
    if rebuild is False:
        return said.with_rebuilt(Rebuilding("not attempted", "--no-rebuild"))
    return said.with_rebuilt(rebuild_report(said))


def _batch(folder: Path, keys: Sequence[TrustedKey] | None, today: date | None, rebuild: bool | None) -> Verification:
    from surrogate.corpus.batch.checking.verifying import verify_batch_folder

    with _counting() as watch:
        return verify_batch_folder(folder, keys, today, rebuild=rebuild is True, watch=watch)


@contextmanager
def _counting() -> Iterator[Callable[[str, int, int], None] | None]:
    """A progress bar on standard error, where a person is watching."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("verifying", total=None)
        yield lambda what, done, total: bar.update(task, description=f"verifying {what}", completed=done, total=total)


@click.command()
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--overwrite", is_flag=True, help="Replace another file.")
def verifier(out: Path, overwrite: bool) -> None:
    """Write the verifier as one file that needs nothing but Python, and print its SHA-256.

    An auditor runs it with: python -I verify_report.py DIR --trust KEYFILE
    """
    from surrogate.verifying.bundle import write_verifier

    click.echo(f"{write_verifier(out, overwrite=overwrite)}  {out.name}")
