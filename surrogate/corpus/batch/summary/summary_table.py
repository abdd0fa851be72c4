"""A summary as one long table for spreadsheets: section, key, measure and value."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from surrogate.exporting.plain import defused

__all__ = ["summary_csv", "summary_rows"]

Record = dict[str, Any]
Line = tuple[str, str | int, str, Any]

_COLUMNS = ("section", "key", "measure", "value")


def summary_csv(record: Record) -> bytes:
    """The table as CSV: UTF-8, RFC 4180; text that a spreadsheet would take for a formula has an apostrophe before it.

    Parameters
    ----------
    record : dict
        ``Summary.to_dict()``, and under "drift" ``Drift.to_dict()`` or None.

    Examples
    --------
    >>> from surrogate.report.batch.examples import EMPTY
    >>> summary_csv(EMPTY).splitlines()[:2]
    [b'section,key,measure,value', b'batch,,batch_sha256,0000000000000000000000000000000000000000000000000000000000000000']
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for line in summary_rows(record):
        writer.writerow([defused(one) if isinstance(one, str) else one for one in line])
    return stream.getvalue().encode("utf-8")


def summary_rows(record: Record) -> Iterator[Line]:
    """Lines of the table; a key of several parts is a JSON list.

    Parameters
    ----------
    record : dict

    Yields
    ------
    tuple of (str, str or int, str, str or int or float or None)
    """
    yield from _values("batch", "", record["batch"])
    yield from _values("rows", "", record["counts"])
    for one in record["decisions"]:
        yield from _values("decision", one["label"], _without(one, "label"))
    for one in record["surrogates"]:
        yield from _values("surrogate", _key(one["name"], one["kind"]), one["verdicts"])
        for reason in one["reasons"]:
            yield "not shown", _key(one["name"], one["kind"], reason["example"]), reason["verdict"], reason["rows"]
    for one in record["withheld"]:
        yield "withheld", one["example"], "rows", one["rows"]
    for name, value in record["fidelity"].items():
        if name != "thousandths":
            yield "fidelity", "", name, value
    for place, n in record["fidelity"]["thousandths"]:
        # A number, which below 0 is no formula.
        yield "fidelity in thousandths", place, "rows", n
    for one in record["reasons"]:
        for word in one["words"]:
            key = _key(one["decision"], one["target"], one["scale"], word["text"])
            yield from _values("reason", key, _without(word, "text"))
    for one in record["errors"]:
        yield from _values("error", one["code"], _without(one, "code"))
    for one in record["findings"]:
        yield "finding", one["example"], "rows", one["rows"]
    for kind, rows in record["worst"].items():
        for row in rows:
            yield from _values(f"row: {kind}", row["id"], _without(row, "id"))
    if record.get("drift"):
        yield from _drift(record["drift"])


def _drift(drift: Record) -> Iterator[Line]:
    for one in drift["told_first"]:
        yield from _values("drift: told first", one["what"], _without(one, "what"))
    for name in ("decisions", "statuses"):
        for one in drift[name]["shares"]:
            for side in ("before", "after"):
                yield from _values(f"drift: {name}", _key(one["name"], side), one[side])
        for part in ("distance", "test"):
            yield from _values(f"drift: {name}", part, drift[name][part] or {})
    for part in ("before", "after", "test"):
        yield from _values("drift: fidelity", part, drift["fidelity"][part] or {})
    for one in drift["reasons"]:
        for side in ("before", "after"):
            key = _key(one["decision"], one["target"], one["text"], one["change"], side)
            yield from _values("drift: reasons", key, one[side])
    if drift["matched"]:
        yield from _matched(drift["matched"])


def _matched(matched: Record) -> Iterator[Line]:
    texts = matched["texts"]
    for name, part in (("texts", texts), ("ids", matched["ids"])):
        plain = {key: value for key, value in part.items() if not isinstance(value, list | dict)}
        yield from _values(f"drift: {name}", "", plain)
        for key, value in part.items():
            if isinstance(value, dict):
                yield from _values(f"drift: {name}", key, value)
    for name in ("decisions", "statuses"):
        for one in texts[name]:
            yield f"drift: {name} of texts", _key(one["before"], one["after"]), "texts", one["n"]
    for one in texts["moved"]:
        for side in ("before", "after"):
            yield from _values("drift: moved", _key(one["text_sha256"], side), one[side])


def _values(section: str, key: str, values: Record) -> Iterator[Line]:
    for name in sorted(values):
        value = values[name]
        if isinstance(value, dict):
            yield from ((section, key, f"{name}.{inner}", _plain(one)) for inner, one in sorted(value.items()))
        else:
            yield section, key, name, _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, list | dict) else value


def _key(*parts: Any) -> str:
    return json.dumps(parts, ensure_ascii=False)


def _without(values: Record, name: str) -> Record:
    return {key: value for key, value in values.items() if key != name}
