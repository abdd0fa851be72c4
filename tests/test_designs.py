"""Mask designs and the reference distribution they are weighted to."""

from __future__ import annotations

import math

import numpy as np
import pytest

from surrogate.literals import Literal, all_hold
from surrogate.perturb import Delete
from surrogate.perturb.designs import DESIGNS, design_weights, masks_of
from surrogate.reference import REFERENCES, all_masks, draw_pairs, draw_under, reference_density, rule_coverage
from surrogate.weigh import exponential_kernel

TEXT = " ".join(f"word{number}" for number in range(14))


def drawn(design: str, n_units: int, n: int, reference: str = "sizes") -> np.ndarray:
    source = masks_of(design, n_units, np.random.default_rng(0), reference)
    return np.concatenate([next(source) for _ in range(n // 2)])


@pytest.mark.parametrize("kind", REFERENCES)
def test_the_densities_of_all_masks_sum_to_one(kind: str) -> None:
    for n_units in (1, 2, 5, 8):
        sizes = all_masks(n_units).sum(axis=1)
        assert math.isclose(sum(reference_density(n_units, int(size), kind) for size in sizes), 1.0)


@pytest.mark.parametrize("kind", REFERENCES)
def test_coverage_is_the_density_of_the_masks_under_a_rule(kind: str) -> None:
    literals = [Literal(0, True), Literal(3, False), Literal(4, True)]
    masks = all_masks(7)
    density = np.array([reference_density(7, int(size), kind) for size in masks.sum(axis=1)])
    assert math.isclose(rule_coverage(7, 2, 1, kind), density[all_hold(literals, masks)].sum())


@pytest.mark.parametrize("kind", REFERENCES)
def test_draws_under_a_condition_follow_the_reference_distribution(kind: str) -> None:
    literals = [Literal(1, True), Literal(4, False)]
    masks = draw_under(literals, 6, 40_000, np.random.default_rng(0), kind)
    assert all_hold(literals, masks).all()
    every = all_masks(6)
    density = np.array([reference_density(6, int(size), kind) for size in every.sum(axis=1)])
    density = np.where(all_hold(literals, every), density, 0.0)
    number = masks @ (2 ** np.arange(6))
    share = np.bincount(number, minlength=64)[every @ (2 ** np.arange(6))] / len(masks)
    assert np.abs(share - density / density.sum()).max() < 0.01


def test_draws_under_an_impossible_condition_have_no_rows() -> None:
    everything_kept = [Literal(unit, True) for unit in range(4)]
    assert draw_under(everything_kept, 4, 10, np.random.default_rng(0)).shape == (0, 4)


def test_densities_of_a_thousand_units_are_finite() -> None:
    assert 0 <= reference_density(1000, 500) < 1
    assert math.isclose(rule_coverage(1000, 1, 0), 0.5)


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("design", ["sizes", "uniform", "shapley"])
def test_weighted_rows_of_a_design_stand_for_the_reference_distribution(design: str, reference: str) -> None:
    masks = drawn(design, 8, 60_000, reference)
    inside = ~np.isin(masks.sum(axis=1), (0, 8))
    weights = design_weights(design, masks, reference)
    every = all_masks(8)
    density = np.array([reference_density(8, int(size), reference) for size in every.sum(axis=1)])
    density[:2] = 0.0

    def curved(some: np.ndarray) -> np.ndarray:
        return some.sum(axis=1) ** 2 + 5.0 * (some[:, 0] & some[:, 1])

    truth = (density * curved(every)).sum() / density.sum()
    assert abs(np.average(curved(masks[inside]), weights=weights[inside]) / truth - 1) < 0.02


@pytest.mark.parametrize("design", DESIGNS)
def test_every_design_draws_two_masks_at_a_time(design: str) -> None:
    masks = drawn(design, 9, 200)
    assert masks.shape == (200, 9)
    if design in ("pairs", "sizes", "uniform", "shapley"):
        assert (masks[::2] ^ masks[1::2]).all()


def test_kernel_draws_need_no_weights_to_be_local() -> None:
    local, lime = drawn("kernel", 20, 40_000), drawn("lime", 20, 40_000)
    kernel = exponential_kernel(1 - np.sqrt(lime.mean(axis=1)), 0.25)
    assert abs(local.mean() - np.average(lime.mean(axis=1), weights=kernel)) < 0.01


def test_uniform_pairs_keep_half_of_each_unit() -> None:
    pairs = draw_pairs(30, np.random.default_rng(1), "uniform")
    sizes = np.array([next(pairs)[0].sum() for _ in range(4000)])
    assert abs(sizes.mean() - 15) < 0.2
    assert abs(sizes.std() - math.sqrt(30 / 4)) < 0.15


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("reference", REFERENCES)
def test_held_out_rows_come_from_the_reference_whatever_the_design(design: str, reference: str) -> None:
    own = Delete(n_samples=200, design=design, reference=reference).draw([TEXT])
    plain = Delete(n_samples=200, design="pairs", reference=reference).draw([TEXT])
    assert own.reference == reference
    for role in ("select", "test"):
        assert set(own.role(role).texts) & set(plain.role(role).texts)
    fitted = set(own.role("fit").texts)
    assert not fitted & (set(own.role("select").texts) | set(own.role("test").texts))


@pytest.mark.parametrize("design", DESIGNS)
def test_a_longer_sequence_of_any_design_begins_with_the_shorter(design: str) -> None:
    short = Delete(n_samples=100, design=design, max_test=40).draw([TEXT])
    long = Delete(n_samples=300, design=design, max_test=40).draw([TEXT])
    assert long.texts[: short.n_samples] == short.texts
    assert list(long.roles[: short.n_samples]) == list(short.roles)


def test_calls_beyond_the_most_test_copies_go_to_fit_and_select() -> None:
    part = Delete(n_samples=1000, max_test=100).draw([TEXT])
    counts = {role: int((part.roles == role).sum()) for role in ("fit", "select", "test")}
    assert counts["test"] == 100
    assert counts["fit"] + counts["select"] == 900
    assert abs(counts["fit"] / counts["select"] - 4) < 0.1


def test_every_mask_counts_alike_in_an_exhaustive_sample_of_the_uniform_reference() -> None:
    part = Delete(n_samples=16, reference="uniform").draw(["pay my bill now"])
    assert part.exhaustive
    assert np.ptp(part.reference_weight) == 0
