"""What every rendering of the record of a corpus is given."""

from __future__ import annotations

from typing import Any

from surrogate.report.people import record_sha256

__all__ = ["KINDS", "corpus_context"]

KINDS = ("multinomial", "rule_list", "class_tree")


def corpus_context(record: dict[str, Any]) -> dict[str, Any]:
    """The record, its digest, the surrogates that are shown by their kind, and the texts by their place."""
    shown = [member for member in record["members"] if not member["withheld"]]
    return {
        "record": record,
        "sha256": record_sha256(record),
        "shown": {kind: [one for one in shown if one["kind"] == kind] for kind in KINDS},
        "text_of": lambda place: record["quoted"][str(place)],
    }
