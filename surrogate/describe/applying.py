"""Applying: the features of new texts, computed from the features themselves and not from the corpus they were learnt on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import regex
from scipy.sparse import csr_matrix

from surrogate.describe.analysis import Analysis
from surrogate.describe.base import presence_of
from surrogate.describe.inputs import texts_of
from surrogate.describe.lexicon import Lexicon
from surrogate.describe.patterns import Patterns
from surrogate.describe.stems import AUTO, stemmer
from surrogate.features import Feature, Features

__all__ = ["WORD_KINDS", "features_of"]

#: Kinds of which kind and key say all that is to be looked for.
WORD_KINDS = ("word", "stem", "prefix", "phrase", "character")


def features_of(
    texts: Sequence[str],
    features: Sequence[Feature],
    *,
    language: str = AUTO,
    stems: bool = True,
    lists: Mapping[str, list[str]] | None = None,
) -> Features:
    """Which of some features new texts have.

    Words, stems, beginnings, phrases and characters are found from their keys, exactly as
    :class:`~surrogate.describe.Terms` finds them; patterns from the expression that is their form; lists of words from the
    lists, where these are given.  Columns, concepts and probes cannot be told from a text: they are not among the columns.

    Parameters
    ----------
    texts : sequence of str
    features : sequence of Feature
    language : str, default "auto"
        Of the stemmer, as for the fit.
    stems : bool, default True
        Whether phrases are written with stems, as for the fit.
    lists : mapping of str to list of str, optional
        Entries of the lists of words, by name.

    Returns
    -------
    Features
        A column for each feature that can be told, in their order.

    Raises
    ------
    InputError
        ``bad-parameter`` for an unknown language, ``bad-pattern``, ``bad-lexicon``; ``not-text``.

    Examples
    --------
    >>> fee, app = Feature("stem", "fee", "fee", ("fee", "fees")), Feature("column", "channel=app", "channel = app")
    >>> found = features_of(["two fees", "a card"], [fee, app])
    >>> [feature.name for feature in found.named], found.presence.toarray().tolist()
    (['stem:fee'], [[1.0], [0.0]])
    """
    parts = [
        _words(texts_of(texts), _of(features, *WORD_KINDS), language, stems),
        _listed(texts, _of(features, "lexicon"), lists or {}),
        _matched(texts, _of(features, "pattern")),
    ]
    told = {feature.name: (part, place) for part in parts for place, feature in enumerate(part.named)}
    named = tuple(feature for feature in features if feature.name in told)
    columns = {feature.name: number for number, feature in enumerate(named)}
    rows = (
        {name for name, (part, place) in told.items() if part.presence[row, place]}
        for row in range(len(texts_of(texts)))
    )
    return Features(presence_of(rows, columns), named)


def _of(features: Sequence[Feature], *kinds: str) -> tuple[Feature, ...]:
    return tuple({feature.name: feature for feature in features if feature.kind in kinds}.values())


def _words(texts: Sequence[str], features: tuple[Feature, ...], language: str, stems: bool) -> Features:
    """Terms, by an analysis just wide enough for the keys that are asked for."""
    keys: dict[str, list[str]] = {
        kind: [feature.key for feature in features if feature.kind == kind] for kind in WORD_KINDS
    }
    longest = {kind: max(map(len, listed), default=0) for kind, listed in keys.items()}
    analysis = Analysis(
        stemmer(language),
        stems=stems,
        # A Korean syllable counts for two letters.
        prefixes=(1, 2 * longest["prefix"]) if keys["prefix"] else None,
        characters=(1, longest["character"]) if keys["character"] else None,
        phrases=max((len(key.split(" ")) for key in keys["phrase"]), default=0),
    )
    columns = {(feature.kind, feature.key): number for number, feature in enumerate(features)}
    rows = ({term for term, _ in analysis(text)} for text in texts)
    return Features(presence_of(rows, columns), features)


def _listed(texts: Sequence[str], features: tuple[Feature, ...], lists: Mapping[str, list[str]]) -> Features:
    known = tuple(feature for feature in features if feature.key in lists)
    if not known:
        return _nothing(texts)
    lexicon = Lexicon({feature.key: lists[feature.key] for feature in known})
    return Features(lexicon.fit_transform(list(texts)), known)


def _matched(texts: Sequence[str], features: tuple[Feature, ...]) -> Features:
    known = tuple(feature for feature in features if len(feature.forms) == 1 and _compiles(feature.forms[0]))
    if not known:
        return _nothing(texts)
    patterns = Patterns({feature.key: feature.forms[0] for feature in known})
    return Features(patterns.fit_transform(list(texts)), known)


def _compiles(expression: Any) -> bool:
    try:
        regex.compile(expression)
    except (regex.error, TypeError):
        return False
    return True


def _nothing(texts: Sequence[str]) -> Features:
    return Features(csr_matrix((len(texts), 0)), ())
