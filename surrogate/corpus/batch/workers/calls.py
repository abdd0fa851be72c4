"""One part, as it is handed to a worker and as it comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from surrogate.corpus.batch.values import PartResult, PartTask
from surrogate.errors import SurrogateError

__all__ = ["Call", "Outcome", "Work"]

#: What a worker does with a part; it must pickle.
Work: TypeAlias = Callable[[PartTask], PartResult]


@dataclass(frozen=True)
class Outcome:
    """What became of a part: one of the three is there.

    Parameters
    ----------
    result : PartResult, optional
    error : SurrogateError, optional
        That the work raised; it ends the run.
    death : str, optional
        Why it did not come back, as the error code of its rows: "worker-died" or "out-of-memory".
    """

    result: PartResult | None = None
    error: SurrogateError | None = None
    death: str | None = None


@dataclass(frozen=True, repr=False)
class Call:
    """Work on one part; errors that end the run come back as values, the same over every backend.

    Parameters
    ----------
    work : callable
        ``(PartTask) -> PartResult``.
    task : PartTask

    Examples
    --------
    >>> from surrogate.corpus.batch.values import Counts
    >>> call = Call(lambda task: PartResult(task.number, b"", Counts()), PartTask(3, ()))
    >>> call, call().result.number
    (the work on part 3, 3)
    """

    work: Work
    task: PartTask

    def __repr__(self) -> str:
        # Schedulers log what failed: no text of a person belongs there.
        return f"the work on part {self.task.number}"

    def __call__(self) -> Outcome:
        """Do the work."""
        try:
            return Outcome(result=self.work(self.task))
        except SurrogateError as error:
            return Outcome(error=error)
        except MemoryError:
            return Outcome(death="out-of-memory")
