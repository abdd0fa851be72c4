"""Atoms: the single conditions that rules and terms of two records are made of, named so that they can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Atom", "Meaning", "normal_form"]

#: Features that mean what their definition says, whatever they are called.
_DEFINED = ("lexicon", "pattern")

#: What an atom asks about, without whether it asks for presence or absence.
Meaning = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True, order=True)
class Atom:
    """That a document has a feature, or a copy keeps a unit; or that it does not.

    Parameters
    ----------
    kind : str
        Kind of the feature; of local records "unit" or "share".
    key : str
        What is looked for, unique within its kind.
    label : str
        What a reader sees; of a unit in quotation marks, with which one it is where there are several.
    present : bool
    definition : tuple of str
        Words of a list, or the expression of a pattern: they are part of what it means.

    Examples
    --------
    >>> Atom("stem", "fee", "fee", True).negated == Atom("stem", "fee", "fee", False)
    True
    """

    kind: str
    key: str
    label: str
    present: bool
    definition: tuple[str, ...] = ()

    @classmethod
    def of_feature(cls, feature: dict[str, Any], present: bool) -> Atom:
        """The atom of a feature as it stands in a record."""
        kind = str(feature["kind"])
        definition = tuple(map(str, feature["forms"])) if kind in _DEFINED else ()
        return cls(kind, str(feature["key"]), str(feature["label"]), bool(present), definition)

    @property
    def meaning(self) -> Meaning:
        """What it asks about.

        A concept is numbered anew in every audit, so it is known by the words that name it; lists and patterns by their
        definition too.

        Examples
        --------
        >>> Atom("concept", "3", "fee · charged", True).meaning == Atom("concept", "9", "fee · charged", False).meaning
        True
        """
        return self.kind, self.label if self.kind == "concept" else self.key, self.definition

    @property
    def negated(self) -> Atom:
        """The opposite condition."""
        return replace(self, present=not self.present)

    @property
    def column(self) -> str | None:
        """The column of which this is one value; None: it is no value of a column."""
        name, equals, _ = self.key.partition("=")
        return name if self.kind == "column" and equals else None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "definition": list(self.definition)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Atom:
        """Inverse of :meth:`to_dict`."""
        return cls(**{**data, "definition": tuple(data["definition"])})


def normal_form(atoms: Iterable[Atom]) -> frozenset[tuple[Meaning, bool]] | None:
    """What a conjunction means: equal for two conjunctions exactly when they hold for the same documents.

    Order and repetition do not count.  A column has one value, so that one value being present says that the others are
    absent.

    Parameters
    ----------
    atoms : iterable of Atom

    Returns
    -------
    frozenset of (meaning, present), or None
        None: it never holds.

    Examples
    --------
    >>> fee, app, branch = (Atom("stem", "fee", "fee", True), Atom("column", "channel=app", "channel = app", True),
    ...                     Atom("column", "channel=branch", "channel = branch", False))
    >>> normal_form((app, fee, branch)) == normal_form((fee, app, app))
    True
    >>> normal_form((fee, fee.negated)) is None
    True
    """
    held = list(atoms)
    values: dict[str, str] = {}
    for atom in held:
        if atom.present and atom.column is not None and values.setdefault(atom.column, atom.key) != atom.key:
            return None
    said = {
        (atom.meaning, atom.present)
        for atom in held
        if atom.present or atom.column is None or values.get(atom.column, atom.key) == atom.key
    }
    contradicts = any((meaning, not present) in said for meaning, present in said)
    return None if contradicts else frozenset(said)
