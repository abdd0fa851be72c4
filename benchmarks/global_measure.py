"""Measure global surrogates and their peers on one split: rows for the tables."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks import global_peers as peers
from benchmarks import global_rule_peers as rule_peers
from benchmarks.global_rule_peers import point
from benchmarks.global_tasks import EMBEDDINGS, Described, Split, describe, recipe_member
from surrogate.fit.cross_fit import CAUTIONS
from surrogate.fit.rule_search import RuleSearch
from surrogate.store import MemoryStore

Row = dict[str, Any]

OURS, OURS_BARE = "**ours**", "ours, without altered copies"
PEER_L1, PEER_TREE = "scikit-learn, L1, TF-IDF of words", "scikit-learn, tree, TF-IDF of words"
CONTROL = "control: scikit-learn, L1, TF-IDF of our stems"
SET, LIST, SET_BARE = "**ours**, a set", "**ours**, an ordered list", "ours, a set, without altered copies"
GREEDY = "greedy list over words, without altered copies"
TREE_TERMS = "terms only"

#: Prices of an error along our own curve; the cross-fit chooses among the first.
CURVE = (*CAUTIONS, 15.0, 20.0)


def linear_rows(split: Split, described: Described, sizes: tuple[int, ...]) -> list[Row]:
    """Agreement of sparse linear models of each size."""
    rows = []
    for method, weight in ((OURS, None), (OURS_BARE, 0.0)):
        member = recipe_member("linear")
        if weight is not None:
            member.set_params(copy_weight=weight)
        start = time.perf_counter()
        path = member.path(described.fitted, sizes)
        seconds = time.perf_counter() - start
        for size, model in path.items():
            agreement = float(np.mean(model.decide(described.held_out.features) == described.held_out.decisions))
            rows.append(_linear(method, split, size, len(model.coefficients), agreement, seconds))
    words = peers.tfidf(split.of(False), split.of(True))
    stems = peers.tfidf_of_stems(split.of(False), split.of(True))
    for method, fit, given in (
        (PEER_L1, peers.l1_path, words),
        (PEER_TREE, peers.tree_path, words),
        (CONTROL, peers.l1_path, stems),
    ):
        start = time.perf_counter()
        found = fit(given, sizes)
        seconds = time.perf_counter() - start
        rows += [_linear(method, split, size, one.shown, one.agreement, seconds) for size, one in found.items()]
    return rows


def _linear(method: str, split: Split, size: int, shown: int, agreement: float, seconds: float) -> Row:
    row = {"part": "linear", "method": method, "seed": split.seed, "size": size}
    return {**row, "shown": shown, "agreement": agreement, "seconds": seconds}


def rule_rows(split: Split, described: Described) -> list[Row]:
    """Coverage and precision of rules: with the caution that the cross-fit chose, and along the curves."""
    rows: list[Row] = []
    for method, ordered in ((SET, False), (LIST, True)):
        member = recipe_member("rules").set_params(ordered=ordered)
        start = time.perf_counter()
        model: Any = member.learn(described.fitted)
        seconds = time.perf_counter() - start
        held_out = described.held_out
        chosen = {"at": member.caution_, "chosen": True, "seconds": seconds, "shown": len(model.rules)}
        rows.append(_rule(method, split, chosen | point(model.decide(held_out.features), held_out.decisions)))
        rows += [_rule(method, split, one) for one in _curve(member, described)]
    bare = recipe_member("rules").set_params(copy_weight=0.0)
    rows += [_rule(SET_BARE, split, one) for one in _curve(bare, described, rule_peers.CAUTIONS)]
    fitted, held = split.of(False), split.of(True)
    for n_leaves in (40, 100, 200):
        for min_leaf in (1, 4):
            name = f"scikit-learn, leaves of a tree of {n_leaves}, at least {min_leaf} in a leaf"
            found = rule_peers.tree_leaves(*fitted, *held, n_leaves, min_leaf)
            rows += [_rule(name, split, one) for one in found]
    words = describe(split, words=True, stems=False, prefixes=None)
    with threadpool_limits(1):
        rows += [_rule(GREEDY, split, one) for one in rule_peers.greedy_list(words.fitted, words.held_out)]
    return rows


def _curve(member: Any, described: Described, prices: tuple[float, ...] = CURVE) -> Iterable[Row]:
    search = RuleSearch(
        int(member.max_rules),
        int(member.max_conditions),
        int(member.min_support),
        bool(member.ordered),
        float(member.copy_weight),
        tuple(member.exclude),
    )
    table, held_out = member.prepared(described.fitted), described.held_out
    with threadpool_limits(1):
        models = search.models(table, prices)
    for caution, model in models.items():
        found = point(model.decide(held_out.features), held_out.decisions)
        yield {"at": caution, "shown": len(model.rules), **found}


def _rule(method: str, split: Split, measured: Row) -> Row:
    return {"part": "rules", "method": method, "seed": split.seed, "chosen": False, **measured}


def tree_rows(split: Split, embedders: dict[str, Any], store: MemoryStore) -> list[Row]:
    """Agreement of a tree on terms, and on terms and concepts of each embedding."""
    rows = []
    for name in ("", *embedders):
        described = describe(split, embedders.get(name), store)
        start = time.perf_counter()
        model: Any = recipe_member("tree").learn(described.fitted)
        said = model.decide(described.held_out.features)
        rows.append(
            {
                "part": "tree",
                "method": EMBEDDINGS.get(name, TREE_TERMS),
                "seed": split.seed,
                "shown": model.n_leaves,
                "agreement": float(np.mean(said == described.held_out.decisions)),
                "concepts": sum(one.kind == "concept" for one in described.fitted.features.named),
                "seconds": time.perf_counter() - start,
            }
        )
    return rows
