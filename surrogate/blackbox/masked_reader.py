"""Fill blanks in with the weights of a masked language model, the same whatever texts are filled together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.blackbox.batching import Shapes, read_in_batches
from surrogate.blackbox.placement import Placement
from surrogate.blackbox.precision import round_scores
from surrogate.blackbox.threads import reading
from surrogate.blackbox.whole_words import WholeWords
from surrogate.blanks import Blanks
from surrogate.errors import InputError, ModelError

__all__ = ["MaskedReader"]

#: Spellings of one word that may be left out of the likeliest ones, at most.
_SPELLINGS = 16

#: Texts that are filled at a time.
_TOGETHER = 1024


@dataclass(frozen=True, eq=False)
class MaskedReader:
    """A masked language model in memory.

    Parameters
    ----------
    model : transformers masked language model
    tokenizer : transformers tokenizer
        With a mask token.
    max_length : int
        Tokens per text, special tokens included.
    placement : Placement
    name : str
        What errors call the model.

    Examples
    --------
    >>> MaskedReader(None, None, 128, Placement(), "toy").max_length
    128
    """

    model: Any
    tokenizer: Any
    max_length: int
    placement: Placement
    name: str

    @cached_property
    def vocabulary(self) -> WholeWords:
        """The tokens that may be filled in."""
        return WholeWords.of(self.tokenizer)

    @cached_property
    def lower_cases(self) -> bool:
        """Whether the tokenizer tells no capital letters; then what is filled in takes those of what stood there."""
        small, large = (self.tokenizer(text, add_special_tokens=False)["input_ids"] for text in ("a", "A"))
        return list(small) == list(large)

    def fill(self, texts: Sequence[Blanks], top_k: int, temperature: float, order: str) -> list[tuple[str, ...]]:
        """A word for each blank of each text; see :class:`~surrogate.blackbox.masked_lm.MaskedLM`."""
        drawn = _Draw(top_k, temperature)
        found: list[tuple[str, ...]] = []
        for start in range(0, len(texts), _TOGETHER):
            part = texts[start : start + _TOGETHER]
            sequences = [self.encode(text) for text in part]
            tokens = (self._at_once if order == "at_once" else self._left_to_right)(part, sequences, drawn)
            found += [self._written(text, chosen) for text, chosen in zip(part, tokens, strict=True)]
        return found

    def encode(self, text: Blanks) -> NDArray[np.int64]:
        """Token ids of a text with a mask token in each blank.

        Raises
        ------
        InputError
            ``too-many-tokens``; ``bad-parameter`` for a text that holds the mask token itself.
        """
        mask = self.tokenizer.mask_token
        ids = np.array(self.tokenizer(mask.join(text.pieces), verbose=False)["input_ids"], dtype=np.int64)
        if len(ids) > self.max_length:
            raise InputError(
                "too-many-tokens",
                f"The text has {len(ids):,} tokens for the language model {self.name!r}, which is to fill words in and reads "
                f"{self.max_length:,}. Name one that reads more, or explain a passage.",
            )
        n_masks = int((ids == self.tokenizer.mask_token_id).sum())
        if n_masks != len(text.originals):
            raise InputError(
                "bad-parameter",
                f"The text holds {mask!r}, the mask token of the language model {self.name!r}, so it cannot be told which words "
                "are to be filled in. Use Delete, or another language model.",
            )
        return ids

    def _left_to_right(
        self, texts: Sequence[Blanks], sequences: list[NDArray[np.int64]], draw: _Draw
    ) -> list[list[int]]:
        """Each blank after those before it: what was drawn for them is read with it."""
        chosen: list[list[int]] = [[] for _ in texts]
        rows = [row for row, text in enumerate(texts) if text.originals]
        while rows:
            likeliest = self.likeliest([sequences[row] for row in rows], 1, draw.top_k)
            for place, row in enumerate(rows):
                token = self._choose(texts[row], len(chosen[row]), likeliest.at(place, 0), draw)
                sequences[row][np.argmax(sequences[row] == self.tokenizer.mask_token_id)] = token
                chosen[row].append(token)
            rows = [row for row in rows if len(chosen[row]) < len(texts[row].originals)]
        return chosen

    def _at_once(self, texts: Sequence[Blanks], sequences: list[NDArray[np.int64]], draw: _Draw) -> list[list[int]]:
        """Each blank by itself, from one reading."""
        n_most = max((len(text.originals) for text in texts), default=0)
        if not n_most:
            return [[] for _ in texts]
        likeliest = self.likeliest(sequences, n_most, draw.top_k)
        return [
            [self._choose(text, blank, likeliest.at(row, blank), draw) for blank in range(len(text.originals))]
            for row, text in enumerate(texts)
        ]

    def _choose(self, text: Blanks, blank: int, likeliest: _Tokens, draw: _Draw) -> int:
        original = text.originals[blank]
        is_word = any(sign.isalnum() for sign in original)
        unwanted = self.vocabulary.same.get(original.casefold(), ())
        # Where there is no other mark of punctuation to draw, a word is drawn.
        for kind in (0, 1) if is_word else (1, 0):
            token = draw.one_of(likeliest.ids[kind], likeliest.logits[kind], unwanted, text.chances[blank])
            if token is not None:
                return token
        raise ModelError(
            "bad-model-file",
            f"The vocabulary of the language model {self.name!r} has no whole word to fill in. Name another.",
        )

    def _written(self, text: Blanks, tokens: list[int]) -> tuple[str, ...]:
        words = [self.vocabulary.texts[token] for token in tokens]
        if not self.lower_cases:
            return tuple(words)
        return tuple(_cased(word, original) for word, original in zip(words, text.originals, strict=True))

    def likeliest(self, sequences: Sequence[NDArray[np.int64]], n_masks: int, top_k: int) -> _Likeliest:
        """The likeliest words and marks in the first ``n_masks`` masked places of each sequence."""
        import torch

        tables = [torch.from_numpy(table) for table in (self.vocabulary.words, self.vocabulary.marks)]
        tables = [table.to(self.placement.device) for table in tables]
        n_best = [min(top_k + _SPELLINGS, max(1, int(table.sum()))) for table in tables]

        def forward(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> list[NDArray[Any]]:
            logits = self._masked_logits(ids, mask, n_masks)[..., : len(self.vocabulary.texts)]
            best = [
                logits.masked_fill(~table, -np.inf).topk(n, dim=-1) for table, n in zip(tables, n_best, strict=True)
            ]
            return [part.cpu().numpy() for one in best for part in (one.indices, one.values)]

        shapes = Shapes(self.max_length, max_rows=64, budget=2048)
        # padding is outside of what is attended to: any token does
        pad_id = self.tokenizer.pad_token_id or 0
        found: Any = read_in_batches(sequences, forward, shapes, pad_id=pad_id)  # type: ignore[arg-type]
        step = self.placement.precision.step
        return _Likeliest((found[0], found[2]), (round_scores(found[1], step), round_scores(found[3], step)))

    def _masked_logits(self, ids: NDArray[np.int64], mask: NDArray[np.int64], n_masks: int) -> Any:
        """Logits in the first masked places of each row, shape (n_rows, n_masks, n_tokens); where there are fewer, of others."""
        import torch

        places = np.argsort(ids != self.tokenizer.mask_token_id, axis=1, kind="stable")[:, :n_masks]
        device = self.placement.device
        with reading(self.model):
            output = self.model(
                input_ids=torch.from_numpy(ids).to(device), attention_mask=torch.from_numpy(mask).to(device)
            )
            rows = torch.arange(len(ids), device=device)[:, None]
            return output.logits[rows, torch.from_numpy(places).to(device)].float()


@dataclass(frozen=True, eq=False)
class _Tokens:
    """Candidates for one blank: words, and marks."""

    ids: tuple[NDArray[np.int64], NDArray[np.int64]]
    logits: tuple[NDArray[Any], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class _Likeliest:
    """Candidates for blanks: arrays of shape (n_texts, n_blanks, n_candidates), for words and for marks."""

    ids: tuple[NDArray[np.int64], NDArray[np.int64]]
    logits: tuple[NDArray[Any], NDArray[Any]]

    def at(self, row: int, blank: int) -> _Tokens:
        return _Tokens(
            (self.ids[0][row, blank], self.ids[1][row, blank]), (self.logits[0][row, blank], self.logits[1][row, blank])
        )


@dataclass(frozen=True)
class _Draw:
    """How one of the likeliest tokens is drawn."""

    top_k: int
    temperature: float

    def one_of(
        self, ids: NDArray[np.int64], logits: NDArray[Any], unwanted: tuple[int, ...], chance: float
    ) -> int | None:
        """The token that a chance falls on; None where there is none."""
        # By number where two are equally likely: the order in which they come is not promised.
        order = np.lexsort((ids, -logits))
        order = order[np.isfinite(logits[order]) & ~np.isin(ids[order], unwanted)][: self.top_k]
        if not len(order):
            return None
        scores = logits[order].astype(np.float64) / self.temperature
        shares = np.cumsum(np.exp(scores - scores[0]))
        place = int(np.searchsorted(shares, chance * shares[-1], side="right"))
        return int(ids[order[min(place, len(order) - 1)]])


def _cased(word: str, original: str) -> str:
    """A word with capital letters as the one that stood there had them."""
    if len(original) > 1 and original.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if original[:1].isupper() else word
