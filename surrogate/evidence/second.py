"""Second: the surrogates of one text on texts that were made, or found, in another way than those they were fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surrogate.evidence.fidelity import Fidelity

__all__ = ["SecondSample"]


@dataclass(frozen=True)
class SecondSample:
    """What is left of the fidelity of each surrogate on a second sampler's texts.

    Parameters
    ----------
    perturbation : {"delete", "mask", "infill", "retrieve", "paraphrase"}
        How these texts came about.
    source : str
        The language model that made them, or what they were found in; empty where neither.
    fingerprint : str or None
        Identity of the source.
    n_texts : int
        Texts that the surrogates were measured on.
    n_unusable : int
        Texts that the model truncated or refused, left out.
    n_calls : int
        Texts that the model was asked about for this alone; they come on top of the explanation's calls.
    discarded : mapping of str to int
        Texts that the sampler made and did not use, by reason.
    fidelity : mapping of str to Fidelity
        By surrogate; those that predict nothing are not in it.
    examples : tuple of str
        Some of the texts, for a reader to judge.
    note : str
        Why nothing could be measured; empty where something was.

    Examples
    --------
    >>> sample = SecondSample("infill", "bank-mlm", None, 0, 0, 0, note="There were no texts.")
    >>> SecondSample.from_dict(sample.to_dict()) == sample
    True
    """

    perturbation: str
    source: str
    fingerprint: str | None
    n_texts: int
    n_unusable: int
    n_calls: int
    discarded: Mapping[str, int] = field(default_factory=dict)
    fidelity: Mapping[str, Fidelity] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "perturbation": self.perturbation,
            "source": self.source,
            "fingerprint": self.fingerprint,
            "n_texts": self.n_texts,
            "n_unusable": self.n_unusable,
            "n_calls": self.n_calls,
            "discarded": dict(self.discarded),
            "fidelity": [{"surrogate": name, "fidelity": one.to_dict()} for name, one in self.fidelity.items()],
            "examples": list(self.examples),
            "note": self.note,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> SecondSample:
        """Inverse of :meth:`to_dict`."""
        fidelity = {one["surrogate"]: Fidelity.from_dict(one["fidelity"]) for one in data["fidelity"]}
        return cls(**{**data, "fidelity": fidelity, "examples": tuple(data["examples"])})
