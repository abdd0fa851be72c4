"""Delete: altered copies with words taken out."""

from __future__ import annotations

from typing import ClassVar

from surrogate.perturb.base import Perturb
from surrogate.perturb.sequence import Render
from surrogate.units import Document

__all__ = ["Delete"]


class Delete(Perturb):
    """Altered copies in which the removed units are deleted, white space closed up.

    Parameters
    ----------
    units : {"word"}, default "word"
        What is kept or removed.
    design : {"pairs", "lime"}, default "pairs"
        Design of the fitting part: complement pairs of uniform sizes, or LIME's draws.  Select and test are always pairs.
    n_samples : int, default 256
        The most distinct texts per explained text, the original included.  All masks, if they fit.
    split : tuple of int, default (3, 1, 4)
        Shares of fit, select and test.
    random_state : int, default 0
    accepts_empty : bool, default True
        Whether the model can be asked about the empty text.

    Attributes
    ----------
    documents_ : tuple of Document
        The texts it was fitted on, with their units.

    Examples
    --------
    >>> Delete(n_samples=8).fit_transform(["pay my bill"]).texts
    ('pay my bill', '', 'pay my', 'bill', 'pay bill', 'my', 'pay', 'my bill')
    """

    perturbation: ClassVar[str] = "delete"
    _takes_strings = True

    def __init__(
        self,
        *,
        units: str = "word",
        design: str = "pairs",
        n_samples: int = 256,
        split: tuple[int, int, int] = (3, 1, 4),
        random_state: int = 0,
        accepts_empty: bool = True,
    ) -> None:
        self.units = units
        self.design = design
        self.n_samples = n_samples
        self.split = split
        self.random_state = random_state
        self.accepts_empty = accepts_empty

    def render(self, document: Document) -> Render:
        """Keep the units where the mask is True."""
        return document.keep
