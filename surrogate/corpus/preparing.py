"""Documents that a global surrogate can be fitted to: each once, and enough of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.perturb import role_of

__all__ = ["MIN_HELD_OUT", "Prepared", "prepare_documents"]

#: The fewest held-out documents with which anything can be said.
MIN_HELD_OUT = 30


@dataclass(frozen=True, eq=False)
class Prepared:
    """A corpus without its duplicates.

    Parameters
    ----------
    documents : Documents
        Each text with its columns once, in the order of the corpus.
    n_rows, n_empty, n_duplicates : int
        Rows of the corpus; those of them without a text, and those that repeat another.

    Examples
    --------
    >>> corpus = Documents(("a fee", "a fee", "lost"), ("1", "2", "3"))
    >>> Prepared(corpus.take([0, 2]), 3, 0, 1).documents.ids
    ('1', '3')
    """

    documents: Documents
    n_rows: int
    n_empty: int
    n_duplicates: int


def prepare_documents(corpus: Documents, split: tuple[int, int, int], random_state: int) -> Prepared:
    """Leave out duplicates, and check that enough is left.

    Parameters
    ----------
    corpus : Documents
    split : tuple of int
        Shares of documents to fit, to select and to test on.
    random_state : int

    Raises
    ------
    InputError
        ``bad-corpus`` when too few distinct documents are left, with the number that is needed.

    Examples
    --------
    >>> texts = tuple(f"message {number}" for number in range(200))
    >>> prepare_documents(Documents(texts + texts, texts + texts), (5, 2, 3), 0).n_duplicates
    200
    """
    columns = list(corpus.metadata.values())
    seen: dict[tuple[object, ...], int] = {}
    for row, text in enumerate(corpus.texts):
        seen.setdefault((text, *(column[row] for column in columns)), row)
    documents = corpus.take(sorted(seen.values()))
    roles = Counter(role_of(text, split, random_state) for text in documents.texts)
    if roles["test"] < MIN_HELD_OUT or roles["fit"] < MIN_HELD_OUT:
        share = min(split[0], split[2]) / sum(split)
        needed = int(MIN_HELD_OUT / share * 1.25 + 1)
        repeated = f" ({len(corpus) - len(documents):,} more repeat them)" if len(corpus) > len(documents) else ""
        raise InputError(
            "bad-corpus",
            f"The corpus has {len(documents):,} distinct documents{repeated}; about {needed:,} are needed, so that at least "
            f"{MIN_HELD_OUT} can be fitted to and {MIN_HELD_OUT} held out. Add documents, or explain single texts instead.",
        )
    return Prepared(documents, len(corpus) + corpus.n_empty, corpus.n_empty, len(corpus) - len(documents))
