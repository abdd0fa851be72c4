"""Document: a text with the places of its units, and the copies of it in which some are kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.units.json_values import bare_values, in_json
from surrogate.units.pieces import Pieces

__all__ = ["Document"]


@dataclass(frozen=True, eq=False)
class Document:
    """A text and the spans of its units.

    What stands between units is white space, or a frame that is always kept: the keys and punctuation of a JSON text,
    the labels of a form.

    Parameters
    ----------
    text : str
        The text exactly as it was given.
    spans : tuple of (int, int)
        Start and end of each unit, in characters, in order, without overlap.
    kind : str
        The kind of unit; "sentence+word" where some sentences were split into words.
    segmenter : str or None
        The library that found the units, with its version, where it was more than this package's own rules.

    Examples
    --------
    >>> from surrogate.units import split_units
    >>> document = split_units("My card hasn't arrived!")
    >>> document.units
    ('My', 'card', "hasn't", 'arrived', '!')
    >>> document.keep([True, True, False, True, False])
    'My card arrived'
    >>> document.keep([True] * 5) == document.text
    True
    >>> document.replace([True, False, True, True, True], "[MASK]")
    "My [MASK] hasn't arrived!"
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    kind: str = "word"
    segmenter: str | None = None

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.spans)

    @property
    def is_json(self) -> bool:
        """Whether the units are values of a JSON text, or parts of them."""
        return self.kind.split("+")[0] == "json"

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The units as they stand in the text."""
        return tuple(self.text[start:end] for start, end in self.spans)

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        """What stands before each unit and after the last, length ``n_units + 1``."""
        ends = [0, *(end for _, end in self.spans)]
        starts = [*(start for start, _ in self.spans), len(self.text)]
        return tuple(self.text[end:start] for end, start in zip(ends, starts, strict=True))

    def keep(self, mask: Any) -> str:
        """The text with only the units kept where ``mask`` is True (bool, shape (n_units,)); all kept: the text itself.

        Neighbours that come to stand side by side keep the white space before the second; two words that were apart are
        never glued.  The frame, if there is one, is kept as it is; a JSON value that is removed is ``""`` or ``null``.
        """
        flags = self._checked(mask)
        return self.text if flags.all() else self._pieces.keep(flags)

    def replace(self, mask: Any, token: str) -> str:
        """The text with ``token`` in the place of each unit where ``mask`` is False (bool, shape (n_units,)).

        In a JSON text the token is written as a JSON string.
        """
        bare = in_json(token, bare=True)
        written = in_json(token, bare=False) if self.is_json else token
        parts = [*self.units, ""]
        for i in np.flatnonzero(~self._checked(mask)).tolist():
            parts[i] = bare if i in self._blanks else written
        both = list(self.gaps) * 2
        both[0::2], both[1::2] = self.gaps, parts
        return "".join(both)

    def _checked(self, mask: Any) -> NDArray[np.bool_]:
        flags = np.asarray(mask, dtype=bool)
        if flags.shape != (self.n_units,):
            raise InputError(
                "bad-parameter",
                f"A mask needs {self.n_units} values, one per unit; got an array of shape {flags.shape}.",
            )
        return flags

    @cached_property
    def _blanks(self) -> dict[int, str]:
        """What stands in the place of values without quotes, so that JSON stays JSON."""
        bare = bare_values(self.text) if self.is_json else ()
        return {number: "null" for number, span in enumerate(self.spans) if span in bare}

    @cached_property
    def _pieces(self) -> Pieces:
        return Pieces(self.text, self.spans, self._blanks)
