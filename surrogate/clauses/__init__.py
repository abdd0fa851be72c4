"""Clause packs: dated lists of clauses with the fields of the checklist that answer to them; regimes change, so they are data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surrogate.errors import InputError
from surrogate.small_files import read_small

__all__ = ["Clause", "Pack", "read_pack", "shipped_packs"]

_KEYS = {"id", "title", "names", "edition", "as_of", "superseded_by", "source", "note", "clauses"}
_CLAUSE_KEYS = {"id", "text", "fields", "verified"}


@dataclass(frozen=True)
class Clause:
    """One clause.

    Parameters
    ----------
    id : str
        As the regime counts it.
    text : str
        What it asks for, in our own words.
    fields : tuple of int
        Fields of the checklist that answer to it.
    verified : bool
        Whether the original was read again for this pack.

    Examples
    --------
    >>> Clause("Article 22", "Automated decisions", (4,), True).fields
    (4,)
    """

    id: str
    text: str
    fields: tuple[int, ...]
    verified: bool


@dataclass(frozen=True)
class Pack:
    """The clauses of one regime, as of a date.

    Parameters
    ----------
    id, title : str
    names : tuple of str
        Other names of the regime, by which people may state whether it applies.
    edition, source : str
    as_of : str
        Date of the state that the pack describes.
    superseded_by : str or None
        What has taken the place of this edition.
    note : str
    clauses : tuple of Clause

    Examples
    --------
    >>> [pack.id for pack in shipped_packs()][:2]
    ['china', 'eu-ai-act']
    """

    id: str
    title: str
    names: tuple[str, ...]
    edition: str
    as_of: str
    superseded_by: str | None
    source: str
    note: str
    clauses: tuple[Clause, ...]

    def is_named(self, regime: str) -> bool:
        """Whether a name is one of this regime's.

        Examples
        --------
        >>> [pack.id for pack in shipped_packs() if pack.is_named("gdpr")]
        ['gdpr']
        """
        return regime.strip().casefold() in {name.casefold() for name in (self.id, self.title, *self.names)}


def read_pack(path: str | Path) -> Pack:
    """A pack of one's own, from a TOML file as the shipped ones are.

    Raises
    ------
    InputError
        ``bad-file`` or ``bad-clauses``.

    Examples
    --------
    >>> read_pack("nowhere.toml")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere.toml cannot be read: No such file or directory. [bad-file]
    """
    path = Path(path)
    content = read_small(path, "bad-clauses")
    try:
        data = tomllib.loads(content)
    except ValueError as error:
        raise InputError("bad-clauses", f"{path.name} is no TOML: {error}.") from error
    try:
        return _pack(data)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            "bad-clauses", f"{path.name} is no pack of clauses: {error}. It needs {', '.join(sorted(_KEYS))}."
        ) from error


def shipped_packs() -> tuple[Pack, ...]:
    """The packs that come with the package, by their id."""
    return tuple(read_pack(path) for path in sorted(Path(__file__).parent.glob("*.toml")))


def _pack(data: dict[str, Any]) -> Pack:
    unknown = set(data) - _KEYS
    if unknown:
        raise ValueError(f"there is no key {sorted(unknown)[0]!r}")
    clauses = tuple(_clause(one) for one in data.get("clauses", ()))
    texts = {name: _text(data, name) for name in ("id", "title", "edition", "as_of", "source")}
    if not clauses:
        raise ValueError("there are no clauses")
    return Pack(
        **texts,
        names=tuple(str(name) for name in data.get("names", ())),
        superseded_by=_text(data, "superseded_by") if "superseded_by" in data else None,
        note=_text(data, "note") if "note" in data else "",
        clauses=clauses,
    )


def _clause(data: dict[str, Any]) -> Clause:
    if set(data) != _CLAUSE_KEYS:
        raise ValueError(
            f"a clause needs {', '.join(sorted(_CLAUSE_KEYS))} and nothing else; one has {', '.join(data)}"
        )
    fields = data["fields"]
    if not fields or not all(isinstance(one, int) and 1 <= one <= 28 for one in fields):
        raise ValueError(f"fields of the checklist are numbers from 1 to 28; got {fields!r}")
    if not isinstance(data["verified"], bool):
        raise ValueError("verified is true or false")
    return Clause(_text(data, "id"), _text(data, "text"), tuple(fields), data["verified"])


def _text(data: dict[str, Any], name: str) -> str:
    value = data[name]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is a text that is not empty; got {value!r}")
    return value
