"""What every endpoint shares: texts asked at a time, answers handed on as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import SUM_TOLERANCE, Answers
from surrogate.blackbox.base import Identity, SharedBlackBox
from surrogate.blackbox.checks import check_texts
from surrogate.blackbox.endpoints.access import Access
from surrogate.blackbox.endpoints.crew import each_result
from surrogate.blackbox.endpoints.transport import State, Transport, opened
from surrogate.errors import ModelError

__all__ = ["DECIMALS", "Endpoint", "check_probabilities", "one_answer", "refused_answer"]

#: Decimals kept of a log-probability: servers do not promise the same last bits.
DECIMALS = 6


class Endpoint(SharedBlackBox):
    """A black box behind HTTP.

    Parameters
    ----------
    identity : Identity
    access : Access
        Where it is and how it may be asked.

    Attributes
    ----------
    expires_after : float or None
        Seconds after which a stored answer is to be asked again; None: never.
    tolerance : float
        Largest difference in probability between two answers to one text that the same model may give: when the store asks
        about a stored text again and the answer differs by more, it forgets all answers of the model.

    Examples
    --------
    >>> box = Endpoint(Identity("toy", "chat-endpoint", ("no", "yes")), Access.to("http://localhost:8000"))
    >>> box.expires_after, box.announcement(100)
    (86400.0, 'Up to 100 texts (yours and altered copies of it) may be sent to localhost:8000 in up to 100 requests.')
    """

    def __init__(self, identity: Identity, access: Access) -> None:
        super().__init__(identity)
        self.access = access
        self.expires_after = access.expires_after
        self.tolerance = access.tolerance
        self._state = State.begin(access.manners)

    def __getstate__(self) -> dict[str, Any]:
        # What was spent stays with this process, so that the digest of a pipeline does not depend on what was asked.
        return {name: value for name, value in self.__dict__.items() if name != "_state"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._state = State.begin(self.access.manners)

    @property
    def requests_per_text(self) -> int:
        """Requests that one text needs."""
        return 1

    @property
    def sent_beside(self) -> tuple[str, ...]:
        """What is sent beside a text, one entry for each of its requests: prompt or questions; empty: the text alone."""
        return ("",) * self.requests_per_text

    @property
    def most_written(self) -> int:
        """Tokens that one answer may have at most, as far as the request bounds them."""
        return 0

    @property
    def spent(self) -> dict[str, float]:
        """Requests, tokens and money spent by this object so far."""
        ledger = self._state.ledger
        return {"calls": ledger.calls, "tokens": ledger.tokens, "cost": ledger.cost}

    def announcement(self, n_texts: int, which: str = "yours and altered copies of it") -> str:
        """What will be sent where, before anything is sent.

        Parameters
        ----------
        n_texts : int
            Texts at most.
        which : str
            Whose texts they are.
        """
        return self._announced(n_texts, n_texts * self.requests_per_text, which)

    def _announced(self, n_texts: int, n_requests: int, which: str) -> str:
        limits = self.access.manners.describe()
        return (
            f"Up to {n_texts:,} texts ({which}) may be sent to {self.access.address.place} in up to "
            f"{n_requests:,} requests" + (f"; budget: {limits}." if limits else ".")
        )

    def answer(self, texts: Sequence[str]) -> Answers:
        """Answers to ``texts``, one row per text, in their order.

        Raises
        ------
        InputError
            ``not-text``, ``not-utf8`` or ``missing-key``.
        ModelError
            When the endpoint cannot be reached, refuses, is busy for too long, answers otherwise than it should, or the
            budget is spent.
        """
        rows: dict[str, Answers] = {}
        distinct = list(dict.fromkeys(check_texts(texts)))

        def keep(kept: list[str], answers: Answers) -> None:
            rows.update((text, answers.take([row])) for row, text in enumerate(kept))

        if not distinct:
            return refused_answer(len(self.classes_)).take([])
        self.answer_each(distinct, keep)
        return Answers.concatenate([rows[text] for text in distinct]).for_texts(texts, distinct)

    def answer_each(self, texts: Sequence[str], keep: Callable[[list[str], Answers], None], draw: int = 0) -> None:
        """Ask about distinct texts and hand on every answer as it comes, so that none is lost when the rest fails.

        Parameters
        ----------
        texts : sequence of str
        keep : callable (list of str, Answers) -> None
            Called in the thread of the caller; after an interrupt it may get an answer a second time.
        draw : int, default 0
            Which of the repeated answers of an endpoint whose answers vary.

        Raises
        ------
        InputError, ModelError
            As :meth:`answer`; the answers that came before, and those in flight, have been handed on.
        KeyboardInterrupt
            Likewise.
        """
        listed = check_texts(texts)
        key = self.access.key.read()

        def open_session(stop: asyncio.Event) -> AbstractAsyncContextManager[Transport]:
            return opened(self.access.address, self.access.manners, key, self._state, stop)

        async def job(transport: Transport, number: int) -> Answers:
            return await self.ask(transport, listed[number], draw)

        def hand_on(results: list[tuple[int, Answers]]) -> None:
            keep([listed[number] for number, _ in results], Answers.concatenate([answer for _, answer in results]))

        each_result(open_session, job, len(listed), self.access.manners.concurrency, hand_on)

    async def ask(self, transport: Transport, text: str, draw: int) -> Answers:
        """Ask about one text; an Answers of length 1."""
        raise NotImplementedError

    def check_served(self, reply: dict[str, Any]) -> None:
        """Raise when the server names another model than before.

        Raises
        ------
        ModelError
            ``model-changed``.
        """
        served = reply.get("model")
        if not isinstance(served, str) or not served:
            return
        wanted = self.access.served_model or self._state.served
        if wanted and served != wanted:
            raise ModelError(
                "model-changed",
                f"The endpoint at {self.access.address.place} answers as {served!r}; it should answer as {wanted!r}. One "
                "explanation needs one model: name an exact version as model, or correct served_model.",
            )
        self._state.served = served


def check_probabilities(values: Sequence[object], place: str, multi_label: bool = False) -> NDArray[np.float64]:
    """Probabilities of one text as an array, shape (n_classes,).

    Raises
    ------
    ModelError
        ``bad-answer-values``: nothing is imputed or renormalised.

    Examples
    --------
    >>> check_probabilities([0.25, 0.75], "localhost").tolist()
    [0.25, 0.75]
    """
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    row = np.array(numbers, dtype=np.float64)
    if len(row) != len(values) or not ((row >= 0) & (row <= 1 + SUM_TOLERANCE)).all():
        raise ModelError(
            "bad-answer-values",
            f"{place} answered with something other than probabilities between 0 and 1. Ask for the form of answer that "
            "this kind of endpoint is documented to give, or wrap it in a function of your own.",
        )
    if not multi_label and abs(row.sum() - 1) > SUM_TOLERANCE:
        raise ModelError(
            "bad-answer-values",
            f"The probabilities that {place} gives sum to {row.sum():.4g}, not to 1, and nothing is renormalised silently. "
            "Does the server round them, or is each option answered on its own? Then ask one noul question for each label.",
        )
    return row


def one_answer(
    row: NDArray[np.float64],
    label_mass: float | None = None,
    embedding: NDArray[np.float32] | None = None,
    votes: NDArray[np.int64] | None = None,
) -> Answers:
    """An Answers of length 1, its log-probabilities rounded to :data:`DECIMALS`.

    Examples
    --------
    >>> one_answer(np.array([0.25, 0.75])).log_probabilities.tolist()
    [[-1.386294, -0.287682]]
    """
    with np.errstate(divide="ignore"):
        logs = np.minimum(np.round(np.log(row), DECIMALS), 0.0)
    return _length_one(logs, label_mass, embedding, votes, refused=False)


def refused_answer(
    n_classes: int,
    label_mass: float | None = None,
    embedding: NDArray[np.float32] | None = None,
    votes: NDArray[np.int64] | None = None,
) -> Answers:
    """An Answers of length 1 that says the model declined.

    Examples
    --------
    >>> refused_answer(2).refused.tolist()
    [True]
    """
    return _length_one(np.full(n_classes, np.nan), label_mass, embedding, votes, refused=True)


def _length_one(
    logs: NDArray[np.float64],
    mass: float | None,
    embedding: NDArray[np.float32] | None,
    votes: NDArray[np.int64] | None,
    refused: bool,
) -> Answers:
    return Answers(
        logs[None, :],
        None if embedding is None else embedding[None, :],
        None if mass is None else np.array([mass]),
        np.array([refused]),
        np.array([False]),
        None if votes is None else votes[None, :],
    )
