"""Facts of a global report that are counted from its record."""

from __future__ import annotations

from typing import Any

from surrogate.report.corpus import wording
from surrogate.report.language import message, say
from surrogate.report.number_format import decimal, percent

__all__ = ["covered_sentence", "fidelity_rows", "grades", "lead", "production_rows", "worst_slices"]

#: What each grade of a rule means.
_GRADES = {
    message("confirmed"): message(
        "held-out documents bear it out: the lower end of the interval of its precision is at least 80 %"
    ),
    message("supported"): message(
        "its precision on held-out documents is at least 80 %, but these are too few to be sure of it"
    ),
    message("too few documents"): message("fewer than five held-out documents fall under it: not to be relied upon"),
    message("contradicted"): message("its precision on held-out documents is below 80 %: not to be relied upon"),
}

#: Slices shown of each surrogate before the rest is folded away.
_SLICES = 8


def grades() -> list[tuple[str, str]]:
    """Each grade of a rule, and what it means."""
    return [(name, say(meaning)) for name, meaning in _GRADES.items()]


def lead(record: dict[str, Any]) -> str:
    """What was done, in two sentences."""
    of, embeddings = record["documents"], record["production"]["embeddings"]
    n = {key: f"{of[key]:,}" for key in ("n_documents", "n_fit", "n_test")}
    if not record["concepts"]:
        return say(
            "The model was asked about {n_documents} documents. Readable surrogates were fitted to its answers on {n_fit} of "
            "them and measured on the {n_test} others.",
            **n,
        )
    if not embeddings:
        return say(
            "The model was asked about {n_documents} documents. Readable surrogates were fitted to its answers on {n_fit} of "
            "them and measured on the {n_test} others, and {n_concepts} concepts were found in the embeddings of the model.",
            **n,
            n_concepts=len(record["concepts"]),
        )
    return say(
        "The model was asked about {n_documents} documents. Readable surrogates were fitted to its answers on {n_fit} of "
        "them and measured on the {n_test} others, and {n_concepts} concepts were found in the embeddings of {embedder}.",
        **n,
        n_concepts=len(record["concepts"]),
        embedder=embeddings["name"],
    )


def fidelity_rows(member: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Measures of a surrogate: name, value with interval, baseline."""
    measured = member["fidelity"]
    agreement = measured["agreement"]
    baseline = percent(agreement["baseline"], 0)
    if member["kind"] != "rule_list":
        return [(say("Same decision as the model"), wording.estimate(agreement, 1), baseline)]
    return [
        (say("Documents that a rule covers"), wording.estimate(measured["coverage"], 1), "–"),
        (say("Of these: same decision as the model"), wording.estimate(measured["precision"], 1), baseline),
        (say("Of all documents: covered and same decision"), wording.estimate(agreement, 1), baseline),
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
        return say("Every held-out document is covered by a rule.")
    left = [say("{decision} ({n})", decision=label, n=number) for label, number in member["undecided"][:6]]
    return say(
        "No rule covers {share} of the held-out documents ({n}). What the model decides on them: {decisions}.",
        share=percent(1 - coverage, 0),
        n=n,
        decisions=wording.joined(left),
    )


def production_rows(record: dict[str, Any]) -> list[tuple[str, str]]:
    """How it was produced, as names and values."""
    made = record["production"]
    return [
        *_document_rows(record["documents"], made["random_state"]),
        (
            say("Altered copies"),
            say(
                "{n} copies of fitted documents with words deleted, which show what single words do; nothing is measured on "
                "them",
                n=f"{made['n_copies']:,}",
            ),
        ),
        (say("Calls"), say("{n} distinct texts the model was asked about", n=f"{made['n_calls']:,}")),
        (say("Embeddings"), _embeddings(made["embeddings"])),
        (say("Policy"), _policy(made["policy"])),
    ]


def _document_rows(of: dict[str, Any], random_state: Any) -> list[tuple[str, str]]:
    counted = ("n_rows", "n_empty", "n_duplicates", "n_unusable", "n_documents", "n_fit", "n_test")
    n = {key: f"{of[key]:,}" for key in counted}
    return [
        (
            say("Documents"),
            say(
                "{n_rows} rows: {n_empty} without text, {n_duplicates} repeated, {n_unusable} refused or cut; {n_documents} "
                "are left",
                **n,
            ),
        ),
        (
            say("Split"),
            say(
                "{n_fit} to fit and {n_test} held out, by the hash of the text, so that equal texts are never apart (random "
                "state {random_state})",
                **n,
                random_state=random_state,
            ),
        ),
    ]


def _embeddings(embeddings: dict[str, Any] | None) -> str:
    if embeddings is None:
        return say("none, or those that come with the model's answers")
    details = embeddings["details"]
    return say(
        "{embedder}, layer {layer}, {pooling}",
        embedder=embeddings["name"],
        layer=details.get("layer", "–"),
        pooling=details.get("pooling", "–"),
    )


def _policy(policy: dict[str, Any]) -> str:
    return say(
        "lower bound of agreement at least {min_agreement}, of the precision of rules at least {min_precision}, with at least "
        "{min_test} held-out documents. These are acceptance thresholds; whose they are is no part of the record.",
        min_agreement=decimal(policy["min_agreement"]),
        min_precision=decimal(policy["min_precision"]),
        min_test=policy["min_test"],
    )
