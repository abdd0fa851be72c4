"""Tables of reason codes, read from TOML or CSV files."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from surrogate.errors import InputError
from surrogate.reasons.table import KINDS, ReasonPolicy, ReasonTable
from surrogate.small_files import naming, read_small

__all__ = ["read_reason_table"]

_MOST_BYTES = 16_000_000
_KEYS = ("name", "policy", "codes", "map")
_POLICY = ("number_shown", "min_agreement", "min_r2")

Mapped = tuple[str, str, str]


def read_reason_table(path: str | Path) -> ReasonTable:
    """A table of reason codes.

    Parameters
    ----------
    path : str or Path
        A TOML file with ``name``, ``[policy]``, ``[[codes]]`` (``code`` and ``wording``, a table by locale) and ``[[map]]`` (one
        of ``term``, ``feature``, ``concept``, ``rule``, and ``code``); or a CSV file with the columns ``kind``, ``key``, ``code``
        and one to each locale, in which the wording of a code may stand in any of its rows.

    Raises
    ------
    InputError
        ``bad-file`` when the file cannot be read; ``bad-reasons`` for a key that is not known, a code that is not in the table,
        what is mapped twice, and a code without a wording.

    Examples
    --------
    >>> read_reason_table("nowhere.toml")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere.toml cannot be read: No such file or directory. [bad-file]
    """
    path = Path(path)
    text = read_small(path, "bad-reasons")
    try:
        with naming(path.name):
            return _of_csv(text, path.stem) if path.suffix == ".csv" else _of_toml(tomllib.loads(text), path.stem)
    except InputError:
        raise
    except (ValueError, csv.Error) as error:
        kind = "CSV" if path.suffix == ".csv" else "TOML"
        raise InputError("bad-reasons", f"{path.name} is no {kind}: {error}. See docs/reasons.md.") from error


def _of_toml(data: dict[str, Any], name: str) -> ReasonTable:
    _check_keys(data, _KEYS, "the table")
    policy = data.get("policy", {})
    _check_keys(policy, _POLICY, "policy")
    wordings: dict[str, dict[str, str]] = {}
    for one in _tables(data, "codes"):
        _check_keys(one, ("code", "wording"), "a code")
        code, wording = _text(one.get("code"), "code"), one.get("wording")
        if not isinstance(wording, dict):
            raise InputError("bad-reasons", f"The wording of {code!r} is a table by locale; got {wording!r}.")
        if code in wordings:
            raise InputError("bad-reasons", f"The code {code!r} is there twice.")
        wordings[code] = {locale: _text(text, f"wording of {code!r}") for locale, text in wording.items()}
    mapped = [_mapped(one) for one in _tables(data, "map")]
    return ReasonTable(wordings, _once(mapped), _text(data.get("name", name), "name"), ReasonPolicy(**policy))


def _mapped(one: dict[str, Any]) -> Mapped:
    _check_keys(one, (*KINDS, "code"), "a mapping")
    kinds = [kind for kind in KINDS if kind in one]
    if len(kinds) != 1:
        raise InputError("bad-reasons", f"A mapping has exactly one of {', '.join(KINDS)}; got {one!r}.")
    return kinds[0], _text(one[kinds[0]], kinds[0]), _text(one.get("code"), "code")


def _of_csv(text: str, name: str) -> ReasonTable:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    columns = reader.fieldnames or []
    if not {"kind", "key", "code"} <= set(columns) or len(columns) < 4:
        raise InputError(
            "bad-reasons", "A CSV file needs the columns kind, key, code and one to each locale, such as en."
        )
    wordings: dict[str, dict[str, str]] = {}
    mapped: list[Mapped] = []
    for row in reader:
        if None in row or None in row.values():
            raise InputError("bad-reasons", f"Line {reader.line_num} has another number of cells than the first line.")
        code = _text(row["code"], f"code of line {reader.line_num}")
        texts = wordings.setdefault(code, {})
        for locale in columns:
            stated = "" if locale in ("kind", "key", "code") else row[locale].strip()
            if stated and texts.setdefault(locale, stated) != stated:
                raise InputError("bad-reasons", f"The code {code!r} has two wordings for the locale {locale!r}.")
        mapped.append((row["kind"], row["key"], code))
    return ReasonTable(wordings, _once(mapped), name)


def _once(mapped: Iterable[Mapped]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for kind, key, code in mapped:
        if (kind, key) in found:
            raise InputError(
                "bad-reasons", f"The {kind} {key!r} is mapped twice, to {found[kind, key]!r} and to {code!r}."
            )
        found[kind, key] = code
    return found


def _check_keys(data: Any, known: tuple[str, ...], what: str) -> None:
    if not isinstance(data, dict):
        raise InputError("bad-reasons", f"In {what}, a table with the keys {', '.join(known)} is needed; got {data!r}.")
    for key in data:
        if key not in known:
            raise InputError("bad-reasons", f"In {what}, there is no key {key!r}. Keys: {', '.join(known)}.")


def _tables(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = data.get(name, [])
    if not isinstance(found, list):
        raise InputError("bad-reasons", f"{name!r} is a list of tables: [[{name}]]; got {found!r}.")
    return found


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InputError("bad-reasons", f"The {what} is a text that is not empty; got {value!r}.")
    return value
