"""Provenance: how an explanation was produced, and of which model; what an auditor needs to do it again."""

from __future__ import annotations

import importlib.metadata
from functools import cache
from typing import Any

from sklearn.pipeline import Pipeline

from surrogate import recipes
from surrogate.blanks import Filler
from surrogate.canonical import canonical, canonical_bytes, digest
from surrogate.errors import InputError
from surrogate.evidence import Policy
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome
from surrogate.units.nouns import unit_noun

__all__ = ["answers_digest", "describe_model", "describe_production", "versions"]

#: The packages that decide a number.
_PACKAGES = ("surrogate-explainer", "numpy", "scipy", "scikit-learn", "torch", "transformers", "tokenizers", "icu4py")

#: What altered copies are drawn by, with the name of the units, in the plural.
_DISTRIBUTIONS = {
    "sizes": "Pairs of complementary copies; the share of {units} kept is uniform between the text and nothing, the {units} "
    "are chosen at random.",
    "uniform": "Pairs of complementary copies; each of the {units} is kept or removed by the toss of a coin.",
}


def describe_model(black_box: Any) -> dict[str, Any]:
    """Identity of the explained model: name, kind, fingerprint, labels and details; no path, no weights."""
    return {
        "name": black_box.name,
        "kind": black_box.kind,
        "fingerprint": black_box.fingerprint,
        "labels": [str(name) for name in black_box.classes_],
        "multi_label": bool(black_box.multi_label),
        "details": dict(black_box.details),
    }


def describe_production(
    pipe: Pipeline, whole: Neighborhood, outcome: Outcome, policy: Policy, recipe_name: str, *, full: bool = True
) -> dict[str, Any]:
    """How an explanation was produced: recipe, design, counts, digests, policy and versions.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
    whole : Neighborhood
        All rows of one text's sample, answered.
    outcome : Outcome
    policy : Policy
    recipe_name : str
    full : bool, default True
        Whether it is for a record: else the recipe, and the digest of the answers, are None.

    Returns
    -------
    dict
        JSON values; nothing that depends on clock, host or path.
    """
    perturb = pipe.named_steps["perturb"]
    answers = whole.answers
    if answers is None:
        raise InputError("missing-black-box", "The pipeline has no answers. Put a Query step into it.")
    return {
        "recipe": _describe_recipe(pipe, recipe_name) if full else None,
        "fitted": outcome.description,
        "perturbation": whole.perturbation,
        "sampler": _describe_sampler(perturb),
        "embeddings": _describe_embedder(pipe.named_steps["query"].embedder),
        "design": perturb.design,
        "reference_distribution": _DISTRIBUTIONS[whole.reference].format(units=unit_noun(whole.documents[0].kind)),
        "random_state": int(perturb.random_state),
        "exhaustive": whole.exhaustive,
        "n_copies": whole.n_samples,
        "n_truncated": int(answers.truncated.sum()),
        "n_refused": int(answers.refused.sum()),
        "clipped_share": float(outcome.clipped(answers).mean()),
        "answers_sha256": answers_digest(whole) if full else None,
        "text_sha256": digest(whole.documents[0].text),
        "policy": policy.to_dict(),
        "versions": versions(),
    }


def _describe_recipe(pipe: Pipeline, name: str) -> dict[str, str]:
    toml = recipes.dump(pipe)
    return {"name": name, "toml": toml, "sha256": digest(toml)}


def _describe_embedder(embedder: Any) -> dict[str, Any] | None:
    """Identity of the model whose embeddings took the place of the explained model's own; None where none did."""
    return None if embedder is None else {"name": embedder.name, "fingerprint": embedder.fingerprint}


def _describe_sampler(perturb: Any) -> dict[str, Any] | None:
    """Identity of the model that made the copies; None where none did."""
    filler = getattr(perturb, "source", None)
    return {"name": filler.name, "fingerprint": filler.fingerprint} if isinstance(filler, Filler) else None


def answers_digest(whole: Neighborhood) -> str:
    """SHA-256 over the texts that were asked about and the answers to them, in no order."""
    rows = [
        [digest(text), canonical(list(row))]
        for text, row in zip(whole.texts, whole.answers.probabilities, strict=True)  # type: ignore[union-attr]
    ]
    return digest(canonical_bytes(sorted(rows, key=lambda row: str(row[0]))))


def versions() -> dict[str, str]:
    """Versions of the packages that decide a number; those that are not installed are left out."""
    found = {name: _version(name) for name in _PACKAGES}
    return {name: version for name, version in found.items() if version is not None}


@cache
def _version(package: str) -> str | None:
    """Of an installed package, which stays the same while the process runs; None where it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
