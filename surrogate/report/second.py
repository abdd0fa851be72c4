"""What is left of the fidelity on texts of a second sampler, in words."""

from __future__ import annotations

from typing import Any

from surrogate.report.language import joined, message, recorded, say
from surrogate.report.number_format import decimal, percent
from surrogate.report.trust import measures
from surrogate.report.verdicts import surrogate_title
from surrogate.report.words import how_altered, noun

__all__ = ["discarded", "made", "rows", "samples", "sentence", "title"]

Record = dict[str, Any]

#: Share of the more frequent decision from which agreement tells little.
_ONE_SIDED = 0.95

_TITLES = {
    "infill": message("On copies with other words filled in"),
    "retrieve": message("On real texts"),
    "paraphrase": message("On rewordings"),
    "delete": message("On copies with deletions"),
    "mask": message("On copies with mask tokens"),
}

_OTHER = message("On other texts")


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
    perturbation = sample["perturbation"]
    return say(_TITLES.get(perturbation, _OTHER))


def made(record: Record, sample: Record) -> str:
    """How the texts of a second sample came about."""
    other = message("{number} other texts")
    how = {
        "infill": message(
            "copies whose removed {units} were filled in by a language model ({source}, {number} copies)"
        ),
        "retrieve": message("the nearest real texts ({number} of {source})"),
        "paraphrase": message("rewordings of the text ({source}, {number} rewordings)"),
        "delete": message("copies with {units} deleted ({number} copies)"),
        "mask": message("copies with {units} replaced by the model's mask token ({number} copies)"),
    }
    perturbation = sample["perturbation"]
    return say(
        how.get(perturbation, other),
        units=noun(record),
        source=recorded(sample["source"]),
        number=f"{sample['n_texts'] + sample['n_unusable']:,}",
    )


def sentence(record: Record, sample: Record) -> str:
    """What was measured on a second sample, as plain sentences."""
    if sample["note"] or not sample["fidelity"]:
        note = recorded(sample["note"]) or say("No surrogate predicts anything, or too few answers could be used.")
        told = say(
            "Fitted on copies with {altered}. On {texts} nothing was measured.",
            altered=how_altered(record),
            texts=made(record, sample),
        )
        return joined(told, note)
    by_name = {member["name"]: member for member in record["surrogates"]}
    found = say("; ").join(_found(by_name[one["surrogate"]], one["fidelity"]) for one in sample["fidelity"])
    lost = discarded(sample)
    if max(one["fidelity"]["agreement"]["baseline"] for one in sample["fidelity"]) >= _ONE_SIDED:
        lost = joined(say("The model decides alike on nearly all of these texts, so they tell little."), lost)
    told = say(
        "Fitted on copies with {altered}; measured again, and not fitted, on {texts}: {found}. The surrogate is told which "
        "{units} are there, and not what stands in the place of the others. {n_calls} calls, which come on top of the others.",
        altered=how_altered(record),
        texts=made(record, sample),
        found=found,
        units=noun(record),
        n_calls=f"{sample['n_calls']:,}",
    )
    return joined(told, lost)


def _found(member: Record, fidelity: Record) -> str:
    agreement, r2 = fidelity["agreement"], fidelity["r2"]
    name = surrogate_title(member)
    return say(
        "the {surrogate} decides as the model does on {share} of them ({low} to {high}; always the more frequent decision: "
        "{baseline}; on the copies it was tested on first: {before}), R² {r2}",
        surrogate=f"{name[:1].lower()}{name[1:]}",
        share=percent(agreement["value"]),
        low=percent(agreement["low"]),
        high=percent(agreement["high"]),
        baseline=percent(agreement["baseline"]),
        before=percent(member["fidelity"]["agreement"]["value"]),
        r2=decimal(r2["value"]),
    )


def discarded(sample: Record) -> str:
    """How many texts were made and not used, and why; empty where none was.

    Examples
    --------
    >>> discarded({"discarded": {"refused": 2, "copy of the text": 1}, "n_unusable": 0})
    'Not used: 2 refused, 1 copy of the text.'
    """
    counts = [
        say("{n} {reason}", n=f"{number:,}", reason=recorded(reason))
        for reason, number in sample["discarded"].items()
        if number
    ]
    if sample["n_unusable"]:
        counts.append(say("{n} truncated or refused by the explained model", n=f"{sample['n_unusable']:,}"))
    return say("Not used: {counts}.", counts=say(", ").join(counts)) if counts else ""


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
