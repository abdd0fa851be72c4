"""What is left of the fidelity on texts of a second sampler, in words."""

from __future__ import annotations

from typing import Any

from surrogate.report.number_format import decimal, percent
from surrogate.report.trust import measures
from surrogate.report.verdicts import surrogate_title
from surrogate.report.words import how_altered, noun

__all__ = ["discarded", "made", "rows", "samples", "sentence", "title"]

Record = dict[str, Any]

#: Share of the more frequent decision from which agreement tells little.
_ONE_SIDED = 0.95

_TITLES = {
    "infill": "On copies with other words filled in",
    "retrieve": "On real texts",
    "paraphrase": "On rewordings",
    "delete": "On copies with deletions",
    "mask": "On copies with mask tokens",
}


def samples(record: Record) -> list[Record]:
    """The second samples that were measured on; none unless that was asked for."""
    return list(record.get("second") or [])


def title(sample: Record) -> str:
    """A heading.

    Examples
    --------
    >>> title({"perturbation": "retrieve"})
    'On real texts'
    """
    return _TITLES.get(sample["perturbation"], "On other texts")


def made(record: Record, sample: Record) -> str:
    """How the texts of a second sample came about."""
    nouns, source, perturbation = noun(record), sample["source"], sample["perturbation"]
    number = f"{sample['n_texts'] + sample['n_unusable']:,}"
    return {
        "infill": f"copies whose removed {nouns} were filled in by a language model ({source}, {number} copies)",
        "retrieve": f"the nearest real texts ({number} of {source})",
        "paraphrase": f"rewordings of the text ({source}, {number} rewordings)",
        "delete": f"copies with {nouns} deleted ({number} copies)",
        "mask": f"copies with {nouns} replaced by the model's mask token ({number} copies)",
    }.get(perturbation, f"{number} other texts")


def sentence(record: Record, sample: Record) -> str:
    """What was measured on a second sample, as plain sentences."""
    if sample["note"] or not sample["fidelity"]:
        note = sample["note"] or "No surrogate predicts anything, or too few answers could be used."
        return f"Fitted on copies with {how_altered(record)}. On {made(record, sample)} nothing was measured. {note}"
    by_name = {member["name"]: member for member in record["surrogates"]}
    found = "; ".join(_found(by_name[one["surrogate"]], one["fidelity"]) for one in sample["fidelity"])
    lost = discarded(sample)
    if max(one["fidelity"]["agreement"]["baseline"] for one in sample["fidelity"]) >= _ONE_SIDED:
        lost = f"The model decides alike on nearly all of these texts, so they tell little. {lost}".strip()
    return (
        f"Fitted on copies with {how_altered(record)}; measured again, and not fitted, on {made(record, sample)}: {found}. "
        f"The surrogate is told which {noun(record)} are there, and not what stands in the place of the others. "
        f"{sample['n_calls']:,} calls, which come on top of the others.{f' {lost}' if lost else ''}"
    )


def _found(member: Record, fidelity: Record) -> str:
    agreement, r2 = fidelity["agreement"], fidelity["r2"]
    ends = f"{percent(agreement['low'])} to {percent(agreement['high'])}"
    name = surrogate_title(member)
    before = member["fidelity"]["agreement"]["value"]
    return (
        f"{name[:1].lower()}{name[1:]} decides as the model does on {percent(agreement['value'])} of them ({ends}; always the "
        f"more frequent decision: {percent(agreement['baseline'])}; on the copies it was tested on first: {percent(before)}), "
        f"R² {decimal(r2['value'])}"
    )


def discarded(sample: Record) -> str:
    """How many texts were made and not used, and why; empty where none was.

    Examples
    --------
    >>> discarded({"discarded": {"refused": 2, "copy of the text": 1}, "n_unusable": 0})
    'Not used: 2 refused, 1 copy of the text.'
    """
    counts = [f"{number:,} {reason}" for reason, number in sample["discarded"].items() if number]
    if sample["n_unusable"]:
        counts.append(f"{sample['n_unusable']:,} truncated or refused by the explained model")
    return f"Not used: {', '.join(counts)}." if counts else ""


def rows(record: Record, sample: Record) -> list[tuple[str, str, str, str, str, str]]:
    """Surrogate, measure, value, interval, baseline, and the value on the copies it was tested on first."""
    by_name = {member["name"]: member for member in record["surrogates"]}
    lines = []
    for one in sample["fidelity"]:
        member = by_name[one["surrogate"]]
        first = {name: value for name, value, _, _ in measures(member)}
        for name, value, ends, baseline in measures({**member, "fidelity": one["fidelity"]}):
            lines.append((surrogate_title(member), name, value, ends, baseline, first.get(name, "–")))
    return lines
