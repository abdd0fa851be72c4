"""Problem: one file of a batch that is not as it was written, and in what."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Problem"]


@dataclass(frozen=True)
class Problem:
    """One file that is not as it was written.

    Parameters
    ----------
    file : str
        Its name below the folder of the batch.
    sentence : str
        What is wrong with it.

    Examples
    --------
    >>> print(Problem("index.parquet", "It was cut short."))
    index.parquet: It was cut short.
    """

    file: str
    sentence: str

    def to_dict(self) -> dict[str, str]:
        """JSON form."""
        return dict(vars(self))

    def __str__(self) -> str:
        return f"{self.file}: {self.sentence}"
