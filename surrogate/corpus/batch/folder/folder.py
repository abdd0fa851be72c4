"""The folder of a batch: who may write into it, what is in it for good, and what a run that was cut short left."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from surrogate.canonical import canonical, canonical_bytes
from surrogate.corpus.batch.checking.sealing import refuse_signed, stated_digests
from surrogate.corpus.batch.folder import locking
from surrogate.corpus.batch.folder.identity import compare
from surrogate.corpus.batch.folder.output_place import check_is_ours
from surrogate.corpus.batch.folder.writing import making, put_bytes, put_folder, remove_owned, sync_folder
from surrogate.corpus.batch.rows.entries import file_digest
from surrogate.corpus.batch.rows.index import read_index
from surrogate.corpus.batch.rows.part_files import part_name
from surrogate.corpus.batch.values import PartResult
from surrogate.errors import InputError
from surrogate.signing.names import MANIFEST

__all__ = ["BatchFolder"]

_PART = re.compile(r"part-(\d{5,})\.parquet")
_REPORT = re.compile(r"[0-9a-f]{16}")


class BatchFolder:
    """The folder that a batch is written into; one driver at a time.

    :meth:`claim` takes the folder, :meth:`identify` says which batch it is for, :meth:`begin` does both.

    Parameters
    ----------
    path : Path
    lock : Lock
        Held.

    Attributes
    ----------
    set_aside : list of str
        Parts that were there and were found damaged; they are done again.

    Examples
    --------
    >>> import tempfile
    >>> from surrogate.corpus.batch.values import Counts
    >>> with tempfile.TemporaryDirectory() as there:
    ...     with BatchFolder.begin(Path(there) / "out", {"calls": 64}) as folder:
    ...         folder.place(PartResult(0, b"rows", Counts()))
    ...         folder.done(lambda path, number: path.read_bytes() == b"rows")
    {0}
    """

    def __init__(self, path: Path, lock: locking.Lock, *, made: bool = False) -> None:
        self.path = path
        self.set_aside: list[str] = []
        self._lock = lock
        self._in_doubt = True
        self._made = made

    @property
    def work(self) -> Path:
        """Where files lie that are gone in the end, readable by their owner only."""
        return self.path / ".work"

    @property
    def aside(self) -> Path:
        """Where files are written before they are put in place; emptied when a run begins."""
        return self.work / "placing"

    @classmethod
    def begin(cls, out: str | Path, identity: Mapping[str, Any], *, overwrite: bool = False) -> BatchFolder:
        """Take the folder for the batch that ``identity`` describes, new or to be gone on with.

        Parameters
        ----------
        out : str or Path
            Made if it is not there.
        identity : dict
            Everything that decides the bytes of the batch; ``batch.json``.
        overwrite : bool, default False
            Whether to begin anew where a batch is there, with the same identity or another; only files of the batch are
            removed.

        Raises
        ------
        InputError
            ``batch-running``, ``output-exists``, ``other-run``, ``signed-report``, ``bad-batch``, ``cannot-write``.
        """
        folder = cls.claim(out)
        try:
            folder.identify(identity, overwrite=overwrite)
        except BaseException:
            folder.close()
            raise
        return folder

    @classmethod
    def claim(cls, out: str | Path) -> BatchFolder:
        """Take the folder before it is known which batch it will be for; ``.work`` is there then.

        Raises
        ------
        InputError
            ``batch-running``, ``output-exists``, ``cannot-write``.
        """
        path = Path(out)
        with making(path):
            is_new = not path.exists()
            path.mkdir(parents=True, exist_ok=True)
            check_is_ours(path)
            (path / ".work").mkdir(mode=0o700, exist_ok=True)
            lock = locking.take(path)
            folder = cls(path, lock, made=is_new)
            try:
                _remove_half_placed(path)
                shutil.rmtree(folder.aside, ignore_errors=True)
                folder.aside.mkdir(mode=0o700)
            except BaseException:
                folder.close()
                raise
        return folder

    def identify(self, identity: Mapping[str, Any], *, overwrite: bool = False) -> None:
        """Say which batch the folder is for: write ``batch.json``, or compare it with the one that is there.

        Raises
        ------
        InputError
            ``other-run``, ``signed-report``, ``bad-batch``, ``cannot-write``.
        """
        if overwrite:
            for folder in (self.path, *sorted((self.path / "reports").glob("*"))):
                refuse_signed(folder)
        content = canonical_bytes(canonical(dict(identity)))
        file = self.path / "batch.json"
        with making(self.path):
            if overwrite:
                remove_owned(self.path)
            if file.exists() and not overwrite:
                compare(file, content)
            else:
                # Replaced, not removed and written: without it, what a kill leaves would be a folder of somebody else.
                put_bytes(file, content, self.aside)
            for name in ("rows", "reports"):
                (self.path / name).mkdir(mode=0o700, exist_ok=True)
            sync_folder(self.path)

    def done(self, check: Callable[[Path, int], bool]) -> set[int]:
        """Numbers of the parts that are there; files that do not check are removed, to be done again.

        Where the batch was finished, so are parts that are not those of its index: one of another batch is whole, too.

        Parameters
        ----------
        check : callable
            ``(path, number) -> bool``: whether the file is that part, whole and unchanged.
        """
        found: set[int] = set()
        stated = self._stated()
        for path in sorted((self.path / "rows").iterdir()):
            name = _PART.fullmatch(path.name)
            if name is None:
                continue
            number = int(name[1])
            if (
                path == self.path / part_name(number)
                and path.is_file()
                and not path.is_symlink()
                and check(path, number)
                and (part_name(number) not in stated or file_digest(path) == stated[part_name(number)])
            ):
                found.add(number)
                continue
            self.no_longer_complete()
            with making(self.path):
                path.unlink()
            self.set_aside.append(path.name)
        return found

    def _stated(self) -> dict[str, str]:
        """SHA-256 of the files of a finished batch by name; none where no index says so."""
        try:
            return stated_digests(read_index(self.path))
        except InputError:
            return {}

    def place(self, result: PartResult) -> None:
        """Put the reports and the rows of a part in place: after a kill at any moment the part is there wholly or not.

        Raises
        ------
        InputError
            ``cannot-write`` or ``signed-report``; nothing half-written stays.
        """
        self.no_longer_complete()
        with making(self.path):
            for name, files in _by_report(result.reports).items():
                refuse_signed(self.path / "reports" / name)
                put_folder(self.path / "reports" / name, files, self.aside)
            # Last: rows name their reports.
            put_bytes(self.path / part_name(result.number), result.parquet, self.aside)

    def put(self, name: str, content: bytes) -> None:
        """Put another file of the batch in place, such as ``index.json``, whole or not at all.

        Parameters
        ----------
        name : str
        content : bytes

        Raises
        ------
        InputError
            ``cannot-write``.
        """
        with making(self.path):
            put_bytes(self.path / name, content, self.aside)

    def no_longer_complete(self) -> None:
        """Remove what says that everything is there, before something is changed; it is written again in the end.

        Raises
        ------
        InputError
            ``signed-report`` or ``cannot-write``.
        """
        if self._in_doubt:
            refuse_signed(self.path)
            with making(self.path):
                for name in (MANIFEST, "index.json"):
                    (self.path / name).unlink(missing_ok=True)
            self._in_doubt = False

    def finish(self) -> None:
        """The batch is complete: what was for the work only is removed, and the folder is free."""
        with making(self.path):
            for path in sorted(self.work.iterdir()):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                elif path.name != locking.NAME:
                    path.unlink()
            for name in ("rows", "reports"):
                if (self.path / name).is_dir() and not any((self.path / name).iterdir()):
                    (self.path / name).rmdir()
            self._lock.remove()
            with contextlib.suppress(OSError):  # Another driver may have come since.
                self.work.rmdir()

    def close(self) -> None:
        """Leave the folder as it is, for a run that goes on from there; a second time does nothing."""
        if not self._lock.held:
            return
        # Somebody may have removed the folder meanwhile; then there is nothing to leave behind.
        with contextlib.suppress(OSError):
            self.aside.rmdir()
        with contextlib.suppress(OSError):
            if os.listdir(self.work) == [locking.NAME]:
                # Nothing is kept there for the next run.
                self._lock.remove()
                self.work.rmdir()
                if self._made:
                    # Nothing came of it: a folder that somebody made stays, this one goes.
                    self.path.rmdir()
        self._lock.release()

    def __enter__(self) -> BatchFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _by_report(files: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    reports: dict[str, dict[str, bytes]] = {}
    for path, content in sorted(files.items()):
        name, _, rest = path.partition("/")
        if not _REPORT.fullmatch(name) or not rest or {"", ".", ".."} & set(rest.split("/")):
            raise InputError("bad-batch", f"A worker gave a report file with the path {path!r}, which no report has.")
        reports.setdefault(name, {})[rest] = content
    return reports


def _remove_half_placed(path: Path) -> None:
    # What a run that was killed had written and not yet put in place; whoever holds the lock is the only one that writes.
    for half in path.glob(".surrogate-????????"):
        if half.is_file() and not half.is_symlink():
            half.unlink()
