"""Votes: which label a chat model's answer names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["named_label", "response_format", "vote_counts", "vote_shares"]

_EDGES = " \t\r\n\"'`*.:!"


def named_label(content: object, labels: Sequence[str], structured: bool = False) -> int | None:
    """Number of the label that an answer is; None: it is none of them.

    The answer must be the label and nothing else, but for case, quotation marks and a full stop: a label inside a sentence
    may be denied by it.

    Parameters
    ----------
    content : object
        The answer; anything but a str names no label.
    labels : sequence of str
    structured : bool, default False
        Whether the answer is JSON ``{"label": ...}``.

    Examples
    --------
    >>> named_label(" Cards.", ["cards", "cash"]), named_label("not cash", ["cards", "cash"])
    (0, None)
    >>> named_label('{"label": "cash"}', ["cards", "cash"], structured=True)
    1
    """
    if structured and isinstance(content, str):
        try:
            reply = json.loads(content)
        except (ValueError, RecursionError):
            return None
        content = reply.get("label") if isinstance(reply, dict) else None
    if not isinstance(content, str):
        return None
    plain = [_plain(label) for label in labels]
    answer = _plain(content)
    return plain.index(answer) if answer in plain else None


def vote_counts(votes: Sequence[int | None], n_labels: int) -> NDArray[np.int64]:
    """Votes for each label, shape (n_labels,); those that named none are left out.

    Examples
    --------
    >>> vote_counts([0, 0, None, 1], 3).tolist()
    [2, 1, 0]
    """
    return np.bincount([vote for vote in votes if vote is not None], minlength=n_labels).astype(np.int64)


def vote_shares(votes: Sequence[int | None], n_labels: int, pseudo_count: float) -> NDArray[np.float64]:
    """Smoothed shares of the votes that named a label.

    Parameters
    ----------
    votes : sequence of (int or None)
    n_labels : int
    pseudo_count : float
        Votes added to every label: one half (Jeffreys) or one (Laplace).

    Examples
    --------
    >>> vote_shares([0, 0, None, 1], 2, 0.5).tolist()
    [0.625, 0.375]
    """
    counts = vote_counts(votes, n_labels).astype(np.float64)
    return (counts + pseudo_count) / (counts.sum() + n_labels * pseudo_count)


def response_format(labels: Sequence[str]) -> dict[str, Any]:
    """What asks an OpenAI-compatible server for JSON that names one of the labels.

    Examples
    --------
    >>> response_format(["a", "b"])["json_schema"]["schema"]["properties"]
    {'label': {'type': 'string', 'enum': ['a', 'b']}}
    """
    schema = {
        "type": "object",
        "properties": {"label": {"type": "string", "enum": list(labels)}},
        "required": ["label"],
        "additionalProperties": False,
    }
    return {"type": "json_schema", "json_schema": {"name": "label", "strict": True, "schema": schema}}


def _plain(text: str) -> str:
    return text.strip(_EDGES).casefold()
