"""What several verbs show while they work and when they are done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

__all__ = ["asking", "default_folder", "show_result"]


@contextmanager
def asking(show: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on standard error while the model is asked, where a person is watching.

    Examples
    --------
    >>> with asking(False) as progress:
    ...     progress is None
    True
    """
    if not show or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("asking the model"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("ask", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def default_folder(explanation: Any) -> Path:
    """A folder named after the content of the record."""
    from surrogate.canonical import canonical_bytes, digest

    return Path("surrogate-report") / digest(canonical_bytes(explanation.to_dict()))[:12]


def show_result(
    explanation: Any, folder: Path | None, show: Callable[[dict[str, Any]], None] | None, as_json: bool
) -> None:
    """Print the record, or what ``show`` makes of it, and where the report is."""
    if as_json:
        from surrogate.canonical import canonical_bytes

        click.echo(canonical_bytes(explanation.to_dict()).decode("utf-8"))
    elif show is not None:
        show(explanation.to_dict())
    if folder is not None:
        from surrogate.report.write import FORMATS

        shown = (folder / file for file in FORMATS.values() if (folder / file).exists())
        click.echo(f"report: {next(shown, folder / 'report.json')}", err=as_json)
