"""What a part says of itself in the metadata of its schema: which one it is, and the digest of its content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from surrogate.corpus.batch.rows.parquet_files import naming_damage
from surrogate.corpus.batch.rows.schema import arrow_schema
from surrogate.corpus.batch.values import SCHEMA
from surrogate.errors import InputError

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["check_content", "content_digest", "facts_of", "read_facts"]

_SCHEMA, _PART, _ROWS, _CONTENT = "surrogate.schema", "surrogate.part", "surrogate.rows", "surrogate.content_sha256"


def content_digest(row_digests: Iterable[str]) -> str:
    r"""SHA-256 over the digests of rows, in order, each with a line feed behind it.

    Examples
    --------
    >>> content_digest(["ab", "cd"]) == hashlib.sha256(b"ab\ncd\n").hexdigest()
    True
    """
    whole = hashlib.sha256()
    for one in row_digests:
        whole.update(f"{one}\n".encode("ascii"))
    return whole.hexdigest()


def facts_of(row_digests: Sequence[str], number: int) -> dict[str, str]:
    """The metadata of a part.

    Parameters
    ----------
    row_digests : sequence of str
        Of its rows, in order.
    number : int
        Of the part, from 0.

    Examples
    --------
    >>> facts_of([], 3)["surrogate.part"]
    '3'
    """
    content = content_digest(row_digests)
    return {_SCHEMA: SCHEMA, _PART: str(number), _ROWS: str(len(row_digests)), _CONTENT: content}


def read_facts(file: pq.ParquetFile, name: str, number: int | None = None) -> Mapping[str, str]:
    """What the metadata of a part say, once they fit the file.

    Parameters
    ----------
    file : pyarrow.parquet.ParquetFile
    name : str
        What errors call it.
    number : int, optional
        Which part it should be.

    Raises
    ------
    InputError
        ``bad-batch``: it is no part of a batch, another one, or has other columns or another number of rows than it says.
    """
    found = file.schema_arrow.metadata or {}
    facts = {
        key: found.get(key.encode("ascii"), b"").decode("utf-8", "replace") for key in (_SCHEMA, _PART, _ROWS, _CONTENT)
    }
    if facts[_SCHEMA] != SCHEMA:
        other = (
            f"its rows are {facts[_SCHEMA][:80]!r}, and this release reads {SCHEMA!r}"
            if facts[_SCHEMA]
            else "another program wrote it"
        )
        raise InputError("bad-batch", f"{name} is no part of a batch that can be read here: {other}.")
    with naming_damage(name):  # Names of columns may be no UTF-8 any more.
        same = file.schema_arrow.equals(arrow_schema(), check_metadata=False)
    if not same:
        raise InputError("bad-batch", f"{name} was changed: its columns are not those of a batch.")
    if number is not None and facts[_PART] != str(number):
        raise InputError(
            "bad-batch",
            f"{name} is part {facts[_PART][:20]} of a batch; part {number} belongs in its place. Put that part back, or run the "
            "batch again.",
        )
    if facts[_ROWS] != str(file.metadata.num_rows):
        raise InputError(
            "bad-batch",
            f"{name} was changed: it has {file.metadata.num_rows:,} rows, and says that it has {facts[_ROWS][:20]}.",
        )
    return facts


def check_content(facts: Mapping[str, str], digests: Sequence[str], name: str) -> None:
    """Compare the digests of the rows of a part with what it was made of.

    Raises
    ------
    InputError
        ``bad-batch``.
    """
    if content_digest(digests) != facts[_CONTENT]:
        raise InputError(
            "bad-batch",
            f"{name} was changed: its rows are whole, and are not those, in that order, that it was made of.",
        )
