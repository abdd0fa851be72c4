"""Token counts: those of the model where it tells them, and otherwise estimated from characters, and said so."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from surrogate.corpus.batch.plan.estimating import Estimate

__all__ = ["TokenCounter", "estimated_tokens", "token_counter"]

#: Tokens for a character, lowest, expected and highest, by what kind of character it is.
_LATIN = Estimate(0.2, 0.25, 0.45)
_OTHER = Estimate(0.25, 0.5, 1.0)
_WIDE = Estimate(0.5, 1.0, 3.2)


@dataclass(frozen=True)
class TokenCounter:
    """Counts the tokens of texts.

    Parameters
    ----------
    source : str
        Where its counts come from, in words.
    box : BlackBox or None
        What tells lengths; None: they are estimated.

    Examples
    --------
    >>> TokenCounter("characters", None).count(["Where is my card?"]).expected
    5
    """

    source: str
    box: Any = None

    @property
    def is_measured(self) -> bool:
        """Whether the model's own tokenizer counts."""
        return self.box is not None

    def count(self, texts: Sequence[str]) -> Estimate:
        """Tokens of all texts together, as the model reads them: those that it would cut are not counted."""
        if self.box is None:
            total = Estimate.exactly(0)
            for text in texts:
                total = total.plus(estimated_tokens(text))
            return total
        lengths = self.box.lengths(list(texts))
        return Estimate.exactly(sum(min(length.n_tokens, length.limit) for length in lengths))


def token_counter(box: Any) -> TokenCounter:
    """What counts the tokens of a model; nothing is asked and nothing sent.

    Parameters
    ----------
    box : BlackBox

    Examples
    --------
    >>> token_counter(None).source
    'estimated from characters'
    """
    if hasattr(box, "lengths"):
        return TokenCounter("counted by the model's tokenizer, prompt and special tokens included", box)
    return TokenCounter("estimated from characters")


def estimated_tokens(text: str) -> Estimate:
    """Tokens of a text of a tokenizer that is not known: by characters, those of scripts without spaces counted apart.

    Examples
    --------
    >>> estimated_tokens("I lost my card at the station.").expected, estimated_tokens("我的银行卡丢了。").expected
    (8, 8)
    >>> estimated_tokens("").high
    0
    """
    n_wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    n_latin = sum(ord(character) < 0x250 for character in text)
    n_other = len(text) - n_wide - n_latin
    total = _LATIN.times(n_latin).plus(_OTHER.times(n_other)).plus(_WIDE.times(n_wide))
    return Estimate(math.ceil(total.low), math.ceil(total.expected), math.ceil(total.high))
