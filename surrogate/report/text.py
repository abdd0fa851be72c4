"""The record as text for a terminal; it reads without colour."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from surrogate.canonical import canonical_bytes, digest
from surrogate.report import words
from surrogate.report.marks import Piece, copy_pieces, mark_text, shown_models
from surrogate.report.normal import ordered
from surrogate.report.number_format import odds_effect, percent, signed
from surrogate.report.visible import shorten, visible

__all__ = ["print_report", "render_text"]

_BAR = 16
_LABELS_SHOWN = 8
_FLIPS_SHOWN = 2
_PRO, _CON = "bold blue", "bold dark_orange3"

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
    for member in shown_models(record, "linear"):
        _print_terms(record, member, console)
    for member in shown_models(record, "tree"):
        _print_rules(record, member, console)
    _print_fidelity(record, console)
    _print_flips(record, console)
    _print_notes(record, console)


def _say(console: Console, *parts: str | tuple[str, str]) -> None:
    """Print pieces of plain text, each with or without a style."""
    line = Text()
    for part in parts:
        content, style = (part, "") if isinstance(part, str) else part
        line.append(visible(content), style)
    console.print(line)


def _head(console: Console, title: str) -> None:
    console.print()
    console.print(Line(Text(visible(title), "bold"), align="left", style="dim"))


def _print_verdict(record: Record, console: Console) -> None:
    _say(
        console, (words.headline(record), "bold green" if record["verdict"]["status"] == "explained" else "bold yellow")
    )
    _say(console, words.in_short(record))
    for member in record["surrogates"]:
        state = "withheld" if member["withheld"] else "shown"
        _say(console, (f"[{state}] ", "bold"), f"{words.surrogate_title(member)}. {words.verdict_sentence(member)}")
        if member["withheld"]:
            _say(console, f"What would settle it: {words.settle(member, record)}")
    _say(console, (record["banner"], "italic"))


def _print_decision(record: Record, console: Console) -> None:
    decision = record["decision"]
    _head(console, f"Decision of {record['model']['name']}: {decision['label']}")
    if decision["label"] != decision["target"] or decision["contrast"] is not None:
        _say(console, f"Explained: {decision['target']} against {decision['opposite']}")
    labels = sorted(decision["probabilities"].items(), key=lambda item: (-item[1], item[0]))
    table = _grid("left", "right", "left")
    for label, share in labels[:_LABELS_SHOWN]:
        table.add_row(Text(shorten(label, 40)), percent(share), "█" * round(_BAR * share))
    console.print(table)
    if len(labels) > _LABELS_SHOWN:
        _say(
            console,
            f"and {len(labels) - _LABELS_SHOWN} more labels, each with at most {percent(labels[_LABELS_SHOWN][1])}",
        )
    console.print()
    console.print(_marked(record))


def _marked(record: Record) -> Text:
    """The text with the marks of terms, or of the words a rule tree asks about."""
    linear = bool(shown_models(record, "linear"))
    text = Text()
    for piece in mark_text(record):
        text.append_text(_mark(piece, linear))
    return text


def _mark(piece: Piece, linear: bool) -> Text:
    word = visible(piece.text)
    if piece.marked:
        style = _PRO if piece.sign > 0 else _CON
        return Text.assemble((word, f"{style} underline"), (f"[{' '.join(piece.numbers)}]", style))
    if piece.asked and not linear:
        return Text.assemble(("[", "dim"), (word, "bold underline"), ("]", "dim"))
    return Text(word)


def _grid(*justify: str) -> Table:
    table = Table.grid(padding=(0, 2))
    for side in justify:
        table.add_column(justify=side, overflow="fold")  # type: ignore[arg-type]
    return table


def _print_terms(record: Record, member: Record, console: Console) -> None:
    model = member["model"]
    _head(console, f"Terms for and against {record['decision']['target']} ({_scale(model)}, 95 % interval)")
    largest = max((abs(term["coefficient"]) for term in model["terms"]), default=1.0) or 1.0
    table = _grid("right", "left", "right", "left", "left", "left")
    for number, term in enumerate(model["terms"], 1):
        positive = term["coefficient"] >= 0
        bar = ("+" if positive else "−") * max(1, round(_BAR * abs(term["coefficient"]) / largest))
        table.add_row(
            str(number),
            Text(shorten(words.term_name(record, term), 40)),
            signed(term["coefficient"]),
            _range(term),
            Text(bar, _PRO if positive else _CON),
            odds_effect(term["coefficient"], model["scale"]),
        )
    console.print(table)


def _scale(model: Record) -> str:
    return "log-odds" if model["scale"] == "log_odds" else "probability"


def _range(term: Record) -> str:
    if term["low"] is None:
        return "not measured"
    return "exact" if term["low"] == term["high"] else f"{signed(term['low'])} to {signed(term['high'])}"


def _print_rules(record: Record, member: Record, console: Console) -> None:
    _head(console, "Rules, among altered copies of this text")
    exact = member["fidelity"]["exact"]
    for number, rule in enumerate(member["rules"], 1):
        _say(
            console,
            (f"R{number} ", "bold"),
            f"IF {words.condition(record, rule['literals'])} THEN ",
            (rule["consequent"], "bold"),
        )
        _say(
            console,
            f"   precision {words.precision(rule, exact)}, coverage {percent(rule['coverage'])}, "
            f"support {rule['support']}, probability {percent(rule['probability'])}",
        )


def _print_fidelity(record: Record, console: Console) -> None:
    _head(console, "Fidelity to the model, with 95 % interval")
    table = _grid("left", "left", "right", "left", "left")
    for member in record["surrogates"]:
        title, fidelity = Text(visible(words.surrogate_title(member))), member["fidelity"]
        if fidelity is None:
            table.add_row(title, "not measured", "", "", "")
            continue
        copies = f"{fidelity['n_test']:,} {'copies' if fidelity['exact'] else 'test copies'}"
        for first, (name, value, ends, baseline) in zip(
            (title, Text(copies), Text()), words.measures(member), strict=True
        ):
            table.add_row(first, name, value, ends, f"baseline {baseline}")
    console.print(table)


def _print_flips(record: Record, console: Console) -> None:
    if not record["flips"]:
        return
    _head(console, "Altered copies that change the decision (removed words in [-…-])")
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
        _say(console, ("Finding: ", "bold"), finding)
    parts = ", ".join(f"{role} {number:,}" for role, _, number in words.calls_by_role(record)[:-1])
    console.print()
    _say(console, f"Calls: {record['calls']['total']:,} ({parts}). Record SHA-256 {digest(canonical_bytes(record))}")
