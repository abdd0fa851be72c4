"""What errors of rows mean, and what can be done about them."""

from __future__ import annotations

from surrogate.errors import CODES
from surrogate.report.language import message, say

__all__ = ["error_meaning", "error_way_out"]

_ERRORS = {
    "bad-corpus": (
        message("The row of the input cannot be read."),
        message("The message of the row says what is wrong with it. Correct the input."),
    ),
    "worker-died": (
        message("No worker survived the text."),
        message("Look at what the model does with this text, or leave the row out."),
    ),
    "out-of-memory": (
        message("The text needs more memory than a worker has."),
        message("Shorten the text, or use fewer workers on the machine."),
    ),
    "empty-text": (message("The text is empty."), message("Give a text with at least one word, or leave the row out.")),
    "not-text": (
        message("The cell holds no text."),
        message("Correct the input, or name the column of texts with --text."),
    ),
    "not-utf8": (message("The text is not UTF-8."), message("Convert the input to UTF-8.")),
    "text-too-long": (
        message("The text has more units than can be explained one by one."),
        message("Explain the passage that matters, or use a recipe with larger units."),
    ),
    "too-many-tokens": (
        message("The text has more tokens than the model reads, and was not to be cut."),
        message("Shorten the text, or allow it to be cut where the model is loaded."),
    ),
    "declined": (
        message("The model declined to answer the text."),
        message(
            "Without an answer there is nothing to explain. Look at how the model is asked, and whether declining is right."
        ),
    ),
    "model-failed": (
        message("The model raised an error while it was answering."),
        message(
            "The message of the row says which. Correct it, and explain the row anew in another folder: the same command keeps "
            "rows that are there."
        ),
    ),
    "bad-reply": (
        message("The endpoint answered otherwise than it should."),
        message("The message of the row says what came. Compare it with the settings of the endpoint."),
    ),
    "bad-answer-shape": (
        message("The model gave too few or too many answers for the text."),
        message(
            "Correct the model: one row to a text and one column to a class. Then explain the row anew in another folder."
        ),
    ),
    "bad-answer-values": (
        message("The model gave numbers that are no probabilities."),
        message(
            "Correct the model: probabilities between 0 and 1 that sum to 1. Then explain the row anew in another folder."
        ),
    ),
    "row-failed": (
        message("The text could not be explained, for a reason that nobody foresaw."),
        message("Explain the text by itself with surrogate explain: that shows what happens."),
    ),
    "same-label": (
        message("The model decides the text for the very label that it was to be compared with."),
        message("Leave --contrast out, so that all other labels are compared with, or name a --target too."),
    ),
    "unknown-label": (
        message("The target or contrast is not one of the model’s labels."),
        message("Use one of the labels that the message of the row lists."),
    ),
}


def error_meaning(code: str) -> str | None:
    """What an error of a row means; None: only its name is known here.

    Examples
    --------
    >>> error_meaning("empty-text"), error_meaning("xyz")
    ('The text is empty.', None)
    """
    return say(_ERRORS[code][0]) if code in _ERRORS else CODES.get(code)


def error_way_out(code: str) -> str:
    """What can be done about an error of a row.

    Examples
    --------
    >>> error_way_out("not-utf8")
    'Convert the input to UTF-8.'
    """
    return say(_ERRORS[code][1]) if code in _ERRORS else say("The message of the row says what to do.")
