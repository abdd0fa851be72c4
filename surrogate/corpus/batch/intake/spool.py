"""The spool: the rows of an input in one file on disk, found again by their content.

Rows are kept as they come and found by the SHA-256 of their texts, so that the parts of a batch depend on the set of texts
alone: not on their order, the format of the file, or how many workers there are.
"""

from __future__ import annotations

import hashlib
import heapq
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from surrogate.corpus.batch.intake.spool_tables import connected, read_state
from surrogate.corpus.batch.intake.spooling import Source, build_spool
from surrogate.corpus.batch.values import SpooledRow
from surrogate.errors import InputError

__all__ = ["Part", "Spool"]


@dataclass(frozen=True)
class Part:
    """A range of texts.

    Parameters
    ----------
    number : int
        From 0.
    first, last : str
        SHA-256 of its first and last text, both of them in it.
    n_rows, n_texts : int

    Examples
    --------
    >>> Part(0, "00" * 32, "ff" * 32, 300, 256).n_texts
    256
    """

    number: int
    first: str
    last: str
    n_rows: int
    n_texts: int


@dataclass(frozen=True)
class Spool:
    r"""The rows of an input, in a file that only its owner may read.

    Parameters
    ----------
    path : Path
    source : Source
        Of which input the rows are.
    text_column : str
    id_column : str or None
    n_rows, n_texts, n_problems : int
        Rows, different texts (also those that cannot be used), and rows whose text cannot be used.
    content_sha256 : str
        Of all texts and ids, whatever the order of the rows and the format of the file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.csv"
    ...     _ = path.write_text("id,text\na,lost card\nb,a fee\nc,lost card\n", encoding="utf-8")
    ...     spool = Spool.build(Path(folder) / ".work" / "spool.sqlite", path, id="id")
    ...     parts = spool.parts(1)
    ...     rows = [[row.id for row in spool.rows(part)] for part in parts]
    >>> spool.n_rows, spool.n_texts, rows
    (3, 2, [['a', 'c'], ['b']])
    """

    path: Path
    source: Source
    text_column: str
    id_column: str | None
    n_rows: int
    n_texts: int
    n_problems: int
    content_sha256: str

    @classmethod
    def build(
        cls,
        path: str | Path,
        input: str | Path,  # noqa: A002 - what it is
        *,
        text: str | None = None,
        id: str | None = None,  # noqa: A002 - the name of the option
        limit: int | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Self:
        """Read an input into a spool; one that is there, complete and of the same input, is taken as it is.

        Parameters
        ----------
        path : str or Path
            Of the spool; its folder is made when missing.
        input : str or Path
        text, id, limit
            As :func:`surrogate.corpus.batch.intake.intake.read_rows` takes them.
        progress : callable (n_rows) -> None, optional
            Told now and then how many rows were read.

        Raises
        ------
        InputError
            As :func:`~surrogate.corpus.batch.intake.intake.read_rows`; ``bad-corpus`` for an id that is empty or in two rows;
            ``bad-file`` when the input changed while it was read; ``cannot-write`` when there is no room.
        """
        path = Path(path)
        source = Source.of(input, text=text, id=id, limit=limit)
        found = cls.open(path)
        if found is not None and found.source == source:
            return found
        return cls._of(path, build_spool(path, Path(input), source, progress))

    @classmethod
    def open(cls, path: str | Path) -> Self | None:
        """A spool that is there; None unless it is complete.

        Compare :attr:`source` with ``Source.of(input, …)`` to know whether it is of an input.
        """
        state = read_state(Path(path))
        return None if state is None else cls._of(Path(path), state)

    @classmethod
    def _of(cls, path: Path, state: dict[str, Any]) -> Self:
        given = {name: state[name] for name in cls.__dataclass_fields__ if name not in ("path", "source")}
        return cls(path=path, source=Source(**state["source"]), **given)

    def parts(self, part_texts: int) -> list[Part]:
        """Ranges of texts with at most some different ones each, in the order of their SHA-256.

        Raises
        ------
        InputError
            ``bad-parameter``.
        """
        if part_texts < 1:
            raise InputError("bad-parameter", f"A part must have at least 1 text; got {part_texts!r}.")
        parts: list[Part] = []
        with connected(self.path) as connection:
            found = connection.execute(
                "SELECT text_sha256, count(*) FROM rows GROUP BY text_sha256 ORDER BY text_sha256"
            )
            while texts := found.fetchmany(part_texts):
                n_rows = sum(repeats for _, repeats in texts)
                parts.append(Part(len(parts), texts[0][0].hex(), texts[-1][0].hex(), n_rows, len(texts)))
        return parts

    def rows(self, part: Part, chosen: Set[str] = frozenset()) -> tuple[SpooledRow, ...]:
        """The rows of a part, sorted by (text_sha256, id).

        Parameters
        ----------
        part : Part
        chosen : set of str
            SHA-256 of the texts whose rows are chosen for a full report.
        """
        with connected(self.path) as connection:
            return tuple(_rows(connection, bytes.fromhex(part.first), bytes.fromhex(part.last), chosen))

    def numbers(self, part: Part) -> list[tuple[str, int]]:
        """Id and number of each row of a part, sorted by (text_sha256, id); the texts are not read."""
        with connected(self.path) as connection:
            return connection.execute(
                "SELECT id, number FROM rows WHERE text_sha256 BETWEEN ? AND ? ORDER BY text_sha256, id",
                (bytes.fromhex(part.first), bytes.fromhex(part.last)),
            ).fetchall()

    def sample(self, n: int) -> set[str]:
        """SHA-256 of some texts that can be used, chosen by their content alone."""
        with connected(self.path) as connection:
            return {text_sha256.hex() for text_sha256 in _sample(connection, n)}

    def sample_rows(self, n: int) -> tuple[SpooledRow, ...]:
        """A row of each of the texts of :meth:`sample`, in the order of their SHA-256."""
        with connected(self.path) as connection:
            return tuple(next(_rows(connection, text, text)) for text in sorted(_sample(connection, n)))

    def with_ids(self, ids: Iterable[str]) -> set[str]:
        """SHA-256 of the texts of some rows.

        Raises
        ------
        InputError
            ``bad-parameter`` when no row has one of the ids.
        """
        found: set[str] = set()
        unknown: list[str] = []
        with connected(self.path) as connection:
            for name in ids:
                row = connection.execute("SELECT text_sha256 FROM rows WHERE id = ?", (name,)).fetchone()
                if row is None:
                    unknown.append(name)
                else:
                    found.add(row[0].hex())
        if unknown:
            raise _unknown(unknown, self.id_column)
        return found


def _rows(
    connection: sqlite3.Connection, first: bytes, last: bytes, chosen: Set[str] = frozenset()
) -> Iterator[SpooledRow]:
    """Rows of a range; each text is read once, however many rows have it."""
    found = connection.execute(
        "SELECT text_sha256, id, number, code, said FROM rows WHERE text_sha256 BETWEEN ? AND ? ORDER BY text_sha256, id",
        (first, last),
    )
    before, text, name = None, None, ""
    for text_sha256, id_, number, code, said in found:
        if text_sha256 != before:
            before, name = text_sha256, text_sha256.hex()
            content = connection.execute("SELECT text FROM rows WHERE number = ?", (number,)).fetchone()[0]
            text = None if content is None else content.decode("utf-8")
        yield SpooledRow(id_, text, name, number, None if code is None else (code, said), name in chosen)


def _sample(connection: sqlite3.Connection, n: int) -> list[bytes]:
    texts = connection.execute("SELECT DISTINCT text_sha256 FROM rows WHERE code IS NULL ORDER BY text_sha256")
    return heapq.nsmallest(n, (text for (text,) in texts), key=_rank)


def _rank(text_sha256: bytes) -> bytes:
    """Another order than that of the parts."""
    return hashlib.sha256(b"sample" + text_sha256.hex().encode()).digest()


def _unknown(ids: list[str], column: str | None) -> InputError:
    shown = ", ".join(repr(name[:60]) for name in ids[:3])
    called = "rows are called by their number" if column is None else f"ids stand in the column {column!r}"
    return InputError(
        "bad-parameter",
        f"The input has no row with {len(ids):,} of the ids, for instance {shown}; {called}. Correct the list.",
    )
