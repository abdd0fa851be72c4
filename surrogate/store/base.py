"""What every answer store offers, and the one that lives in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self
from weakref import WeakKeyDictionary

from surrogate.answers import Answers

__all__ = ["AnswerStore", "MemoryStore"]


class AnswerStore(Protocol):
    """Where answers are kept: ``get`` returns what is known, ``put`` adds to it.

    ``draw`` numbers the repeated answers of a model whose answers vary; 0 is the first.
    """

    def get(self, black_box: Any, texts: Sequence[str], draw: int = 0) -> dict[str, Answers]:
        """Known answers, each of length 1, by text."""
        ...

    def put(self, black_box: Any, texts: Sequence[str], answers: Answers, draw: int = 0) -> None:
        """Keep the answers to some texts, in their order."""
        ...


class MemoryStore:
    """Answers kept for the life of the process; shared, not copied, by clones of a pipeline.

    Examples
    --------
    >>> class Box:
    ...     fingerprint = None
    >>> box, store = Box(), MemoryStore()
    >>> store.put(box, ["hello"], Answers.from_probabilities([[0.5, 0.5]]))
    >>> sorted(store.get(box, ["hello", "bye"]))
    ['hello']
    """

    def __init__(self) -> None:
        self._by_box: WeakKeyDictionary[Any, dict[tuple[int, str], Answers]] = WeakKeyDictionary()

    def __sklearn_clone__(self) -> Self:
        return self

    def __getstate__(self) -> dict[str, Any]:
        # Answers are left behind: a step's hash and pickle must not grow with what was asked.
        return {}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._by_box = WeakKeyDictionary()

    def get(self, black_box: Any, texts: Sequence[str], draw: int = 0) -> dict[str, Answers]:
        """Known answers, each of length 1, by text."""
        known = self._by_box.get(black_box, {})
        return {text: known[draw, text] for text in texts if (draw, text) in known}

    def put(self, black_box: Any, texts: Sequence[str], answers: Answers, draw: int = 0) -> None:
        """Keep the answers to some texts."""
        self._remember(black_box, {text: answers.take([row]) for row, text in enumerate(texts)}, draw)

    def _remember(self, black_box: Any, answers: dict[str, Answers], draw: int) -> None:
        known = self._by_box.setdefault(black_box, {})
        known.update(((draw, text), answer) for text, answer in answers.items())

    def forget(self, black_box: Any) -> None:
        """Forget all answers of a model."""
        self._by_box.pop(black_box, None)
