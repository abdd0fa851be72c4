"""The record as text for a terminal; it reads without colour."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console
from rich.text import Text

from surrogate.canonical import canonical_bytes, digest
from surrogate.report import beside, rounds, second, summary, trust, verdicts, words
from surrogate.report.around_text import print_around
from surrogate.report.excerpts import Piece, in_excerpts, is_long
from surrogate.report.marks import copy_pieces, mark_text
from surrogate.report.normal import ordered
from surrogate.report.number_format import percent
from surrogate.report.stages import stages
from surrogate.report.terminal import BAR, CON, PRO, grid, head, say
from surrogate.report.text_models import print_models
from surrogate.report.visible import shorten, visible

__all__ = ["print_report", "render_text"]

_LABELS_SHOWN = 8
_FLIPS_SHOWN = 2

Record = dict[str, Any]


def render_text(record: Record, *, width: int = 100, color: bool = False) -> str:
    """The report for a terminal.

    Parameters
    ----------
    record : dict
        ``Explanation.to_dict()``.
    width : int, default 100
        Characters per line.
    color : bool, default False
        With ANSI codes; without, there is none in it.

    Returns
    -------
    str
    """
    stream = StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        highlight=False,
        _environ={},
    )
    print_report(record, console)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def print_report(record: Record, console: Console) -> None:
    """Print the report; what the user wrote is never read as markup.

    Parameters
    ----------
    record : dict
    console : rich.console.Console
    """
    record = ordered(record)
    _print_verdict(record, console)
    _print_decision(record, console)
    print_models(record, console)
    _print_fidelity(record, console)
    _print_second(record, console)
    _print_beside(record, console)
    print_around(record, console)
    _print_flips(record, console)
    _print_notes(record, console)


def _print_verdict(record: Record, console: Console) -> None:
    say(
        console,
        (verdicts.headline(record), "bold green" if record["verdict"]["status"] == "explained" else "bold yellow"),
    )
    say(console, summary.in_short(record))
    for member in record["surrogates"]:
        state = "withheld" if member["withheld"] else "shown"
        say(
            console, (f"[{state}] ", "bold"), f"{verdicts.surrogate_title(member)}. {verdicts.verdict_sentence(member)}"
        )
        if member["withheld"]:
            say(console, f"What would settle it: {verdicts.settle(member, record)}")
    say(console, (record["banner"], "italic"))


def _print_decision(record: Record, console: Console) -> None:
    decision = record["decision"]
    head(console, f"Decision of {record['model']['name']}: {decision['label']}")
    if decision["label"] != decision["target"] or decision["contrast"] is not None:
        say(console, f"Explained: {decision['target']} against {decision['opposite']}")
    labels = sorted(decision["probabilities"].items(), key=lambda item: (-item[1], item[0]))
    table = grid("left", "right", "left")
    for label, share in labels[:_LABELS_SHOWN]:
        table.add_row(Text(shorten(label, 40)), percent(share), "█" * round(BAR * share))
    console.print(table)
    if len(labels) > _LABELS_SHOWN:
        say(
            console,
            f"and {len(labels) - _LABELS_SHOWN} more labels, each with at most {percent(labels[_LABELS_SHOWN][1])}",
        )
    console.print()
    console.print(_marked(record))
    for stage in stages(record):
        say(console, ("Found coarse to fine: ", "bold"), stage)


def _marked(record: Record) -> Text:
    """The text, or of a long one what is near to a mark, with the marks of what the shown surrogates name."""
    pieces, text = mark_text(record), Text()
    if is_long(record):
        pieces = in_excerpts(pieces, [piece.marked or piece.asked for piece in pieces])
    for piece in pieces:
        text.append_text(_mark(piece))
    return text


def _mark(piece: Piece) -> Text:
    word = visible(piece.text)
    if piece.marked:
        style = PRO if piece.sign > 0 else CON
        return Text.assemble((word, f"{style} underline"), (f"[{' '.join(piece.numbers)}]", style))
    if piece.asked:
        return Text.assemble(("[", "dim"), (word, "bold underline"), ("]", "dim"))
    return Text(word)


def _print_fidelity(record: Record, console: Console) -> None:
    measured = [member for member in record["surrogates"] if verdicts.predicts(member)]
    apart = [member for member in record["surrogates"] if not verdicts.predicts(member)]
    head(console, "Fidelity to the model, with 95 % interval")
    table = grid("left", "left", "right", "left")
    for member in measured:
        title, fidelity = Text(visible(verdicts.surrogate_title(member))), member["fidelity"]
        if fidelity is None:
            table.add_row(title, "not measured", "", "")
            continue
        copies = f"{fidelity['n_test']:,} {'copies' if fidelity['exact'] else 'test copies'}"
        for first, (name, value, ends, baseline) in zip(
            (title, Text(copies), Text()), trust.measures(member), strict=True
        ):
            table.add_row(first, name, value, f"{ends}; baseline {baseline}")
        for name, value, remark in trust.reach_lines(member):
            table.add_row("", name, value, remark)
    if measured:
        console.print(table)
    if apart:
        say(console, verdicts.without_fidelity(apart))


def _print_second(record: Record, console: Console) -> None:
    for sample in second.samples(record):
        head(console, second.title(sample))
        say(console, second.sentence(record, sample))
        table = grid("left", "left", "right", "left")
        for name, measure, value, ends, baseline, first in second.rows(record, sample):
            against = f"{ends}; baseline {baseline}; on the first copies {first}"
            table.add_row(Text(visible(name)), measure, value, against)
        if sample["fidelity"]:
            console.print(table)
        for text in sample["examples"]:
            say(console, ("such as: ", "dim"), shorten(text, 160))


def _print_beside(record: Record, console: Console) -> None:
    if not beside.lines(record):
        return
    head(console, "Beside other methods, on the same copies")
    table = grid("left", *["right"] * (1 + len(beside.COLUMNS)))
    table.add_row("", "Calls", *beside.COLUMNS)
    for row in beside.lines(record):
        name = Text(shorten(beside.method_name(record, row), 40))
        table.add_row(name, f"{row['calls']['distinct']:,}", *(value for _, value, _ in beside.numbers(row)))
    console.print(table)


def _print_flips(record: Record, console: Console) -> None:
    if not record["flips"]:
        return
    head(console, f"Altered copies that change the decision (removed {words.noun(record)} in [-…-])")
    for flip in record["flips"][:_FLIPS_SHOWN]:
        text = Text()
        for piece in copy_pieces(record, flip["removed"]):
            text.append(
                f"[-{visible(piece.text)}-]" if piece.removed else visible(piece.text), "strike" * piece.removed
            )
        text.append(f" → {visible(flip['label'])} {percent(flip['probability'])}", "bold")
        text.append(f", {visible(record['decision']['target'])} {percent(flip['target_probability'])}")
        console.print(text)


def _print_notes(record: Record, console: Console) -> None:
    for finding in record["findings"]:
        say(console, ("Finding: ", "bold"), finding)
    parts = ", ".join(f"{role} {number:,}" for role, _, number in words.calls_by_role(record)[:-1])
    console.print()
    say(console, f"Calls: {record['calls']['total']:,} ({parts}). {rounds.reason(record)}")
    say(console, f"Record SHA-256 {digest(canonical_bytes(record))}")
