"""Neighbours: the texts of a corpus nearest to a text, and what the model decides on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from surrogate.corpus.precedents import check_numbers, documents_of, most_asked, precedents_of
from surrogate.corpus.space import Space, space_of
from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.precedents import Precedent, Precedents
from surrogate.store import open_store

__all__ = ["find_precedents", "nearest"]


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
    from surrogate.blackbox.opening import open_model

    _check_text(text)
    check_numbers(n, n_otherwise)
    corpus = documents_of(documents)
    black_box = open_model(model, classes, device=device, dtype=dtype, too_long=too_long, allow_remote=allow_remote)
    kept = open_store(store)
    space = space_of(black_box, embeddings, store=kept, device=device, progress=progress, allow_remote=allow_remote)
    if announce is not None:
        _announce(announce, corpus, black_box, space, n)
    return precedents_of(text, corpus, black_box, space, n=n, n_otherwise=n_otherwise)


def _announce(announce: Callable[[str], None], corpus: Documents, black_box: Any, space: Space, n: int) -> None:
    """Say how many texts may be sent to an endpoint, and how many to one of embeddings."""
    if hasattr(black_box, "announcement"):
        announce(black_box.announcement(1 + most_asked(corpus, black_box, space, n), "the nearest texts of the corpus"))
    if space.reader is not black_box and (words := space.announcement(1 + corpus.n_distinct, "yours and the corpus")):
        announce(words)


def _check_text(text: str) -> None:
    if not isinstance(text, str):
        raise InputError("not-text", f"The text must be a string; got {type(text).__name__}.")
    if not text.strip():
        raise InputError("empty-text", "The text is empty. Give a text with at least one word.")
