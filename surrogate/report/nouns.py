"""What the units of a text are called, in the language of the reader: words, sentences, fields."""

from __future__ import annotations

from typing import Any

from surrogate.report.language import listed, message, plural, say
from surrogate.units import nouns

__all__ = ["counted", "describe_units", "label_name", "unit_noun"]

_COUNTED = {
    "word": (message("{n} word"), message("{n} words")),
    "token": (message("{n} token"), message("{n} tokens")),
    "phrase": (message("{n} phrase"), message("{n} phrases")),
    "sentence": (message("{n} sentence"), message("{n} sentences")),
    "paragraph": (message("{n} paragraph"), message("{n} paragraphs")),
    "line": (message("{n} line"), message("{n} lines")),
    "json": (message("{n} field"), message("{n} fields")),
    "passage": (message("{n} passage"), message("{n} passages")),
}

_ANY = (message("{n} unit"), message("{n} units"))

_NAMES = (
    *(message("word"), message("token"), message("phrase"), message("sentence"), message("paragraph"), message("line")),
    *(message("words"), message("tokens"), message("phrases"), message("sentences"), message("paragraphs")),
    *(message("lines"), message("field"), message("fields"), message("passage"), message("passages")),
    *(message("unit"), message("units")),
)


def unit_noun(kind: str, n_units: int = 2) -> str:
    """The noun for units of a kind, singular for one.

    Parameters
    ----------
    kind : str
        ``Document.kind``.
    n_units : int, default 2

    Examples
    --------
    >>> unit_noun("json", 1), unit_noun("sentence+word")
    ('field', 'units')
    """
    return say(nouns.unit_noun(kind, n_units))


def counted(kind: str, n_units: int) -> str:
    """A number of units.

    Examples
    --------
    >>> counted("sentence", 1), counted("spans", 1200)
    ('1 sentence', '1,200 units')
    """
    return plural(*_COUNTED.get(kind, _ANY), n_units)


def describe_units(kind: str) -> str:
    """What the units are, in words.

    Examples
    --------
    >>> describe_units("json"), describe_units("paragraph+sentence+word")
    ('fields of a JSON text', 'paragraphs, some of them split into sentences and words')
    """
    coarse, *finer = kind.split("+")
    whole = {"json": say("fields of a JSON text"), "spans": say("passages that the user marked")}
    said = whole.get(coarse) or unit_noun(coarse)
    if not finer:
        return said
    return say("{units}, some of them split into {finer}", units=said, finer=listed([unit_noun(one) for one in finer]))


def label_name(decision: dict[str, Any], label: str) -> str:
    """A label as it is shown: the user's own word for it, or what stands against the target where that is no label.

    Examples
    --------
    >>> label_name({"target": "cards", "contrast": None, "opposite": "not cards"}, "not cards")
    'not cards'
    """
    if decision["contrast"] is None and label == decision["opposite"] != decision["target"]:
        return say("not {label}", label=decision["target"])
    return label
