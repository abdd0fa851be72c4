"""Fitting the corpus proxy: altered copies of some texts are asked about, and a small network is fitted to the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from surrogate.canonical import digest
from surrogate.coarse_to_fine import REFINE_FROM
from surrogate.corpus.batch.plan.copies import sample_texts
from surrogate.corpus.batch.proxy.corpus_proxy import DIGITS, CorpusProxy, words_of_units
from surrogate.errors import InputError
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import CLIP
from surrogate.plan import set_plan
from surrogate.single_thread import single_thread

__all__ = ["PROXY_PLAN", "fit_corpus_proxy"]

#: Copies of each text of the sample: many texts teach more than many copies of a few.
PROXY_PLAN = {"fit": 4, "select": 2, "test": 2}

#: Words in fewer texts of the sample are left out, and of the others the most frequent are kept.
_LEAST_TEXTS = 2
_MOST_WORDS = 20_000

_HIDDEN = 128
_BATCH = 256
_RATE = 3e-3
_PENALTY = 1e-4

#: Passes over the copies, and the fewest steps of gradient descent, where copies are few.
_PASSES = 12
_LEAST_STEPS = 800

#: One text of so many is left out to measure on.
_ONE_IN = 8


@dataclass(frozen=True, eq=False)
class _Copies:
    """Words, targets and text of each copy."""

    bags: tuple[tuple[str, ...], ...]
    targets: NDArray[np.float32]
    text: NDArray[np.int64]

    def take(self, chosen: NDArray[np.bool_]) -> _Copies:
        bags = tuple(bag for bag, flag in zip(self.bags, chosen, strict=True) if flag)
        return _Copies(bags, self.targets[chosen], self.text[chosen])


def fit_corpus_proxy(texts: Iterable[str], n_texts: int, pipe: Pipeline) -> CorpusProxy:
    """Fit a corpus proxy to the answers to altered copies of some of the texts.

    The texts are chosen by their content, so that neither their order nor repetitions matter.

    Parameters
    ----------
    texts : iterable of str
    n_texts : int
        At most so many, at least 16.
    pipe : sklearn.pipeline.Pipeline
        With the steps perturb and query; how copies are made, and who answers.

    Returns
    -------
    CorpusProxy

    Raises
    ------
    InputError
        ``bad-corpus-proxy`` where the texts are too few or have nothing in common, or the model declines them, varies, or
        has no fingerprint.

    References
    ----------
    Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, as scikit-learn's ``MLPRegressor`` carries it out.

    Examples
    --------
    >>> from surrogate.blackbox import FunctionBox
    >>> from surrogate.local_pipeline import local_pipeline
    >>> pipe = local_pipeline("local", FunctionBox(lambda texts: [[0.5, 0.5]] * len(texts), classes=["a", "b"]), None)
    >>> fit_corpus_proxy(["a fee", "a card"], 500, pipe)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    surrogate.errors.InputError: A corpus proxy is fitted to at least 16 distinct texts; the sample has 2 that can be used. ...
    """
    pipe, box = clone(pipe), pipe.named_steps["query"].black_box
    drawn_from = sample_texts(texts, n_texts)
    chosen = [text for text in drawn_from if _can_be_drawn(pipe, text)]
    _check(chosen, n_texts, box)
    asked = _ask(chosen, pipe)
    copies = _copies(asked)
    held = copies.text % _ONE_IN == 0
    if not held.any() or not _vocabulary(copies.take(~held)):
        raise InputError(
            "bad-corpus-proxy",
            f"Too few of the {len(chosen)} texts of the sample were answered, or they have no word in common, so that a corpus "
            "proxy has nothing to learn from. Leave out --corpus-proxy, or give more.",
        )
    with single_thread():
        r2 = _held_out_r2(_fit(copies.take(~held), box), copies.take(held))
        proxy = _fit(copies, box)
    return replace(
        proxy,
        sample=tuple(sorted(digest(text)[:DIGITS] for text in chosen)),
        description={
            "n_texts": len(chosen),
            "n_left_out": len(drawn_from) - len(chosen),
            "n_copies": len(set(asked.texts)),
            "n_words": len(proxy.vocabulary),
            "held_out_texts": len(np.unique(copies.text[held])),
            "held_out_r2": r2,
        },
    )


def _check(texts: Sequence[str], n_texts: int, box: Any) -> None:
    least = 2 * _ONE_IN
    if min(len(texts), n_texts) < least:
        there = f"{n_texts} were asked for" if n_texts < least else f"the sample has {len(texts)} that can be used"
        raise InputError(
            "bad-corpus-proxy",
            f"A corpus proxy is fitted to at least {least} distinct texts; {there}. Leave out --corpus-proxy, or give more.",
        )
    if getattr(box, "stochastic", False) or box.fingerprint is None:
        raise InputError(
            "bad-corpus-proxy",
            "A corpus proxy is fitted to a model that always answers alike and that has a fingerprint. Leave out "
            "--corpus-proxy.",
        )


def _can_be_drawn(pipe: Pipeline, text: str) -> bool:
    """Whether a text has units, and not too many: what it lacks is told where it is explained."""
    try:
        return pipe.named_steps["perturb"].fit([text]).documents_[0].n_units <= REFINE_FROM  # type: ignore[no-any-return]
    except InputError:
        return False


def _ask(texts: Sequence[str], pipe: Pipeline) -> Neighborhood:
    set_plan(pipe, PROXY_PLAN, 0)
    drawn = pipe.named_steps["perturb"].fit(texts).draw(texts)
    return pipe.named_steps["query"].fit(None).transform(drawn)  # type: ignore[no-any-return]


def _copies(asked: Neighborhood) -> _Copies:
    answers = asked.answers
    if answers is None:
        raise InputError("missing-black-box", "The pipeline has no answers. Put a Query step into it.")
    bags = []
    for document, masks in zip(asked.documents, asked.masks, strict=True):
        units = words_of_units(document)
        bags += [tuple(sorted({word for unit in np.flatnonzero(mask) for word in units[unit]})) for mask in masks]
    targets = np.maximum(answers.log_probabilities, np.log(CLIP)).astype(np.float32)
    every = _Copies(tuple(bags), targets, asked.document_of)
    return every.take(answers.usable)


def _vocabulary(copies: _Copies) -> tuple[str, ...]:
    seen = {(word, text) for bag, text in zip(copies.bags, copies.text.tolist(), strict=True) for word in bag}
    counts = Counter(word for word, _ in seen)
    often = sorted((-count, word) for word, count in counts.items() if count >= _LEAST_TEXTS)
    return tuple(sorted(word for _, word in often[:_MOST_WORDS]))


def _design(copies: _Copies, vocabulary: Sequence[str]) -> csr_matrix:
    place = {word: number for number, word in enumerate(vocabulary)}
    rows = [[place[word] for word in bag if word in place] for bag in copies.bags]
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.array([column for row in rows for column in row], dtype=np.int32)
    shape = (len(rows), len(vocabulary))
    return csr_matrix((np.ones(len(columns), dtype=np.float32), columns, starts), shape=shape)


def _fit(copies: _Copies, box: Any) -> CorpusProxy:
    from sklearn.neural_network import MLPRegressor

    vocabulary = _vocabulary(copies)
    design = _design(copies, vocabulary)
    centre, spread = copies.targets.mean(axis=0), max(float(copies.targets.std()), 1e-6)
    batch = min(_BATCH, len(copies.bags))
    passes = max(_PASSES, -(-_LEAST_STEPS * batch // len(copies.bags)))
    network = MLPRegressor(
        hidden_layer_sizes=(_HIDDEN,),
        alpha=_PENALTY,
        batch_size=batch,
        learning_rate_init=_RATE,
        random_state=0,
        # No gain is large enough to go on for: it ends after so many passes.
        tol=1e9,
        n_iter_no_change=passes - 1,
        max_iter=passes + 1,
    )
    network.fit(design, (copies.targets - centre) / np.float32(spread))
    words, outputs = network.coefs_
    hidden, offsets = network.intercepts_
    return CorpusProxy(
        vocabulary,
        words.astype(np.float32),
        hidden.astype(np.float32),
        (outputs * spread).astype(np.float32),
        (offsets * spread + centre).astype(np.float32),
        tuple(str(name) for name in box.classes_),
        bool(box.multi_label),
        str(box.fingerprint),
    )


def _held_out_r2(proxy: CorpusProxy, held: _Copies) -> float:
    """Of the log-probabilities of all classes, on copies of texts that the fit did not see."""
    design = _design(held, proxy.vocabulary)
    active = np.maximum(design @ proxy.words + proxy.hidden, 0.0)
    errors = held.targets - (active @ proxy.outputs + proxy.offsets)
    variation = float(((held.targets - held.targets.mean(axis=0)) ** 2).sum())
    return 1.0 - float((errors**2).sum()) / max(variation, 1e-12)
