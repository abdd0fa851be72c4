"""Concepts alone, on a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from surrogate.report.number_format import decimal, percent
from surrogate.report.precedents import space_name
from surrogate.report.terminal import grid, head, say
from surrogate.report.visible import shorten, visible

__all__ = ["print_concepts"]

#: What is always said beside them.
_CAUTION = (
    "Groups that an algorithm found, named by counting words. Named: share of the typical texts that hold one of the first three "
    "words. Cohesion: mean cosine between the texts and their centre."
)


def print_concepts(record: dict[str, Any], console: Console, n_texts: int = 0) -> None:
    """Print a table of concepts, each with some of its typical texts; nothing in them is read as markup.

    Parameters
    ----------
    record : dict
        ``FoundConcepts.to_dict()``.
    console : rich.console.Console
    n_texts : int, default 0
        Typical texts of each concept.
    """
    n_rows, n_texts_in_all = record["n_documents"], record["n_distinct"]
    rows = "" if n_rows == n_texts_in_all else f" ({n_rows:,} rows)"
    head(console, f"Concepts of {n_texts_in_all:,} texts{rows} in {space_name(record['embeddings'])}")
    if record["n_unusable"]:
        say(console, f"{record['n_unusable']:,} texts were too long to be embedded whole, and are left out.")
    table = grid("right", "left", "right", "right", "right")
    table.add_row("", "concept", "texts", "named", "cohesion", style="dim")
    for one in record["concepts"]:
        name = Text(visible(one["label"]), "bold")
        numbers = (f"{one['n_documents']:,}", percent(one["naming_share"], 0), decimal(one["cohesion"]))
        table.add_row(str(one["number"]), name, *numbers)
        for typical in one["typical"][:n_texts]:
            table.add_row("", Text(shorten(typical["text"], 90), "dim"), "", "", "")
    console.print(table)
    say(console, (_CAUTION, "italic"))
