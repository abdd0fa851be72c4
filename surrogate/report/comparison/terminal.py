"""The record of a comparison as text for a terminal; it reads without colour."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console
from rich.text import Text

from surrogate.report.comparison import conditions, context, values, wording
from surrogate.report.language import LOCALES, speaking
from surrogate.report.normal import ordered
from surrogate.report.number_format import interval, signed
from surrogate.report.terminal import grid, head, say
from surrogate.report.visible import shorten, visible

__all__ = ["print_comparison", "render_comparison_text"]

#: Rules, terms and statements of each kind that are printed; the page has all.
_RULES, _TERMS, _FACTS = 8, 6, 12

Record = dict[str, Any]


def render_comparison_text(record: Record, *, width: int = 100) -> str:
    """The comparison as plain text.

    Parameters
    ----------
    record : dict
        ``Comparison.to_dict()``.
    width : int, default 100
        Characters per line.

    Examples
    --------
    >>> from surrogate.report.comparison.examples import EMPTY
    >>> render_comparison_text(EMPTY).splitlines()[0]
    'The change is not material'
    """
    stream = StringIO()
    options: dict[str, Any] = {"color_system": None, "no_color": True, "legacy_windows": False, "highlight": False}
    print_comparison(record, Console(file=stream, width=width, _environ={}, **options))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def print_comparison(record: Record, console: Console) -> None:
    """Print the comparison in short, in English; nothing that the user wrote is read as markup.

    Parameters
    ----------
    record : dict
        ``Comparison.to_dict()``.
    console : rich.console.Console

    Examples
    --------
    >>> from surrogate.report.comparison.examples import EMPTY
    >>> print_comparison(EMPTY, Console(file=StringIO()))
    """
    with speaking(LOCALES[0]):
        _print_comparison(context.comparison_context(ordered(record)), console)


def _print_comparison(told: Record, console: Console) -> None:
    record = told["record"]
    _print_verdict(record, console)
    _print_summary(told["rows"], console)
    _print_measures(record, console)
    for member in told["with_rules"]:
        _print_rules(member, record["kind"], console)
    for member in told["with_terms"]:
        _print_terms(member, console)
    _print_facts(told["facts"], console)
    console.print()
    say(console, f"Before: record {record['before']['sha256']}")
    say(console, f"After:  record {record['after']['sha256']}")


def _print_verdict(record: Record, console: Console) -> None:
    judgement = record["judgement"]
    fine = judgement["verdict"] == "not material"
    for sentence in record["told_first"]:
        say(console, ("Read first: ", "bold"), sentence)
    say(console, (wording.headline(record), "bold green" if fine else "bold yellow"))
    say(console, judgement["label"])
    for check in judgement["checks"]:
        if check["result"] == judgement["verdict"] and not fine:
            say(
                console,
                (f"[{wording.result_sign(check['result'])} {check['result']}] ", "bold"),
                values.in_part(check["sentence"]),
            )
    if fine:
        say(console, f"None of its {len(judgement['checks'])} checks finds a change that matters.")


def _print_summary(rows: list[tuple[str, list[int]]], console: Console) -> None:
    if not rows:
        return
    head(console, "Matched by meaning")
    table = grid("left", "right", "right", "right", "right")
    table.add_row("", "~ changed", "− removed", "+ added", "= same")
    for name, counts in rows:
        table.add_row(Text(visible(name)), *map(str, counts))
    console.print(table)


def _print_measures(record: Record, console: Console) -> None:
    head(console, "Fidelity to the model, with 95 % interval")
    table = grid("left", "left", "right", "right", "left")
    for member in record["members"]:
        title = wording.member_title(member)
        for one in context.measures(member):
            sides = [values.estimate(one[side], one["name"]) for side in ("before", "after")]
            name = wording.measure_name(one, member["kind"])
            apart = "" if one["apart"] is None else f"intervals {values.apart_words(one['apart'])}"
            table.add_row(Text(visible(title)), Text(visible(name)), *sides, apart)
            title = ""
    console.print(table)


def _print_rules(member: Record, kind: str, console: Console) -> None:
    head(console, wording.member_title(member))
    if member["decisions"] is not None:
        say(console, context.decisions_sentence(member["decisions"], kind))
    groups = context.by_change(member["rules"])
    for name in ("changed", "removed", "added"):
        for change in groups[name][:_RULES]:
            side = change["before"] if name == "removed" else change["after"]
            how = values.in_part("; ".join(conditions.how_words(change)))
            said = f"{_rule(side)}{f' ({how})' if how else ''}"
            say(console, (f"{wording.SIGNS[name]} {wording.WHAT[name]} ", "bold"), said)
        if len(groups[name]) > _RULES:
            say(console, f"  and {len(groups[name]) - _RULES} more {wording.WHAT[name]}")


def _rule(side: Record) -> str:
    parts = [conditions.condition_text(atom) for atom in side["atoms"]]
    condition = f"IF {' AND '.join(parts)} THEN" if parts else "OTHERWISE"
    return values.in_part(f"R{side['number']} {condition} {side['says']}")


def _print_terms(member: Record, console: Console) -> None:
    head(console, f"{wording.member_title(member)}: terms")
    table = grid("left", "left", "left", "right", "right")
    for _, groups in context.term_groups(member):
        for kind in ("sign", "size", "removed", "added"):
            for one in groups[kind][:_TERMS]:
                sides = [_value(one[side]) for side in ("before", "after")]
                what = Text(f"{wording.SIGNS[kind]} {wording.WHAT[kind]}", "bold")
                table.add_row(
                    what, Text(shorten(conditions.term_name(one), 40)), Text(shorten(one["label"], 30)), *sides
                )
            if len(groups[kind]) > _TERMS:
                table.add_row("", f"and {len(groups[kind]) - _TERMS} more {wording.WHAT[kind]}", "", "", "")
    console.print(table)


def _value(numbers: Record | None) -> str:
    if numbers is None:
        return "–"
    value = signed(numbers["value"])
    return value if numbers["low"] is None else f"{value} ({interval(numbers, signed)})"


def _print_facts(facts: list[tuple[str, str, list[Record]]], console: Console) -> None:
    for _, name, items in facts:
        head(console, f"{name}: stated otherwise")
        for one in items[:_FACTS]:
            most = 60 if one["change"] == "changed" else 1000
            sides = [shorten(values.fact_value(one[side]), most) for side in ("before", "after")]
            said = {"added": sides[1], "removed": sides[0], "changed": " → ".join(sides)}[one["change"]]
            path = f"{shorten(one['path'], 200)}: " if one["path"] else ""
            say(console, (f"{wording.SIGNS[one['change']]} ", "bold"), f"{path}{said}")
        if len(items) > _FACTS:
            say(console, f"  and {len(items) - _FACTS} more")
