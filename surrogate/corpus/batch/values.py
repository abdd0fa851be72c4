"""What a batch passes around: its settings, the rows of a part, and what comes back of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["REPORTS", "SCHEMA", "Counts", "PartResult", "PartTask", "Settings", "SpooledRow", "WorkSpec"]

#: Name and version of the schema of a row.
SCHEMA = "surrogate-batch-row/1"

#: For which rows a full report may be written; "sample" and "ids" are chosen before anything is asked.
REPORTS = ("none", "adverse", "withheld", "all", "sample", "ids")


@dataclass(frozen=True)
class Settings:
    """What decides the bytes of a row beside the row and the model.

    Parameters
    ----------
    recipe : str
        The pipeline as TOML.
    recipe_name : str
    calls, budget, target, contrast, units
        As :func:`surrogate.explain` takes them.
    policy : dict
        What the evidence must show, as :meth:`surrogate.evidence.Policy.to_dict` gives it.
    stability : {"reported", "all"}
        Whether what refits find again is measured for rows with a full report only.
    keep_text : bool
        Whether rows hold their texts.
    reports : str
        One of :data:`REPORTS`.
    adverse : tuple of str
        Labels of adverse decisions.
    formats : tuple of str
        Renderings of full reports.
    corpus_proxy : int
        Texts that a corpus proxy is fitted on; 0: there is none.
    proxy_sha256 : str or None
        Digest of the corpus proxy.

    Examples
    --------
    >>> Settings("name = 'batch'", "batch").to_dict()["stability"]
    'reported'
    """

    recipe: str
    recipe_name: str
    calls: Any = None
    budget: int | None = None
    target: str | None = None
    contrast: str | None = None
    units: str | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)
    stability: str = "reported"
    keep_text: bool = False
    reports: str = "none"
    adverse: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("html",)
    corpus_proxy: int = 0
    proxy_sha256: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**asdict(self), "adverse": list(self.adverse), "formats": list(self.formats)}


@dataclass(frozen=True)
class WorkSpec:
    """What a worker needs beside the rows: how to load the model, and what must be the same as where the batch was begun.

    Parameters
    ----------
    settings : Settings
    model : dict or BlackBox
        Arguments of :func:`surrogate.blackbox.load_model`, or a black box that pickles without weights.
    fingerprint : str
        Of the model; a worker whose model has another one refuses to work.
    versions : dict of str to str
        Of the packages that decide a number; likewise.
    store : bool, str or AnswerStore
        As :func:`surrogate.explain` takes it.
    proxy : bytes or None
        The corpus proxy.
    """

    settings: Settings
    model: Any
    fingerprint: str
    versions: Mapping[str, str]
    store: Any = False
    proxy: bytes | None = None


@dataclass(frozen=True)
class SpooledRow:
    """One row of the input.

    Parameters
    ----------
    id : str
        From the column of ids, or the number of the row in the input, from 1.
    text : str or None
        None where it cannot be used.
    text_sha256 : str
        Of the text, or of what stands in its place.
    number : int
        Of the row in the input, from 1.
    problem : tuple of (str, str) or None
        Error code and sentence where the text cannot be used; the sentence quotes nothing of it.
    chosen : bool
        Whether a full report was asked for by sample or by id.
    """

    id: str
    text: str | None = field(repr=False)  # No text of a person in logs.
    text_sha256: str
    number: int
    problem: tuple[str, str] | None = None
    chosen: bool = False


@dataclass(frozen=True)
class PartTask:
    """The rows of one part, sorted by (text_sha256, id).

    Parameters
    ----------
    number : int
        Of the part, from 0.
    rows : tuple of SpooledRow
    """

    number: int
    rows: tuple[SpooledRow, ...]


@dataclass(frozen=True)
class Counts:
    """What became of some rows; counts add up.

    Parameters
    ----------
    rows, explained, withheld, errors : int
        Rows, and by status.
    texts : int
        Distinct texts among them.
    calls : int
        Distinct altered copies that single explanations of those texts would have asked for.
    asked : int
        Texts that the model was really asked about.
    reports : int
        Full reports.

    Examples
    --------
    >>> (Counts(rows=2, errors=1) + Counts(rows=3)).rows
    5
    """

    rows: int = 0
    explained: int = 0
    withheld: int = 0
    errors: int = 0
    texts: int = 0
    calls: int = 0
    asked: int = 0
    reports: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(**{name: value + getattr(other, name) for name, value in asdict(self).items()})

    def to_dict(self) -> dict[str, int]:
        """JSON form."""
        return asdict(self)


@dataclass(frozen=True)
class PartResult:
    """What a worker gives back.

    Parameters
    ----------
    number : int
        Of the part.
    parquet : bytes
        Its rows, as one Parquet file.
    counts : Counts
    reports : dict of str to bytes
        Files of full reports by path below ``reports/``.
    seconds : float
        That it took.
    spent : dict of str to float
        Calls, tokens and cost that an endpoint charged.
    """

    number: int
    parquet: bytes
    counts: Counts
    reports: Mapping[str, bytes] = field(default_factory=dict)
    seconds: float = 0.0
    spent: Mapping[str, float] = field(default_factory=dict)
