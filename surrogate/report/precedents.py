"""The nearest texts of a corpus, and what the model decides on them, in words."""

from __future__ import annotations

from typing import Any

from surrogate.report.number_format import decimal, percent
from surrogate.report.visible import shorten

__all__ = ["CAUTION", "TITLE", "lead", "lists", "note", "of", "space_name"]

Record = dict[str, Any]

TITLE = "Precedents: the nearest texts of your corpus, and what the model decides on them"

#: What is always said beside them.
CAUTION = (
    "Near in the embeddings is not a reason: the model did not look at these texts when it decided. They show how it decides "
    "on texts that it reads alike, and where it begins to decide otherwise."
)


def of(record: Record) -> Record | None:
    """The precedents of a record; None unless a corpus was given."""
    found: Record | None = record.get("precedents")
    return found


def lead(found: Record) -> str:
    """What the nearest texts say, in sentences.

    Examples
    --------
    >>> near = [{"decision": "cards", "rank": 1}, {"decision": "fees", "rank": 2}]
    >>> lead({"decision": "cards", "nearest": near, "otherwise": near[1:], "n_documents": 9, "n_distinct": 9, "n_asked": 9,
    ...       "n_unusable": 0, "truncated": False, "embeddings": {"name": "bank-router"}})
    'Of the 2 nearest of 9 texts, in the embeddings of bank-router, the model decides 1 as this text: “cards”. The nearest that
    it decides otherwise is number 2: “fees”.'
    """
    shown = found["nearest"]
    alike = sum(one["decision"] == found["decision"] for one in shown)
    sentences = [
        f"Of the {len(shown):,} nearest of {_corpus(found)}, in the embeddings of {space_name(found['embeddings'])}, the model "
        f"decides {alike:,} as this text: “{found['decision']}”."
        if shown
        else f"None of {_corpus(found)} can be used.",
        _otherwise(found) if shown else "",
        f"{found['n_unusable']:,} {'text was' if found['n_unusable'] == 1 else 'texts were'} left out: the model refused or cut "
        f"{'it' if found['n_unusable'] == 1 else 'them'}."
        if found["n_unusable"]
        else "",
        "The text itself was cut before it was embedded or answered." if found["truncated"] else "",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def space_name(embeddings: Record) -> str:
    """What gave the embeddings.

    Examples
    --------
    >>> space_name({"name": "bank-router", "details": {"layer": 2}})
    'bank-router (layer 2)'
    """
    layer = embeddings.get("details", {}).get("layer")
    return f"{embeddings['name']}{'' if layer is None else f' (layer {layer})'}"


def _corpus(found: Record) -> str:
    n_rows, n_texts = found["n_documents"], found["n_distinct"]
    noun = "text" if n_texts == 1 else "texts"
    return f"{n_texts:,} {noun}" if n_rows == n_texts else f"{n_texts:,} different {noun} ({n_rows:,} rows)"


def _otherwise(found: Record) -> str:
    if found["otherwise"]:
        first = found["otherwise"][0]
        return f"The nearest that it decides otherwise is number {first['rank']:,}: “{first['decision']}”."
    if found["n_asked"] < found["n_distinct"]:
        return f"Among the {found['n_asked']:,} nearest, about which it was asked, it decides none otherwise."
    return "It decides none of them all otherwise."


def note(one: Record) -> str:
    """What else is to be known of a text: that it is the explained one, or stands in several rows.

    Examples
    --------
    >>> note({"same_text": True, "n_rows": 3}), note({"same_text": False, "n_rows": 1})
    ('the text itself, in 3 rows', '')
    """
    parts = ["the text itself"] if one["same_text"] else []
    return ", ".join([*parts, *([f"in {one['n_rows']:,} rows"] if one["n_rows"] > 1 else [])])


def lists(found: Record) -> list[tuple[str, list[tuple[str, str, str, str, str, str, str]]]]:
    """The lists with their captions; a row: number, text, decision, its probability, similarity, document, note.

    Examples
    --------
    >>> one = {"id": "7", "text": "my card", "decision": "cards", "probability": 0.9, "similarity": 0.95, "rank": 1, "n_rows": 1,
    ...        "same_text": False}
    >>> [len(rows) for _, rows in lists({"nearest": [one], "otherwise": []})]
    [1]
    """
    shown = {one["rank"] for one in found["nearest"]}
    further = [one for one in found["otherwise"] if one["rank"] not in shown]
    parts = (("The nearest texts", found["nearest"]), ("Further away: the nearest that it decides otherwise", further))
    return [(caption, [_row(one) for one in part]) for caption, part in parts if part]


def _row(one: Record) -> tuple[str, str, str, str, str, str, str]:
    return (
        str(one["rank"]),
        shorten(one["text"], 400),
        one["decision"],
        percent(one["probability"]),
        decimal(one["similarity"], 3),
        one["id"],
        note(one),
    )
