"""Local records: their rules hold for altered copies of one text, so they are exported as data and not to be run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from surrogate.canonical import canonical
from surrogate.errors import InputError
from surrogate.exporting.data_files import csv_bytes, json_bytes
from surrogate.exporting.heading import Heading
from surrogate.exporting.names import stems_of
from surrogate.exporting.offer import DATA, Export

__all__ = ["LOCAL", "local_exports"]

#: Why nothing of a local record is exported to be run.
LOCAL = (
    "It explains one text: its conditions say which units of that text are kept, and hold for altered copies of it alone. "
    "To run them on other texts would say nothing."
)

_HEADER = [
    "kind", "id", "condition", "words", "says", "coefficient", "low", "high", "frequency", "grade",
    "support", "coverage", "precision", "precision_low", "precision_high",
]  # fmt: skip


def local_exports(
    record: dict[str, Any], formats: Sequence[str], heading: Heading, names: Sequence[str] | None
) -> tuple[list[Export], dict[str, str]]:
    """The exports of a record that explains one text, and why surrogates are withheld.

    Parameters
    ----------
    record : dict
    formats : sequence of str
    heading : Heading
    names : sequence of str, optional
        Surrogates; None: all that the record shows.

    Raises
    ------
    InputError
        ``bad-parameter`` for a surrogate that is not there, ``bad-record``.

    Examples
    --------
    >>> record = {"surrogates": [], "document": {"text": "a fee", "units": [[0, 1], [2, 5]], "unit_kind": "word"}}
    >>> local_exports(record, ["json"], Heading("ab" * 32, "router"), None)
    ([], {})
    """
    try:
        units = _units(record["document"])
        found = {str(one["name"]): one for one in record["surrogates"]}
        wanted = list(found) if names is None else list(dict.fromkeys(names))
        unknown = [name for name in wanted if name not in found]
        if unknown:
            listed = ", ".join(map(repr, found)) or "none"
            raise InputError("bad-parameter", f"The record has no surrogate {unknown[0]!r}; it has {listed}.")
        withheld = {
            name: f"The report withholds it: {found[name]['verdict']['reason']}"
            for name in wanted
            if found[name]["withheld"]
        }
        stems = stems_of(list(found))
        shown = [found[name] for name in wanted if name not in withheld]
        exports = [_export(one, name, stems[str(one["name"])], heading, units) for one in shown for name in formats]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("bad-record", f"The record is damaged: {type(error).__name__} at {error}.") from error
    return exports, withheld


def _units(document: dict[str, Any]) -> list[str | None]:
    """The words of each unit; None: the text was erased."""
    text = document["text"]
    return [text[start:end] if isinstance(text, str) else None for start, end in document["units"]]


def _export(surrogate: dict[str, Any], name: str, stem: str, heading: Heading, units: Sequence[str | None]) -> Export:
    if name not in DATA:
        return Export(str(surrogate["name"]), name, "", None, LOCAL)
    content = _as_json(surrogate, heading, units) if name == "json" else csv_bytes(_HEADER, _lines(surrogate, units))
    return Export(str(surrogate["name"]), name, f"{stem}.{name}", content)


def _as_json(surrogate: dict[str, Any], heading: Heading, units: Sequence[str | None]) -> bytes:
    said = {
        "schema": "surrogate-rules",
        "schema_version": "1.0",
        **heading.to_dict(),
        "surrogate": {name: surrogate[name] for name in ("name", "kind", "fidelity")},
        "kind": "local",
        "executable": False,
        "reason": LOCAL,
        "reading": "A literal says that a unit of the text is kept, or removed; all literals of a condition must hold.",
        "units": [{"unit": number, "text": text} for number, text in enumerate(units)],
        "rules": surrogate["rules"],
        "local_model": surrogate["model"],
    }
    return json_bytes(canonical(said))


def _lines(surrogate: dict[str, Any], units: Sequence[str | None]) -> Iterator[list[Any]]:
    """A line to a term and to a rule."""
    for term in surrogate["model"].get("terms", ()):
        numbers = [term.get(name) for name in ("coefficient", "low", "high", "frequency", "grade")]
        yield ["term", None, *_condition(term["literals"], units), None, *numbers, *[None] * 5]
    for rule in surrogate["rules"]:
        precision = rule.get("precision") or {}
        ends = [precision.get(name) for name in ("value", "low", "high")]
        found = [rule.get(name) for name in ("frequency", "grade", "support", "coverage")]
        yield [
            "rule",
            rule.get("id"),
            *_condition(rule["literals"], units),
            rule.get("consequent"),
            *[None] * 3,
            *found,
            *ends,
        ]


def _condition(literals: Sequence[dict[str, Any]], units: Sequence[str | None]) -> tuple[str, str]:
    sides = [(one["unit"], "kept" if one["kept"] else "removed") for one in literals]
    exact = " and ".join(f"unit {unit} {side}" for unit, side in sides)
    return exact, " and ".join(f"{units[unit] or 'erased'} {side}" for unit, side in sides)
