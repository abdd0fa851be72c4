"""Recipes: data only, round trips, and errors that name the place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.pipeline import Pipeline

from surrogate import recipes
from surrogate.errors import InputError
from surrogate.fit import Panel, RuleTree, SparseLinear
from surrogate.locate import data_folder
from surrogate.perturb import Delete, ReplaceByMask
from surrogate.query import Query
from surrogate.weigh import Weigh
from tests.toys import card_box

SHIPPED = [
    *("audit", "audit-complaints", "audit-contracts", "audit-medical", "audit-messages", "batch"),
    *("lime", "local", "local-anchor", "local-linear", "local-rules", "local-shapley", "local-tree"),
]


def pipeline(perturb: object, weigh: object, surrogate: object) -> Pipeline:
    return Pipeline([("perturb", perturb), ("query", Query()), ("weigh", weigh), ("surrogate", surrogate)])


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_recipes_round_trip(name: str) -> None:
    pipe = recipes.load(name)
    assert recipes.dump(recipes.load(recipes.dump(pipe))) == recipes.dump(pipe)


def test_the_shipped_recipes_are_these() -> None:
    assert sorted(recipes.shipped_recipes()) == SHIPPED
    assert all(recipes.shipped_recipes().values())
    assert all(path.suffix == ".toml" for path in data_folder("pipelines").iterdir())


@given(
    perturb=st.builds(
        Delete,
        design=st.sampled_from(["pairs", "lime"]),
        n_samples=st.integers(8, 5000),
        split=st.tuples(*[st.integers(1, 9)] * 3),
        random_state=st.integers(0, 99),
    )
    | st.builds(ReplaceByMask, mask_token=st.none() | st.sampled_from(["[MASK]", "<mask>"])),
    weigh=st.builds(
        Weigh, kernel=st.sampled_from(["uniform", "mask_cosine"]), kernel_width=st.floats(0.01, 5, allow_nan=False)
    ),
    surrogate=st.builds(SparseLinear, max_terms=st.integers(1, 30), target=st.none() | st.text(min_size=1, max_size=5))
    | st.builds(lambda n: Panel([("a", RuleTree(max_leaves=n)), ("b", SparseLinear())]), st.integers(2, 30)),
)
def test_load_is_the_inverse_of_dump(perturb: object, weigh: object, surrogate: object) -> None:
    pipe = pipeline(perturb, weigh, surrogate)
    again = recipes.load(recipes.dump(pipe))
    for name, step in pipe.named_steps.items():
        ours, theirs = step.get_params(), again.named_steps[name].get_params()
        for key in ours:
            if not key.endswith(("members", "store")) and not hasattr(ours[key], "fit"):
                assert theirs[key] == ours[key]


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        (
            "max_leaves",
            "max_leafs",
            "unknown-recipe-key",
            ["broken.toml", "surrogate.members.tree", "max_leafs", "max_leaves"],
        ),
        ('class = "Delete"', 'class = "Delte"', "unknown-recipe-key", ["perturb", "Delte", "'Delete'"]),
        ('class = "Query"', 'class = "os.system"', "unknown-recipe-key", ["query", "os.system"]),
        ("[weigh]", "[wiegh]", "unknown-recipe-key", ["wiegh", "'weigh'"]),
        ("n_samples = 512", "n_samples = 2", "bad-recipe-value", ["perturb", "n_samples"]),
        ("n_samples = 512", "n_samples = ", "bad-recipe", ["broken.toml"]),
        ('kernel = "uniform"', 'kernel = "round"', "bad-recipe-value", ["weigh", "kernel"]),
    ],
)
def test_a_wrong_recipe_is_told_where(tmp_path: Path, old: str, new: str, code: str, words: list[str]) -> None:
    path = tmp_path / "broken.toml"
    text = recipes.show_recipe("local")
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        recipes.load(path)
    assert caught.value.code == code
    assert all(word in str(caught.value) for word in words)


def test_an_unknown_recipe_names_the_nearest() -> None:
    with pytest.raises(InputError, match="'local'") as caught:
        recipes.load("locla")
    assert caught.value.code == "unknown-pipeline"


def test_a_recipe_file_without_a_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "short.toml"
    path.write_text(recipes.show_recipe("local").split("[weigh]")[0])
    with pytest.raises(InputError, match=r"\[weigh\]"):
        recipes.load(path)


def test_a_recipe_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('summary = "é"'.encode("latin-1"))
    with pytest.raises(InputError) as caught:
        recipes.load(path)
    assert caught.value.code == "bad-recipe"


def test_a_step_that_a_recipe_cannot_name_is_refused() -> None:
    class Own(Weigh):
        pass

    with pytest.raises(InputError, match="Own"):
        recipes.dump(pipeline(Delete(), Own(), SparseLinear()))


def test_the_model_fills_in_what_only_it_knows() -> None:
    text = recipes.show_recipe("local").replace('class = "Delete"', 'class = "ReplaceByMask"')
    pipe = recipes.load(text, card_box(mask_token="[MASK]"))
    assert pipe.named_steps["perturb"].mask_token == "[MASK]"
