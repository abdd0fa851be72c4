"""Confirmation: trees only as deep as their leaves can be checked, by test copies and by declared draws inside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.case import Case
from surrogate.evidence import MIN_SUPPORT, Rule, measure_rules, prune_to_support
from surrogate.fit import Panel, RuleTree, Surrogate
from surrogate.literals import Literal
from surrogate.neighborhood import Neighborhood
from surrogate.plan import confirm_of
from surrogate.reference import rule_coverage
from surrogate.rows import Rows
from surrogate.tree_model import TreeModel

__all__ = ["can_check_leaves", "confirmed_rules", "only_checkable", "supported"]


def only_checkable(surrogate: Surrogate | Panel, whole: Neighborhood, n_confirm: int) -> Surrogate | Panel:
    """The surrogates, but no tree is grown where the copies could not check even two leaves: :func:`supported` would cut it.

    Parameters
    ----------
    surrogate : Surrogate or Panel
        Not fitted; its trees are changed.
    whole : Neighborhood
    n_confirm : int
        Calls that are left to confirm rules and anchors.
    """
    members = dict(surrogate.members) if isinstance(surrogate, Panel) else {None: surrogate}
    for member in members.values():
        if isinstance(member, RuleTree) and not can_check_leaves(
            whole, confirm_of(n_confirm, member, members.values())
        ):
            member.set_params(max_leaves=1)
    return surrogate


def can_check_leaves(whole: Neighborhood, n_confirm: int) -> bool:
    """Whether the test copies of a text, with the calls that a tree may spend on more, can check two leaves at least.

    Examples
    --------
    >>> from surrogate.perturb import Delete
    >>> drawn = Delete(n_samples=64).draw(["one two three four five six seven eight"])
    >>> can_check_leaves(drawn, 0), can_check_leaves(drawn, 60)
    (False, True)
    """
    return whole.exhaustive or whole.role("test").n_samples + n_confirm >= 2 * MIN_SUPPORT


def supported(model: Any, case: Case) -> Any:
    """A tree whose leaves can all be checked within the budget; other models as they are."""
    if not isinstance(model, TreeModel) or case.whole.exhaustive or not case.measurable(model.scale):
        return model
    reached = model.leaf_of(case.test(model.scale).masks)
    support = {leaf: int((reached == leaf).sum()) for leaf, _ in model.paths()}
    return prune_to_support(model, support, _coverage(model, case), case.asker.left, MIN_SUPPORT)


def confirmed_rules(model: Any, test: Rows, case: Case) -> tuple[Rule, ...]:
    """The rules of a tree or rule set, measured on the test copies and on further draws where those are too few.

    Parameters
    ----------
    model : TreeModel or RuleSetModel
    test : Rows
    case : Case

    Returns
    -------
    tuple of Rule
    """
    rows = test if case.whole.exhaustive else _with_draws(model, test, case)
    return measure_rules(model, rows, case.outcome)


def _with_draws(model: Any, test: Rows, case: Case) -> Rows:
    """The test rows and, for cells with too few of them, independent draws inside, until each has enough."""
    for cell, literals in _cells(model):
        lacking = MIN_SUPPORT - int((_cell_of(model, test.masks) == cell).sum())
        if 0 < lacking <= case.asker.left:
            masks = case.asker.draw(literals, lacking, _inside(model, cell))
            if len(masks) == lacking:
                test = _appended(test, case.asker.ask(masks))
    return test


def _cells(model: Any) -> Iterator[tuple[int, tuple[Literal, ...]]]:
    """The leaves of a tree, or the rules of a set with "otherwise" last, each with its condition."""
    if isinstance(model, TreeModel):
        yield from model.paths()
        return
    yield from ((number, clause.literals) for number, clause in enumerate(model.clauses))
    yield len(model.clauses), ()


def _cell_of(model: Any, masks: NDArray[np.bool_]) -> NDArray[np.intp]:
    return model.leaf_of(masks) if isinstance(model, TreeModel) else model.clause_of(masks)


def _inside(model: Any, cell: int) -> Callable[[NDArray[np.bool_]], NDArray[np.bool_]]:
    """Which masks reach a cell."""
    return lambda masks: _cell_of(model, masks) == cell


def _appended(first: Rows, more: Rows) -> Rows:
    return replace(
        first,
        masks=np.concatenate([first.masks, more.masks]),
        values=np.concatenate([first.values, more.values]),
        margins=np.concatenate([first.margins, more.margins]),
        weights=np.concatenate([first.weights, more.weights]),
        pairs=np.concatenate([first.pairs, more.pairs]),
    )


def _coverage(tree: TreeModel, case: Case) -> dict[int, float]:
    """Exact share of the reference distribution that reaches each leaf."""
    coverage = {}
    for leaf, literals in tree.paths():
        kept = len({literal.unit for literal in literals if literal.kept})
        removed = len({literal.unit for literal in literals if not literal.kept})
        coverage[leaf] = rule_coverage(tree.n_units, kept, removed, case.whole.reference)
    return coverage
