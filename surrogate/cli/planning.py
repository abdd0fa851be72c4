"""What a verb shows of a plan."""

from __future__ import annotations

from typing import Any

__all__ = ["print_plan"]

#: Columns of a terminal from which there is room beside the numbers for where they come from.
_WIDE = 120


def print_plan(plan: Any, console: Any = None) -> None:
    """Print a plan as a table, and below it what would be sent, what would break first, and notes.

    Parameters
    ----------
    plan : BatchPlan
    console : rich.console.Console, optional
        Default: standard output.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from surrogate.corpus.batch.plan.plan_words import closing_lines

    console, rows = console or Console(), plan.rows()
    wide = console.width >= _WIDE
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("", "low", "expected", "high"):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    if wide:
        table.add_column("where from")
    for *cells, source in rows:
        table.add_row(*(Text(cell) for cell in cells), *([Text(source)] if wide else []))
    console.print(Text(f"Plan of a batch with the model {plan.model} ({plan.kind})"))
    console.print(table)
    if not wide:
        for what, *_, source in rows:
            if source:
                console.print(Text(f"{what}: {source}"))
    for line in closing_lines(plan):
        console.print(Text(line))
