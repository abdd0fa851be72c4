"""Timing: how long a batch would take, projected from a few texts explained for real, or from the pace of an endpoint."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from surrogate.corpus.batch.plan.amounts import number_of
from surrogate.corpus.batch.plan.estimating import Estimate

__all__ = [
    "BatchSize",
    "Probe",
    "Probed",
    "Probing",
    "Timing",
    "peak_memory",
    "probe_texts",
    "time_endpoint",
    "time_local",
]

#: Share of its speed alone that each of several workers keeps: at worst they stand in each other's way.
_SHARED = Estimate(1.0, 1 / 0.9, 2.0)
#: Groups that the probed texts are explained in, after a first one that only warms up.
_GROUPS = 4


@dataclass(frozen=True)
class BatchSize:
    """How much there is to do.

    Parameters
    ----------
    n_rows : int
        Of the input.
    n_texts : int
        Distinct texts that can be used.
    n_problems : int
        Rows whose text cannot be used.
    part_texts : int
        Distinct texts to a part.
    n_done : int
        Texts of parts that are there from before.

    Examples
    --------
    >>> size = BatchSize(n_rows=1200, n_texts=1000, n_problems=3, part_texts=256, n_done=256)
    >>> size.n_parts, size.n_left, size.n_parts_left, size.rows_per_text
    (4, 744, 3, 1.197)
    """

    n_rows: int
    n_texts: int
    n_problems: int = 0
    part_texts: int = 256
    n_done: int = 0

    @property
    def n_parts(self) -> int:
        """Parts in all."""
        return math.ceil(self.n_texts / self.part_texts)

    @property
    def n_left(self) -> int:
        """Texts that are still to be explained."""
        return max(0, self.n_texts - self.n_done)

    @property
    def n_parts_left(self) -> int:
        """Parts that are still to be made."""
        return math.ceil(self.n_left / self.part_texts)

    @property
    def rows_per_text(self) -> float:
        """Usable rows to a distinct text."""
        return (self.n_rows - self.n_problems) / self.n_texts if self.n_texts else 0.0

    def most_in_line(self, workers: int) -> int:
        """Texts of the worker that has most to do: parts are not divided."""
        return min(self.n_left, math.ceil(self.n_parts_left / workers) * self.part_texts)


@dataclass(frozen=True)
class Probed:
    """What explaining some texts for real took.

    Parameters
    ----------
    seconds : float
        Of wall-clock.
    parquet_bytes : int or None
        Size of their rows, as one part; None: not measured.

    Examples
    --------
    >>> Probed(1.5).parquet_bytes is None
    True
    """

    seconds: float
    parquet_bytes: int | None = None


#: Explains some texts for real.
Probe = Callable[[Sequence[str]], Probed]


@dataclass(frozen=True)
class Probing:
    """What was measured on a few texts.

    Parameters
    ----------
    n_texts : int
        Explained for the measurement, the one that warmed up not included.
    seconds : Estimate
        For one text: the quickest group, the mean, the slowest group.
    row_bytes : Estimate or None
        For one row of a part.

    Examples
    --------
    >>> Probing(16, Estimate(0.1, 0.12, 0.2), None).n_texts
    16
    """

    n_texts: int
    seconds: Estimate
    row_bytes: Estimate | None


@dataclass(frozen=True)
class Timing:
    """How long it would take.

    Parameters
    ----------
    seconds : Estimate or None
        Of wall-clock; None: not known.
    how : str
        Where that comes from, in a sentence.

    Examples
    --------
    >>> Timing(None, "Not known: nothing was sent.").to_dict()
    {'seconds': None, 'how': 'Not known: nothing was sent.'}
    """

    seconds: Estimate | None
    how: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"seconds": None if self.seconds is None else self.seconds.to_dict(), "how": self.how}


def probe_texts(probe: Probe, texts: Sequence[str]) -> Probing:
    """Explain some texts for real: the first alone, to warm up, and the others in groups.

    Parameters
    ----------
    probe : callable (texts) -> Probed
    texts : sequence of str
        At least one; such as can be explained.

    Examples
    --------
    >>> probe_texts(lambda texts: Probed(2.0 * len(texts), 5000 + 1000 * len(texts)), list("abcdefghi")).row_bytes.expected
    1000.0
    """
    first = probe(texts[:1])
    rest = list(texts[1:])
    groups = [group for group in (rest[start::_GROUPS] for start in range(_GROUPS)) if group]
    found = [probe(group) for group in groups] or [first]
    sizes = [len(group) for group in groups] or [1]
    rates = [one.seconds / n for one, n in zip(found, sizes, strict=True)]
    seconds = Estimate(min(rates), sum(one.seconds for one in found) / sum(sizes), max(rates))
    return Probing(sum(sizes), seconds, _row_bytes(first, found, sizes))


def _row_bytes(first: Probed, found: Sequence[Probed], sizes: Sequence[int]) -> Estimate | None:
    """Bytes of a row: what each adds to a file; at most with its share of the frame, at least half, as large files shrink."""
    known = [(one.parquet_bytes, n) for one, n in zip(found, sizes, strict=True) if one.parquet_bytes is not None]
    if first.parquet_bytes is None or not known:
        return None
    total, n_all = sum(size for size, _ in known), sum(n for _, n in known)
    whole = total / n_all
    more = sum(n - 1 for _, n in known)
    added = (total - len(known) * first.parquet_bytes) / more if more else whole / 2
    added = min(max(added, whole / 20), whole)
    return Estimate(added / 2, added, whole)


def time_local(probing: Probing, size: BatchSize, workers: int) -> Timing:
    """Project what was measured over all texts and workers.

    Parameters
    ----------
    probing : Probing
    size : BatchSize
    workers : int

    Examples
    --------
    >>> time_local(Probing(8, Estimate(1, 1, 1), None), BatchSize(1000, 1000, part_texts=100), 4).seconds.low
    300.0
    """
    seconds = probing.seconds.times(size.most_in_line(workers))
    was = "was" if probing.n_texts == 1 else "were"
    how = f"{number_of(probing.n_texts, 'text')} {was} explained for real, {probing.seconds.expected:.3g} s each"
    if workers > 1:
        seconds = seconds.times(_SHARED)
        how += f"; {workers} workers, at worst at half their speed alone"
    return Timing(seconds, f"{how}. A part of many texts is packed better than these few.")


def time_endpoint(box: Any, requests: Estimate, workers: int) -> Timing:
    """How long an endpoint would take, as far as its settings tell: nothing is sent.

    Parameters
    ----------
    box : Endpoint
    requests : Estimate
    workers : int
        Each keeps the stated pace on its own.
    """
    manners = box.access.manners
    at_once, each = manners.concurrency * workers, " by each worker" if workers > 1 else ""
    if manners.requests_per_minute is None:
        hours = requests.expected / at_once / 3600
        return Timing(
            None,
            f"Not known: nothing was sent, and no requests_per_minute is stated. {manners.concurrency} requests are in flight"
            f"{each}: {hours:,.3g} hours for every second that an answer takes.",
        )
    pace = manners.requests_per_minute * workers
    return Timing(
        requests.times(60 / pace),
        f"At {manners.requests_per_minute:g} requests a minute{each}, as stated; longer where an answer takes more than "
        f"{60 * at_once / pace:.3g} s. Nothing was sent.",
    )


def peak_memory() -> int | None:
    """Bytes that this process has held at most; None where the system does not tell.

    Examples
    --------
    >>> peak_memory() != 0
    True
    """
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)
