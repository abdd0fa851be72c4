"""What is explained in the benchmark of global surrogates: splits of a corpus with a model's answers, and features of it."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate import recipes
from surrogate.corpus.embedding import drop_parts
from surrogate.corpus.preparing import prepare_documents
from surrogate.documents import Documents
from surrogate.fit import CorpusSurrogate
from surrogate.neighborhood import Neighborhood
from surrogate.store import MemoryStore
from surrogate.table import Table, table_of

#: The embeddings that concepts are found in, and what the page calls them.
EMBEDDINGS = {
    "bank-router": "the model's layer before its last",
    "bank-router@1": "the model's layer 1",
    "bank-mlm": "another model, trained without labels (bank-mlm)",
}


def read_texts(data: Path, *names: str, column: str = "text") -> tuple[str, ...]:
    """The distinct texts of some CSV files of a data set, in their order."""
    texts: dict[str, None] = {}
    for name in names:
        with (data / name).open(encoding="utf-8", newline="") as file:
            texts |= {row[column]: None for row in csv.DictReader(file)}
    return tuple(texts)


def as_documents(texts: tuple[str, ...]) -> Documents:
    """Texts under their numbers."""
    return Documents(texts, tuple(str(number) for number in range(1, len(texts) + 1)))


@dataclass(frozen=True, eq=False)
class Split:
    """One division of a corpus: what the shipped recipe fits to, and the documents that nothing is fitted to.

    Parameters
    ----------
    seed : int
    texts : tuple of str, length n_documents
    answered : Neighborhood
        Documents and altered copies with the model's answers; the select part is given over to fitting, as in an audit.
    """

    seed: int
    texts: tuple[str, ...]
    answered: Neighborhood

    @property
    def starts(self) -> NDArray[np.int64]:
        """The row of each document as it is."""
        return np.cumsum([0, *(len(masks) for masks in self.answered.masks)])[:-1]

    @property
    def held_out(self) -> NDArray[np.bool_]:
        """Whether each document is held out, shape (n_documents,)."""
        return np.asarray(self.answered.roles[self.starts] == "test")

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """The model's answers for the documents as they are, shape (n_documents, n_classes)."""
        return np.exp(self.answered.answers.log_probabilities[self.starts])

    @property
    def decisions(self) -> NDArray[np.int64]:
        """The model's decisions, shape (n_documents,)."""
        return self.probabilities.argmax(axis=1)

    def of(self, held_out: bool) -> tuple[list[str], NDArray[np.int64]]:
        """Texts and decisions of the held-out documents, or of the others: what peers are given."""
        rows = np.flatnonzero(self.held_out == held_out)
        return [self.texts[row] for row in rows], self.decisions[rows]


@dataclass(frozen=True, eq=False)
class Described:
    """Features of a split: the rows that surrogates are fitted to, and the held-out documents.

    Parameters
    ----------
    fitted, held_out : Table
    """

    fitted: Table
    held_out: Table


def draw_split(texts: tuple[str, ...], black_box: Any, store: MemoryStore, seed: int) -> Split:
    """Divide the corpus and draw copies by the shipped recipe, and ask the model."""
    pipe = recipes.load("audit")
    perturb = pipe.named_steps["perturb"].set_params(random_state=seed)
    documents = prepare_documents(as_documents(texts), tuple(perturb.split), seed).documents
    sample = perturb.draw(documents)
    sample = sample.replace(roles=np.where(sample.roles == "select", "fit", sample.roles))
    query = pipe.named_steps["query"].set_params(black_box=black_box, store=store)
    return Split(seed, documents.texts, query.fit(None).transform(sample))


def describe(split: Split, embedder: Any = None, store: MemoryStore | None = None, **terms: Any) -> Described:
    """The features that the shipped recipe learns from the documents that are not held out.

    Parameters
    ----------
    split : Split
    embedder : Embedder, optional
        In whose embeddings concepts are found; None: no concepts.
    store : MemoryStore, optional
        Where embeddings are kept.
    **terms
        Parameters of the Terms that differ from the recipe.
    """
    pipe = recipes.load("audit")
    drop_parts(pipe, columns=False, embeddings=embedder is not None)
    step = pipe.named_steps["describe"].set_params(**{f"terms__{name}": value for name, value in terms.items()})
    answered = split.answered
    if embedder is not None:
        query = pipe.named_steps["query"].set_params(black_box=embedder, store=store)
        answered = _with_embeddings(answered, query.fit(None).transform(answered))
    table = table_of(step.fit_transform(answered))
    held_out = split.held_out[table.documents]
    return Described(table.take(np.flatnonzero(~held_out)), table.take(np.flatnonzero(held_out)).originals())


def _with_embeddings(answered: Neighborhood, embedded: Neighborhood) -> Neighborhood:
    return answered.replace(answers=replace(answered.answers, embeddings=embedded.answers.embeddings))


def recipe_member(name: str) -> CorpusSurrogate:
    """A surrogate with the parameters that the shipped recipe gives it."""
    return dict(recipes.load("audit").named_steps["surrogate"].members)[name]
