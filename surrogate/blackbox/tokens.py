"""Where the tokens of a text stand in it, as the model's own tokenizer cuts it."""

from __future__ import annotations

from typing import Any

from surrogate.errors import ModelError

__all__ = ["token_spans"]


def token_spans(tokenizer: Any, name: str, text: str, before: str = "", after: str = "") -> tuple[tuple[int, int], ...]:
    """Start and end of each token of a text, in characters, in order, without overlap.

    Special tokens are dropped, as are those without characters; tokens that share a character are one, as where a
    character is several bytes; white space at the edges is left out.

    Parameters
    ----------
    tokenizer : transformers tokenizer
    name : str
        What errors call the model.
    text : str
    before, after : str
        The prompt around the text, which decides how its edges are cut.

    Raises
    ------
    ModelError
        ``no-offsets`` when the tokenizer does not tell places.
    """
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(
            "no-offsets",
            f"The tokenizer of {name!r} does not say where its tokens stand in the text. Use words as units, or save the "
            "model with a fast tokenizer (tokenizer.json).",
        )
    whole = f"{before}{text}{after}"
    offsets = tokenizer(whole, add_special_tokens=False, return_offsets_mapping=True, verbose=False)["offset_mapping"]
    spans: list[tuple[int, int]] = []
    for left, right in offsets:
        start, end = max(left - len(before), 0), min(right - len(before), len(text))
        piece = text[start:end] if start < end else ""
        if not piece.strip():
            continue
        start += len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return tuple(spans)
