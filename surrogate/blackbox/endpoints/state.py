"""State: the JSON in which a deployed system hands over the text, with one place for it."""

from __future__ import annotations

from typing import Any

from surrogate.errors import ModelError

__all__ = ["check_state", "filled"]

_PLACE = "{text}"


def check_state(state: Any) -> Any:
    """The state as it is, if it has exactly one place for the text.

    Raises
    ------
    ModelError
        ``prompt-without-text``.

    Examples
    --------
    >>> check_state({"channel": "letter", "message": "{text}"})
    {'channel': 'letter', 'message': '{text}'}
    """
    n_places = _count(state)
    if n_places != 1:
        raise ModelError(
            "prompt-without-text",
            f"The state needs {_PLACE} exactly once, where the text goes; not {n_places} times.",
        )
    return state


def filled(state: Any, text: str) -> Any:
    """A copy of the state with the text in its place; nothing in the text itself is ever filled in.

    Parameters
    ----------
    state : JSON value
    text : str

    Examples
    --------
    >>> filled({"channel": "letter", "turns": ["Subject: {text}"]}, "my {text}")
    {'channel': 'letter', 'turns': ['Subject: my {text}']}
    """
    if isinstance(state, dict):
        return {key: filled(value, text) for key, value in state.items()}
    if isinstance(state, list):
        return [filled(value, text) for value in state]
    return state.replace(_PLACE, text) if isinstance(state, str) else state


def _count(state: Any) -> int:
    if isinstance(state, dict):
        return sum(_count(value) for value in state.values())
    if isinstance(state, list):
        return sum(_count(value) for value in state)
    return state.count(_PLACE) if isinstance(state, str) else 0
