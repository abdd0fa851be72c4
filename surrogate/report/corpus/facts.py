"""Facts of a global report that are counted from its record."""

from __future__ import annotations

from typing import Any

from surrogate.report.corpus import wording
from surrogate.report.number_format import decimal, percent

__all__ = ["GRADES", "covered_sentence", "fidelity_rows", "lead", "production_rows", "worst_slices"]

#: What each grade of a rule means.
GRADES = {
    "confirmed": "held-out documents bear it out: the lower end of the interval of its precision is at least 80 %",
    "supported": "its precision on held-out documents is at least 80 %, but these are too few to be sure of it",
    "too few documents": "fewer than five held-out documents fall under it: not to be relied upon",
    "contradicted": "its precision on held-out documents is below 80 %: not to be relied upon",
}

#: Slices shown of each surrogate before the rest is folded away.
_SLICES = 8


def lead(record: dict[str, Any]) -> str:
    """What was done, in two sentences."""
    of, embeddings = record["documents"], record["production"]["embeddings"]
    where = embeddings["name"] if embeddings else "the model"
    concepts = (
        f", and {len(record['concepts'])} concepts were found in the embeddings of {where}"
        if record["concepts"]
        else ""
    )
    return (
        f"The model was asked about {of['n_documents']:,} documents. Readable surrogates were fitted to its answers on "
        f"{of['n_fit']:,} of them and measured on the {of['n_test']:,} others{concepts}."
    )


def fidelity_rows(member: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Measures of a surrogate: name, value with interval, baseline."""
    measured = member["fidelity"]
    agreement = measured["agreement"]
    baseline = percent(agreement["baseline"], 0)
    if member["kind"] != "rule_list":
        return [("Same decision as the model", wording.estimate(agreement, 1), baseline)]
    return [
        ("Documents that a rule covers", wording.estimate(measured["coverage"], 1), "–"),
        ("Of these: same decision as the model", wording.estimate(measured["precision"], 1), baseline),
        ("Of all documents: covered and same decision", wording.estimate(agreement, 1), baseline),
    ]


def worst_slices(member: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The worst slices, and the rest."""
    slices = member["slices"]
    return slices[:_SLICES], slices[_SLICES:]


def covered_sentence(member: dict[str, Any]) -> str:
    """What is left when all rules were read."""
    coverage = member["fidelity"]["coverage"]["value"]
    n = sum(number for _, number in member["undecided"])
    if not n:
        return "Every held-out document is covered by a rule."
    left = ", ".join(f"{label} ({number})" for label, number in member["undecided"][:6])
    return f"No rule covers {percent(1 - coverage, 0)} of the held-out documents ({n}). What the model decides on them: {left}."


def production_rows(record: dict[str, Any]) -> list[tuple[str, str]]:
    """How it was produced, as names and values."""
    of, made = record["documents"], record["production"]
    return [
        (
            "Documents",
            f"{of['n_rows']:,} rows: {of['n_empty']:,} without text, {of['n_duplicates']:,} repeated, {of['n_unusable']:,} "
            f"refused or cut; {of['n_documents']:,} are left",
        ),
        (
            "Split",
            f"{of['n_fit']:,} to fit and {of['n_test']:,} held out, by the hash of the text, so that equal texts are never "
            f"apart (random state {made['random_state']})",
        ),
        (
            "Altered copies",
            f"{made['n_copies']:,} copies of fitted documents with words deleted, which show what single words do; nothing is "
            "measured on them",
        ),
        ("Calls", f"{made['n_calls']:,} distinct texts the model was asked about"),
        ("Embeddings", _embeddings(made["embeddings"])),
        ("Policy", _policy(made["policy"])),
    ]


def _embeddings(embeddings: dict[str, Any] | None) -> str:
    if embeddings is None:
        return "none, or those that come with the model's answers"
    details = embeddings["details"]
    return f"{embeddings['name']}, layer {details.get('layer', '–')}, {details.get('pooling', '–')}"


def _policy(policy: dict[str, Any]) -> str:
    return (
        f"lower bound of agreement at least {decimal(policy['min_agreement'])}, of the precision of rules at least "
        f"{decimal(policy['min_precision'])}, with at least {policy['min_test']} held-out documents. These are acceptance "
        "thresholds; whose they are is no part of the record."
    )
