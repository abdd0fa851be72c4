"""The record of a corpus as text for a terminal; it reads without colour."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console
from rich.text import Text

from surrogate.report.corpus import facts, order, wording
from surrogate.report.corpus.context import corpus_context
from surrogate.report.language import speaking
from surrogate.report.number_format import percent, signed
from surrogate.report.terminal import BAR, grid, head, say
from surrogate.report.visible import shorten, visible

__all__ = ["print_corpus", "render_corpus_text"]

#: Rules, and terms of each decision, that are printed; the report has all.
_RULES, _TERMS = 12, 4

Record = dict[str, Any]


def render_corpus_text(record: Record, *, width: int = 100) -> str:
    """The report as plain text.

    Parameters
    ----------
    record : dict
        ``CorpusExplanation.to_dict()``.
    width : int, default 100
        Characters per line.
    """
    stream = StringIO()
    options: dict[str, Any] = {"color_system": None, "no_color": True, "legacy_windows": False, "highlight": False}
    print_corpus(record, Console(file=stream, width=width, _environ={}, **options))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def print_corpus(record: Record, console: Console) -> None:
    """Print the report in short, in English; nothing that the user wrote is read as markup.

    Parameters
    ----------
    record : dict
    console : rich.console.Console
    """
    with speaking("en"):
        _print_corpus(record, console)


def _print_corpus(record: Record, console: Console) -> None:
    shown = corpus_context(record)["shown"]
    good = any(shown.values())
    say(console, (wording.headline(record), "bold green" if good else "bold yellow"))
    say(console, facts.lead(record))
    for member in record["members"]:
        state = "withheld" if member["withheld"] else "shown"
        say(console, (f"[{state}] ", "bold"), f"{wording.member_title(member)}. {member['verdict']['reason']}")
    say(console, (record["banner"], "italic"))
    _print_decisions(record, console)
    for member in shown["rule_list"]:
        _print_rules(member, console)
    for member in shown["multinomial"]:
        _print_terms(member, console)
    _print_concepts(record, console)
    if record["findings"]:
        head(console, "What stands out")
        for finding in record["findings"]:
            say(console, f"- {finding}")


def _print_decisions(record: Record, console: Console) -> None:
    of = record["documents"]
    head(console, f"What {record['model']['name']} decides")
    table = grid("left", "right", "left")
    for one in of["decisions"]:
        share = one["n"] / of["n_documents"]
        table.add_row(Text(visible(shorten(one["label"], 40))), f"{one['n']:,}", "█" * round(BAR * share))
    console.print(table)
    if record["accuracy"] is not None:
        accuracy = record["accuracy"]
        say(
            console,
            f"Right, by the labels of {accuracy['n']:,} held-out documents: {wording.estimate(accuracy['model'], 1)}",
        )


def _print_rules(member: Record, console: Console) -> None:
    model = member["model"]
    head(console, "Rules")
    rows = list(zip(model["rules"], member["rules"], strict=True))
    best = sorted(range(len(rows)), key=lambda place: (-rows[place][1]["n"], place))[:_RULES]
    table = grid("left", "left", "left", "right", "left")
    for place in best:
        rule, found = rows[place]
        parts = [
            f"{wording.condition_words(model['features'][one], present)} {wording.feature_name(model['features'][one])}".strip()
            for one, present in order.pairs(rule)
        ]
        table.add_row(
            f"R{place + 1}",
            Text(visible("IF " + " AND ".join(parts))),
            Text(visible(model["classes"][rule["class_index"]]), "bold"),
            f"{percent(found['precision']['value'], 0)} of {found['n']}",
            found["grade"],
        )
    console.print(table)
    if len(rows) > len(best):
        say(console, f"and {len(rows) - len(best)} more rules, which cover fewer documents")
    say(console, facts.covered_sentence(member))


def _print_terms(member: Record, console: Console) -> None:
    head(console, "Weighted terms")
    table = grid("left", "left")
    for label, rows in order.terms_by_class(member):
        terms = ", ".join(f"{wording.feature_name(one['named'])} {signed(one['value'], 1)}" for one in rows[:_TERMS])
        table.add_row(Text(visible(shorten(label, 30)), "bold"), Text(visible(terms)))
    console.print(table)


def _print_concepts(record: Record, console: Console) -> None:
    if not record["concepts"]:
        return
    head(console, "Concepts found in the embeddings")
    table = grid("right", "left", "right", "left")
    for one in record["concepts"]:
        total = sum(n for _, n in one["decisions"])
        mix = ", ".join(f"{label} {percent(n / total, 0)}" for label, n in one["decisions"][:2])
        table.add_row(str(one["number"]), Text(visible(one["label"])), f"{total:,}", Text(visible(mix)))
    console.print(table)
