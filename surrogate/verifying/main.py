"""The verifier as a program of its own; it takes a folder and tells three verdicts."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from surrogate.verifying.problems import UnreadableError
from surrogate.verifying.signatures import TrustedKey, read_trust
from surrogate.verifying.telling import plain_line, tell
from surrogate.verifying.verdicts import NOT_PROVED, verify_folder

__all__ = ["main", "read_keys", "unreadable"]

#: Exit codes: nothing is wrong; something is; it cannot be read.
FINE, WRONG, UNREADABLE = 0, 1, 2

_EPILOG = """exit codes: 0 verified, or internally consistent; 1 something is wrong; 2 it cannot be read.
Without --trust nobody's signature can be checked: the best verdict is "internally consistent, signer unknown"."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify a report and tell what was found.

    Parameters
    ----------
    arguments : sequence of str, optional
        None: those of the process.

    Returns
    -------
    int
        0 verified, or internally consistent; 1 something is wrong; 2 it cannot be read.

    Examples
    --------
    >>> main(["not-there"])
    CANNOT BE READ: manifest.json: It cannot be read: No such file or directory.
    2
    """
    given = _parser().parse_args(arguments)
    try:
        keys = read_keys(given.trust) if given.trust else None
        said = verify_folder(given.folder, keys, given.date)
    except UnreadableError as error:
        told = unreadable(given.folder, error)
        _say(json.dumps(told, indent=1) if given.json else plain_line(told["sentence"]))
        return UNREADABLE
    _say(json.dumps(said.to_dict(), indent=1) if given.json else tell(said).rstrip("\n"))
    return said.exit_code


def read_keys(files: Sequence[str | Path]) -> tuple[TrustedKey, ...]:
    """The keys of trust files.

    Raises
    ------
    UnreadableError
        When one cannot be read.

    Examples
    --------
    >>> read_keys([])
    ()
    """
    keys: list[TrustedKey] = []
    for file in files:
        try:
            keys += read_trust(Path(file).read_bytes(), str(file))
        except OSError as error:
            raise UnreadableError(str(file), f"It cannot be read: {error.strerror or error}.") from error
    return tuple(keys)


def unreadable(folder: str, error: UnreadableError) -> dict[str, Any]:
    """What is told, as JSON, of a report that cannot be read.

    Examples
    --------
    >>> unreadable("r", UnreadableError("manifest.json", "It is empty."))["exit_code"]
    2
    """
    return {
        "folder": folder,
        "verdict": "unreadable",
        "sentence": f"CANNOT BE READ: {error}",
        "exit_code": UNREADABLE,
        "problems": [{"files": [error.file], "message": error.message}],
        "not_proved": list(NOT_PROVED),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Verify a rule report without the model.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("folder", metavar="DIR", help="folder of the report")
    parser.add_argument(
        "--trust", action="append", metavar="KEYFILE", help="public key of a known signer; may be repeated"
    )
    parser.add_argument(
        "--date", type=_day, metavar="YYYY-MM-DD", help="day by which signatures may have expired [today]"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("a date is written YYYY-MM-DD") from error


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
