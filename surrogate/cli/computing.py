"""Options that say how torch computes a model: where, in which number format, and what is done with long texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["computing_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--device",
        default="auto",
        show_default=True,
        metavar="auto|cpu|cuda|cuda:N|mps",
        help="Where torch computes the model; auto: a CUDA device where there is one, else the CPU.",
    ),
    click.option(
        "--dtype",
        type=click.Choice(["float32", "bfloat16", "float16"]),
        default="float32",
        show_default=True,
        help="Number format of the model; in half precision probabilities are rounded, and the report says so.",
    ),
    click.option(
        "--too-long",
        type=click.Choice(["cut", "error"]),
        default="cut",
        show_default=True,
        help="Texts with more tokens than the model reads: cut and flagged, or refused.",
    ),
)


def computing_options(command: _Command) -> _Command:
    """Give a command the options --device, --dtype and --too-long.

    Examples
    --------
    >>> [option.name for option in click.command()(computing_options(lambda **_: None)).params]
    ['device', 'dtype', 'too_long']
    """
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
