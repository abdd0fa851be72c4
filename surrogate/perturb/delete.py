"""Delete: altered copies with words taken out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from surrogate.perturb.base import Perturb
from surrogate.perturb.sequence import Render
from surrogate.units import Document

__all__ = ["Delete"]


class Delete(Perturb):
    """Altered copies in which the removed units are deleted, white space closed up.

    Parameters
    ----------
    units : {"word", "token", "phrase", "sentence", "paragraph", "line", "json"}, default "word"
        What is kept or removed; a :class:`~surrogate.units.Document` brings units of its own.
    design : {"pairs", "sizes", "uniform", "shapley", "lime", "kernel"}, default "pairs"
        Design of the fitting part: complement pairs of the reference distribution, of uniform sizes, of uniform masks or by
        Shapley's weights (weighted to the reference distribution), LIME's draws, or draws from LIME's kernel.  Select and
        test always come from the reference distribution.
    reference : {"sizes", "uniform"}, default "sizes"
        The distribution on which fidelity, coverage and precision are meant: complement pairs whose size is uniform, or with
        every mask alike.
    n_samples : int, default 256
        The most distinct texts per explained text, the original included.  All masks, if they fit.
    split : tuple of int, default (4, 1, 3)
        Shares of fit, select and test.
    max_test : int, default 192
        Test copies after which further calls go to fit and select; None: no end.
    random_state : int, default 0
    accepts_empty : bool, default True
        Whether the model can be asked about the empty text.
    tokenize : callable (text) -> spans, optional
        For units="token": the model's own tokens; a recipe takes them from the model.

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
        reference: str = "sizes",
        n_samples: int = 256,
        split: tuple[int, int, int] = (4, 1, 3),
        max_test: int | None = 192,
        random_state: int = 0,
        accepts_empty: bool = True,
        tokenize: Callable[[str], Sequence[tuple[int, int]]] | None = None,
    ) -> None:
        self.units = units
        self.design = design
        self.reference = reference
        self.n_samples = n_samples
        self.split = split
        self.max_test = max_test
        self.random_state = random_state
        self.accepts_empty = accepts_empty
        self.tokenize = tokenize

    def render(self, document: Document) -> Render:
        """Keep the units where the mask is True."""
        return document.keep
