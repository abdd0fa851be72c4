"""Which files of a folder belong to a report, when all of it is to be erased."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from surrogate.errors import InputError
from surrogate.signing.manifest import Manifest
from surrogate.signing.names import ERASURE, MANIFEST, RECORD, SIGNATURES

__all__ = ["erasable_files"]

#: What every release writes into the folder of a report, and what is left where writing was stopped.
_KNOWN = re.compile(
    rf"(report(\.[\w-]+)+|run\.json|issuance\.json|evidence\.json\.gz|manifest\.json|{SIGNATURES}/[^/]+|exports/[^/]+"
    r"|texts/index\.(html|json)|(.*/)?\.surrogate-.+)"
)


def erasable_files(folder: Path, manifest: Manifest | None) -> list[str]:
    """Names of all files of a report, and of the reports inside it.

    Raises
    ------
    InputError
        ``bad-file`` where the folder holds no report, ``changed-report`` where it holds something else too.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as there:
    ...     _ = [(Path(there) / name).write_text("") for name in ("report.json", "run.json")]
    ...     erasable_files(Path(there), None)
    ['report.json', 'run.json']
    """
    if not any((folder / name).is_file() for name in (RECORD, MANIFEST, ERASURE)):
        raise InputError("bad-file", f"{str(folder)!r} holds no report. Name the folder of one.")
    names = sorted(_all_files(folder, folder))
    homes = {str(Path(name).parent) for name in names if Path(name).name == RECORD}
    listed = set() if manifest is None else set(manifest.files)
    strange = [name for name in names if name not in listed and not _belongs(name, homes)]
    if strange:
        raise InputError(
            "changed-report",
            f"{strange[0]!r} is in the folder and is no part of the report. Move away what is to stay, and erase again.",
        )
    return [name for name in names if name != ERASURE]


def _all_files(top: Path, folder: Path) -> Iterator[str]:
    try:
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                yield from _all_files(top, path)
            else:
                yield path.relative_to(top).as_posix()
    except OSError as error:
        raise InputError("bad-file", f"{os.fspath(folder)!r} cannot be read: {error.strerror or error}.") from error


def _belongs(name: str, homes: set[str]) -> bool:
    """Whether it is a file of the report, or of a report in a sub-folder."""
    if name == ERASURE or _KNOWN.fullmatch(name):
        return True
    inner = (name[len(home) + 1 :] for home in homes - {"."} if name.startswith(f"{home}/"))
    return any(_KNOWN.fullmatch(one) for one in inner)
