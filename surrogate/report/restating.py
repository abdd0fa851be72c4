"""What people state about a report that is there already, with its renderings made again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from surrogate.report.again import file_of, read_edition
from surrogate.report.issuance.keeping import ISSUANCE, stated_for
from surrogate.report.language import LOCALES
from surrogate.report.render import render
from surrogate.report.write import FORMATS, write_files

__all__ = ["state_again"]

_RECORD, _RUN = "report.json", "run.json"


def state_again(
    folder: str | Path, issuance: str | Path, *, fonts: Sequence[str | Path] = (), overwrite: bool = False
) -> list[Path]:
    """State something about a report, and make every rendering in its folder again, since they tell it.

    Parameters
    ----------
    folder : str or Path
        Of a report that nobody has signed yet.
    issuance : str or Path
        TOML file.
    fonts : sequence of str or Path, optional
    overwrite : bool, default False
        Replace what was stated before.

    Returns
    -------
    list of Path
        What was written: ``issuance.json`` and the renderings.

    Raises
    ------
    InputError
        ``bad-file``, ``bad-record``, ``bad-issuance``, ``output-exists``, ``signed-report``, ``erased-report``,
        ``missing-glyph`` or ``cannot-write``; then nothing is changed.

    Examples
    --------
    >>> state_again("nowhere", "ours.toml")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere cannot be read: No such file or directory. [bad-file]
    """
    target = Path(folder)
    edition = read_edition(target)
    stated = stated_for(edition.record, target, issuance, overwrite=overwrite)
    edition = replace(edition, issuance=stated.to_dict())
    files = {ISSUANCE: stated.to_bytes()}
    for file, name, locale in _rendered(target):
        files[file] = render(name, replace(edition, locale=locale), fonts)
    write_files(target, files, edition.record, _RECORD, _run(target), previous=stated.previous_report)
    return [target / name for name in files]


def _rendered(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Renderings in the folder: file, format and language."""
    for name in FORMATS:
        for locale in LOCALES:
            file = file_of(name, locale)
            if (folder / file).is_file():
                yield file, name, locale


def _run(folder: Path) -> dict[str, object]:
    """What the run itself left, which stays."""
    path = folder / _RUN
    facts = json.loads(path.read_bytes()) if path.is_file() else {}
    run = facts.get("run") if isinstance(facts, dict) else None
    return run if isinstance(run, dict) else {}
