"""The rows of a batch that a reviewer looks at first: errors, the least faithful, the closest decisions."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

__all__ = ["KEPT", "KEPT_ERRORS", "WorstRows"]

Row = dict[str, Any]
Held = list[tuple[tuple[Any, ...], Row]]

#: Rows of each kind that are kept; of errors, of each code.
KEPT, KEPT_ERRORS = 20, 3

#: What is kept of a row.
_FIELDS = (
    *("id", "text_sha256", "status", "error_code", "error", "decision", "probability", "margin", "fidelity"),
    *("fidelity_low", "fidelity_high", "verdict", "reason"),
)


class WorstRows:
    """A few rows of each kind; the same ones whatever the order in which all come.

    Parameters
    ----------
    adverse : set of str, optional
        Labels of adverse decisions.

    Examples
    --------
    >>> worst = WorstRows()
    >>> for id, margin in (("b", 0.4), ("a", 0.1)):
    ...     worst.add({"id": id, "text_sha256": id, "status": "explained", "margin": margin})
    >>> [row["id"] for row in worst.to_dict()["closest"]]
    ['a', 'b']
    """

    def __init__(self, adverse: Set[str] = frozenset()) -> None:
        self.adverse = adverse
        self._errors: dict[str, Held] = {}
        self._withheld: Held = []
        self._adverse: Held = []
        self._closest: Held = []

    def add(self, row: Row) -> None:
        """Take a row into account."""
        if row["status"] == "error":
            _keep(self._errors.setdefault(row["error_code"] or "", []), (), row, KEPT_ERRORS)
        elif row["status"] == "withheld":
            # Where nothing could be measured, there is no number by which a row were worse.
            order = (row["fidelity"] is None, row["fidelity"] or 0.0)
            _keep(self._withheld, order, row, KEPT)
            if row["decision"] in self.adverse:
                _keep(self._adverse, order, row, KEPT)
        elif row["margin"] is not None:
            # Of the decision over the next label; negative where another label is explained.
            _keep(self._closest, (abs(row["margin"]),), row, KEPT)

    def to_dict(self) -> dict[str, list[Row]]:
        """The rows by kind, the worst first; of each what a list of rows needs."""
        errors = [row for code in sorted(self._errors) for row in _first(self._errors[code], KEPT_ERRORS)]
        others = {"adverse": self._adverse, "withheld": self._withheld, "closest": self._closest}
        return {"errors": errors, **{kind: _first(held, KEPT) for kind, held in others.items()}}


def _keep(held: Held, order: tuple[Any, ...], row: Row, n_kept: int) -> None:
    # Ids in the order in which people count: 9 before 10.
    place = (*order, len(row["id"]), row["id"], row["text_sha256"])
    if len(held) >= n_kept and place > held[n_kept - 1][0]:
        return
    shown = {name: row.get(name) for name in _FIELDS}
    held.append((place, {**shown, "has_report": row.get("record_sha256") is not None}))
    held.sort(key=lambda one: one[0])
    del held[n_kept:]


def _first(held: Held, n_kept: int) -> list[Row]:
    return [row for _, row in held[:n_kept]]
