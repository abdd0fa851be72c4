"""Space: in which embeddings the texts of a corpus are near to each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.errors import InputError
from surrogate.query import ask

__all__ = ["Space", "finite_embeddings", "space_of"]


@dataclass(frozen=True, eq=False)
class Space:
    """What gives embeddings, and where they are kept.

    Parameters
    ----------
    reader : BlackBox or Embedder
        Answers with embeddings.
    store : AnswerStore
    progress : callable (n_done, n_all) -> None, optional

    Examples
    --------
    >>> from surrogate.blackbox import load_model
    >>> from surrogate.store import MemoryStore
    >>> Space(load_model("bank-router"), MemoryStore()).embed(["where is my card"]).shape
    (1, 128)
    """

    reader: Any
    store: Any
    progress: Callable[[int, int], None] | None = None

    def read(self, texts: Sequence[str]) -> Answers:
        """Answers to texts, with embeddings; each distinct text that the store does not know is read once."""
        return ask(self.reader, texts, self.store, progress=self.progress)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeddings of texts, shape (n_texts, n_dimensions).

        Raises
        ------
        InputError
            ``bad-embeddings`` for what is none, or not finite; also where a text was refused.
        """
        answers = self.read(texts)
        return finite_embeddings(replace(answers, refused=np.zeros(len(answers), dtype=bool)))

    def announcement(self, n_texts: int, which: str) -> str:
        """What an endpoint will be sent for embeddings; empty where texts stay in this process.

        Parameters
        ----------
        n_texts : int
            Texts at most.
        which : str
            Whose texts they are.
        """
        sends = hasattr(self.reader, "announcement")
        return str(self.reader.announcement(n_texts, f"{which}, for their embeddings")) if sends else ""

    def to_dict(self) -> dict[str, Any]:
        """What a record says of it."""
        return {
            "name": str(self.reader.name),
            "fingerprint": self.reader.fingerprint,
            "details": dict(self.reader.details),
        }


def finite_embeddings(answers: Answers) -> NDArray[np.float32]:
    """The embeddings of answers, checked; those of texts that were refused may be not-a-number, and are to be left out.

    Raises
    ------
    InputError
        ``bad-embeddings`` when there are none, or a value is no number.

    Examples
    --------
    >>> finite_embeddings(Answers.from_probabilities([[1.0]]))
    Traceback (most recent call last):
    surrogate.errors.InputError: The model said that it gives embeddings, and its answers came without. [bad-embeddings]
    """
    vectors = answers.embeddings
    if vectors is None or vectors.ndim != 2:
        raise InputError("bad-embeddings", "The model said that it gives embeddings, and its answers came without.")
    wrong = ~np.isfinite(vectors).all(axis=1) & ~answers.refused
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError("bad-embeddings", f"The embedding of text {row} holds a value that is no number.")
    return vectors


def space_of(
    black_box: Any,
    embeddings: str | Path | Any = "auto",
    *,
    store: Any,
    device: str = "auto",
    progress: Callable[[int, int], None] | None = None,
    allow_remote: bool = False,
) -> Space:
    """The space that was asked for.

    Parameters
    ----------
    black_box : BlackBox or None
        The model that decides.
    embeddings : str, Path or Embedder, default "auto"
        "auto": the embeddings that come with the model's own answers.  Of the ten messages to a bank nearest to an unseen one
        by these, 85 % had the same intent; by those one layer earlier 82 %.  Otherwise what
        :func:`~surrogate.blackbox.embedding_sources.load_embedder` takes, or an object of that kind.
    store : AnswerStore
    device : str, default "auto"
    progress : callable (n_done, n_all) -> None, optional
    allow_remote : bool, default False
        Whether an endpoint of embeddings may be on another machine.

    Raises
    ------
    InputError
        ``missing-embedder`` when the model gives no embeddings and nothing else was named; ``bad-parameter`` for an object
        that is no embedder.
    ModelError
        When the embedder cannot be loaded.

    Examples
    --------
    >>> from surrogate.blackbox import load_model
    >>> space_of(load_model("bank-router"), store=None).to_dict()["name"]
    'bank-router'
    """
    if isinstance(embeddings, str) and embeddings == "auto":
        if not getattr(black_box, "embeds", False):
            called = getattr(black_box, "name", "")
            raise InputError(
                "missing-embedder",
                f"Which texts are alike is found in embeddings, and the model {called!r} gives none. Name what does: "
                "--embeddings NAME, FOLDER or NAME@LAYER (embeddings=… in Python), for instance --embeddings bank-router for "
                "messages to a bank, or the folder of a sentence-transformers model or of an endpoint of embeddings.",
            )
        return Space(black_box, store, progress)
    if isinstance(embeddings, str) and embeddings == "none":
        raise InputError(
            "missing-embedder",
            "Without embeddings no text is near another. Leave --embeddings out, or name what gives them.",
        )
    if not isinstance(embeddings, str | Path):
        if not hasattr(embeddings, "answer"):
            raise InputError(
                "bad-parameter",
                f"Embeddings come from a name, a folder or an Embedder; got {type(embeddings).__name__}. "
                "surrogate.blackbox.embedding_sources.load_embedder loads one.",
            )
        return Space(embeddings, store, progress)
    from surrogate.blackbox.embedding_sources import load_embedder

    return Space(load_embedder(embeddings, device=device, allow_remote=allow_remote), store, progress)
