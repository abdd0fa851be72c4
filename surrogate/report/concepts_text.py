"""Concepts alone, on a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from surrogate.report import language
from surrogate.report.corpus.wording import concept_name
from surrogate.report.language import message
from surrogate.report.number_format import decimal, percent
from surrogate.report.precedents import space_name
from surrogate.report.terminal import grid, head, say
from surrogate.report.visible import shorten, visible

__all__ = ["print_concepts"]

#: What is always said beside them.
_CAUTION = message(
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
    of = {"n": f"{n_texts_in_all:,}", "n_rows": f"{n_rows:,}", "embeddings": space_name(record["embeddings"])}
    if n_rows == n_texts_in_all:
        head(console, language.say("Concepts of {n} texts in {embeddings}", **of))
    else:
        head(console, language.say("Concepts of {n} texts ({n_rows} rows) in {embeddings}", **of))
    if record["n_unusable"]:
        n = f"{record['n_unusable']:,}"
        say(console, language.say("{n} texts were too long to be embedded whole, and are left out.", n=n))
    table = grid("right", "left", "right", "right", "right")
    heads = (language.say("concept"), language.say("texts"), language.say("named"), language.say("cohesion"))
    table.add_row("", *heads, style="dim")
    for one in record["concepts"]:
        name = Text(visible(concept_name(one["label"])), "bold")
        numbers = (f"{one['n_documents']:,}", percent(one["naming_share"], 0), decimal(one["cohesion"]))
        table.add_row(str(one["number"]), name, *numbers)
        for typical in one["typical"][:n_texts]:
            table.add_row("", Text(shorten(typical["text"], 90), "dim"), "", "", "")
    console.print(table)
    say(console, (language.say(_CAUTION), "italic"))
