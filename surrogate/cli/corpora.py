"""Options that say which file holds a corpus, and which of its columns are what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["corpus_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.argument("corpus", type=click.Path(dir_okay=False, path_type=Path)),
    click.option(
        "--text", "text_column", help="Column with the texts [default: the one called text, message or the like]."
    ),
    click.option("--id", "id_column", help="Column by which a report names a document [default: its row]."),
    click.option("--limit", type=click.IntRange(min=1), help="Read only so many rows."),
)


def corpus_options(command: _Command) -> _Command:
    """Give a command the argument CORPUS and the options --text, --id and --limit.

    Examples
    --------
    >>> [option.name for option in click.command()(corpus_options(lambda **_: None)).params]
    ['corpus', 'text_column', 'id_column', 'limit']
    """
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
