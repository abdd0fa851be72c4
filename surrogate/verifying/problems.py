"""What a verifier finds wrong, and what keeps it from looking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Problem", "UnreadableError"]


class UnreadableError(Exception):
    """Something cannot be read at all, so that nothing can be said about it; told as a sentence.

    Parameters
    ----------
    file : str
        Name of the file in the report's folder.
    message : str

    Examples
    --------
    >>> str(UnreadableError("report.json", "It is empty."))
    'report.json: It is empty.'
    """

    def __init__(self, file: str, message: str) -> None:
        super().__init__(f"{file}: {message}")
        self.file = file
        self.message = message


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it must be.

    Parameters
    ----------
    files : tuple of str
        The files that it is about; of two that contradict each other, both.
    message : str
        A sentence.
    pointer : str, optional
        JSON pointer into the first file.
    found, expected : JSON value, optional
        What stands there, and what must stand there.

    Examples
    --------
    >>> Problem(("report.html",), "It is not in the manifest.").to_dict()["files"]
    ['report.html']
    """

    files: tuple[str, ...]
    message: str
    pointer: str | None = None
    found: Any = None
    expected: Any = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "files": list(self.files)}

    @property
    def sentence(self) -> str:
        """For a reader, with the names of the files.

        Examples
        --------
        >>> Problem(("report.json",), "It differs.", "/calls/total").sentence
        'report.json#/calls/total: It differs.'
        """
        where = f"#{self.pointer}" if self.pointer else ""
        return f"{', '.join(self.files)}{where}: {self.message}"
