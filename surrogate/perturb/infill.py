"""Infill: altered copies in which a masked language model fills in what was removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval, StrOptions

from surrogate.blanks import Blanks, Filler
from surrogate.errors import InputError
from surrogate.perturb.base import Perturb
from surrogate.perturb.refilled import OPEN, Refilled
from surrogate.seeding import content_generator
from surrogate.units import Document
from surrogate.units.words import word_spans

__all__ = ["ORDERS", "Filling", "Infill"]

#: Blanks of a text are filled from left to right, each after those before it, or all at once, each by itself.
ORDERS = ("left_to_right", "at_once")


class Infill(Refilled):
    """Altered copies in which the removed units are replaced by what a masked language model draws for them.

    Each word of a removed unit is one blank, however many tokens it has; a unit without letters or digits is a blank of its
    own.  A blank is filled from the ``top_k`` likeliest whole words, or marks of punctuation, and never with what stood there.
    What is drawn depends on the text, the mask and ``random_state`` alone.  A text with fewer masks than ``n_samples`` has each
    mask filled in several times.

    Parameters
    ----------
    model : Filler or str
        The masked language model, as :func:`surrogate.blackbox.masked_lm.load_masked_lm` gives it; by name in a recipe, which
        loads it.
    top_k : int, default 50
        So many of the likeliest words may be drawn.
    temperature : float, default 1.0
        Below one: likelier words more often.
    order : {"left_to_right", "at_once"}, default "left_to_right"
        Whether a blank is filled after those before it in the text, or each by itself, which is quicker and less coherent.
    units, design, reference, n_samples, split, max_test, random_state, accepts_empty, tokenize
        As in :class:`~surrogate.perturb.Delete`.

    Attributes
    ----------
    documents_ : tuple of Document

    Examples
    --------
    >>> class Parrot:
    ...     name, fingerprint = "parrot", None
    ...     def fill(self, texts, *, top_k, temperature, order):
    ...         return [tuple("squawk" for _ in text.originals) for text in texts]
    >>> Infill(Parrot(), n_samples=8).fit_transform(["please pay my bill"]).texts[:3]
    ('please pay my bill', 'squawk squawk squawk squawk', 'squawk pay my squawk')
    """

    perturbation: ClassVar[str] = "infill"
    _takes_strings = True

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Perturb._parameter_constraints,
        "model": "no_validation",  # type: ignore[dict-item]
        "top_k": [Interval(Integral, 1, None, closed="left")],
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "order": [StrOptions(set(ORDERS))],
    }

    def __init__(
        self,
        model: Any = None,
        *,
        top_k: int = 50,
        temperature: float = 1.0,
        order: str = "left_to_right",
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
        self.model = model
        self.top_k = top_k
        self.temperature = temperature
        self.order = order
        self.units = units
        self.design = design
        self.reference = reference
        self.n_samples = n_samples
        self.split = split
        self.max_test = max_test
        self.random_state = random_state
        self.accepts_empty = accepts_empty
        self.tokenize = tokenize

    @property
    def source(self) -> Any:
        """The language model that makes the copies."""
        return self.model

    def render(self, document: Document) -> Filling:
        """Put what the model draws where the mask is False; :meth:`Filling.prepare` does it for many masks together.

        Raises
        ------
        InputError
            ``missing-filler`` without a model; ``bad-parameter`` for a JSON text.
        """
        if not isinstance(self.model, Filler):
            raise InputError(
                "missing-filler",
                f"Infill needs a masked language model to fill words in; got {self.model!r}. Load one: "
                'Infill(load_masked_lm("bank-mlm")), or name it in a recipe: model = "bank-mlm".',
            )
        if document.is_json:
            raise InputError(
                "bad-parameter",
                "Values of a JSON text cannot be filled in by a language model, which may put a word where JSON needs a number. "
                "Use Delete.",
            )
        return Filling(document, self._fill, int(self.random_state))

    def _fill(self, texts: Sequence[Blanks]) -> list[tuple[str, ...]]:
        return self.model.fill(texts, top_k=int(self.top_k), temperature=float(self.temperature), order=str(self.order))


class Filling:
    """How a mask becomes a text with what was removed filled in.

    Parameters
    ----------
    document : Document
    fill : callable (sequence of Blanks) -> list of tuple of str
    random_state : int

    Examples
    --------
    >>> from surrogate.units import split_units
    >>> filling = Filling(split_units("pay my bill"), lambda texts: [("some",) * len(text.originals) for text in texts], 0)
    >>> filling(np.array([True, False, True]))
    'pay some bill'
    """

    def __init__(
        self, document: Document, fill: Callable[[Sequence[Blanks]], list[tuple[str, ...]]], random_state: int
    ) -> None:
        self.document = document
        self.fill = fill
        self.random_state = random_state
        self._words = tuple(
            _blanks_of(unit, start) for unit, (start, _) in zip(document.units, document.spans, strict=True)
        )
        self._known: dict[tuple[bytes, int], str] = {}

    def __call__(self, mask: NDArray[np.bool_]) -> str:
        """The text with the units kept where ``mask`` (bool, shape (n_units,)) is True and the others filled in."""
        return self.refill(np.asarray(mask, dtype=bool)[None], [0])[0]

    def outline(self, mask: NDArray[np.bool_]) -> str:
        """The text with a sign for every removed unit: different for different masks."""
        return self.document.replace(mask, OPEN)

    def prepare(self, masks: Iterable[NDArray[np.bool_]]) -> None:
        """Fill in what many masks remove (bool, shape (n, n_units)), together."""
        flags = np.asarray(masks, dtype=bool)
        self.refill(flags, [0] * len(flags))

    def refill(self, masks: NDArray[np.bool_], numbers: Sequence[int]) -> list[str]:
        """The texts of many masks (bool, shape (n, n_units)), each filled in for the so-manieth time, from 0."""
        keys = [(flags.tobytes(), number) for flags, number in zip(masks, numbers, strict=True)]
        new = {key: flags for key, flags in zip(keys, masks, strict=True) if key not in self._known}
        blanks = [self._blanks(flags, number) for (_, number), flags in new.items()]
        open_ones = [row for row, text in enumerate(blanks) if text.originals]
        found = dict(zip(open_ones, self.fill([blanks[row] for row in open_ones]) if open_ones else [], strict=True))
        self._known |= {
            key: text.filled(found.get(row, ())) for row, (key, text) in enumerate(zip(new, blanks, strict=True))
        }
        return [self._known[key] for key in keys]

    def _blanks(self, flags: NDArray[np.bool_], number: int) -> Blanks:
        text = self.document.text
        spans = [span for unit in np.flatnonzero(~flags) for span in self._words[unit]]
        ends, starts = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)]
        generator = content_generator(
            "infill", text, self.document.spans, np.packbits(flags).tolist(), self.random_state, number
        )
        return Blanks(
            tuple(text[end:start] for end, start in zip(ends, starts, strict=True)),
            tuple(text[start:end] for start, end in spans),
            tuple(generator.random(len(spans)).tolist()),
        )


def _blanks_of(unit: str, start: int) -> tuple[tuple[int, int], ...]:
    """Places in the text of the words of a unit; of a unit without letters or digits, of the unit."""
    words = [span for span in word_spans(unit) if any(sign.isalnum() for sign in unit[slice(*span)])]
    return tuple((start + first, start + last) for first, last in words or [(0, len(unit))])
