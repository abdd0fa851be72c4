"""Neighbours: the texts of a corpus nearest to a text, and what the model decides on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.canonical import canonical_bytes, digest
from surrogate.corpus.space import Space, finite_embeddings, space_of
from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.perturb.retrieve import nearest as nearest_rows
from surrogate.precedents import Precedent, Precedents
from surrogate.query import ask

__all__ = ["documents_of", "find_precedents", "nearest", "precedents_of"]

#: The most texts that a model is asked about for precedents where it does not give the embeddings itself, and how many at once.
_MOST_ASKED, _BLOCK = 256, 64


def nearest(text: str, documents: Any, model: Any, *, n: int = 10, **options: Any) -> tuple[Precedent, ...]:
    """The texts of a corpus nearest to a text, each with what the model decides on it.

    Parameters
    ----------
    text : str
    documents : Documents, sequence of str, str or Path
        The corpus, or its file.
    model : str, Path, estimator, callable or BlackBox
        As :func:`surrogate.explain` takes it.
    n : int, default 10
        How many; fewer when the corpus has fewer different texts.
    **options
        As :func:`find_precedents` takes them.

    Returns
    -------
    tuple of Precedent
        The nearest first, each different text once.

    Raises
    ------
    InputError, ModelError
        As :func:`find_precedents`.

    Examples
    --------
    >>> corpus = ["my card is lost", "what are your fees", "I lost my card"]
    >>> [one.text for one in nearest("lost card", corpus, "bank-router", n=2, store=False)]
    ['my card is lost', 'I lost my card']
    """
    return find_precedents(text, documents, model, n=n, **options).nearest


def find_precedents(
    text: str,
    documents: Any,
    model: Any,
    *,
    n: int = 10,
    n_otherwise: int = 3,
    embeddings: str | Path | Any = "auto",
    classes: Sequence[str] | None = None,
    store: bool | str | Path | Any = True,
    device: str = "auto",
    dtype: str = "float32",
    too_long: str = "cut",
    progress: Callable[[int, int], None] | None = None,
    allow_remote: bool = False,
    announce: Callable[[str], None] | None = None,
) -> Precedents:
    """The nearest texts of a corpus, and the nearest that the model decides otherwise.

    Parameters
    ----------
    text : str
    documents : Documents, sequence of str, str or Path
        The corpus, or its file.
    model : str, Path, estimator, callable or BlackBox
        As :func:`surrogate.explain` takes it.
    n, n_otherwise : int
        How many nearest texts, and how many of those that the model decides otherwise.
    embeddings : str, Path or Embedder, default "auto"
        As :func:`surrogate.corpus.space.space_of` takes it.
    classes : sequence of str, optional
        Names of the columns of a callable, or the labels that a language model chooses from.
    store : bool, str, Path or AnswerStore, default True
    device, dtype, too_long : str
        How torch computes the model.
    progress : callable (n_done, n_all) -> None, optional
    allow_remote : bool, default False
    announce : callable (str) -> None, optional
        Told, before anything is sent to an endpoint, how many texts may be sent where.

    Returns
    -------
    Precedents

    Raises
    ------
    InputError
        ``empty-text``, ``bad-parameter`` for a number below one, ``bad-corpus`` for a corpus without a text or that cannot be
        read, ``missing-embedder`` for a model without embeddings.
    ModelError
        When a model cannot be loaded or gives unusable answers.

    Examples
    --------
    >>> corpus = ["my card is lost", "what are your fees", "I lost my card"]
    >>> found = find_precedents("lost card", corpus, "bank-router", n=2, store=False)
    >>> found.decision, found.n_alike, [one.text for one in found.otherwise]
    ('security', 2, ['what are your fees'])
    """
    from surrogate.blackbox import load_model
    from surrogate.local import open_store

    _check_text(text)
    _check_numbers(n, n_otherwise)
    corpus = documents_of(documents)
    named = isinstance(model, str | Path)
    black_box = load_model(
        model,
        classes=None if named else classes,
        labels=classes if named else None,
        device=device,
        dtype=dtype,
        too_long=too_long,
        allow_remote=allow_remote,
    )
    kept = open_store(store)
    space = space_of(black_box, embeddings, store=kept, device=device, progress=progress)
    if announce is not None and hasattr(black_box, "announcement"):
        announce(black_box.announcement(1 + most_asked(corpus, black_box, space, n), "the nearest texts of the corpus"))
    return precedents_of(text, corpus, black_box, space, n=n, n_otherwise=n_otherwise)


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
    """The most texts of a corpus that the model may be asked about."""
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
    """
    _check_numbers(n, n_otherwise)
    texts = list(dict.fromkeys(corpus.texts))
    read = space.read([text, *texts])
    vectors = finite_embeddings(read).astype(np.float64)
    whole = ~(read.truncated | read.refused)
    order = [row for row in nearest_rows(vectors[0], vectors[1:], texts, len(texts)) if whole[1 + row]]
    own = ask(black_box, [text], space.store)
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
        n_asked=n_asked,
        n_unusable=int((~whole[1:]).sum()) + n_asked - n_usable,
        truncated=bool(read.truncated[0] or own.truncated[0]),
        model={"name": str(black_box.name), "fingerprint": black_box.fingerprint},
        embeddings=space.to_dict(),
        texts_sha256=digest(canonical_bytes(sorted(digest(one) for one in texts))),
    )


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


def _check_text(text: str) -> None:
    if not isinstance(text, str):
        raise InputError("not-text", f"The text must be a string; got {type(text).__name__}.")
    if not text.strip():
        raise InputError("empty-text", "The text is empty. Give a text with at least one word.")


def _check_numbers(n: int, n_otherwise: int) -> None:
    for name, number, least in (("n", n, 1), ("n_otherwise", n_otherwise, 0)):
        if not isinstance(number, Integral) or isinstance(number, bool) or number < least:
            raise InputError("bad-parameter", f"{name} is a whole number of at least {least}; got {number!r}.")
