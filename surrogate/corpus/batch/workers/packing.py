"""Packing: the copies of many texts asked about in one pass over the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self, cast

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from surrogate.adaptive import Adaptive
from surrogate.answers import Answers
from surrogate.coarse_to_fine import REFINE_FROM
from surrogate.neighborhood import Neighborhood
from surrogate.plan import Calls, set_plan
from surrogate.query import ask

__all__ = ["CountingStore", "ask_together", "first_copies", "packs"]

#: Copies that are asked about in one pass: enough that batches of each length are full, few enough to be held in memory.
PACK = 8192


class CountingStore:
    """A store that counts the answers that are put into it: what the model was really asked about.

    Parameters
    ----------
    inner : AnswerStore

    Examples
    --------
    >>> from surrogate.store import MemoryStore
    >>> class Box:
    ...     fingerprint = None
    >>> store = CountingStore(MemoryStore())
    >>> store.put(Box(), ["hello", "bye"], Answers.from_probabilities([[0.5, 0.5]] * 2))
    >>> store.n_asked
    2
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.n_asked = 0

    def __sklearn_clone__(self) -> Self:
        return self

    def __getattr__(self, name: str) -> Any:
        # What else a store may offer, such as a canary, is the inner one's to do.
        if name.startswith("__") or name == "inner":
            raise AttributeError(name)
        return getattr(self.inner, name)

    def get(self, black_box: Any, texts: Sequence[str], draw: int = 0) -> dict[str, Answers]:
        """Known answers, each of length 1, by text."""
        known: dict[str, Answers] = self.inner.get(black_box, texts, draw)
        return known

    def put(self, black_box: Any, texts: Sequence[str], answers: Answers, draw: int = 0) -> None:
        """Keep the answers to some texts, in their order."""
        self.n_asked += len(texts)
        self.inner.put(black_box, texts, answers, draw)


def first_copies(pipe: Pipeline, text: str, calls: Calls, budget: int | None) -> Neighborhood | None:
    """The altered copies that explaining a text will ask about at first; None for a long text, whose units are not known yet.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
    text : str
    calls, budget
        As :func:`surrogate.explain` takes them.

    Raises
    ------
    InputError
        When the text cannot be explained.

    Examples
    --------
    >>> from surrogate.blackbox import FunctionBox
    >>> from surrogate.local_pipeline import local_pipeline
    >>> box = FunctionBox(lambda texts: [[0.5, 0.5]] * len(texts), classes=["a", "b"])
    >>> sorted(first_copies(local_pipeline("local", box, None), "pay me", 64, None).texts)
    ['', 'me', 'pay', 'pay me']
    """
    perturb = pipe.named_steps["perturb"]
    n_units = perturb.fit([text]).documents_[0].n_units
    if perturb.units == "word" and n_units > REFINE_FROM:
        return None
    pipe = clone(pipe)
    if calls == "auto":
        start = int(Adaptive(pipe).start)
        set_plan(pipe, start if budget is None else min(start, budget), n_units)
        return pipe.named_steps["perturb"].draw([text], ("fit", "select"))  # type: ignore[no-any-return]
    set_plan(pipe, cast("int | Mapping[str, int] | None", calls), n_units)
    return pipe.named_steps["perturb"].draw([text])  # type: ignore[no-any-return]


def packs(copies: Mapping[str, Sequence[str]], size: int = PACK) -> Iterator[dict[str, Sequence[str]]]:
    """Texts with their copies, in their order, as many at a time as have at most ``size`` copies; one at least.

    Examples
    --------
    >>> [list(pack) for pack in packs({"a": "12", "b": "345", "c": "6"}, 4)]
    [['a'], ['b', 'c']]
    """
    pack: dict[str, Sequence[str]] = {}
    for text, own in copies.items():
        if pack and sum(map(len, pack.values())) + len(own) > size:
            yield pack
            pack = {}
        pack[text] = own
    if pack:
        yield pack


def ask_together(black_box: Any, copies: Sequence[str], store: Any) -> None:
    """Ask about many copies in one pass: each distinct one that the store does not know, sorted and packed by the model.

    Parameters
    ----------
    black_box : BlackBox
    copies : sequence of str
    store : AnswerStore

    Raises
    ------
    InputError, ModelError
        As the model does.
    """
    if copies:
        ask(black_box, copies, store, batch_size=PACK)
