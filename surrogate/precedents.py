"""Precedents: the texts of a corpus that lie nearest to an explained one, with what the model decides on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Precedent", "Precedents"]


@dataclass(frozen=True)
class Precedent:
    """A text of a corpus that lies near an explained one.

    Parameters
    ----------
    id : str
        What the corpus calls it; of a text that stands in several rows, the first.
    text : str
    decision : str
        Of the model, on this text.
    probability : float
        Of that decision, as the model says.
    similarity : float
        Cosine of the two embeddings, from -1 to 1.
    rank : int
        Place by similarity among the different texts of the corpus, from 1.
    n_rows : int, default 1
        Rows of the corpus that hold this very text.
    same_text : bool, default False
        Whether it is the explained text itself, but for case and white space.

    Examples
    --------
    >>> one = Precedent("17", "where is my card", "cards", 0.98, 0.91, 1)
    >>> Precedent.from_dict(one.to_dict()) == one
    True
    """

    id: str
    text: str
    decision: str
    probability: float
    similarity: float
    rank: int = 1
    n_rows: int = 1
    same_text: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Precedent:
        """Inverse of :meth:`to_dict`."""
        return cls(**data)


@dataclass(frozen=True)
class Precedents:
    """The nearest texts of a corpus, for and against a decision.

    Parameters
    ----------
    decision : str
        Of the model, on the explained text.
    probability : float
        Of that decision, as the model says.
    nearest : tuple of Precedent
        The nearest texts, whatever the model decides on them, the nearest first.
    otherwise : tuple of Precedent
        The nearest of those that the model decides otherwise; a text may be among both.
    n_documents, n_distinct : int
        Rows of the corpus with a text, and different texts among them.
    n_asked : int
        Different texts, the nearest first, on which the model's decision is known: among these the others were looked for.
    n_unusable : int
        Different texts that were left out: refused, or cut before they were embedded or answered.
    truncated : bool
        Whether the explained text itself was cut before it was embedded or answered.
    model : mapping
        Name and fingerprint of the model that decides.
    embeddings : mapping
        In which embeddings: name, fingerprint and details of what gave them.
    texts_sha256 : str
        Digest of the texts of the corpus, in no order.

    Examples
    --------
    >>> near = Precedent("17", "where is my card", "cards", 0.98, 0.91, 1)
    >>> found = Precedents("cards", 0.99, (near,), (), 40, 38, 38, 0)
    >>> found.n_alike, Precedents.from_dict(found.to_dict()) == found
    (1, True)
    """

    decision: str
    probability: float
    nearest: tuple[Precedent, ...]
    otherwise: tuple[Precedent, ...]
    n_documents: int
    n_distinct: int
    n_asked: int
    n_unusable: int
    truncated: bool = False
    model: Mapping[str, Any] = field(default_factory=dict)
    embeddings: Mapping[str, Any] = field(default_factory=dict)
    texts_sha256: str = ""

    @property
    def n_alike(self) -> int:
        """How many of the nearest the model decides as the text itself."""
        return sum(one.decision == self.decision for one in self.nearest)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            **vars(self),
            "nearest": [one.to_dict() for one in self.nearest],
            "otherwise": [one.to_dict() for one in self.otherwise],
            "model": dict(self.model),
            "embeddings": dict(self.embeddings),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Precedents:
        """Inverse of :meth:`to_dict`."""
        lists = {name: tuple(Precedent.from_dict(one) for one in data[name]) for name in ("nearest", "otherwise")}
        return cls(**{**data, **lists})
