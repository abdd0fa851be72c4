"""Options that several verbs share: which model, and which report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["model_option", "read_stated", "report_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

#: The option --model of the verbs that ask a model to decide.
model_option = click.option(
    "-m",
    "--model",
    default="bank-router",
    show_default=True,
    help="Shipped name, local folder (of weights, or of an endpoint's model.toml), .skops file or hub name.",
)

_OPTIONS = (
    click.option(
        "-o", "--out", type=click.Path(path_type=Path), help="Folder of the report [default: surrogate-report/ID]."
    ),
    click.option(
        "--format",
        "formats",
        multiple=True,
        default=("html",),
        show_default=True,
        help="html, pdf, docx, xlsx, md or text; may be repeated.",
    ),
    click.option(
        "--issuance",
        type=click.Path(dir_okay=False, path_type=Path),
        help="What people state about the report (date, author, purpose and more): a TOML file.",
    ),
    click.option(
        "--json", "as_json", is_flag=True, help="Print the record as JSON and nothing else; no report unless --out."
    ),
    click.option("--overwrite", is_flag=True, help="Replace a different report in the output folder."),
    click.option(
        "--no-evidence",
        is_flag=True,
        help="Keep no texts and answers beside the report; its numbers cannot be checked then.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print only where the report is."),
)


def report_options(command: _Command) -> _Command:
    """Give a command the options --out, --format, --issuance, --json, --overwrite, --no-evidence and --quiet.

    Examples
    --------
    >>> [option.name for option in click.command()(report_options(lambda **_: None)).params]
    ['out', 'formats', 'issuance', 'as_json', 'overwrite', 'no_evidence', 'quiet']
    """
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_stated(path: Path | None) -> Any:
    """What people state, read before anything is asked, so that a mistake in it costs no calls; None: no file was named.

    Examples
    --------
    >>> read_stated(None) is None
    True
    """
    if path is None:
        return None
    from surrogate.report.issuance import read_issuance

    return read_issuance(path)
