"""Names of files inside a report folder: plain relative paths that cannot lead out of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from surrogate.errors import InputError

__all__ = ["ERASURE", "EVIDENCE", "MANIFEST", "RECORD", "SIGNATURES", "check_name", "is_own", "left_out", "record_file"]

MANIFEST, RECORD, EVIDENCE, ERASURE = "manifest.json", "report.json", "evidence.json.gz", "erasure.json"

#: The record of a batch; and how a batch was run, which differs from run to run, so that its manifest does not list it.
_INDEX, _RUN = "index.json", "run.json"

#: Folder of the signatures; a manifest lists neither it nor itself.
SIGNATURES = "signatures"

#: Characters with a meaning of their own on some system.
_FORBIDDEN = frozenset('\\:*?"<>|')

#: What Windows keeps for itself, with any ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

_LONGEST = 255


def check_name(name: object) -> str:
    r"""The name of a file of a report, where it is a safe one.

    Safe: relative, POSIX, in normal form C, and no part of it is empty, ``.``, ``..`` or hidden, or holds a control or
    format character (NUL, line ends, marks that turn the direction of writing) or one of ``\ : * ? " < > |``.

    Raises
    ------
    InputError
        ``bad-manifest``.

    Examples
    --------
    >>> check_name("exports/rules.sql")
    'exports/rules.sql'
    >>> check_name("../../.ssh/authorized_keys")
    Traceback (most recent call last):
    surrogate.errors.InputError: '../../.ssh/authorized_keys' is no name of a file of a report: ...
    """
    reason = _unsafe(name)
    if reason is not None:
        shown = name if isinstance(name, str) and len(name) <= _LONGEST else f"{str(name)[:40]}…"
        raise InputError(
            "bad-manifest",
            f"{shown!a} is no name of a file of a report: {reason}. Names are relative paths inside the folder, such as "
            "'exports/rules.sql'; nothing was read or written under this name.",
        )
    return str(name)


def is_own(name: str) -> bool:
    """Whether a name is that of the manifest or of a signature, which a manifest does not list.

    Examples
    --------
    >>> is_own("manifest.json"), is_own("signatures/author-1.dsse.json"), is_own("report.json")
    (True, True, False)
    """
    return name == MANIFEST or name.split("/")[0] == SIGNATURES


def record_file(kind: object) -> str:
    """Name of the record in a folder: that of a batch is its index.

    Examples
    --------
    >>> record_file("local"), record_file("batch")
    ('report.json', 'index.json')
    """
    return _INDEX if kind == "batch" else RECORD


def left_out(listed: Container[str]) -> frozenset[str]:
    """Names of files that may lie in a folder though its manifest does not list them.

    Parameters
    ----------
    listed : container of str
        The names that the manifest lists.

    Examples
    --------
    >>> left_out(["batch.json", "index.json"]), left_out(["report.json", "run.json"])
    (frozenset({'run.json'}), frozenset())
    """
    return frozenset({_RUN} if _INDEX in listed and _RUN not in listed else ())


def _unsafe(name: object) -> str | None:
    if not isinstance(name, str) or not name:
        return "it is empty or no text"
    if len(name) > _LONGEST:
        return f"it has more than {_LONGEST} characters"
    if any(unicodedata.category(character).startswith("C") for character in name):
        return "it holds a control or format character"
    if not unicodedata.is_normalized("NFC", name):
        return "it is not in Unicode normal form C"
    if set(name) & _FORBIDDEN:
        return f"it holds {min(set(name) & _FORBIDDEN)!r}"
    if name.startswith("/"):
        return "it is absolute"
    parts = name.split("/")
    if any(part in {"", ".", ".."} for part in parts):
        return "a part of it is empty, '.' or '..'"
    if any(part.startswith(".") or part != part.strip() for part in parts):
        return "a part of it is hidden, or begins or ends with a space"
    if any(part.endswith(".") or _DEVICES.fullmatch(part) for part in parts):
        return "a part of it is the name of a device, or ends with a dot"
    return None
