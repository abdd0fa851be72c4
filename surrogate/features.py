"""Feature: something a reader can check in a document, such as a word, a column or a concept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from surrogate.errors import InputError

__all__ = ["FEATURE_KINDS", "Feature", "Features"]

#: What a feature can be: a word, the stem or the beginning of words, words in a row, one of a user's words or patterns, a
#: column beside the texts, a concept found in embeddings, or one a user taught by examples.
FEATURE_KINDS = ("word", "stem", "prefix", "phrase", "character", "lexicon", "pattern", "column", "concept", "probe")


@dataclass(frozen=True)
class Feature:
    """Something that is present in a document or not.

    Parameters
    ----------
    kind : str
        One of ``FEATURE_KINDS``.
    key : str
        What is looked for, unique within its kind: the word, the stem, the beginning, ``channel=app``, a concept's number.
    label : str
        What a reader sees.
    forms : tuple of str
        What was found in the documents it was learnt from, the most frequent first: the forms of a stem, the words with a
        beginning.
    common : bool, default False
        A stop word, or so short a beginning that many words have it: a linear model may need it, a rule is not to name it.

    Examples
    --------
    >>> Feature("stem", "charg", "charge", ("charged", "charge", "charges")).name
    'stem:charg'
    """

    kind: str
    key: str
    label: str
    forms: tuple[str, ...] = ()
    common: bool = False

    def __post_init__(self) -> None:
        if self.kind not in FEATURE_KINDS:
            raise InputError(
                "bad-parameter", f"A feature is one of {', '.join(FEATURE_KINDS)}; got the kind {self.kind!r}."
            )

    @property
    def name(self) -> str:
        """Kind and key: the feature's name among all features."""
        return f"{self.kind}:{self.key}"

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "kind": self.kind,
            "key": self.key,
            "label": self.label,
            "forms": list(self.forms),
            "common": self.common,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Feature:
        """Inverse of :meth:`to_dict`."""
        return cls(
            str(data["kind"]),
            str(data["key"]),
            str(data["label"]),
            tuple(map(str, data["forms"])),
            bool(data["common"]),
        )


@dataclass(frozen=True, eq=False)
class Features:
    """Which features the rows of a sample have.

    Parameters
    ----------
    presence : scipy.sparse.csr_matrix of float32, shape (n_rows, n_features)
        1 where a row has the feature, else 0.
    named : tuple of Feature, length n_features
        The columns.

    Raises
    ------
    InputError
        ``bad-parameter`` when names and columns differ in number.

    Examples
    --------
    >>> features = Features(csr_matrix(np.eye(2, dtype=np.float32)), (Feature("word", "a", "a"), Feature("word", "b", "b")))
    >>> features.take(np.array([1])).of_kinds(("word",)).presence.toarray().tolist()
    [[0.0, 1.0]]
    """

    presence: csr_matrix
    named: tuple[Feature, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.presence.shape[1] != len(self.named):
            raise InputError(
                "bad-parameter", f"There are {len(self.named)} names for {self.presence.shape[1]} columns of features."
            )

    def take(self, rows: NDArray[np.intp]) -> Features:
        """Some rows, in the given order."""
        return Features(self.presence[rows], self.named)

    def of_kinds(self, kinds: tuple[str, ...] | None) -> Features:
        """Only the columns of some kinds; None: all."""
        if kinds is None:
            return self
        return self.at(np.flatnonzero([feature.kind in kinds for feature in self.named]))

    def at(self, columns: NDArray[np.intp]) -> Features:
        """Some columns, in the given order."""
        return Features(self.presence[:, columns], tuple(self.named[column] for column in columns))

    def having(self, wanted: tuple[Feature, ...]) -> csr_matrix:
        """Presence of the wanted features, found by name, shape (n_rows, len(wanted)).

        Raises
        ------
        InputError
            ``bad-parameter`` when a feature is not among the columns.

        Examples
        --------
        >>> fee, card = Feature("word", "fee", "fee"), Feature("word", "card", "card")
        >>> Features(csr_matrix([[1.0, 0.0]], dtype=np.float32), (fee, card)).having((card, fee)).toarray().tolist()
        [[0.0, 1.0]]
        """
        place = {feature.name: column for column, feature in enumerate(self.named)}
        missing = [feature.name for feature in wanted if feature.name not in place]
        if missing:
            raise InputError(
                "bad-parameter",
                f"The model asks for {len(wanted):,} features, and {len(missing):,} of them are not among the "
                f"{len(self.named):,} columns, such as {missing[0]!r}. Describe the texts as for the fit.",
            )
        return self.presence[:, np.array([place[feature.name] for feature in wanted], dtype=np.intp)]
