"""Checks of what is asked and of what it may be called."""

from __future__ import annotations

from collections.abc import Sequence

from surrogate.errors import InputError, ModelError

__all__ = ["check_labels", "check_texts"]


def check_texts(texts: Sequence[str]) -> list[str]:
    """``texts`` as a list of strings that can be encoded.

    Raises
    ------
    InputError
        ``not-text`` or ``not-utf8``; the message gives the index, never the text.

    Examples
    --------
    >>> check_texts(("one", ""))
    ['one', '']
    """
    if isinstance(texts, str | bytes):
        raise InputError("not-text", "A list of texts was wanted and one string was given. Put it in a list: [text].")
    listed = list(texts)
    for index, text in enumerate(listed):
        if not isinstance(text, str):
            raise InputError("not-text", f"Text {index} is a {type(text).__name__}; give strings.")
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise InputError(
                "not-utf8",
                f"Text {index} holds half of a surrogate pair and is no valid Unicode. Decode the bytes it came from "
                "with their right encoding.",
            ) from None  # the original error would quote the text
    # numpy.str_ is a subclass that tokenizers refuse
    return [str(text) for text in listed]


def check_labels(labels: Sequence[object], *, at_least: int = 2) -> tuple[str, ...]:
    """``labels`` as strings, all different and none empty.

    Raises
    ------
    ModelError
        ``bad-labels``.

    Examples
    --------
    >>> check_labels([0, 1])
    ('0', '1')
    """
    if isinstance(labels, str | bytes):
        raise ModelError("bad-labels", f"A list of labels was wanted and one string was given: {labels!r}.")
    names = tuple(str(label) for label in labels)
    if len(names) < at_least:
        raise ModelError("bad-labels", f"At least {at_least} labels are needed; got {list(names)}.")
    if any(not name.strip() for name in names):
        raise ModelError(
            "bad-labels", f"Label {[bool(n.strip()) for n in names].index(False)} of {list(names)} is empty."
        )
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ModelError(
            "bad-labels", f"Labels must differ; {repeated} occur more than once. Give every class its own name."
        )
    return names
