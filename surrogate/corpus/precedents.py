"""Precedents of a text: which texts of a corpus are the nearest, and what the model decides on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.canonical import canonical_bytes, digest
from surrogate.corpus.space import Space, finite_embeddings
from surrogate.documents import Documents
from surrogate.errors import InputError, ModelError
from surrogate.perturb.retrieve import nearest as nearest_rows
from surrogate.precedents import Precedent, Precedents
from surrogate.query import ask

__all__ = ["check_numbers", "documents_of", "most_asked", "precedents_of"]

#: The most texts that a model is asked about for precedents where it does not give the embeddings itself, and how many at once.
_MOST_ASKED, _BLOCK = 256, 64


def documents_of(corpus: Any) -> Documents:
    """A corpus as documents.

    Parameters
    ----------
    corpus : Documents, sequence of str, str or Path
        Documents, texts, or the file of texts; texts of a list are called by their place, from 1.

    Raises
    ------
    InputError
        ``bad-corpus`` without a text, ``not-text`` for what is no text; as :func:`surrogate.corpus.read_corpus` for a file.

    Examples
    --------
    >>> documents_of(["lost card", "a fee"]).ids
    ('1', '2')
    """
    from surrogate.corpus.reading import read_corpus
    from surrogate.describe.inputs import texts_of

    if isinstance(corpus, str | Path):
        return read_corpus(corpus)
    if isinstance(corpus, Documents):
        found = corpus
    else:
        texts = texts_of(corpus)
        found = Documents(texts, tuple(str(place) for place in range(1, len(texts) + 1)))
    if not len(found):
        raise InputError("bad-corpus", "The corpus holds no text. Give at least one document.")
    return found


def most_asked(corpus: Documents, black_box: Any, space: Space, n: int) -> int:
    """The most texts of a corpus that the model may be asked about.

    Examples
    --------
    >>> from surrogate.corpus.space import Space
    >>> most_asked(documents_of(["a fee", "a fee", "lost"]), None, Space(None, None), 10)
    2
    """
    return corpus.n_distinct if space.reader is black_box else min(corpus.n_distinct, max(n, _MOST_ASKED))


def precedents_of(
    text: str, corpus: Documents, black_box: Any, space: Space, *, n: int = 10, n_otherwise: int = 3
) -> Precedents:
    """The nearest texts, by a model and a space that are loaded.

    Where the model gives the embeddings itself, its decision on every text is known.  Otherwise it is asked about the nearest
    texts, block by block, until enough of them are decided otherwise, about 256 texts at the most.

    Parameters
    ----------
    text : str
    corpus : Documents
    black_box : BlackBox
    space : Space
    n, n_otherwise : int

    Returns
    -------
    Precedents

    Raises
    ------
    InputError
        ``bad-parameter``, ``bad-embeddings``.
    ModelError
        ``declined`` when the model refuses the text itself; otherwise as the model fails.
    """
    check_numbers(n, n_otherwise)
    texts = list(dict.fromkeys(corpus.texts))
    read = space.read([text, *texts])
    vectors = finite_embeddings(read).astype(np.float64)
    whole = ~(read.truncated | read.refused)
    if not np.isfinite(vectors[0]).all():
        raise InputError("bad-embeddings", "The text itself was given no embedding, so no other is near it.")
    rows = np.flatnonzero(whole[1:]).tolist()
    nearby = nearest_rows(vectors[0], vectors[1:][rows], [texts[row] for row in rows], len(rows))
    order = [rows[place] for place in nearby]
    own = ask(black_box, [text], space.store)
    if own.refused[0]:
        raise ModelError(
            "declined",
            f"The model {black_box.name!r} declined to answer the text itself, so that nothing is decided alike.",
        )
    decision = int(own.probabilities[0].argmax())
    near = _Near(text, texts, _cosines(vectors), corpus, [str(name) for name in black_box.classes_])
    found: list[Precedent] = []
    others: list[Precedent] = []
    n_asked = n_usable = 0
    for block, answers in _answered(order, texts, black_box, space, read, max(n, _MOST_ASKED)):
        usable = [one for one in near.precedents(block, answers, n_asked + 1) if one is not None]
        n_asked, n_usable = n_asked + len(block), n_usable + len(usable)
        found += usable[: n - len(found)]
        others += [one for one in usable if one.decision != near.names[decision]][: n_otherwise - len(others)]
        if len(found) == n and len(others) == n_otherwise:
            break
    return Precedents(
        decision=near.names[decision],
        probability=float(own.probabilities[0, decision]),
        nearest=tuple(found),
        otherwise=tuple(others),
        n_documents=len(corpus),
        n_distinct=len(texts),
        n_asked=n_usable,
        n_unusable=int((~whole[1:]).sum()) + n_asked - n_usable,
        truncated=bool(read.truncated[0] or own.truncated[0]),
        model={"name": str(black_box.name), "fingerprint": black_box.fingerprint},
        embeddings=space.to_dict(),
        texts_sha256=digest(canonical_bytes(sorted(digest(one) for one in texts))),
    )


def check_numbers(n: int, n_otherwise: int) -> None:
    """Refuse numbers of texts that are none.

    Raises
    ------
    InputError
        ``bad-parameter``.

    Examples
    --------
    >>> check_numbers(10, 0)
    """
    for name, number, least in (("n", n, 1), ("n_otherwise", n_otherwise, 0)):
        if not isinstance(number, Integral) or isinstance(number, bool) or number < least:
            raise InputError("bad-parameter", f"{name} is a whole number of at least {least}; got {number!r}.")


@dataclass(frozen=True, eq=False)
class _Near:
    """The different texts of a corpus with their similarity to one text."""

    text: str
    texts: list[str]
    similarity: NDArray[np.float64]
    corpus: Documents
    names: list[str]

    @cached_property
    def rows(self) -> dict[str, list[int]]:
        """Rows of the corpus that hold each text."""
        found: dict[str, list[int]] = {}
        for row, text in enumerate(self.corpus.texts):
            found.setdefault(text, []).append(row)
        return found

    def precedents(self, block: list[int], answers: Answers, rank: int) -> Iterator[Precedent | None]:
        """Each of a block with its answer, ranked from a number on; None where the answer cannot be used."""
        for place, row in enumerate(block):
            if not answers.usable[place]:
                yield None
                continue
            text, chosen = self.texts[row], int(answers.probabilities[place].argmax())
            yield Precedent(
                id=self.corpus.ids[self.rows[text][0]],
                text=text,
                decision=self.names[chosen],
                probability=float(answers.probabilities[place, chosen]),
                similarity=float(self.similarity[row]),
                rank=rank + place,
                n_rows=len(self.rows[text]),
                same_text=_plain(text) == _plain(self.text),
            )


def _answered(
    order: list[int], texts: list[str], black_box: Any, space: Space, read: Answers, most: int
) -> Iterator[tuple[list[int], Answers]]:
    """Texts, the nearest first, with the model's answers: those that are there already, or asked for block by block."""
    if space.reader is black_box:
        yield order, read.take([1 + row for row in order])
        return
    for start in range(0, min(most, len(order)), _BLOCK):
        block = order[start : min(start + _BLOCK, most)]
        yield block, ask(black_box, [texts[row] for row in block], space.store, progress=space.progress)


def _cosines(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosine of the first row with each of the others; of a row of zeros, zero."""
    lengths = np.linalg.norm(vectors, axis=1)
    products = np.einsum("ij,j->i", vectors[1:], vectors[0])
    norms = lengths[1:] * lengths[0]
    cosines = np.divide(products, norms, out=np.zeros(len(products)), where=norms > 0)
    return np.clip(cosines, -1.0, 1.0)


def _plain(text: str) -> str:
    """A text without what tells apart only case and white space."""
    return " ".join(text.casefold().split())
