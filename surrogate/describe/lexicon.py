"""Lexicon: a user's lists of words, as features."""

from __future__ import annotations

import csv
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from scipy.sparse import csr_matrix

from surrogate.describe.base import Describer, presence_of
from surrogate.describe.inputs import Inputs, texts_of
from surrogate.describe.terms import MAX_FORMS
from surrogate.describe.tokens import BREAK, words_of
from surrogate.errors import InputError
from surrogate.features import Feature
from surrogate.small_files import read_small

__all__ = ["Lexicon", "read_lexicon"]

Entry = tuple[str, ...]


class Lexicon(Describer):
    """Presence of any entry of a list of words.

    Entries are words, or several words in a row, found as whole words without regard to case; words are cut and written as
    :class:`~surrogate.describe.Terms` does.

    Parameters
    ----------
    lists : mapping of str to list of str
        Entries by the name of their list; :func:`read_lexicon` reads them from a file.

    Attributes
    ----------
    features_ : tuple of Feature
        One to a list, in its order, with the entries that were found in the documents of the fit, the most frequent first.

    Examples
    --------
    >>> lexicon = Lexicon({"delay": ["late", "too long"], "theft": ["stolen"]}).fit(["TOO long!", "late", "late"])
    >>> lexicon.features_[0].forms
    ('late', 'too long')
    >>> lexicon.transform(["so late", "too, long", "latest"]).toarray().tolist()
    [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {"lists": [Mapping]}

    def __init__(self, lists: Mapping[str, list[str]]) -> None:
        self.lists = lists

    def _fit(self, inputs: Inputs) -> None:
        self.entries_ = _entries(self.lists)
        found = [self._found(text) for text in texts_of(inputs)]
        counts = Counter((name, entry) for row in found for entry in row for name in self.entries_[entry])
        forms: dict[str, list[str]] = {name: [] for name in self.lists}
        for (name, entry), _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            forms[name].append(" ".join(entry))
        self.features_ = tuple(
            Feature("lexicon", name, name, tuple(listed[:MAX_FORMS])) for name, listed in forms.items()
        )

    def _transform(self, inputs: Inputs) -> csr_matrix:
        rows = ({name for entry in self._found(text) for name in self.entries_[entry]} for text in texts_of(inputs))
        return presence_of(rows, {feature.key: number for number, feature in enumerate(self.features_)})

    def _found(self, text: str) -> set[Entry]:
        """The entries in a text."""
        words = words_of(text)
        sizes = sorted({len(entry) for entry in self.entries_})
        runs = (tuple(words[start : start + size]) for size in sizes for start in range(len(words) - size + 1))
        return {run for run in runs if run in self.entries_}


def _entries(lists: Mapping[str, list[str]]) -> dict[Entry, list[str]]:
    """The names of the lists that each entry is in."""
    entries: dict[Entry, list[str]] = defaultdict(list)
    if not lists:
        raise InputError("bad-lexicon", "A lexicon needs at least one list, such as {'theft': ['stolen', 'robbed']}.")
    for name, listed in lists.items():
        if isinstance(listed, str | Mapping) or not isinstance(listed, Iterable):
            raise InputError("bad-lexicon", f"The list {name!r} must be a list of words; got {listed!r}.")
        if not listed:
            raise InputError("bad-lexicon", f"The list {name!r} is empty. Give it a word, or leave it out.")
        for entry in listed:
            words = tuple(words_of(entry)) if isinstance(entry, str) else ()
            if not words or BREAK in words:
                raise InputError(
                    "bad-lexicon",
                    f"The list {name!r} has the entry {entry!r}, which is no word or row of words without punctuation. "
                    "Use Patterns for what is no word.",
                )
            if name not in entries[words]:
                entries[words].append(name)
    return dict(entries)


def read_lexicon(path: str | Path) -> dict[str, list[str]]:
    r"""Read lists of words from a file.

    Parameters
    ----------
    path : str or Path
        ``.toml`` with a line ``name = ["word", ...]`` to a list, ``.json`` with an object of lists, or ``.csv`` with the header
        ``list,word`` and a row to an entry; UTF-8.

    Raises
    ------
    InputError
        ``bad-file``, ``not-utf8`` or ``bad-lexicon``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "words.csv"
    ...     _ = path.write_text("list,word\ntheft,stolen\ndelay,too long\ntheft,robbed\n", encoding="utf-8")
    ...     read_lexicon(path)
    {'theft': ['stolen', 'robbed'], 'delay': ['too long']}
    """
    path = Path(path)
    readers: dict[str, Callable[[str], Any]] = {".toml": tomllib.loads, ".json": json.loads, ".csv": _read_csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError("bad-file", f"{path.name} is no {', '.join(readers)} file. Convert it to one of these.")
    content = read_small(path, "bad-lexicon")
    try:
        lists = reader(content)
    except (ValueError, RecursionError, csv.Error) as error:
        raise InputError("bad-lexicon", f"{path.name} cannot be read: {error}.") from error
    if not isinstance(lists, dict):
        raise InputError("bad-lexicon", f"{path.name} holds no named lists of words.")
    try:
        _entries(lists)
    except InputError as error:
        raise InputError("bad-lexicon", f"{path.name}: {error.message}") from error
    return {str(name): list(listed) for name, listed in lists.items()}


def _read_csv(content: str) -> dict[str, list[str]]:
    reader = csv.DictReader(content.splitlines(), strict=True)
    if reader.fieldnames is None or not {"list", "word"} <= set(reader.fieldnames):
        raise ValueError("the header must be list,word")
    lists: dict[str, list[str]] = {}
    for row in reader:
        if not row["list"] or not row["word"]:
            raise ValueError(f"line {reader.line_num} lacks a list or a word")
        lists.setdefault(row["list"], []).append(row["word"])
    return lists
