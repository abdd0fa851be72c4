"""The corpus sampler: roles by content, copies that are never a held-out document."""

from __future__ import annotations

import numpy as np
from sklearn.base import clone

from surrogate.perturb import Corpus, role_of
from tests.corpus_toys import corpus


def roles(sample: object) -> list[str]:
    starts = np.cumsum([0, *(len(masks) for masks in sample.masks)])[:-1]  # type: ignore[attr-defined]
    return [str(role) for role in sample.roles[starts]]  # type: ignore[attr-defined]


def test_roles_go_by_text_and_not_by_order() -> None:
    documents = corpus()
    first = dict(zip(documents.texts, roles(Corpus().draw(documents)), strict=True))
    order = list(reversed(range(len(documents))))
    other = documents.take(order)
    assert dict(zip(other.texts, roles(Corpus().draw(other)), strict=True)) == first
    shares = {name: list(first.values()).count(name) / len(first) for name in ("fit", "select", "test")}
    assert 0.4 < shares["fit"] < 0.6
    assert 0.2 < shares["test"] < 0.4
    assert first != dict(zip(documents.texts, roles(Corpus(random_state=1).draw(documents)), strict=True))


def test_no_copy_is_a_held_out_document() -> None:
    texts = [f"pay the bill number {n}" for n in range(60)] + ["pay the bill number", "pay the bill", "the bill", "pay"]
    sample = Corpus(n_copies=10, split=(1, 1, 1)).draw(texts)
    held_out = {text for text in texts if role_of(text, (1, 1, 1)) == "test"}
    starts = set(np.cumsum([0, *(len(masks) for masks in sample.masks)])[:-1].tolist())
    copies = {text for row, text in enumerate(sample.texts) if row not in starts}
    assert held_out
    assert copies
    assert not copies & held_out


def test_copies_are_distinct_and_a_longer_sample_begins_with_the_shorter() -> None:
    text = "why was there a fee when i used my card abroad last week"
    short, long = (Corpus(n_copies=n).fit_transform([text]) for n in (4, 9))
    assert short.texts == long.texts[:5]
    assert len(set(long.texts)) == 10
    assert long.masks[0][1:].mean(axis=1).min() >= 0.5


def test_texts_that_have_nothing_to_delete_have_no_copy() -> None:
    sample = Corpus(n_copies=5).fit_transform(["card", "", "...", "😀"])
    assert sample.texts == ("card", "", "...", "😀")


def test_a_single_string_is_refused_and_clones_are_equal() -> None:
    import pytest

    from surrogate.errors import InputError

    with pytest.raises(InputError, match="Give a list of texts"):
        Corpus().fit_transform("one text")
    assert clone(Corpus(n_copies=3)).get_params() == Corpus(n_copies=3).get_params()
