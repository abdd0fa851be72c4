"""An append-only, hash-chained list of what happened to reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from surrogate.errors import InputError
from surrogate.ledger.entry import COLUMNS, EVENTS, FIRST, Entry, keyed, link
from surrogate.ledger.opening import UNREADABLE, begin, connect, key_of
from surrogate.ledger.tables import INSERT, guards_stand
from surrogate.signing.signature import checked_day

__all__ = ["Ledger", "LedgerCheck", "open_ledger"]

T = TypeVar("T")


@dataclass(frozen=True)
class LedgerCheck:
    """What a check of a ledger found.

    Parameters
    ----------
    n_entries : int
    head : str
        Hash of the last entry; noted elsewhere, it shows later that nothing was cut off.
    broken : int or None
        Number of the first entry that does not fit the chain.
    why : str
        What is wrong; empty where nothing is.
    since : int or None
        How many entries follow the head that was asked for.
    """

    n_entries: int
    head: str
    broken: int | None = None
    why: str = ""
    since: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.why


@dataclass(frozen=True)
class Ledger:
    """A ledger in one SQLite file, with its key.

    Parameters
    ----------
    path : Path
    key : bytes

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ledger = open_ledger(Path(folder) / "ledger.sqlite", create=True)
    ...     entry = ledger.append("issued", record="0" * 64, kind="local", date="2026-05-01")
    ...     ledger.check(head=entry.hash).is_whole, len(ledger.entries())
    (True, 1)
    """

    path: Path
    key: bytes = field(repr=False)

    def append(
        self,
        event: str,
        *,
        record: str | None,
        manifest: str | None = None,
        kind: str | None = None,
        date: str,
        note: str = "",
    ) -> Entry:
        """Add an entry.

        Parameters
        ----------
        event : {"issued", "superseded", "withdrawn", "erased", "signed"}
        record, manifest : str or None
            Their plain SHA-256; only keyed digests are written.
        kind : str, optional
        date : str
            YYYY-MM-DD.
        note : str
            Is written as it is, and stays: it should name nobody.

        Raises
        ------
        InputError
            ``bad-parameter``; ``broken-ledger``: nothing is added to a ledger that was changed; ``bad-ledger``.
        """
        if event not in EVENTS:
            raise InputError("bad-parameter", f"{event!a} is no event of a ledger. Events: {', '.join(EVENTS)}.")
        checked_day(date, "date")
        report, listed = (None if plain is None else self.keyed(plain) for plain in (record, manifest))

        def work(connection: sqlite3.Connection) -> Entry:
            connection.execute("BEGIN IMMEDIATE")  # Of two who append at once the second sees what the first added.
            found = self._require(connection)
            entry = Entry(found.n_entries + 1, date, event, report, listed, kind, note, found.head, "")
            entry = replace(entry, hash=self._link(entry))
            connection.execute(INSERT, [getattr(entry, name) for name in COLUMNS])
            connection.execute("COMMIT")
            return entry

        return self._work(work)

    def entries(self, record: str | None = None) -> tuple[Entry, ...]:
        """All entries in their order, or those about one record, given by its plain SHA-256."""
        report = None if record is None else self.keyed(record)
        rows = self._work(_rows)
        return tuple(Entry(*row) for row in rows if report is None or row[3] == report)

    def check(self, head: str | None = None) -> LedgerCheck:
        """Follow the chain from the first entry to the last.

        Parameters
        ----------
        head : str, optional
            Hash of an entry, noted earlier.  Without one, entries cut off the end leave no trace.

        Raises
        ------
        InputError
            ``bad-ledger``.
        """
        return self._work(lambda connection: self._check(connection, head))

    def require_whole(self) -> None:
        """Check, and raise ``broken-ledger`` when something is wrong."""
        self._work(self._require)

    def keyed(self, plain: str) -> str:
        """The keyed digest that stands for a plain one."""
        return keyed(self.key, plain)

    def _require(self, connection: sqlite3.Connection) -> LedgerCheck:
        found = self._check(connection, None)
        if not found.is_whole:
            raise InputError(
                "broken-ledger",
                f"The ledger {self.path.name} was changed: {found.why}. Nothing is added to it as it is.",
            )
        return found

    def _check(self, connection: sqlite3.Connection, head: str | None) -> LedgerCheck:
        before, number, place = FIRST, 0, None
        for row in _rows(connection):
            number, entry = number + 1, Entry(*row)
            why = self._why_broken(entry, number, before)
            if why:
                return LedgerCheck(number, before, number, why)
            before = entry.hash
            place = number if before == head else place
        if not guards_stand(connection):
            why = "the triggers that refuse changes are not as they were made"
            return LedgerCheck(number, before, why=why)
        if head is not None and head != FIRST and place is None:
            why = (
                f"no entry has the head {head[:16]}…: entries were cut off the end, or it is the head of another ledger"
            )
            return LedgerCheck(number, before, why=why)
        return LedgerCheck(number, before, since=None if head is None else number - (place or 0))

    def _why_broken(self, entry: Entry, number: int, before: str) -> str:
        if entry.sequence != number:
            return f"entry {number} is missing; entry {entry.sequence} follows entry {number - 1}"
        if entry.previous != before:
            return f"entry {number} does not follow the entry before it"
        try:
            same = link(self.key, entry) == entry.hash
        except ValueError:
            same = False
        return "" if same else f"entry {number} does not say what it said when it was written"

    def _link(self, entry: Entry) -> str:
        try:
            return link(self.key, entry)
        except ValueError as error:
            raise InputError("bad-parameter", f"The note cannot be written as Unicode ({error}).") from error

    def _work(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            with closing(connect(self.path, self.key)) as connection:
                return work(connection)  # What was not committed is undone when the connection closes.
        except UNREADABLE as error:
            raise InputError("bad-ledger", f"The ledger {self.path.name} cannot be used: {error}.") from error


def open_ledger(path: str | Path, *, create: bool = False, key_file: str | Path | None = None) -> Ledger:
    """Open a ledger.

    Parameters
    ----------
    path : str or Path
    create : bool, default False
        Begin it where it is not there.
    key_file : str or Path, optional
        None: beside it, its name with ``.key`` added.  Kept elsewhere, it keeps whoever may write the ledger from writing
        it anew.

    Raises
    ------
    InputError
        ``bad-ledger``, ``wrong-key``, ``bad-key``, ``open-key`` or ``cannot-write``.

    Examples
    --------
    >>> open_ledger("not-there.sqlite")
    Traceback (most recent call last):
    surrogate.errors.InputError: There is no ledger 'not-there.sqlite'. ... [bad-ledger]
    """
    file = Path(path)
    secret = file.with_name(f"{file.name}.key") if key_file is None else Path(key_file)
    if not file.exists():
        if not create:
            raise InputError(
                "bad-ledger", f"There is no ledger {str(path)!r}. The first entry begins one; or check the path."
            )
        begin(file, secret)
    ledger = Ledger(file, key_of(secret))
    connect(file, ledger.key).close()
    return ledger


def _rows(connection: sqlite3.Connection) -> list[tuple]:
    return connection.execute(f"SELECT {', '.join(COLUMNS)} FROM entries ORDER BY sequence").fetchall()
