"""The summary of a batch as text for a terminal; it reads without colour."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from surrogate.report.batch import drift_headline, drift_words, wording
from surrogate.report.batch.context import count_of, short, table_bins
from surrogate.report.batch.look_first import look_first, needs_attention
from surrogate.report.language import LOCALES, speaking
from surrogate.report.normal import ordered
from surrogate.report.number_format import decimal, percent, signed
from surrogate.report.terminal import BAR, PRO, grid, head, say

__all__ = ["print_batch"]

Record = dict[str, Any]

#: Rows and words of each kind that are printed; the page has more.
_ROWS, _WORDS, _LABELS = 5, 5, 12


def print_batch(record: Record, console: Console) -> None:
    """Print a summary in short, in English; nothing that the user wrote is read as markup.

    Parameters
    ----------
    record : dict
        As in :func:`~surrogate.report.batch.render_batch`.
    console : rich.console.Console

    Examples
    --------
    >>> from io import StringIO
    >>> from surrogate.report.batch.examples import EMPTY
    >>> console = Console(file=StringIO())
    >>> print_batch(EMPTY, console)
    """
    with speaking(LOCALES[0]):
        _print(ordered(record), console)


def _print(record: Record, console: Console) -> None:
    style = "bold yellow" if needs_attention(record) else "bold green"
    say(console, (wording.headline(record["counts"], record["batch"]), style))
    for number, (_, sentence) in enumerate(look_first(record), 1):
        say(console, (f"{number}. ", "bold"), sentence)
    if record["drift"]:
        _print_drift(record["drift"], console)
    _print_decisions(record, console)
    _print_withheld(record, console)
    _print_fidelity(record["fidelity"], console)
    _print_errors(record["errors"], console)
    _print_reasons(record["reasons"], console)
    _print_rows(record["worst"], console)


def _print_drift(drift: Record, console: Console) -> None:
    head(console, "Against the earlier batch")
    for one in drift["told_first"]:
        say(console, ("Read first: ", "bold"), drift_headline.told_first_sentence(one))
    if drift["matched"]:
        say(console, drift_words.matched_sentence(drift["matched"]["texts"]))
    table = grid("left", "right", "right", "right")
    table.add_row("", "before", "after", "difference")
    for one in (*drift["decisions"]["shares"][:_LABELS], *drift["statuses"]["shares"]):
        sides = [f"{count_of(one[side]['n'])}  {percent(one[side]['value'])}" for side in ("before", "after")]
        table.add_row(Text(short(one["name"])), *sides, drift_words.moved_points(one["before"], one["after"]))
    console.print(table)
    _say_more(console, len(drift["decisions"]["shares"]) - _LABELS, "decision")
    say(console, "Decisions: ", drift_words.distance_sentence(drift["decisions"]))
    say(console, "Explained or not: ", drift_words.distance_sentence(drift["statuses"]))
    say(console, drift_words.fidelity_sentence(drift["fidelity"]))


def _print_decisions(record: Record, console: Console) -> None:
    if not record["decisions"]:
        return
    head(console, "What the model decides")
    total = sum(one["rows"] for one in record["decisions"])
    table = grid("left", "right", "right", "right", "right", "left")
    table.add_row("", "rows", "share", "explained", "withheld", "")
    for one in record["decisions"][:_LABELS]:
        numbers = (count_of(one[name]) for name in ("explained", "withheld"))
        tag = "adverse" if one["is_adverse"] else ""
        table.add_row(Text(short(one["label"])), count_of(one["rows"]), percent(one["rows"] / total), *numbers, tag)
    console.print(table)
    _say_more(console, len(record["decisions"]) - _LABELS, "decision")


def _print_withheld(record: Record, console: Console) -> None:
    if not record["surrogates"]:
        return
    head(console, "Surrogates, rows by verdict")
    table = grid("left", *["right"] * len(wording.VERDICTS))
    table.add_row("", *map(wording.verdict_name, wording.VERDICTS))
    for one in record["surrogates"]:
        numbers = (count_of(one["verdicts"].get(name, 0)) for name in wording.VERDICTS)
        table.add_row(Text(short(wording.surrogate_title(one))), *numbers)
    console.print(table)
    for one in record["withheld"][:_ROWS]:
        say(console, (f"{count_of(one['rows'])} withheld, ", "bold"), "for example: ", short(one["example"], 400))
    _say_more(console, record["counts"]["withheld"] - sum(one["rows"] for one in record["withheld"][:_ROWS]), "row")


def _print_fidelity(fidelity: Record, console: Console) -> None:
    if not fidelity["n"]:
        return
    head(console, f"Fidelity R² of {count_of(fidelity['n'])} rows, median {decimal(fidelity['q50'])}")
    table = grid("left", "right", "left")
    bins = table_bins(fidelity["thousandths"])
    most = max(n for _, n in bins)
    for name, n in bins:
        table.add_row(name, count_of(n), Text("█" * round(2 * BAR * n / most), PRO))
    console.print(table)


def _say_more(console: Console, n: int, what: str) -> None:
    """How many are there that are not printed."""
    if n > 0:
        say(console, f"  and {count_of(n)} more {what}{'' if n == 1 else 's'}")


def _print_errors(errors: list[Record], console: Console) -> None:
    if not errors:
        return
    head(console, "Errors")
    table = grid("left", "right", "left")
    for one in errors:
        table.add_row(Text(short(one["code"])), count_of(one["rows"]), Text(wording.error_way_out(one["code"])))
    console.print(table)


def _print_reasons(reasons: list[Record], console: Console) -> None:
    if not reasons:
        return
    head(console, "Words that most often speak clearly")
    table = grid("left", "left", "right", "right", "right")
    table.add_row("", "", "speaks in", "in favour", "mean effect")
    for one in reasons[:_LABELS]:
        name = one["decision"]
        for word in [word for word in one["words"] if word["clear"]][:_WORDS]:
            numbers = (
                percent(word["clear"] / one["rows"]),
                percent(word["positive"] / word["rows"]),
                signed(word["mean"]),
            )
            table.add_row(Text(short(name, 30)), Text(short(word["text"], 30)), *numbers)
            name = ""
    console.print(table)
    _say_more(console, len(reasons) - _LABELS, "decision")


def _print_rows(worst: dict[str, list[Record]], console: Console) -> None:
    if not any(worst.values()):
        return
    head(console, "Rows to look at first")
    table = grid("left", "left", "left", "right", "right", "left")
    table.add_row("", "id", "decision", "probability", "fidelity", "")
    for kind in ("errors", "adverse", "withheld", "closest"):
        # What is listed as adverse is not listed once more.
        for row in [row for row in worst[kind] if kind != "withheld" or row not in worst["adverse"]][:_ROWS]:
            why = (
                row["error_code"]
                if kind == "errors"
                else f"margin {decimal(row['margin'], 3)}"
                if kind == "closest"
                else ""
            )
            numbers = (percent(row["probability"]), decimal(row["fidelity"]))
            table.add_row(
                kind, Text(short(row["id"], 30)), Text(short(row["decision"] or "–", 30)), *numbers, Text(why or "")
            )
    console.print(table)
