"""What a reader is told that was removed: words, sentences, fields … or, of mixed kinds, units."""

from __future__ import annotations

__all__ = ["describe_units", "unit_noun"]

_NOUNS = {
    "word": ("word", "words"),
    "token": ("token", "tokens"),
    "phrase": ("phrase", "phrases"),
    "sentence": ("sentence", "sentences"),
    "paragraph": ("paragraph", "paragraphs"),
    "line": ("line", "lines"),
    "json": ("field", "fields"),
    "passage": ("passage", "passages"),
}

_ANY = ("unit", "units")


def unit_noun(kind: str, n_units: int = 2) -> str:
    """The noun for units of a kind, singular for one.

    Parameters
    ----------
    kind : str
        ``Document.kind``.
    n_units : int, default 2

    Examples
    --------
    >>> unit_noun("sentence"), unit_noun("json", 1), unit_noun("sentence+word"), unit_noun("spans", 1)
    ('sentences', 'field', 'units', 'unit')
    """
    return _NOUNS.get(kind, _ANY)[n_units != 1]


def describe_units(kind: str) -> str:
    """What the units are, in words.

    Examples
    --------
    >>> describe_units("word"), describe_units("sentence+word"), describe_units("spans")
    ('words', 'sentences, some of them split into words', 'passages that the user marked')
    >>> describe_units("json"), describe_units("paragraph+sentence+word")
    ('fields of a JSON text', 'paragraphs, some of them split into sentences and words')
    """
    whole = {"json": "fields of a JSON text", "spans": "passages that the user marked"}
    coarse, *finer = kind.split("+")
    said = whole.get(coarse, unit_noun(coarse))
    return f"{said}, some of them split into {' and '.join(map(unit_noun, finer))}" if finer else said
