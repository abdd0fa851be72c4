"""Rows: the altered copies of one text with what the model answered to them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from surrogate.verifying.evidence import Evidence
from surrogate.verifying.problems import UnreadableError
from surrogate.verifying.quantity import Quantity

__all__ = ["Row", "Sample", "local_sample"]


@dataclass(frozen=True)
class Row:
    """One altered copy with its answer.

    Parameters
    ----------
    text : str
    mask : int
        Bit i is set where unit i is kept.
    role : str
    pair, draw : int
    weight : float
        By which the rows of a role stand for the reference distribution.
    answer : int
        Number of the answer.
    value, margin : float
        Log-odds, and decision margin.
    counted : (int, int) or None
        Votes for the target, and for either side.
    usable : bool

    Examples
    --------
    >>> Row("a", 0b101, "fit", 0, 0, 1.0, 0, 0.5, 0.5, None, True).n_kept
    2
    """

    text: str
    mask: int
    role: str
    pair: int
    draw: int
    weight: float
    answer: int
    value: float
    margin: float
    counted: tuple[int, int] | None
    usable: bool

    @property
    def n_kept(self) -> int:
        """Number of units that it keeps."""
        return self.mask.bit_count()


@dataclass(frozen=True, eq=False)
class Sample:
    """All rows of one text.

    Parameters
    ----------
    n_units : int
    rows : tuple of Row
        In the order of the evidence.
    has_draws : bool
        Whether the model's answers vary.
    quantity : Quantity
    kernel : str
        Locality kernel of the recipe, with its width.
    width : float or None

    Examples
    --------
    >>> Sample(2, (), False, Quantity(("a", "b"), "a", None, False), "uniform", None).of_role("fit")
    []
    """

    n_units: int
    rows: tuple[Row, ...]
    has_draws: bool
    quantity: Quantity
    kernel: str
    width: float | None

    @property
    def whole(self) -> list[Row]:
        """The sample itself, without what was asked to confirm a rule or to find the units."""
        return [row for row in self.rows if row.role in ("fit", "select", "test", "all")]

    @property
    def exhaustive(self) -> bool:
        """Whether every possible copy is in the sample."""
        return all(row.role == "all" for row in self.whole)

    @property
    def exact(self) -> bool:
        """Whether nothing is left to chance."""
        return self.exhaustive and not self.has_draws

    @property
    def original(self) -> Row:
        """The row of the text itself."""
        full = (1 << self.n_units) - 1
        return next(row for row in self.rows if row.mask == full)

    def of_role(self, *roles: str) -> list[Row]:
        """The usable rows of some roles; rows of every copy serve every role."""
        return [row for row in self.rows if row.usable and row.role in (*roles, "all")]

    def fit_weight(self, row: Row) -> float | None:
        """Weight of a row in the fit; None where the kernel needs embeddings."""
        plain = 1.0 if row.n_kept in (0, self.n_units) else row.weight
        if self.kernel == "uniform":
            return plain
        if self.kernel != "mask_cosine" or self.width is None:
            return None
        distance = 1.0 - math.sqrt(row.n_kept / self.n_units)
        return plain * math.sqrt(math.exp(-(distance**2) / self.width**2))


def local_sample(record: dict[str, Any], evidence: Evidence) -> Sample:
    """The rows of a record of one text.

    Raises
    ------
    UnreadableError
        When evidence and record do not belong together.
    """
    model, decision = record["model"], record["decision"]
    quantity = Quantity(tuple(model["labels"]), decision["target"], decision["contrast"], bool(model["multi_label"]))
    if evidence.kind != "local" or evidence.model.n_classes != len(quantity.classes):
        raise UnreadableError(
            "evidence.json.gz", "It belongs to another kind of report, or to a model with other labels."
        )
    sample = evidence.sample
    n_units, n = len(record["document"]["units"]), len(sample["text"])
    columns = [sample[name] for name in ("mask", "role", "pair", "weight")]
    if int(sample["n_units"]) != n_units or any(len(column) != n for column in columns):
        raise UnreadableError("evidence.json.gz", "Its sample does not fit the units of the record.")
    draws: Sequence[int] = [0] * n if sample["draw"] is None else sample["draw"]
    rows = tuple(
        _row(evidence, quantity, place, int(draw), mask, str(role), int(pair), float(weight), n_units)
        for place, draw, mask, role, pair, weight in zip(sample["text"], draws, *columns, strict=True)
    )
    kernel, width = _kernel(record)
    found = Sample(n_units, rows, sample["draw"] is not None, quantity, kernel, width)
    if not any(row.mask == (1 << n_units) - 1 and row.text == record["document"]["text"] for row in rows):
        raise UnreadableError("evidence.json.gz", "The text of the record is not in it.")
    return found


def _row(
    evidence: Evidence,
    quantity: Quantity,
    place: int,
    draw: int,
    mask: str,
    role: str,
    pair: int,
    weight: float,
    n_units: int,
) -> Row:
    model = evidence.model
    # Only rows that were asked once more have a draw of their own; those that confirm a rule have none.
    answer = model.row_of.get((place, draw), model.row_of.get((place, 0)))
    bits = int.from_bytes(bytes.fromhex(mask), "little")
    if answer is None or bits >> n_units:
        raise UnreadableError("evidence.json.gz", "A row of the sample has no answer, or more units than the text.")
    logs, votes = model.logs(answer), model.votes_of(answer)
    return Row(
        evidence.texts[place],
        bits,
        role,
        pair,
        draw,
        weight,
        answer,
        quantity.log_odds(logs, votes),
        quantity.margin(logs, votes),
        quantity.counted(votes),
        not (model.refused[answer] or model.truncated[answer]),
    )


def _kernel(record: dict[str, Any]) -> tuple[str, float | None]:
    try:
        weigh = tomllib.loads(record["production"]["recipe"]["toml"]).get("weigh", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return "unknown", None
    width = weigh.get("kernel_width", 0.25)
    return str(weigh.get("kernel", "uniform")), float(width) if isinstance(width, int | float) else None
