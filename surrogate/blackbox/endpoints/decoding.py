"""Decoding: how probabilities are had from a chat model."""

from __future__ import annotations

from dataclasses import dataclass

from surrogate.errors import InputError

__all__ = ["Decoding"]

_METHODS = ("logprobs", "votes")
#: Counts added to every label.
_SMOOTHING = {"jeffreys": 0.5, "laplace": 1.0}


@dataclass(frozen=True)
class Decoding:
    """How probabilities are had from a chat model.

    Parameters
    ----------
    method : {"logprobs", "votes"}, default "logprobs"
        The log-probabilities of the answer's first tokens; or how often each label is answered.
    n_votes : int, default 5
        Answers to one text, for votes.
    temperature : float, optional
        0 for logprobs and 1 for votes, unless given.
    top_logprobs : int, default 20
        Tokens listed at each place.
    max_tokens : int, default 16
        Tokens of an answer.
    smoothing : {"jeffreys", "laplace"}, default "jeffreys"
        Half a vote, or one, is added to every label.
    structured : bool, default False
        Ask for JSON that names one of the labels (``response_format``); for votes.
    seed : int, optional
        Sent with each vote, counted up from one vote to the next; None: not sent.

    Raises
    ------
    InputError
        ``bad-endpoint``.

    Examples
    --------
    >>> Decoding().heat, Decoding("votes").heat, Decoding("votes").pseudo_count
    (0.0, 1.0, 0.5)
    """

    method: str = "logprobs"
    n_votes: int = 5
    temperature: float | None = None
    top_logprobs: int = 20
    max_tokens: int = 16
    smoothing: str = "jeffreys"
    structured: bool = False
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.method not in _METHODS:
            raise _bad("method", f"one of {', '.join(_METHODS)}")
        if self.smoothing not in _SMOOTHING:
            raise _bad("smoothing", f"one of {', '.join(_SMOOTHING)}")
        for name in ("n_votes", "top_logprobs", "max_tokens"):
            if not _is_whole(getattr(self, name)) or getattr(self, name) < 1:
                raise _bad(name, "a whole number of at least 1")
        if self.seed is not None and not _is_whole(self.seed):
            raise _bad("seed", "a whole number")
        heat = self.temperature
        if heat is not None and (isinstance(heat, bool) or not isinstance(heat, int | float) or not 0 <= heat <= 2):
            raise _bad("temperature", "a number from 0 to 2")
        if not isinstance(self.structured, bool):
            raise _bad("structured", "true or false")
        if self.structured and self.method == "logprobs":
            raise InputError("bad-endpoint", 'Structured answers are read by votes: set method = "votes".')

    @property
    def heat(self) -> float:
        """The temperature that is sent."""
        if self.temperature is not None:
            return float(self.temperature)
        return 0.0 if self.method == "logprobs" else 1.0

    @property
    def pseudo_count(self) -> float:
        """Votes added to every label."""
        return _SMOOTHING[self.smoothing]


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _bad(name: str, wanted: str) -> InputError:
    return InputError("bad-endpoint", f"'{name}' of [decoding] must be {wanted}.")
