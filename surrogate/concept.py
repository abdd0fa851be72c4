"""Concept and Probe: what a group of documents has in common in a model's embeddings, and how well it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Concept", "Probe"]


@dataclass(frozen=True)
class Concept:
    """A group of documents that lie together in an embedding.

    Parameters
    ----------
    number : int
        From 1, the most cohesive first.
    label : str
        What a reader sees: terms that tell its documents from others; "mixed: ..." where too few of its typical texts hold one.
    terms : tuple of str
        The telling terms, the most telling first; empty where no texts were known.
    naming_share : float or None
        Share of the typical texts that hold one of the first three terms; None without texts.
    cohesion : float
        Mean cosine between its documents and their centroid.
    n_documents : int
    typical : tuple of int
        Rows of its most central documents, the nearest first, each text once.

    Examples
    --------
    >>> concept = Concept(1, "fee · charged", ("fee", "charged"), 0.9, 0.7, 120, (4, 17))
    >>> Concept.from_dict(concept.to_dict()) == concept, concept.mixed
    (True, False)
    """

    number: int
    label: str
    terms: tuple[str, ...]
    naming_share: float | None
    cohesion: float
    n_documents: int
    typical: tuple[int, ...]

    @property
    def mixed(self) -> bool:
        """Whether its terms name fewer than half of its typical texts."""
        return self.naming_share is not None and self.naming_share < 0.5

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "number": self.number,
            "label": self.label,
            "terms": list(self.terms),
            "naming_share": self.naming_share,
            "cohesion": self.cohesion,
            "n_documents": self.n_documents,
            "typical": list(self.typical),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Concept:
        """Inverse of :meth:`to_dict`."""
        return cls(**{**data, "terms": tuple(data["terms"]), "typical": tuple(data["typical"])})


@dataclass(frozen=True)
class Probe:
    """How well a concept that was taught by examples is told on examples that were held out.

    Parameters
    ----------
    name : str
    n_examples, n_counterexamples : int
    accuracy, balanced_accuracy : float
        Share told right, and the mean of that share among examples and among counterexamples.
    low, high : float
        95 % interval of the balanced accuracy.
    drawn : bool
        Whether the counterexamples were drawn from the corpus.

    Examples
    --------
    >>> Probe("angry", 8, 40, 0.9, 0.7, 0.45, 0.85, True).reportable
    False
    """

    name: str
    n_examples: int
    n_counterexamples: int
    accuracy: float
    balanced_accuracy: float
    low: float
    high: float
    drawn: bool

    @property
    def reportable(self) -> bool:
        """Whether it tells better than chance: the interval lies above one half."""
        return self.low > 0.5

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "name": self.name,
            "n_examples": self.n_examples,
            "n_counterexamples": self.n_counterexamples,
            "accuracy": self.accuracy,
            "balanced_accuracy": self.balanced_accuracy,
            "low": self.low,
            "high": self.high,
            "drawn": self.drawn,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Probe:
        """Inverse of :meth:`to_dict`."""
        return cls(**data)
