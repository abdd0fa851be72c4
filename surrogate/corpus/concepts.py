"""Concepts of a corpus: groups of texts that an embedder reads alike, with a name; no decision is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from surrogate.canonical import canonical, canonical_bytes, digest
from surrogate.concept import Concept
from surrogate.corpus.precedents import documents_of
from surrogate.corpus.space import Space, space_of
from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.store import open_store

__all__ = ["FoundConcepts", "find_concepts"]

#: Concepts unless a number is given; of a small corpus one to as many texts as this.
_USUAL, _TEXTS_EACH = 16, 4


@dataclass(frozen=True, eq=False)
class FoundConcepts:
    """Groups of texts, and the texts.

    Parameters
    ----------
    concepts : tuple of Concept
        The most cohesive first; ``typical`` are places in ``documents``.
    documents : Documents
        Each different text once.
    n_documents, n_unusable : int
        Rows of the corpus with a text; different texts that were cut before they were embedded, and left out.
    embeddings : dict
        Name, fingerprint and details of what gave the embeddings.

    Examples
    --------
    >>> concept = Concept(1, "fee", ("fee",), 1.0, 0.9, 2, (0, 1))
    >>> FoundConcepts((concept,), Documents(("a fee", "the fee"), ("1", "2")), 2, 0, {}).typical(concept, 1)
    (('1', 'a fee'),)
    """

    concepts: tuple[Concept, ...]
    documents: Documents
    n_documents: int
    n_unusable: int
    embeddings: dict[str, Any]

    def typical(self, concept: Concept, n: int) -> tuple[tuple[str, str], ...]:
        """The most typical documents of a concept: id and text."""
        return tuple((self.documents.ids[row], self.documents.texts[row]) for row in concept.typical[:n])

    def to_dict(self) -> dict[str, Any]:
        """JSON form; typical documents with their ids and texts."""
        concepts = [
            {
                **concept.to_dict(),
                "typical": [{"id": name, "text": text} for name, text in self.typical(concept, len(concept.typical))],
            }
            for concept in self.concepts
        ]
        record: dict[str, Any] = canonical(
            {
                "concepts": concepts,
                "n_documents": self.n_documents,
                "n_distinct": len(self.documents) + self.n_unusable,
                "n_unusable": self.n_unusable,
                "embeddings": self.embeddings,
                "texts_sha256": digest(canonical_bytes(sorted(digest(text) for text in self.documents.texts))),
            }
        )
        return record


def find_concepts(
    documents: Any,
    model: str | Path | Any = "bank-router",
    *,
    n: int | None = None,
    embeddings: str | Path | Any = "auto",
    store: bool | str | Path | Any = True,
    device: str = "auto",
    progress: Callable[[int, int], None] | None = None,
    allow_remote: bool = False,
    announce: Callable[[str], None] | None = None,
) -> FoundConcepts:
    """Group the texts of a corpus by their embeddings, and name the groups.

    Parameters
    ----------
    documents : Documents, sequence of str, str or Path
        The corpus, or its file.
    model : str, Path or BlackBox
        Whose embeddings, where ``embeddings`` is "auto"; otherwise it is not loaded.
    n : int, optional
        How many; None: 16, or of a small corpus one to four texts.
    embeddings : str, Path or Embedder, default "auto"
        As :func:`surrogate.corpus.audit.audit` takes it: "auto" is the model itself, one layer before its last.
    store : bool, str, Path or AnswerStore, default True
    device : str, default "auto"
    progress : callable (n_done, n_all) -> None, optional
    allow_remote : bool, default False
        Whether an endpoint may be on another machine, and so the texts be sent there.
    announce : callable (str) -> None, optional
        Told, before anything is sent to an endpoint, how many texts may be sent where.

    Returns
    -------
    FoundConcepts

    Raises
    ------
    InputError
        ``bad-corpus`` for a corpus of fewer than two different texts, ``bad-parameter`` for more concepts than there are
        different texts, ``missing-embedder`` for a model without embeddings.
    ModelError
        When a model cannot be loaded.

    Examples
    --------
    >>> corpus = ["my card is lost", "I lost my card", "a lost card", "what are the fees", "why this fee", "fees again"]
    >>> found = find_concepts(corpus, n=2, store=False)
    >>> sorted(concept.n_documents for concept in found.concepts)
    [3, 3]
    """
    corpus = documents_of(documents)
    _check_number(n)
    rows = {text: row for row, text in reversed(list(enumerate(corpus.texts)))}
    distinct = corpus.take(sorted(rows.values()))
    if len(distinct) < 2:
        raise InputError(
            "bad-corpus", "Concepts are groups of texts, and the corpus holds only one text. Give more documents."
        )
    options = {"store": open_store(store), "device": device, "progress": progress, "allow_remote": allow_remote}
    space = _space(model, embeddings, options)
    if announce is not None and (words := space.announcement(len(distinct), "the corpus")):
        announce(words)
    return _found(distinct, len(corpus), space, n)


def _found(distinct: Documents, n_documents: int, space: Space, n: int | None) -> FoundConcepts:
    from surrogate.corpus.space import finite_embeddings
    from surrogate.describe import Concepts
    from surrogate.describe.inputs import Inputs
    from surrogate.single_thread import single_thread

    read = space.read(distinct.texts)
    vectors = finite_embeddings(read)
    whole = np.flatnonzero(~(read.truncated | read.refused))
    kept = distinct.take(whole.tolist())
    usual = min(_USUAL, max(1, len(kept) // _TEXTS_EACH))
    with single_thread():
        fitted = Concepts(n_concepts=usual if n is None else int(n)).fit(Inputs(len(kept), kept.texts, vectors[whole]))
    return FoundConcepts(fitted.concepts_, kept, n_documents, len(distinct) - len(kept), space.to_dict())


def _space(model: Any, embeddings: Any, options: dict[str, Any]) -> Space:
    """The embeddings that were asked for; only for the model's own is the model loaded."""
    from surrogate.blackbox import load_model
    from surrogate.corpus.embedding import own_embedder

    if not (isinstance(embeddings, str) and embeddings == "auto"):
        return space_of(None, embeddings, **options)
    black_box = load_model(model, device=options["device"], allow_remote=options["allow_remote"])
    embedder = own_embedder(model, black_box, options["device"])
    return space_of(black_box, "auto" if embedder is None else embedder, **options)


def _check_number(n: Any) -> None:
    if n is not None and (not isinstance(n, int | np.integer) or isinstance(n, bool) or n < 1):
        raise InputError("bad-parameter", f"n is a whole number of at least 1, or None; got {n!r}.")
