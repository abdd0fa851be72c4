"""Render a report again from the record in its folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from surrogate.errors import InputError
from surrogate.placing import place_files
from surrogate.report.edition import Edition
from surrogate.report.issuance.keeping import ISSUANCE
from surrogate.report.issuance.reading import read_issuance
from surrogate.report.record.reading import read_record
from surrogate.report.render import render
from surrogate.report.write import FORMATS, add_files, check_formats

__all__ = ["file_of", "read_edition", "render_again"]


def read_edition(folder: str | Path) -> Edition:
    """The record in a folder, with what people state about it.

    Parameters
    ----------
    folder : str or Path
        With ``report.json``; where ``run.json`` or ``manifest.json`` lie beside it, its digest must be the one they tell.

    Returns
    -------
    Edition

    Raises
    ------
    InputError
        ``bad-file`` or ``bad-record``: there is no record, or it was changed after it was written; ``bad-issuance``.

    Examples
    --------
    >>> read_edition("no-such-folder")
    Traceback (most recent call last):
    surrogate.errors.InputError: no-such-folder cannot be read: No such file or directory. [bad-file]
    """
    path = Path(folder)
    record = read_record(path).record
    stated = path / ISSUANCE
    return Edition(record, read_issuance(stated).to_dict() if stated.is_file() else None)


def render_again(
    folder: str | Path,
    formats: Sequence[str],
    *,
    out: str | Path | None = None,
    fonts: Sequence[str | Path] = (),
    locale: str = "en",
    audience: str = "validator",
    overwrite: bool = False,
) -> list[Path]:
    """Render the record in a folder again.

    Everything is rendered before anything is written; a file that is there already and is the same is left alone.

    Parameters
    ----------
    folder : str or Path
    formats : sequence of str
        Names out of :data:`~surrogate.report.write.FORMATS`.
    out : str or Path, optional
        Where to write; None: into the folder itself, whose manifest then lists the renderings too.
    fonts : sequence of str or Path, optional
        Font files, or folders of them.
    locale : {"en", "zh"}, default "en"
    audience : {"validator", "business", "person"}, default "validator"
        For whom it is; the others are shown a view, which goes to a folder of its own.
    overwrite : bool, default False
        Replace a file that is there already and differs.

    Returns
    -------
    list of Path
        The files, in the order of ``formats``; in another language than English ``report.zh.pdf`` and so on, and a view
        ``report.business.pdf``.

    Raises
    ------
    InputError
        ``bad-record``, ``bad-parameter``, ``unknown-format``, ``missing-glyph``, ``output-exists``, ``signed-report`` or
        ``cannot-write``; then nothing is changed.

    Examples
    --------
    >>> render_again("no-such-folder", ["word"])
    Traceback (most recent call last):
    surrogate.errors.InputError: There is no report format 'word'. ... [unknown-format]
    """
    names = check_formats(formats)
    if audience != "validator" and (out is None or (Path(out) / "report.json").exists()):
        raise InputError(
            "bad-parameter",
            f"A view for the audience {audience!r} goes to a folder without a report: name it with out (--out).",
        )
    edition = replace(read_edition(folder), locale=locale, audience=audience)
    made = {file_of(name, locale, audience): render(name, edition, fonts) for name in names}
    target = Path(folder if out is None else out)
    if out is None:
        add_files(target, made, overwrite=overwrite)
    else:
        _place(target, made, overwrite)
    return [target / name for name in made]


def file_of(name: str, locale: str = "en", audience: str = "validator") -> str:
    """File of a rendering.

    Examples
    --------
    >>> file_of("pdf"), file_of("pdf", "zh", "person")
    ('report.pdf', 'report.person.zh.pdf')
    """
    stem, _, suffix = FORMATS[name].rpartition(".")
    parts = [stem, "" if audience == "validator" else audience, "" if locale == "en" else locale, suffix]
    return ".".join(filter(None, parts))


def _place(target: Path, made: dict[str, bytes], overwrite: bool) -> None:
    there = [
        name for name, content in made.items() if (target / name).exists() and not _is_there(target / name, content)
    ]
    if there and not overwrite:
        raise InputError(
            "output-exists",
            f"{str(target)!r} already holds another {there[0]}. Name another folder, or say that it may be replaced: "
            "--overwrite on the command line, overwrite=True in Python.",
        )
    try:
        place_files(target, made)
    except OSError as error:
        raise InputError(
            "cannot-write",
            f"The renderings cannot be written to {str(target)!r}: {error.strerror or error}. "
            "Name a folder that you may write to, on a disk with space left.",
        ) from error


def _is_there(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content
