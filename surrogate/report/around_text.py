"""What stands around a text, on a terminal: precedents of a corpus, and global rules that hold for it."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from surrogate.report import global_rules, precedents
from surrogate.report.terminal import grid, head, say
from surrogate.report.visible import shorten, visible

__all__ = ["print_around", "print_precedents"]

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


def print_around(record: dict[str, Any], console: Console) -> None:
    """Print the precedents and the global rules of a record; nothing where it has none.

    Parameters
    ----------
    record : dict
        ``Explanation.to_dict()``.
    console : rich.console.Console
    """
    near, fired = precedents.of(record), global_rules.of(record)
    if near is not None:
        print_precedents(near, console)
    if fired is None:
        return
    head(console, global_rules.TITLE)
    say(console, global_rules.lead(fired, record["decision"]["label"]))
    for rule in fired["rules"]:
        say(
            console,
            (f"R{rule['number']} IF ", "bold"),
            global_rules.condition(rule),
            (f" THEN {rule['label']}", "bold"),
            f" ({global_rules.facts(rule)})",
        )
    if fired["rules"]:
        say(console, (global_rules.CAUTION, "italic"))
