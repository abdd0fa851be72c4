"""An explanation of which only what a row shows was asked for: the same numbers, and no grades."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from surrogate import explain, load
from surrogate.assembly import assemble, teach
from surrogate.blackbox import FunctionBox
from surrogate.evidence import Policy
from surrogate.explanation import Explanation
from surrogate.long_text import prepare
from surrogate.settling import settle
from surrogate.store import MemoryStore
from tests.toys import MESSAGE, logistic

BOX = FunctionBox(logistic({"lost": 3.0, "card": 2.0, "yesterday": -2.5}, -2.0), classes=["card", "other"])


def for_a_row(text: str, calls: int, recipe: str = "local") -> Explanation:
    pipe = load(recipe).set_params(query__black_box=BOX, query__store=MemoryStore())
    settled = settle(pipe, prepare(pipe, text, calls, None))
    return assemble(settled, teach(settled), Policy(), recipe, full=False)


def test_nothing_is_graded_in_a_row() -> None:
    made = for_a_row(MESSAGE, 128)
    for member in made.members:
        assert member.stability is None
        items = [*getattr(member.model, "terms", ()), *getattr(member.model, "effects", ()), *member.rules]
        assert {(item.grade, item.frequency) for item in items} == {(None, None)}


def test_all_that_a_row_shows_is_as_in_a_report() -> None:
    whole, made = explain(MESSAGE, BOX, calls=128, store=False), for_a_row(MESSAGE, 128)
    for part in ("decision", "flips", "findings", "limits", "calls", "stopping"):
        assert getattr(made, part) == getattr(whole, part)
    for one, other in zip(made.members, whole.members, strict=True):
        assert other.stability is not None
        assert (one.verdict, one.fidelity, one.taught_by) == (other.verdict, other.fidelity, other.taught_by)
        assert (one.misses, one.bands, one.size_reference) == ((), (), None)
        assert all((other.misses, other.bands, other.size_reference))
    assert made.production == {**whole.production, "recipe": None, "answers_sha256": None}
    terms = [
        [(term.text, term.coefficient, term.low) for term in each.members[0].model.terms] for each in (made, whole)
    ]
    assert terms[0] == terms[1]


def test_where_every_copy_was_asked_grades_need_no_refits() -> None:
    made, whole = for_a_row("lost my card", 64), explain("lost my card", BOX, calls=64, store=False)
    shown, left_out = made.to_dict()["surrogates"], {"misses": [], "bands": [], "size_reference": None}
    assert shown == [{**surrogate, **left_out} for surrogate in whole.to_dict()["surrogates"]]


def test_no_tree_is_grown_where_the_copies_cannot_check_two_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many test copies as two leaves need, or calls to ask for more: it is grown, else the mean is said at once."""
    grown = trees(64), trees(128)
    assert [len(tree.nodes) == 1 for tree in grown] == [True, False]
    monkeypatch.setattr("surrogate.assembly.only_checkable", lambda surrogate, *_: surrogate)
    cut = trees(64)
    assert len(cut.nodes) == 1
    assert cut.predict(np.ones((1, cut.n_units), bool)) == pytest.approx(
        grown[0].predict(np.ones((1, cut.n_units), bool))
    )


@pytest.mark.parametrize("calls", [64, 84])
def test_a_tree_that_was_not_grown_is_no_failure_but_too_little_evidence(calls: int) -> None:
    verdict = tree_of(calls, "batch").verdict
    assert verdict.status == "insufficient evidence"
    assert verdict.reason.startswith("No tree was grown: fewer altered copies were left than the 60 ")
    assert verdict.calls_needed is not None
    assert not tree_of(verdict.calls_needed, "batch").verdict.reason.startswith("No tree was grown")


def trees(calls: int) -> Any:
    return tree_of(calls, "local").model


def tree_of(calls: int, recipe: str) -> Any:
    return next(member for member in for_a_row(MESSAGE, calls, recipe).members if member.name == "tree")
