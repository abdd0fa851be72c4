"""Neighborhood: the one frozen value that flows between the steps of a pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.documents import Value
from surrogate.features import Features
from surrogate.units import Document

__all__ = ["ROLES", "Neighborhood"]

#: What a row is for.  Rows of role "all" belong to an exhaustive sample and serve every role.
ROLES = ("fit", "select", "test")


@dataclass(frozen=True, eq=False)
class Neighborhood:
    """Altered copies of one or more texts and, as far as the pipeline has come, what the model says about them.

    The rows of the first document come first, then those of the second, and so on.

    Parameters
    ----------
    documents : tuple of Document
        The texts that are explained.
    masks : tuple of ndarray of bool, shape (n_samples_of_document, n_units_of_document)
        Which units each altered copy keeps, one array per document.
    texts : tuple of str, length n_samples
        The altered copies.
    roles : ndarray of str, shape (n_samples,)
        "fit", "select", "test", or "all" for an exhaustive sample.
    pairs : ndarray of int, shape (n_samples,)
        Number of the complement pair a row belongs to, within its document: what a bootstrap draws.
    reference_weight : ndarray of float, shape (n_samples,)
        Weight under which the rows of one role stand for the reference distribution.
    perturbation : str
        How a removed unit is removed: "delete" or "mask".
    reference : {"sizes", "uniform"}
        The reference distribution on which fidelity, coverage and precision are meant.
    answers : Answers, optional
        What the model says about each text.
    classes : tuple of str
        Names of the columns of the answers.
    multi_label : bool
        Whether several classes can hold at once.
    sample_weight : ndarray of float, shape (n_samples,), optional
        Weight of each row in the fit.
    draws : ndarray of int, shape (n_samples,), optional
        Which of the repeated answers to its text each row has, where the model's answers vary; None: they do not.
    metadata : mapping of str to tuple of str, float or None, each of length n_documents
        The columns that stand beside the documents of a corpus.
    features : Features, optional
        What is present in each text, for surrogates of a whole corpus.

    Examples
    --------
    >>> from surrogate.perturb import Delete
    >>> neighborhood = Delete(n_samples=8).fit_transform(["one two three"])
    >>> neighborhood.n_samples
    8
    >>> neighborhood.texts[0]
    'one two three'
    """

    documents: tuple[Document, ...]
    masks: tuple[NDArray[np.bool_], ...]
    texts: tuple[str, ...]
    roles: NDArray[np.str_]
    pairs: NDArray[np.int64]
    reference_weight: NDArray[np.float64]
    perturbation: str = "delete"
    reference: str = "sizes"
    answers: Answers | None = None
    classes: tuple[str, ...] = ()
    multi_label: bool = False
    sample_weight: NDArray[np.float64] | None = None
    draws: NDArray[np.int64] | None = None
    metadata: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    features: Features | None = None

    @property
    def n_samples(self) -> int:
        """Number of altered copies, over all documents."""
        return len(self.texts)

    @property
    def starts(self) -> NDArray[np.int64]:
        """The first row of each document, shape (n_documents,)."""
        return np.cumsum([0, *(len(masks) for masks in self.masks)])[:-1]

    @property
    def document_of(self) -> NDArray[np.int64]:
        """Number of the document that each row is, or is a copy of, shape (n_samples,)."""
        return np.repeat(np.arange(len(self.masks)), [len(masks) for masks in self.masks])

    @property
    def original(self) -> NDArray[np.bool_]:
        """Whether each row is its document as it stands, every unit kept, shape (n_samples,)."""
        return np.concatenate([masks.all(axis=1) for masks in self.masks])

    @property
    def embeddings(self) -> NDArray[np.float32] | None:
        """Embedding of each altered copy, shape (n_samples, n_dimensions); None where nothing gave any."""
        return None if self.answers is None else self.answers.embeddings

    @property
    def exhaustive(self) -> bool:
        """Whether every possible altered copy of every document is here."""
        return bool((self.roles == "all").all())

    def replace(self, **changes: Any) -> Neighborhood:
        """A copy with some fields filled in."""
        return replace(self, **changes)

    def parts(self) -> Iterator[Neighborhood]:
        """One neighbourhood for each document, in order."""
        stop = 0
        for number, masks in enumerate(self.masks):
            start, stop = stop, stop + len(masks)
            rows = np.arange(start, stop)
            beside = {name: column[number : number + 1] for name, column in self.metadata.items()}
            yield self._take(rows, (self.documents[number],), (masks,)).replace(metadata=beside)

    def role(self, name: str) -> Neighborhood:
        """The rows of one role (exhaustive rows serve every role)."""
        chosen = (self.roles == name) | (self.roles == "all")
        masks = tuple(
            part[chosen[start : start + len(part)]] for part, start in zip(self.masks, self.starts, strict=True)
        )
        return self._take(np.flatnonzero(chosen), self.documents, masks)

    def rows(self, chosen: NDArray[np.bool_]) -> Neighborhood:
        """Some rows of a neighbourhood of one document (bool, shape (n_samples,))."""
        return self._take(np.flatnonzero(chosen), self.documents, (self.masks[0][chosen],))

    def of_documents(self, numbers: Sequence[int]) -> Neighborhood:
        """The rows of some documents, in the given order."""
        starts = self.starts
        rows = np.concatenate([starts[number] + np.arange(len(self.masks[number])) for number in numbers])
        taken = self._take(
            rows, tuple(self.documents[number] for number in numbers), tuple(self.masks[number] for number in numbers)
        )
        columns = {name: tuple(column[number] for number in numbers) for name, column in self.metadata.items()}
        return taken.replace(metadata=columns)

    def _take(
        self, rows: NDArray[np.intp], documents: tuple[Document, ...], masks: tuple[NDArray[np.bool_], ...]
    ) -> Neighborhood:
        return replace(
            self,
            documents=documents,
            masks=masks,
            texts=tuple(self.texts[row] for row in rows),
            roles=self.roles[rows],
            pairs=self.pairs[rows],
            reference_weight=self.reference_weight[rows],
            answers=None if self.answers is None else self.answers.take(rows),
            sample_weight=None if self.sample_weight is None else self.sample_weight[rows],
            draws=None if self.draws is None else self.draws[rows],
            features=None if self.features is None else self.features.take(rows),
        )
