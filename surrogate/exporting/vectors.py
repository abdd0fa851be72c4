"""Conformance vectors: rows at the borders of what a surrogate decides, with its own answer to each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from surrogate.canonical import digest
from surrogate.exporting.columns import Column
from surrogate.exporting.data_files import csv_bytes
from surrogate.exporting.logic import DecisionRow, DecisionTable, Scorecard
from surrogate.exporting.members import Member, said_by_model
from surrogate.exporting.plain import shown

__all__ = ["Vectors", "vectors_of", "write_vectors"]

#: Rows drawn at random for each surrogate, and the most pairs of rules.
_RANDOM = 200
_PAIRS = 2_000

Row = tuple[str, dict[str, bool]]


@dataclass(frozen=True, eq=False)
class Vectors:
    """Rows over the columns of some surrogates.

    Parameters
    ----------
    columns : tuple of Column
        Of all the surrogates, each once.
    presence : ndarray of bool, shape (n_rows, n_columns)
        No row twice.
    why : tuple of str, length n_rows
        What each row is there for.

    Examples
    --------
    >>> vectors_of([]).presence.shape
    (1, 0)
    """

    columns: tuple[Column, ...]
    presence: NDArray[np.bool_]
    why: tuple[str, ...]

    def of(self, member: Member) -> NDArray[np.bool_]:
        """The rows over the columns of one surrogate."""
        place = {column.name: number for number, column in enumerate(self.columns)}
        return self.presence[:, [place[column.name] for column in member.logic.columns]]


def vectors_of(members: Sequence[Member]) -> Vectors:
    """Rows at the borders of what surrogates decide.

    Nothing is present; everything is; exactly what each rule asks for, alone and with all that it does not name; each of its
    conditions turned round; what two rules ask for together; each column alone and missing; and rows at random, drawn from the
    names of the columns, so that they are the same everywhere.

    Parameters
    ----------
    members : sequence of Member
    """
    columns = tuple({column.name: column for member in members for column in member.logic.columns}.values())
    place = {column.name: number for number, column in enumerate(columns)}
    kept: dict[bytes, tuple[NDArray[np.bool_], str]] = {}
    for why, rest, named in _rows(members):
        row = np.full(len(columns), rest, dtype=bool)
        for name, present in named.items():
            row[place[name]] = present
        kept.setdefault(row.tobytes(), (row, why))
    presence = np.array([row for row, _ in kept.values()], dtype=bool).reshape(len(kept), len(columns))
    return Vectors(columns, presence, tuple(why for _, why in kept.values()))


def _rows(members: Sequence[Member]) -> Iterator[tuple[str, bool, dict[str, bool]]]:
    """What each row is for, whether all that it does not name is present, and what it names."""
    yield "nothing is present", False, {}
    yield "everything is present", True, {}
    for member in members:
        logic = member.logic
        name = shown(member.name)
        yield from _of_rules(name, logic) if isinstance(logic, DecisionTable) else _of_scores(name, logic)
        yield from _at_random(name, logic)


def _of_rules(name: str, table: DecisionTable) -> Iterator[tuple[str, bool, dict[str, bool]]]:
    for row in table.rows:
        asked = _named(table.columns, row)
        for rest in (False, True):
            also = " with everything else" if rest else ""
            yield f"{name} {row.id}: exactly its condition{also}", rest, asked
            for column in asked:
                yield f"{name} {row.id}: without {column}{also}", rest, asked | {column: not asked[column]}
    for one, two in _together(table):
        both = _named(table.columns, one) | _named(table.columns, two)
        yield f"{name} {one.id} and {two.id} hold", False, both


def _named(columns: tuple[Column, ...], row: DecisionRow) -> dict[str, bool]:
    return {columns[column].name: present for column, present in row.tests}


def _together(table: DecisionTable) -> list[tuple[DecisionRow, DecisionRow]]:
    """Pairs of rules that can hold together: all, or as many at equal distances."""
    pairs = [
        (one, two)
        for one, two in combinations(table.rows, 2)
        if all(dict(two.tests).get(column, present) == present for column, present in one.tests)
    ]
    step = max(1, -(-len(pairs) // _PAIRS))
    return pairs[::step]


def _of_scores(name: str, card: Scorecard) -> Iterator[tuple[str, bool, dict[str, bool]]]:
    for column in card.columns:
        yield f"{name}: {column.name} alone", False, {column.name: True}
        yield f"{name}: all but {column.name}", True, {column.name: False}
    for label, weights in enumerate(card.weights, 1):
        raised = {card.columns[place].name: True for place, weight in weights if weight > 0}
        yield f"{name}: all that raises class {label}", False, raised
        for one in raised:
            yield f"{name}: all that raises class {label} but {one}", False, raised | {one: False}


def _at_random(name: str, logic: DecisionTable | Scorecard) -> Iterator[tuple[str, bool, dict[str, bool]]]:
    names = [column.name for column in logic.columns]
    generator = np.random.default_rng(int(digest("\n".join(names)), 16))
    for _ in range(_RANDOM if names else 0):
        share = generator.choice([0.02, 0.1, 0.3, 0.5])
        drawn = generator.random(len(names)) < share
        yield f"{name}: at random", False, dict(zip(names, drawn.tolist(), strict=True))


def write_vectors(vectors: Vectors, members: Sequence[Member]) -> bytes:
    """vectors.csv: the rows, with what each surrogate itself says of them.

    Parameters
    ----------
    vectors : Vectors
    members : sequence of Member
    """
    answers = []
    header = ["vector", "why", *(column.name for column in vectors.columns)]
    for member in members:
        said = said_by_model(member, vectors.of(member))
        header += [f"expected class: {shown(member.name)}", f"expected rule: {shown(member.name)}"]
        answers += [said.labels, said.rules or (None,) * len(said.labels)]
    rows = (
        [
            number + 1,
            vectors.why[number],
            *("true" if one else "false" for one in row),
            *(one[number] for one in answers),
        ]
        for number, row in enumerate(vectors.presence.tolist())
    )
    return csv_bytes(header, rows)
