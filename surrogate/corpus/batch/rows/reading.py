"""The rows of a batch, finished or not: all of them in turn, or the one with an id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surrogate.corpus.batch.rows.index import INDEX, opened_table, read_index
from surrogate.corpus.batch.rows.parquet_files import naming_damage, opened
from surrogate.corpus.batch.rows.part_facts import read_facts
from surrogate.corpus.batch.rows.part_files import part_name, read_groups
from surrogate.corpus.batch.rows.rows import row_digest
from surrogate.corpus.records import is_utf8
from surrogate.errors import InputError

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["find_row", "part_numbers", "read_rows"]

_PART = re.compile(r"part-(\d{5,})\.parquet")

Row = dict[str, Any]


def part_numbers(folder: str | Path) -> list[int]:
    """Numbers of the parts that lie in the folder of a batch, ascending.

    Raises
    ------
    InputError
        ``bad-batch`` where there is no such folder.

    Examples
    --------
    >>> part_numbers("nowhere")
    Traceback (most recent call last):
    surrogate.errors.InputError: 'nowhere' is no folder of a batch: it has no folder 'rows'. ... [bad-batch]
    """
    rows = Path(folder) / "rows"
    if not rows.is_dir():
        raise InputError(
            "bad-batch",
            f"{str(folder)!r} is no folder of a batch: it has no folder 'rows'. Name the folder that the batch was written to.",
        )
    numbers = sorted({int(match[1]) for one in rows.iterdir() if (match := _PART.fullmatch(one.name))})
    # No name but its own: part-000000.parquet is none, or rows would be read twice.
    return [number for number in numbers if (Path(folder) / part_name(number)).exists()]


def read_rows(folder: str | Path) -> Iterator[Row]:
    """All rows of a batch, in the order of its parts; of one that is not finished, those that are done.

    A few thousand rows are in memory at a time.  Whether they were changed is for
    :func:`surrogate.corpus.batch.checking.checking.verify_batch` to say.

    Parameters
    ----------
    folder : str or Path

    Yields
    ------
    dict
        With the fields of :data:`surrogate.corpus.batch.rows.schema.FIELDS`.

    Raises
    ------
    InputError
        ``bad-batch``: it is no folder of a batch, a part of a finished one is missing, or a part cannot be read.
    """
    top = Path(folder)
    numbers = [part["number"] for part in read_index(top)["parts"]] if (top / INDEX).exists() else part_numbers(top)
    for number in numbers:
        for group in read_groups(top / part_name(number)):
            yield from group


def find_row(folder: str | Path, id: str) -> Row:  # noqa: A002 - the name of the field
    """The row of a batch with an id.

    In a finished batch the index tells its part; otherwise all parts that are done are searched.

    Parameters
    ----------
    folder : str or Path
    id : str

    Returns
    -------
    dict
        It has the digest that it states.

    Raises
    ------
    InputError
        ``bad-parameter`` when no row has the id, or it is no string; ``bad-batch`` when a file cannot be read, or the row was
        changed.
    """
    if not isinstance(id, str):
        raise InputError("bad-parameter", f"The id of a row is a string, also where it is a number; got {id!r}.")
    top = Path(folder)
    is_finished = (top / INDEX).exists()
    if is_utf8(id):  # No row has another.
        for number in _part_of(top, id) if is_finished else part_numbers(top):
            row = _row_in(top / part_name(number), number, id)
            if row is not None:
                return row
    raise InputError(
        "bad-parameter",
        f"No row of the batch has the id {id[:80]!r}. Ids are those of the input's column of ids, or the numbers of its rows, "
        "from 1." + " The batch is not finished; run it again to finish it." * (not is_finished),
    )


def _part_of(folder: Path, name: str) -> list[int]:
    with opened_table(folder) as (file, called):
        for group, place in _places(file, called, name):
            with naming_damage(called):
                parts = file.read_row_group(group, columns=["part"], use_threads=False).column("part")
            return [parts[place].as_py()]
    return []


def _row_in(path: Path, number: int, name: str) -> Row | None:
    with opened(path) as (file, called):
        read_facts(file, called, number)
        for group, place in _places(file, called, name):
            with naming_damage(called):
                row: Row = file.read_row_group(group, use_threads=False).slice(place, 1).to_pylist()[0]
            if row_digest(row) != row["row_sha256"]:
                raise InputError("bad-batch", f"{called} was changed: the row has not the SHA-256 that it states.")
            return row
    return None


def _places(file: pq.ParquetFile, called: str, name: str) -> Iterator[tuple[int, int]]:
    """Group and place of the rows with an id."""
    import pyarrow.compute as pc

    for group in range(file.num_row_groups):
        with naming_damage(called):
            ids = file.read_row_group(group, columns=["id"], use_threads=False).column("id")
            place = pc.index(ids, name).as_py()
        if place >= 0:
            yield group, place
