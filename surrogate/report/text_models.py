"""The shown surrogates for a terminal: terms, rules, an anchor, Shapley values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.text import Text

from surrogate.report import added, anchors, attributions, grading, groups, words
from surrogate.report.interplay import pairs
from surrogate.report.marks import KINDS, shown_models, unit_name
from surrogate.report.number_format import effect, percent, signed
from surrogate.report.terminal import bar, grid, head, say
from surrogate.report.visible import shorten

__all__ = ["print_models"]

Record = dict[str, Any]

#: Pairs of units, and rules of a tree, that are shown; the page has all.
_PAIRS_SHOWN = 3
_RULES_SHOWN = 6


def print_models(record: Record, console: Console) -> None:
    """Print what is shown of each surrogate.

    Parameters
    ----------
    record : dict
    console : rich.console.Console
    """
    printers: dict[str, Callable[[Record, Record, Console], None]] = {
        "linear": _print_linear,
        "tree": _print_rules,
        "rule_set": _print_rules,
        "anchor": _print_anchor,
        "shapley": _print_values,
    }
    for kind in KINDS:
        for member in shown_models(record, kind):
            printers[kind](record, member, console)


def _print_linear(record: Record, member: Record, console: Console) -> None:
    model, target = member["model"], record["decision"]["target"]
    if model["effects"]:
        nouns = words.noun(record)
        head(console, f"{nouns.capitalize()} for and against {target} ({_scale(model)}, 95 % interval)")
        _print_table(model, model["effects"], "", lambda item: unit_name(record, item["unit"]), console)
        _print_aside(model["effects"], lambda item: unit_name(record, item["unit"]), console)
        say(console, (added.adds_up(model, nouns), "dim"))
        if not added.terms_say_more(model):
            _print_grades(record, member, console)
            return
        head(console, f"Terms: how the {nouns} act alone and together ({_scale(model)}, 95 % interval)")
    else:
        head(console, f"Terms for and against {target} ({_scale(model)}, 95 % interval)")
    _print_terms(record, member, console)


def _print_table(
    model: Record, items: list[Record], letter: str, name_of: Callable[[Record], str], console: Console
) -> None:
    """Numbers with their grades, intervals and bars, those that may be quoted."""
    table = grid("right", "left", "left", "right", "left", "left", "left")
    for number, item in grading.quotable(items):
        table.add_row(
            f"{letter}{number}",
            grading.MARKS.get(grading.grade(item) or "", " "),
            Text(shorten(name_of(item), 40)),
            signed(item["coefficient"]),
            words.range_of(item),
            bar(item["coefficient"], items),
            ("odds " if model["scale"] == "log_odds" else "") + effect(item["coefficient"], model["scale"]),
        )
    console.print(table)


def _print_aside(items: list[Record], name_of: Callable[[Record], str], console: Console) -> None:
    aside = [f"{name_of(item)} {signed(item['coefficient'])}" for _, item in grading.set_aside(items)]
    if aside:
        say(console, (f"Not reportable: {', '.join(aside)}", "dim"))


def _print_terms(record: Record, member: Record, console: Console) -> None:
    model = member["model"]
    _print_table(model, model["terms"], "T", lambda item: words.term_name(record, item, 40), console)
    if groups.has_groups(model):
        say(console, (groups.how_to_read(model, words.noun(record)), "dim"))
    _print_pairs(record, model, grading.quotable(model["terms"]), console)
    _print_aside(model["terms"], lambda item: words.term_name(record, item), console)
    _print_grades(record, member, console)


def _print_pairs(record: Record, model: Record, quoted: list[tuple[int, Record]], console: Console) -> None:
    found = pairs(model, quoted)
    if found:
        say(console, f"Two {words.noun(record)} together, against a copy with neither:")
    for number, term, _ in found[:_PAIRS_SHOWN]:
        say(console, f"T{number}: {words.together_sentence(record, model, term)}")


def _print_grades(record: Record, member: Record, console: Console) -> None:
    """What the signs of the grades mean, in short; the page says more."""
    if grading.ungraded(member) or member["stability"] is None:
        return
    signs = ", ".join(f"{sign} {name}" for name, sign in grading.MARKS.items())
    say(console, (f"{signs}{grading.shares(record, member)}.", "dim"))


def _scale(model: Record) -> str:
    return "log-odds" if model["scale"] == "log_odds" else "probability"


def _print_rules(record: Record, member: Record, console: Console) -> None:
    ordered = member["kind"] == "rule_set"
    head(console, "Rules, among altered copies of this text" + ", read from the top" * ordered)
    rules = grading.numbered(member["rules"])
    for number, rule in rules[: None if ordered else _RULES_SHOWN]:
        condition = words.condition(record, rule["literals"])
        said = f"{words.keyword(rule)} {condition} THEN " if condition else f"{words.keyword(rule)} "
        style = "" if grading.is_quotable(rule) else "dim"
        sign = grading.MARKS.get(grading.grade(rule) or "", "")
        say(
            console,
            (f"R{number} ", "bold"),
            f"{sign} " * bool(sign),
            (said, style),
            (rule["consequent"], style or "bold"),
        )
        say(
            console,
            f"   precision {words.precision(rule, member['fidelity']['exact'])}, "
            f"{'reached by' if ordered else 'coverage'} {percent(rule['coverage'])}, support {rule['support']}, "
            f"probability {percent(rule['probability'])}",
        )
    if not ordered and len(rules) > _RULES_SHOWN:
        n_more = len(rules) - _RULES_SHOWN
        say(console, f"and {n_more} more {'rule' if n_more == 1 else 'rules'}, which the page has")
    _print_grades(record, member, console)


def _print_anchor(record: Record, member: Record, console: Console) -> None:
    model = member["model"]
    head(console, anchors.anchor_title(record, model))
    say(console, (anchors.anchor_sentence(record, model), "bold"))
    facts = anchors.anchor_facts(model)
    if facts:
        say(console, ", ".join(f"{name} {number}" for name, number in facts))
        say(console, (anchors.how_to_read(record, model), "dim"))


def _print_values(record: Record, member: Record, console: Console) -> None:
    model = member["model"]
    head(console, f"Shapley values for and against {record['decision']['target']} ({_scale(model)}, 95 % interval)")
    rows = attributions.shown_values(model)
    table = grid("right", "left", "right", "left", "left")
    for row in rows:
        name, value = Text(shorten(unit_name(record, row["unit"]), 40)), row["coefficient"]
        table.add_row(str(row["number"]), name, signed(value), words.range_of(row), bar(value, rows))
    if attributions.more_values(model):
        table.add_row("", f"{len(attributions.more_values(model))} others", signed(attributions.rest(model)), "", "")
    console.print(table)
    say(console, attributions.adds_up(model, words.noun(record)))
    say(console, attributions.STATEMENT)
    clear = [pair for pair in model["interactions"] if not attributions.is_unclear(pair)]
    for pair in clear[:_PAIRS_SHOWN]:
        both = " and ".join(unit_name(record, unit) for unit in pair["units"])
        told = f"{attributions.what_pairs_do(pair)}, {effect(pair['value'], model['scale'])}"
        say(console, f"   {both}: {told} ({words.range_of(pair)})")
