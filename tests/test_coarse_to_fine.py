"""Long texts: units found from coarse to fine, words learned by type, terms over groups of words."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surrogate import load
from surrogate.agreement import found_again
from surrogate.blackbox import FunctionBox
from surrogate.coarse_to_fine import refine_units
from surrogate.errors import InputError
from surrogate.fit.bands import find_bands
from surrogate.fit.grouped import fit_grouped
from surrogate.fit.word_types import distil_long, fit_word_types, word_types
from surrogate.linear_model import LinearModel, Term
from surrogate.literals import Literal
from surrogate.reference import reference_masks
from surrogate.refinement import Refinement, Stage
from surrogate.rows import Rows
from surrogate.shares import Share, condition_from_dict, product
from surrogate.units import from_spans, nest, split_units

DULL = (
    "The form was kept in the usual folder near the window.",
    "Nothing in the second column had changed since the spring.",
    "A copy was sent to the office on the third floor.",
    "The list was read aloud and then put back as before.",
    "Each page carries a number in the lower corner.",
    "Some of the dates were written with a blue pen.",
    "The meeting began on time and ended a little early.",
)
PLANTED = {"refund": 3.0, "fraud": -2.5, "complaint": 2.0}
WHERE = {
    7: "They asked for a refund of the whole amount.",
    22: "Nobody could say whether it was fraud or not.",
    30: "The complaint was written down on the same day.",
}


def paragraph(number: int) -> str:
    sentences = [DULL[(number + step) % len(DULL)] for step in range(3)]
    return " ".join([sentences[0], WHERE.get(number, sentences[1]), sentences[2]])


LONG_TEXT = "\n\n".join(paragraph(number) for number in range(36))


class Planted:
    """Log-odds that add up planted words, wherever they stand; remembers what it was asked."""

    def __init__(self, weights: dict[str, float]) -> None:
        self.weights = weights
        self.asked: list[str] = []
        self.box = FunctionBox(self.answer, ["yes", "no"], name="planted")

    def log_odds(self, text: str) -> float:
        return sum(weight for word, weight in self.weights.items() if word in text) - 0.5

    def answer(self, texts: list[str]) -> list[list[float]]:
        self.asked += texts
        shares = [1 / (1 + math.exp(-self.log_odds(text))) for text in texts]
        return [[share, 1 - share] for share in shares]


@pytest.fixture(scope="module")
def refined() -> Refinement:
    return refine_units(LONG_TEXT, load("local", Planted(PLANTED).box), 200)


def test_planted_words_become_units(refined: Refinement) -> None:
    assert set(PLANTED) <= set(refined.document.units)


def test_what_does_not_matter_stays_whole(refined: Refinement) -> None:
    paragraphs = split_units(LONG_TEXT, "paragraph")
    assert len(set(paragraphs.spans) & set(refined.document.spans)) == 33
    assert refined.document.n_units < 80
    assert refined.stages[0].split == (7, 22, 30)


def test_no_character_is_lost(refined: Refinement) -> None:
    document = refined.document
    pieces = itertools.chain.from_iterable(zip(document.gaps, [*document.units, ""], strict=True))
    assert "".join(pieces) == LONG_TEXT
    assert document.keep(np.ones(document.n_units, dtype=bool)) == LONG_TEXT
    assert len(nest(document, split_units(LONG_TEXT, max_units=None))) == split_units(LONG_TEXT, max_units=None).n_units


def test_every_text_is_asked_once_and_counted() -> None:
    planted = Planted(PLANTED)
    refined = refine_units(LONG_TEXT, load("local", planted.box), 150)
    assert len(planted.asked) == len(set(planted.asked)) == refined.calls <= 150
    assert sum(stage.calls for stage in refined.stages) == refined.calls


def test_what_was_asked_is_said_in_final_units(refined: Refinement) -> None:
    asked = refined.asked
    assert asked is not None
    assert asked.texts == tuple(refined.document.keep(mask) for mask in asked.masks[0])
    assert set(asked.roles) == {"refine"}


def test_the_same_text_gives_the_same_units(refined: Refinement) -> None:
    again = refine_units(LONG_TEXT, load("local", Planted(PLANTED).box), 200)
    assert again.document.spans == refined.document.spans
    assert again.to_dict() == refined.to_dict()


def test_the_record_is_plain_json(refined: Refinement) -> None:
    record = json.loads(json.dumps(refined.to_dict()))
    assert [Stage.from_dict(stage) for stage in record["stages"]] == list(refined.stages)
    assert [stage.into for stage in refined.stages] == ["sentence", "word"]


def test_a_model_that_does_not_react_splits_nothing() -> None:
    box = FunctionBox(lambda texts: [[0.6, 0.4]] * len(texts), ["yes", "no"])
    refined = refine_units(LONG_TEXT, load("local", box), 100)
    assert refined.document.kind == "paragraph"
    assert refined.stages[-1].reason == "no unit that can be split has an effect"


def test_units_never_pass_their_number() -> None:
    everywhere = Planted(dict.fromkeys(("folder", "spring", "floor", "aloud", "corner", "pen", "early"), 1.0))
    for most in (40, 60, 90):
        assert refine_units(LONG_TEXT, load("local", everywhere.box), 120, max_units=most).document.n_units <= most


def test_fields_of_a_form_are_the_first_units() -> None:
    spans = [(start, start + len(part)) for part in LONG_TEXT.split("\n\n") if (start := LONG_TEXT.index(part)) >= 0]
    form = from_spans(LONG_TEXT, sorted(set(spans)))
    refined = refine_units(form, load("local", Planted(PLANTED).box), 200)
    assert "refund" in refined.document.units
    assert refined.stages[0].n_units == form.n_units


def test_a_text_without_sentences_is_cut_into_passages() -> None:
    stream = " ".join(part.strip(".").lower() for part in LONG_TEXT.replace("\n", " ").split(". "))
    refined = refine_units(stream, load("local", Planted(PLANTED).box), 250)
    assert refined.document.kind == "passage+phrase+word"
    assert set(PLANTED) <= set(refined.document.units)
    assert refined.document.n_units <= 200


def test_one_field_and_one_word_are_not_too_little() -> None:
    pipe = load("local", Planted(PLANTED).box)
    assert refine_units("refund", pipe, 100).document.units == ("refund",)
    alone = from_spans(LONG_TEXT, [(0, len(LONG_TEXT))])
    assert refine_units(alone, pipe, 100).stages[0].kind == "spans+sentence"


def test_too_few_calls_are_refused() -> None:
    with pytest.raises(InputError, match="at least 17 calls"):
        refine_units(LONG_TEXT, load("local", Planted(PLANTED).box), 16)


# five hundred words: words by type, terms over groups

WORDS = (*" ".join(DULL * 6).replace(".", "").split(), "refund", "claim", "appeal", "refund", "fine", "debt")
EFFECTS = {"refund": 2.0, "claim": 1.9, "appeal": 2.1, "fine": -1.5, "debt": -1.5, "folder": 0.3, "window": 0.3}


def values_of(masks: np.ndarray) -> np.ndarray:
    each = np.array([EFFECTS.get(word, 0.0) for word in WORDS])
    return masks @ each / np.sqrt(np.maximum(masks.mean(axis=1), 0.01)) - 2.0


def rows_of(kind: str, n: int, seed: int) -> Rows:
    masks, weights = reference_masks(len(WORDS), n, np.random.default_rng(seed), kind)
    values = values_of(masks)
    return Rows(masks, values, values, weights * n, np.arange(n) // 2, WORDS, reference=kind)


def predict(model: LinearModel, masks: np.ndarray) -> np.ndarray:
    said = np.full(len(masks), model.intercept)
    for term in model.terms:
        said += term.coefficient * product(term.literals, masks)
    return said


def r2(values: np.ndarray, said: np.ndarray) -> float:
    return float(1 - ((values - said) ** 2).mean() / values.var())


def test_words_of_one_type_share_an_effect_whatever_their_case() -> None:
    assert word_types(["Card", "the", "CARD", "The"]).tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("kind", ["sizes", "uniform"])
def test_word_types_are_learned_from_fewer_rows_than_units(kind: str) -> None:
    proxy = fit_word_types(rows_of(kind, 300, 0))
    unseen = rows_of(kind, 400, 1)
    assert len(WORDS) > 400
    assert r2(unseen.values, proxy.predict(unseen.masks)[:, 0]) > 0.9


def test_a_dozen_groups_say_what_a_dozen_words_cannot() -> None:
    rows = rows_of("sizes", 600, 0)
    taught = distil_long(rows, fit_word_types(rows))
    groups, words = fit_grouped(taught, 6), fit_grouped(taught, 6, max_words=1)
    for kind in ("sizes", "uniform"):
        unseen = rows_of(kind, 400, 1)
        score = r2(unseen.values, predict(groups, unseen.masks))
        assert score > 0.75
        assert score > r2(unseen.values, predict(words, unseen.masks)) + 0.02


def test_words_of_one_weight_meet_in_one_term() -> None:
    rows = rows_of("uniform", 1000, 0)
    model = fit_grouped(distil_long(rows, fit_word_types(rows)), 3, max_units=1)
    named = [{WORDS[unit] for part in term.literals for unit in part.units or ()} for term in model.terms]
    assert {"refund", "claim", "appeal"} <= named[0]
    assert {"fine", "debt"} <= set().union(*named[1:])


def test_both_reference_distributions_count_alike() -> None:
    rows = rows_of("sizes", 200, 0)
    taught = distil_long(rows, fit_word_types(rows), 512)
    half = [slice(0, 256), slice(256, 512)]
    spread = [
        float((taught.weights[part] * (taught.values[part] - taught.values[part].mean()) ** 2).sum()) for part in half
    ]
    assert spread[0] == pytest.approx(spread[1])
    assert taught.source == "ridge on distinct words"


def test_a_constant_answer_gives_a_model_without_terms() -> None:
    rows = rows_of("sizes", 100, 0)
    flat = Rows(rows.masks, np.ones(100), np.ones(100), rows.weights, rows.pairs, WORDS)
    model = fit_grouped(flat)
    assert model.terms == ()
    assert model.intercept == pytest.approx(1.0)


def test_a_group_is_found_again_when_most_of_its_words_have_its_sign() -> None:
    band = Term((Share((0, 1, 2)),), "a, b, c", 1.0)
    same = LinearModel(5, 0.0, (Term((Share((0, 1, 4)),), "a, b, e", 0.7),))
    turned = LinearModel(5, 0.0, (Term((Share((0, 1, 4)),), "a, b, e", -0.7),))
    assert found_again(band, same)
    assert not found_again(band, turned)
    assert not found_again(band, LinearModel(5, 0.0, (Term((Share((3, 4)),), "d, e", 1.0),)))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([-2.0, -1.0, -0.5, 0.0, 0.5, 1.5, 2.0]), min_size=1, max_size=6), st.integers(1, 3))
def test_bands_are_the_best_there_are(effects: list[float], n_bands: int) -> None:
    values, counts = np.array(effects), np.ones(len(effects))
    found = sum(values[band].sum() ** 2 / len(band) for band in find_bands(values, counts, n_bands, 3))
    best = 0.0
    for labels in itertools.product(range(n_bands + 1), repeat=len(effects)):
        groups = [values[np.array(labels) == number] for number in range(1, n_bands + 1)]
        if all(len(group) <= 3 and (not len(group) or group.min() * group.max() > 0) for group in groups):
            best = max(best, sum(group.sum() ** 2 / len(group) for group in groups if len(group)))
    assert found == pytest.approx(best)


@pytest.mark.parametrize("share", [Share((0, 2)), Share(None), Share((1,), 0.5), Share(None, 0.25, kept=False)])
def test_shares_survive_json(share: Share) -> None:
    assert condition_from_dict(json.loads(json.dumps(share.to_dict()))) == share


def test_the_share_of_one_unit_is_its_presence() -> None:
    masks, _ = reference_masks(6, 64, np.random.default_rng(0))
    for kept in (True, False):
        assert (Share((3,), kept=kept).values(masks) == Literal(3, kept).holds(masks)).all()
