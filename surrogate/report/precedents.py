"""The nearest texts of a corpus, and what the model decides on them, in words."""

from __future__ import annotations

from typing import Any

from surrogate.report.language import clauses, joined, message, plural, say
from surrogate.report.number_format import decimal, percent
from surrogate.report.visible import shorten

__all__ = ["CAUTION", "TITLE", "lead", "lists", "note", "of", "space_name"]

Record = dict[str, Any]

TITLE = message("Precedents: the nearest texts of your corpus, and what the model decides on them")

#: What is always said beside them.
CAUTION = message(
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
    if shown:
        first = say(
            "Of the {n_nearest} nearest of {corpus}, in the embeddings of {space}, the model decides {n_alike} as this text: "
            "“{label}”.",
            n_nearest=f"{len(shown):,}",
            corpus=_corpus(found),
            space=space_name(found["embeddings"]),
            n_alike=f"{alike:,}",
            label=found["decision"],
        )
    else:
        first = say("None of {corpus} can be used.", corpus=_corpus(found))
    return joined(first, _otherwise(found) if shown else "", _left_out(found["n_unusable"]), _cut(found))


def _left_out(number: int) -> str:
    if not number:
        return ""
    return plural(
        "{n} text was left out: the model refused or cut it.",
        "{n} texts were left out: the model refused or cut them.",
        number,
    )


def _cut(found: Record) -> str:
    return say("The text itself was cut before it was embedded or answered.") if found["truncated"] else ""


def space_name(embeddings: Record) -> str:
    """What gave the embeddings.

    Examples
    --------
    >>> space_name({"name": "bank-router", "details": {"layer": 2}})
    'bank-router (layer 2)'
    """
    layer = embeddings.get("details", {}).get("layer")
    name = str(embeddings["name"])
    return name if layer is None else say("{name} (layer {layer})", name=name, layer=layer)


def _corpus(found: Record) -> str:
    n_rows, n_texts = found["n_documents"], found["n_distinct"]
    if n_rows == n_texts:
        return plural("{n} text", "{n} texts", n_texts)
    return plural(
        "{n} different text ({n_rows} rows)", "{n} different texts ({n_rows} rows)", n_texts, n_rows=f"{n_rows:,}"
    )


def _otherwise(found: Record) -> str:
    if found["otherwise"]:
        first = found["otherwise"][0]
        return say(
            "The nearest that it decides otherwise is number {rank}: “{label}”.",
            rank=f"{first['rank']:,}",
            label=first["decision"],
        )
    if found["n_asked"] + found["n_unusable"] < found["n_distinct"]:
        return say(
            "Among the {n_asked} nearest, about which it was asked, it decides none otherwise.",
            n_asked=f"{found['n_asked']:,}",
        )
    return say("No text of the corpus is decided otherwise.")


def note(one: Record, decision: str) -> str:
    """What else is to be known of a text: that it is the explained one, stands in several rows, or is decided otherwise.

    Examples
    --------
    >>> note({"same_text": True, "n_rows": 3, "decision": "cards"}, "cards")
    'the text itself, in 3 rows'
    >>> note({"same_text": False, "n_rows": 1, "decision": "fees"}, "cards")
    'decided otherwise'
    """
    parts = (
        (say("the text itself"), one["same_text"]),
        (say("in {n_rows} rows", n_rows=f"{one['n_rows']:,}"), one["n_rows"] > 1),
        (say("decided otherwise"), one["decision"] != decision),
    )
    return clauses(*(words for words, holds in parts if holds))


def lists(found: Record) -> list[tuple[str, list[tuple[str, str, str, str, str, str, str]]]]:
    """The lists with their captions; a row: number, text, decision, its probability, similarity, document, note.

    Examples
    --------
    >>> one = {"id": "7", "text": "my card", "decision": "cards", "probability": 0.9, "similarity": 0.95, "rank": 1, "n_rows": 1,
    ...        "same_text": False}
    >>> [len(rows) for _, rows in lists({"decision": "cards", "nearest": [one], "otherwise": []})]
    [1]
    """
    shown = {one["rank"] for one in found["nearest"]}
    further = [one for one in found["otherwise"] if one["rank"] not in shown]
    near = [_row(one, note(one, found["decision"])) for one in found["nearest"]]
    # Their caption says already that they are decided otherwise.
    far = [_row(one, note(one, one["decision"])) for one in further]
    parts = ((say("The nearest texts"), near), (say("Further away: the nearest that it decides otherwise"), far))
    return [(caption, rows) for caption, rows in parts if rows]


def _row(one: Record, said: str) -> tuple[str, str, str, str, str, str, str]:
    return (
        str(one["rank"]),
        shorten(one["text"], 400),
        one["decision"],
        percent(one["probability"]),
        decimal(one["similarity"], 3),
        one["id"],
        said,
    )
