"""Records of JSONL files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from surrogate.corpus.records import MOST_VALUE, Fault, Record, Row, opened

__all__ = ["read_json_lines"]

#: Characters that stand for a line that is too long.
_KEPT = 1_000_000


def read_json_lines(path: Path, columns: Sequence[str] | None, errors: str) -> Iterator[Record]:
    r"""Read the records of a file with a JSON object to a line; blank lines are none.

    Parameters
    ----------
    path : Path
    columns : sequence of str or None
        Those to read, where an object has them; None: all.
    errors : {"strict", "surrogateescape"}

    Yields
    ------
    tuple of (int, dict or Fault)
        The line of a record, and its values by column.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.jsonl"
    ...     _ = path.write_text('{"text": "a", "id": 1}\n\n{\n', encoding="utf-8")
    ...     (first, row), (second, fault) = read_json_lines(path, ["text"], "strict")
    >>> first, row, second, fault.words
    (1, {'text': 'a'}, 3, 'is no JSON (at character 2). Give one object to a line.')
    """
    with opened(path, errors) as stream:
        number = 0
        while line := stream.readline(MOST_VALUE):
            number += 1
            if len(line) == MOST_VALUE:
                content = line[:_KEPT]
                while line and not line.endswith("\n"):
                    line = stream.readline(MOST_VALUE)
                yield number, Fault("text-too-long", f"has {MOST_VALUE:,} characters or more.", content)
            elif line.strip():
                yield number, _row(line, columns)


def _row(line: str, columns: Sequence[str] | None) -> Row | Fault:
    content = line.removesuffix("\n")
    try:
        row = json.loads(content)
    except json.JSONDecodeError as error:
        return Fault("bad-corpus", f"is no JSON (at character {error.pos + 1:,}). Give one object to a line.", content)
    except (RecursionError, ValueError):
        return Fault(
            "bad-corpus", "is no JSON that can be read: it is nested too deeply, or a number is too long.", content
        )
    if not isinstance(row, dict):
        return Fault("bad-corpus", "is no JSON object. Give one object to a line.", content)
    return row if columns is None else {column: row[column] for column in columns if column in row}
