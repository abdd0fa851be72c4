"""ReplaceByMask: altered copies with words replaced by the model's mask token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from surrogate.errors import InputError
from surrogate.perturb.base import Perturb
from surrogate.perturb.sequence import Render
from surrogate.units import Document

__all__ = ["ReplaceByMask"]


class ReplaceByMask(Perturb):
    """Altered copies in which each removed unit is replaced by a mask token, all else untouched.

    Parameters
    ----------
    mask_token : str, optional
        The token to put in; a recipe that leaves it out takes the model's own.
    units, design, reference, n_samples, split, max_test, random_state, accepts_empty, tokenize
        As in :class:`~surrogate.perturb.Delete`.

    Attributes
    ----------
    documents_ : tuple of Document

    Examples
    --------
    >>> ReplaceByMask(mask_token="[MASK]", n_samples=8).fit_transform(["pay bill"]).texts
    ('pay bill', '[MASK] [MASK]', 'pay [MASK]', '[MASK] bill')
    """

    perturbation: ClassVar[str] = "mask"
    _takes_strings = True

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Perturb._parameter_constraints,
        "mask_token": [str, None],
    }

    def __init__(
        self,
        *,
        mask_token: str | None = None,
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
        self.mask_token = mask_token
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
        """Put the mask token where the mask is False."""
        if not self.mask_token:
            raise InputError(
                "missing-mask-token",
                "Replacing by a mask token needs mask_token=…, and the model names none. Name one, or use Delete.",
            )
        return partial(document.replace, token=self.mask_token)
