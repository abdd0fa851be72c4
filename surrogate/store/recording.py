"""A store that remembers what was asked through it, and one that knows a transcript."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from surrogate.answers import Answers
from surrogate.store.base import AnswerStore
from surrogate.transcript import Reading

__all__ = ["RecordingStore"]


class RecordingStore:
    """Every answer that passes through it, in either direction, is remembered by model, draw and text.

    Parameters
    ----------
    inner : AnswerStore
        Where answers are kept.

    Examples
    --------
    >>> from surrogate.store import MemoryStore
    >>> class Box:
    ...     fingerprint = None
    >>> box, store = Box(), RecordingStore(MemoryStore())
    >>> store.put(box, ["hello"], Answers.from_probabilities([[0.5, 0.5]]))
    >>> store.reading(box, "model", {"name": "toy"}).texts
    ('hello',)
    """

    def __init__(self, inner: AnswerStore) -> None:
        self.inner = inner
        self._seen: dict[int, dict[tuple[int, str], Answers]] = {}
        self._boxes: list[Any] = []  # Held, so that no other model takes the place of one that is gone.

    def __sklearn_clone__(self) -> Self:
        return self

    def __getstate__(self) -> dict[str, Any]:
        return {"inner": self.inner}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["inner"])  # type: ignore[misc]

    def __getattr__(self, name: str) -> Any:
        # What else a store may offer, such as a canary, is the inner one's to do.
        if name.startswith("__") or name == "inner":
            raise AttributeError(name)
        return getattr(self.inner, name)

    def get(self, black_box: Any, texts: Sequence[str], draw: int = 0) -> dict[str, Answers]:
        """Known answers, each of length 1, by text."""
        known = self.inner.get(black_box, texts, draw)
        self._of(black_box).update(((draw, text), answer) for text, answer in known.items())
        return known

    def put(self, black_box: Any, texts: Sequence[str], answers: Answers, draw: int = 0) -> None:
        """Keep the answers to some texts, in their order."""
        self.inner.put(black_box, texts, answers, draw)
        self._of(black_box).update(((draw, text), answers.take([row])) for row, text in enumerate(texts))

    def forget(self, black_box: Any) -> None:
        """Forget all answers of a model."""
        self._seen.pop(id(black_box), None)
        self.inner.forget(black_box)  # type: ignore[attr-defined]

    def reading(self, black_box: Any, role: str, traits: dict[str, Any]) -> Reading:
        """What a model answered so far."""
        return Reading.of(role, traits, self._of(black_box))

    def _of(self, black_box: Any) -> dict[tuple[int, str], Answers]:
        if id(black_box) not in self._seen:
            self._boxes.append(black_box)
        return self._seen.setdefault(id(black_box), {})
