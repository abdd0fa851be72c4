"""What stands around a text, on a terminal: precedents of a corpus, and global rules that hold for it."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from surrogate.report import precedents
from surrogate.report.terminal import grid, head, say
from surrogate.report.visible import shorten, visible

__all__ = ["print_precedents"]

#: Characters of a text that are printed; the report has more.
_TEXT = 70


def print_precedents(found: dict[str, Any], console: Console) -> None:
    """Print the nearest texts of a corpus; nothing in them is read as markup.

    Parameters
    ----------
    found : dict
        ``Precedents.to_dict()``.
    console : rich.console.Console
    """
    head(console, "Precedents: the nearest texts of the corpus")
    say(console, precedents.lead(found))
    for caption, rows in precedents.lists(found):
        say(console, (f"{caption}:", "bold"))
        table = grid("right", "left", "left", "right", "right", "left")
        table.add_row("", "", "decision", "probability", "similarity", "document", style="dim")
        for rank, text, decision, probability, similarity, name, note in rows:
            words = Text(shorten(text, _TEXT))
            if note:
                words.append(f" ({note})", "bold")
            known = (Text(visible(decision), "bold"), probability, similarity, Text(shorten(name, 24)))
            table.add_row(rank, words, *known)
        console.print(table)
    say(console, (precedents.CAUTION, "italic"))
