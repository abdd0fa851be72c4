"""Choosing: for which rows of a batch a full report is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surrogate.canonical import digest
from surrogate.corpus.batch.values import REPORTS
from surrogate.errors import InputError
from surrogate.small_files import read_small

__all__ = ["Choice", "read_choice"]


@dataclass(frozen=True)
class Choice:
    """Which rows get a full report.

    Parameters
    ----------
    kind : str
        One of :data:`surrogate.corpus.batch.values.REPORTS`.
    number : int
        Of distinct texts, for a sample.
    ids : tuple of str
        For a choice by ids.

    Examples
    --------
    >>> Choice("sample", 20).name
    'sample:20'
    """

    kind: str = "none"
    number: int = 0
    ids: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the settings of a batch hold: the same choice has the same name."""
        if self.kind == "sample":
            return f"sample:{self.number}"
        return f"ids:{digest(chr(10).join(sorted(self.ids)))}" if self.kind == "ids" else self.kind

    def texts(self, spool: Any) -> frozenset[str]:
        """SHA-256 of the texts that are chosen before anything is asked.

        Parameters
        ----------
        spool : Spool

        Raises
        ------
        InputError
            When an id is not among the rows.
        """
        if self.kind == "sample":
            return frozenset(spool.sample(self.number))
        return frozenset(spool.with_ids(self.ids)) if self.kind == "ids" else frozenset()


def read_choice(told: str, adverse: Sequence[str] = ()) -> Choice:
    """Read what ``--report`` says.

    Parameters
    ----------
    told : str
        "none", "all", "withheld", "adverse", "sample:N" or "ids:FILE", a file with an id to a line.
    adverse : sequence of str
        Labels of adverse decisions.

    Raises
    ------
    InputError
        ``bad-parameter``, or ``bad-file`` and ``not-utf8`` of a file of ids.

    Examples
    --------
    >>> read_choice("sample:20")
    Choice(kind='sample', number=20, ids=())
    """
    kind, _, rest = told.partition(":")
    number = int(rest) if kind == "sample" and rest.isascii() and rest.isdigit() else 0
    if (
        kind not in REPORTS
        or (kind == "sample") != (number > 0)
        or (kind == "ids") != (kind != "sample" and bool(rest))
    ):
        raise InputError(
            "bad-parameter",
            f"Full reports are written for none, all, adverse, withheld, sample:N or ids:FILE; got {told!r}.",
        )
    if kind == "adverse" and not adverse:
        raise InputError(
            "bad-parameter",
            "Reports of adverse decisions need the labels that are adverse: --report adverse --adverse LABEL.",
        )
    return Choice(kind, number, _read_ids(Path(rest)) if kind == "ids" else ())


def _read_ids(path: Path) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(line.strip() for line in read_small(path, "bad-file").splitlines() if line.strip()))
    if not found:
        raise InputError("bad-parameter", f"{path.name} holds no id. Put one to a line.")
    return found
