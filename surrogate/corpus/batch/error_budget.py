"""Error budget: a batch in which too many rows go wrong ends early, and so does one that has spent what it may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from surrogate.corpus.batch.values import Counts
from surrogate.errors import InputError, ModelError

if TYPE_CHECKING:
    from surrogate.blackbox.endpoints.manners import Manners

__all__ = ["ErrorBudget", "SpendingBudget", "default_max_errors"]

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


class SpendingBudget:
    """What a batch may spend at an endpoint, over all its workers, each of which keeps a budget of its own process only.

    Parameters
    ----------
    manners : Manners
        ``max_calls``, ``max_tokens`` and ``max_cost`` are of the whole batch here.

    Attributes
    ----------
    spent : dict of str to float
        Calls, tokens and cost of the parts that were added.

    Examples
    --------
    >>> from surrogate.blackbox.endpoints import Manners
    >>> budget = SpendingBudget(Manners(max_calls=1000))
    >>> budget.add({"calls": 1280, "tokens": 5000.0, "cost": 0.0})
    >>> budget.check()
    Traceback (most recent call last):
    surrogate.errors.ModelError: The batch has spent 1,280 requests, and its budget is 1,000. ...
    """

    def __init__(self, manners: Manners) -> None:
        self._limits = (
            ("calls", manners.max_calls, "requests"),
            ("tokens", manners.max_tokens, "tokens"),
            ("cost", manners.max_cost, "in money"),
        )
        self.spent = {"calls": 0.0, "tokens": 0.0, "cost": 0.0}

    def add(self, spent: Mapping[str, float]) -> None:
        """Count what a part that is placed has spent."""
        self.spent = {name: value + spent.get(name, 0.0) for name, value in self.spent.items()}

    def check(self) -> None:
        """To be called before another part is begun.

        Raises
        ------
        ModelError
            ``budget-spent`` where nothing is left.
        """
        for name, limit, unit in self._limits:
            if limit is not None and self.spent[name] >= limit:
                raise ModelError(
                    "budget-spent",
                    f"The batch has spent {self.spent[name]:,.10g} {unit}, and its budget is {limit:,.10g}. Parts that are "
                    "finished stay; raise the limit in [manners] and run the same command again: only what is missing is asked.",
                )
