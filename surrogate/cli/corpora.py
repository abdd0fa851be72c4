"""Options that say which file holds a corpus, and which of its columns are what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["column_options", "corpus_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_COLUMNS = (
    click.option(
        "--text",
        "text_column",
        help="Column of the corpus with the texts [default: the one called text, message or the like].",
    ),
    click.option(
        "--id", "id_column", help="Column of the corpus by which a report names a document [default: its row]."
    ),
)

_OPTIONS = (
    click.argument("corpus", type=click.Path(dir_okay=False, path_type=Path)),
    *_COLUMNS,
    click.option("--limit", type=click.IntRange(min=1), help="Read only so many rows."),
)


def corpus_options(command: _Command) -> _Command:
    """Give a command the argument CORPUS and the options --text, --id and --limit.

    Examples
    --------
    >>> [option.name for option in click.command()(corpus_options(lambda **_: None)).params]
    ['corpus', 'text_column', 'id_column', 'limit']
    """
    return _given(command, _OPTIONS)


def column_options(command: _Command) -> _Command:
    """Give a command the options --text and --id.

    Examples
    --------
    >>> [option.name for option in click.command()(column_options(lambda **_: None)).params]
    ['text_column', 'id_column']
    """
    return _given(command, _COLUMNS)


def _given(command: _Command, options: tuple[Callable[[Any], Any], ...]) -> _Command:
    for option in reversed(options):
        command = option(command)
    return command
