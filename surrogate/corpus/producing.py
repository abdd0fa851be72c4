"""How a global explanation was produced, and from which documents."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from surrogate import recipes
from surrogate.canonical import canonical_bytes, digest
from surrogate.corpus.preparing import Prepared
from surrogate.evidence.corpus_gate import CorpusPolicy
from surrogate.neighborhood import Neighborhood
from surrogate.provenance import answers_digest, versions
from surrogate.table import Table

__all__ = ["describe_corpus", "describe_corpus_production"]


def describe_corpus(prepared: Prepared, table: Table, held_out: NDArray[np.bool_], n_unusable: int) -> dict[str, Any]:
    """Numbers of documents, and what the model decides on them.

    Parameters
    ----------
    prepared : Prepared
    table : Table
        Every usable document as it is.
    held_out : ndarray of bool, shape (n_documents,)
    n_unusable : int
        Documents that the model refused or cut.
    """
    names = np.array(table.classes)[table.decisions]
    counts, tested = Counter(names.tolist()), Counter(names[held_out].tolist())
    return {
        "n_rows": prepared.n_rows,
        "n_empty": prepared.n_empty,
        "n_duplicates": prepared.n_duplicates,
        "n_unusable": n_unusable,
        "n_documents": len(held_out),
        "n_fit": int((~held_out).sum()),
        "n_test": int(held_out.sum()),
        "columns": list(prepared.documents.metadata),
        "labelled": prepared.documents.labels is not None,
        "decisions": [
            {"label": label, "n": counts[label], "n_test": tested[label]}
            for label in sorted(counts, key=lambda one: (-counts[one], one))
        ],
        "texts_sha256": digest(canonical_bytes(sorted(digest(text) for text in prepared.documents.texts))),
    }


def describe_corpus_production(
    pipe: Pipeline, answered: Neighborhood, policy: CorpusPolicy, name: str
) -> dict[str, Any]:
    """Recipe, counts, digests, policy and versions.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
    answered : Neighborhood
    policy : CorpusPolicy
    name : str
        Of the recipe.
    """
    toml = recipes.dump(pipe)
    query, perturb = pipe.named_steps["query"], pipe.named_steps["perturb"]
    embedder = query.embedder
    return {
        "recipe": {"name": name, "toml": toml, "sha256": digest(toml)},
        "n_calls": len(set(answered.texts)),
        "n_copies": answered.n_samples - len(answered.documents),
        "split": [int(share) for share in perturb.split],
        "random_state": int(perturb.random_state),
        "embeddings": None
        if embedder is None
        else {"name": embedder.name, "fingerprint": embedder.fingerprint, "details": dict(embedder.details)},
        "answers_sha256": answers_digest(answered),
        "policy": policy.to_dict(),
        "versions": versions(),
    }
