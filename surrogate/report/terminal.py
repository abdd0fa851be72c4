"""Pieces of the terminal view: plain lines, headings and tables in which nothing the user wrote is markup."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from surrogate.report.visible import visible

__all__ = ["BAR", "CON", "PRO", "bar", "grid", "head", "say"]

#: Characters of the longest bar.
BAR = 16

PRO, CON = "bold blue", "bold dark_orange3"


def say(console: Console, *parts: str | tuple[str, str]) -> None:
    """Print pieces of plain text, each with or without a style."""
    line = Text()
    for part in parts:
        content, style = (part, "") if isinstance(part, str) else part
        line.append(visible(content), style)
    console.print(line)


def head(console: Console, title: str) -> None:
    """Print a heading."""
    console.print()
    console.print(Line(Text(visible(title), "bold"), align="left", style="dim"))


def grid(*justify: str) -> Table:
    """A table without lines; a column for each side it is set to."""
    table = Table.grid(padding=(0, 2))
    for side in justify:
        table.add_column(justify=side, overflow="fold")  # type: ignore[arg-type]
    return table


def bar(number: float, items: list[dict[str, Any]]) -> Text:
    """A bar of signs, its length against the largest coefficient."""
    largest = max((abs(item["coefficient"]) for item in items), default=1.0) or 1.0
    length = max(1, round(BAR * abs(number) / largest))
    return Text(("+" if number >= 0 else "−") * length, PRO if number >= 0 else CON)
