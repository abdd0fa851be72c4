"""Mask sequences: prefix-stable, from content alone, held out by text."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from surrogate.errors import InputError
from surrogate.neighborhood import Neighborhood
from surrogate.perturb import Delete, ReplaceByMask
from surrogate.reference import all_masks, reference_density, rule_coverage
from tests.toys import MESSAGE

ROLES = ("fit", "select", "test")


def by_role(neighborhood: Neighborhood) -> dict[str, set[str]]:
    return {
        role: {text for text, own in zip(neighborhood.texts, neighborhood.roles, strict=True) if own == role}
        for role in ROLES
    }


def test_a_longer_sequence_begins_with_the_shorter() -> None:
    short, long = Delete(n_samples=100).draw([MESSAGE]), Delete(n_samples=400).draw([MESSAGE])
    assert long.texts[: short.n_samples] == short.texts
    assert (long.roles[: short.n_samples] == short.roles).all()


def test_order_and_company_of_texts_do_not_matter() -> None:
    other = "where is my transfer, it was sent on Monday and has not come"
    alone = Delete().draw([MESSAGE])
    first, second = Delete().draw([other, MESSAGE]).parts()
    assert second.texts == alone.texts
    assert first.texts == Delete().draw([other]).texts


def test_nothing_downstream_enters_the_seed_but_random_state_does() -> None:
    assert Delete(split=(1, 1, 1)).draw([MESSAGE]).texts == Delete().draw([MESSAGE]).texts
    assert Delete(random_state=1).draw([MESSAGE]).texts != Delete().draw([MESSAGE]).texts


def test_the_global_generator_is_untouched() -> None:
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    Delete().draw([MESSAGE])
    assert (np.random.get_state()[1] == before).all()


@pytest.mark.parametrize("design", ["pairs", "lime"])
@pytest.mark.parametrize(
    "text", [MESSAGE, "no no no no no no no no no no no", "one two three four five six seven eight nine"]
)
def test_held_out_texts_are_unseen(design: str, text: str) -> None:
    roles = by_role(Delete(design=design).draw([text]))
    assert roles["fit"]
    assert not roles["fit"] & roles["test"]
    assert not roles["fit"] & roles["select"]
    assert not roles["select"] & roles["test"]


def test_every_text_is_new_under_the_pair_design() -> None:
    neighborhood = Delete(n_samples=512).draw([MESSAGE])
    assert len(set(neighborhood.texts)) == neighborhood.n_samples


def test_the_number_of_distinct_texts_is_a_hard_total() -> None:
    for n_samples in (8, 33, 100, 255, 256):
        assert len(set(Delete(n_samples=n_samples).draw([MESSAGE]).texts)) <= n_samples


def test_a_plan_is_kept_to_the_text() -> None:
    roles = by_role(Delete(n_samples=208, split=(32, 8, 64)).draw([MESSAGE]))
    assert {role: len(texts) for role, texts in roles.items()} == {"fit": 64, "select": 16, "test": 128}


def test_rows_come_in_complement_pairs() -> None:
    neighborhood = Delete().draw([MESSAGE])
    masks = neighborhood.masks[0]
    for pair in np.unique(neighborhood.pairs):
        first, second = masks[neighborhood.pairs == pair]
        assert (first ^ second).all()


def test_sizes_are_uniform() -> None:
    neighborhood = Delete(n_samples=2 + 2 * 40 * 10).draw([MESSAGE])
    sizes = np.minimum(neighborhood.masks[0].sum(axis=1), (~neighborhood.masks[0]).sum(axis=1))
    counts = np.bincount(sizes[sizes > 2])[3:]
    assert counts.max() - counts.min() <= 2 * 3


def test_roles_do_not_alias_with_sizes() -> None:
    neighborhood = Delete(n_samples=1600).draw([MESSAGE])
    share = neighborhood.masks[0].sum(axis=1)
    means = [np.minimum(share, 20 - share)[neighborhood.roles == role].mean() for role in ("fit", "test")]
    assert abs(means[0] - means[1]) < 0.6


def test_small_texts_are_exhausted() -> None:
    neighborhood = Delete(n_samples=256).draw(["one two three four five six seven eight"])
    assert neighborhood.exhaustive
    assert len(set(neighborhood.texts)) == 256
    assert neighborhood.role("test").n_samples == neighborhood.role("fit").n_samples == 256


def test_a_box_that_refuses_the_empty_text_is_never_asked_about_it() -> None:
    for text in (MESSAGE, "one two", "one"):
        assert "" not in Delete(accepts_empty=False).draw([text]).texts


def test_small_sizes_that_run_out_are_weighed_up() -> None:
    neighborhood = Delete(n_samples=256).draw(["one two three four five six seven eight nine"])
    sizes = neighborhood.masks[0].sum(axis=1)
    weight = neighborhood.reference_weight
    by_size = [weight[np.minimum(sizes, 9 - sizes) == size].sum() for size in (1, 2, 3, 4)]
    assert np.ptp(by_size) < 1e-9


def test_transform_knows_only_the_texts_it_was_fitted_on() -> None:
    step = Delete().fit([MESSAGE])
    assert set(step.transform([MESSAGE]).roles) == {"select"}
    with pytest.raises(NotFittedError, match="SameTexts"):
        step.transform(["another text"])


def test_mask_tokens_leave_all_else_alone() -> None:
    neighborhood = ReplaceByMask(mask_token="[MASK]", n_samples=8).draw(["pay  my, bill"])
    assert all(text.count("  ") == 1 for text in neighborhood.texts)
    with pytest.raises(InputError) as caught:
        ReplaceByMask().draw(["pay my bill"])
    assert caught.value.code == "missing-mask-token"


def test_one_string_instead_of_a_list_is_refused() -> None:
    with pytest.raises(InputError, match=r"\[text\]"):
        Delete().fit(MESSAGE)


@pytest.mark.parametrize("params", [{"n_samples": 4}, {"design": "grid"}, {"split": (1, 1)}, {"split": (0, 1, 1)}])
def test_bad_parameters_are_refused(params: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"n_samples|design|split"):
        Delete(**params).fit([MESSAGE])  # type: ignore[arg-type]


@pytest.mark.parametrize("n_units", [1, 2, 3, 6, 7])
def test_the_reference_density_sums_to_one(n_units: int) -> None:
    assert sum(reference_density(n_units, int(mask.sum())) for mask in all_masks(n_units)) == pytest.approx(1)


def test_rule_coverage_equals_enumeration() -> None:
    masks = all_masks(7)
    density = np.array([reference_density(7, int(mask.sum())) for mask in masks])
    under = masks[:, 0] & ~masks[:, 3] & ~masks[:, 4]
    assert rule_coverage(7, 1, 2) == pytest.approx(density[under].sum())
