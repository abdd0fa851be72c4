"""features.json: what each column means, so that another system can compute it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from surrogate.corpus.audited import wording_of
from surrogate.describe.applying import WORD_KINDS, features_of
from surrogate.describe.tokens import words_of
from surrogate.errors import InputError
from surrogate.exporting.algorithms import algorithms
from surrogate.exporting.columns import Column
from surrogate.exporting.heading import Heading

__all__ = ["describe_features"]

#: Texts on which a reader can try the words; none is anybody's.
_TRIED = (
    "My top-up of £5 isn’t there!",
    "CARDS, cards; card's e-mail",
    "100% of 1,000.50 EUR…",
    "我的银行卡丢了。",
    "ยอดเงินของฉัน",
    "Überweisung nach Köln",
    "🙂 thanks",
    "",
)

#: Most features that have an example of their own.
_EXAMPLES = 500

#: Most characters of an example.
_LONGEST = 200


def describe_features(record: dict[str, Any], columns: Sequence[Column], heading: Heading) -> dict[str, Any]:
    """What each column means.

    Parameters
    ----------
    record : dict
    columns : sequence of Column
    heading : Heading

    Raises
    ------
    InputError
        ``bad-record`` when the record does not say how it cuts words.

    Examples
    --------
    >>> asked_of_column("amount > 110", ["amount"]), asked_of_column("a=b=c", ["a", "a=b"])
    ({'column': 'amount', 'test': 'above', 'value': 110.0}, None)
    """
    try:
        wording = wording_of(record["production"]["recipe"])
        beside = [str(name) for name in record["documents"]["columns"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("bad-record", f"The record is damaged: {type(error).__name__} at {error}.") from error
    return {
        "schema": "surrogate-features",
        "schema_version": "1.0",
        **heading.to_dict(),
        "reading": "A column is true where a document has the feature and false where it has not; it is never unknown.",
        "language": wording["language"],
        "phrases_of_stems": wording["stems"],
        "algorithms": algorithms(wording["language"], stems=wording["stems"]),
        "features": [_feature(column, beside, wording["lists"] or {}) for column in columns],
        "examples": {
            "words": [{"text": text, "words": words_of(text), "break": ""} for text in _TRIED],
            "features": _tried(columns, wording),
        },
    }


def _feature(column: Column, beside: Sequence[str], lists: dict[str, list[str]]) -> dict[str, Any]:
    feature = column.feature
    said: dict[str, Any] = {
        "column": column.name,
        "feature": feature.name,
        "kind": feature.kind,
        "key": feature.key,
        "label": feature.label,
        "forms_seen": list(feature.forms),
    }
    if feature.kind == "lexicon":
        said["entries"] = lists.get(feature.key)
    elif feature.kind == "pattern":
        said["expression"] = feature.forms[0] if feature.forms else None
    elif feature.kind == "column":
        said["asks"] = asked_of_column(feature.key, beside)
    return said


def asked_of_column(key: str, beside: Sequence[str]) -> dict[str, Any] | None:
    """What a feature asks of a column beside the texts; None: its name can be read in more than one way.

    Parameters
    ----------
    key : str
        Such as ``channel=app``, ``amount > 110`` or ``amount missing``.
    beside : sequence of str
        Names of the columns.
    """
    found: list[dict[str, Any]] = []
    for name in beside:
        if key == f"{name} missing":
            found.append({"column": name, "test": "missing", "value": None})
        if key.startswith(f"{name}="):
            found.append({"column": name, "test": "equals", "value": key[len(name) + 1 :]})
        if key.startswith(f"{name} > ") and _number(key[len(name) + 3 :]) is not None:
            found.append({"column": name, "test": "above", "value": _number(key[len(name) + 3 :])})
    return found[0] if len(found) == 1 else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _tried(columns: Sequence[Column], wording: dict[str, Any]) -> list[dict[str, Any]]:
    """A form of each feature as a text, with the columns that are true of it; an expression needs no example."""
    told = [column for column in columns if column.feature.kind in (*WORD_KINDS, "lexicon")]
    named = {column.feature.name: column.name for column in told}
    words = [column.feature for column in told if column.feature.kind in WORD_KINDS and column.feature.forms]
    forms = (form for feature in words[:_EXAMPLES] for form in feature.forms[:1] if len(form) <= _LONGEST)
    texts = list(dict.fromkeys(forms))
    texts += [text for text in _TRIED if text not in texts]
    found = features_of(texts, [column.feature for column in told], **wording)
    present = found.presence.toarray().astype(bool)
    return [
        {"text": text, "present": sorted(named[found.named[place].name] for place in row.nonzero()[0])}
        for text, row in zip(texts, present, strict=True)
    ]
