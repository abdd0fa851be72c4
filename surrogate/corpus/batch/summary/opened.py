"""A folder of a batch opened for reading: what it is, whether it is complete, and some columns of its rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surrogate.canonical import digest
from surrogate.corpus.batch.rows.index import BATCH, INDEX, read_index
from surrogate.corpus.batch.rows.parquet_files import naming_damage, opened
from surrogate.corpus.batch.rows.part_facts import check_content, read_facts
from surrogate.corpus.batch.rows.part_files import part_name
from surrogate.corpus.batch.rows.reading import part_numbers
from surrogate.errors import InputError

__all__ = ["OpenedBatch", "open_batch"]


@dataclass(frozen=True)
class OpenedBatch:
    """What a folder of a batch holds, without its rows.

    Parameters
    ----------
    folder : Path
    batch : dict
        Content of ``batch.json``.
    batch_sha256 : str
        Digest of its bytes.
    has_index : bool
        Whether the index was written, so that every row must be there.
    parts : tuple of int
        Numbers of its parts: of a complete batch all, otherwise those that are there.
    """

    folder: Path
    batch: dict[str, Any]
    batch_sha256: str
    has_index: bool
    parts: tuple[int, ...]

    @property
    def n_rows(self) -> int | None:
        """Rows of the input; None: that is not stated."""
        return (self.batch.get("input") or {}).get("n_rows")

    @property
    def adverse(self) -> frozenset[str]:
        """Labels of adverse decisions."""
        return frozenset((self.batch.get("settings") or {}).get("adverse") or ())

    def rows(self, columns: list[str]) -> Iterator[list[dict[str, Any]]]:
        """The rows of all parts, a few thousand at a time, so that memory stays flat.

        Parameters
        ----------
        columns : list of str

        Raises
        ------
        InputError
            ``bad-batch`` for a part that is missing, damaged, or another one, or that has other rows than it states.
        """
        for number in self.parts:
            digests: list[str] = []
            with opened(self.folder / part_name(number)) as (file, name):
                facts = read_facts(file, name, number)
                for group in range(file.num_row_groups):
                    with naming_damage(name):
                        rows = file.read_row_group(group, columns=[*columns, "row_sha256"]).to_pylist()
                    digests += [row["row_sha256"] for row in rows]
                    yield rows
                check_content(facts, digests, name)


def open_batch(folder: str | Path) -> OpenedBatch:
    """Open the folder of a batch, finished or not.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    InputError
        ``bad-batch``: the folder holds no batch, or one that is damaged.

    Examples
    --------
    >>> open_batch("nowhere")
    Traceback (most recent call last):
    surrogate.errors.InputError: 'nowhere' is no folder of a batch: batch.json is not there. ... [bad-batch]
    """
    path = Path(folder)
    batch, batch_sha256 = _identity(path)
    if not (path / INDEX).exists():
        found = part_numbers(path) if (path / "rows").is_dir() else []
        return OpenedBatch(path, batch, batch_sha256, False, tuple(found))
    index = read_index(path)
    if index["files"].get(BATCH, batch_sha256) != batch_sha256:
        raise InputError(
            "bad-batch",
            f"{BATCH} was changed: {INDEX} states another SHA-256 of it. Put the file back as it was written, or run the batch "
            "in another folder.",
        )
    numbers = tuple(part["number"] for part in index["parts"])
    return OpenedBatch(path, batch, batch_sha256, True, numbers)


def _identity(folder: Path) -> tuple[dict[str, Any], str]:
    try:
        content = (folder / BATCH).read_bytes()
    except OSError as error:
        raise InputError(
            "bad-batch",
            f"{str(folder)!r} is no folder of a batch: {BATCH} is not there. Name the folder that the batch was written to.",
        ) from error
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not all(
        isinstance(told.get(name, {}), dict) for name in ("settings", "model", "input")
    ):
        raise InputError(
            "bad-batch",
            f"{BATCH} in {str(folder)!r} was changed, or is none. Put the file back as it was written, or run the batch in "
            "another folder.",
        )
    return told, digest(content)
