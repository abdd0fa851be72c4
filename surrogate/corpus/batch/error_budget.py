"""Error budget: a batch in which too many rows go wrong ends early."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from surrogate.corpus.batch.values import Counts
from surrogate.errors import InputError, ModelError

__all__ = ["ErrorBudget", "default_max_errors"]

#: The fewest errors that end a batch by default.
_LEAST = 10
#: How many codes a message lists.
_LISTED = 5


def default_max_errors(n_rows: int) -> int:
    """A tenth of the rows, at least ten.

    Examples
    --------
    >>> default_max_errors(50), default_max_errors(1_000_000)
    (10, 100000)
    """
    return max(_LEAST, n_rows // 10)


class ErrorBudget:
    """How many rows of a batch may be errors.

    Parameters
    ----------
    max_errors : int
        As many are allowed; one more ends the batch.

    Attributes
    ----------
    n_errors : int
    codes : dict of str to int
        Errors by code, as far as they were told.

    Raises
    ------
    InputError
        ``bad-parameter`` for a number below 0.

    Examples
    --------
    >>> budget = ErrorBudget(2)
    >>> budget.add(Counts(rows=100, errors=2), {"too-many-tokens": 2})
    >>> budget.left
    0
    >>> budget.add(Counts(rows=100, errors=1), {"model-failed": 1})
    Traceback (most recent call last):
    surrogate.errors.ModelError: 3 of 200 rows are errors, and --max-errors allows 2: 2 too-many-tokens, 1 model-failed. ...
    """

    def __init__(self, max_errors: int) -> None:
        if isinstance(max_errors, bool) or not isinstance(max_errors, int) or max_errors < 0:
            raise InputError("bad-parameter", f"--max-errors is a whole number of at least 0; got {max_errors!r}.")
        self.max_errors = max_errors
        self.n_errors = 0
        self.n_rows = 0
        self.codes: dict[str, int] = {}

    @property
    def left(self) -> int:
        """Errors that are still allowed."""
        return max(0, self.max_errors - self.n_errors)

    def add(self, counts: Counts, codes: Mapping[str, int] | None = None) -> None:
        """Count the rows of a part that is placed.

        Parameters
        ----------
        counts : Counts
        codes : mapping of str to int, optional
            Its errors by code.

        Raises
        ------
        InputError
            ``too-many-errors`` where all of them lie in the input: texts that cannot be used.
        ModelError
            ``too-many-errors`` otherwise.
        """
        self.n_rows += counts.rows
        self.n_errors += counts.errors
        self.codes = dict(Counter(self.codes) + Counter(codes or {}))
        if self.n_errors > self.max_errors:
            raise self._too_many()

    def _too_many(self) -> InputError | ModelError:
        listed = sorted(self.codes.items(), key=lambda item: (-item[1], item[0]))
        told = ", ".join(f"{number:,} {code}" for code, number in listed[:_LISTED])
        told += ", and others" if len(listed) > _LISTED else ""
        raised = InputError if set(self.codes) and set(self.codes) <= _OF_TEXTS else ModelError
        return raised(
            "too-many-errors",
            f"{self.n_errors:,} of {self.n_rows:,} rows are errors, and --max-errors allows {self.max_errors:,}"
            + (f": {told}. " if told else ". ")
            + "Parts that are finished stay, each error with its code in its row. Correct what the codes name (docs/errors.md) "
            "and start again in another folder; or, where the errors are acceptable, run the same command again with a higher "
            "--max-errors: only what is missing is done.",
        )


#: Codes of errors that lie in a text of the input.
_OF_TEXTS = {
    "empty-text",
    "not-text",
    "not-utf8",
    "not-json",
    "text-too-long",
    "too-many-tokens",
    "bad-file",
    "bad-corpus",
}
