"""What a report of a corpus shows beside its surrogates: concepts, examples, quoted documents, accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.concept import Concept, Probe
from surrogate.estimate import Estimate

__all__ = ["Accuracy", "ClassExamples", "Quoted", "ShownConcept", "ShownProbe"]


@dataclass(frozen=True)
class ShownConcept:
    """A concept found in embeddings, and what the model decides on its documents.

    Parameters
    ----------
    concept : Concept
        Its typical documents by their place among all documents.
    decisions : tuple of (str, int)
        Decisions of the model on its documents with their number, the most frequent first.
    """

    concept: Concept
    decisions: tuple[tuple[str, int], ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**self.concept.to_dict(), "decisions": [[label, n] for label, n in self.decisions]}


@dataclass(frozen=True)
class ShownProbe:
    """A concept that a user taught by examples, and what the model decides on the documents that have it.

    Parameters
    ----------
    probe : Probe
        How well it is told on examples that were held out.
    n_documents : int
    decisions : tuple of (str, int)
        Decisions of the model on its documents with their number, the most frequent first.
    """

    probe: Probe
    n_documents: int
    decisions: tuple[tuple[str, int], ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            **self.probe.to_dict(),
            "reportable": self.probe.reportable,
            "n_documents": self.n_documents,
            "decisions": [[label, n] for label, n in self.decisions],
        }


@dataclass(frozen=True)
class ClassExamples:
    """Documents that stand for one decision of the model, and some that these do not stand for.

    Parameters
    ----------
    label : str
    prototypes, criticisms : tuple of int
        Documents, by their place.

    Examples
    --------
    >>> ClassExamples("cards", (3, 7), (9,)).to_dict()["prototypes"]
    [3, 7]
    """

    label: str
    prototypes: tuple[int, ...]
    criticisms: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"label": self.label, "prototypes": list(self.prototypes), "criticisms": list(self.criticisms)}


@dataclass(frozen=True)
class Quoted:
    """A document that the report shows.

    Parameters
    ----------
    id, text : str
    decision : str
    probability : float
        Of the decision, as the model says.
    held_out : bool

    Examples
    --------
    >>> Quoted("17", "where is my card", "cards", 0.98, True).to_dict()["id"]
    '17'
    """

    id: str
    text: str
    decision: str
    probability: float
    held_out: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


@dataclass(frozen=True)
class Accuracy:
    """How often the model, and each surrogate, decides as the labels of held-out documents say.

    Parameters
    ----------
    n : int
        Held-out documents with a label that the model knows.
    model : Estimate
    members : tuple of (str, Estimate)
        Of every surrogate that passed; a document that it does not decide counts as wrong.
    unknown : tuple of (str, int)
        Labels that the model does not know, with their number among all documents.

    Examples
    --------
    >>> Accuracy(10, Estimate(0.9, 0.6, 1.0), ()).to_dict()["n"]
    10
    """

    n: int
    model: Estimate
    members: tuple[tuple[str, Estimate], ...]
    unknown: tuple[tuple[str, int], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "n": self.n,
            "model": self.model.to_dict(),
            "members": [{"name": name, "accuracy": estimate.to_dict()} for name, estimate in self.members],
            "unknown": [[label, n] for label, n in self.unknown],
        }
