"""What manifests and signatures have in common: an in-toto statement with a list of files.

References
----------
in-toto Attestation Framework, Statement v1.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from surrogate.errors import InputError
from surrogate.signing.names import check_name, is_own

__all__ = ["HEX", "STATEMENT", "bad_manifest", "check_distinct", "subjects", "subjects_from"]

STATEMENT = "https://in-toto.io/Statement/v1"

#: A SHA-256 in hexadecimal.
HEX = re.compile(r"[0-9a-f]{64}")


def subjects(files: Mapping[str, str]) -> list[dict[str, Any]]:
    """The subject list of a statement, sorted by name.

    Examples
    --------
    >>> subjects({"b": "1", "a": "2"})
    [{'name': 'a', 'digest': {'sha256': '2'}}, {'name': 'b', 'digest': {'sha256': '1'}}]
    """
    return [{"name": name, "digest": {"sha256": value}} for name, value in sorted(files.items())]


def subjects_from(told: object) -> dict[str, str]:
    """Digests by name, out of a subject list that somebody else may have written.

    Raises
    ------
    InputError
        ``bad-manifest``.

    Examples
    --------
    >>> subjects_from([{"name": "/etc/passwd", "digest": {"sha256": "0" * 64}}])
    Traceback (most recent call last):
    surrogate.errors.InputError: '/etc/passwd' is no name of a file of a report: it is absolute. ...
    """
    if not isinstance(told, list):
        raise bad_manifest("it has no list of subjects")
    files: dict[str, str] = {}
    for one in told:
        if not isinstance(one, dict) or set(one) != {"name", "digest"}:
            raise bad_manifest("a subject is not made of a name and a digest")
        name, value = check_name(one["name"]), one["digest"]
        known = value.get("sha256") if isinstance(value, dict) else None
        if not isinstance(known, str) or not HEX.fullmatch(known):
            raise bad_manifest(f"{name!r} has no SHA-256 of 64 hexadecimal digits")
        if name in files or is_own(name):
            raise bad_manifest(f"{name!r} is listed twice, or is not to be listed")
        files[name] = known
    check_distinct(files)
    return files


def check_distinct(names: Collection[str]) -> None:
    """Refuse names that differ in case alone, which are one file on some systems.

    Raises
    ------
    InputError
        ``bad-manifest``.

    Examples
    --------
    >>> check_distinct(["report.html", "report.pdf"])
    """
    if len({name.casefold() for name in names}) < len(names):
        raise bad_manifest("two of its files have names that differ in case alone, and are one file on some systems")


def bad_manifest(what: str) -> InputError:
    """The error for a manifest, or a signed list of files, that cannot be used."""
    return InputError(
        "bad-manifest",
        f"The manifest cannot be used: {what}. It was changed, or something else wrote it; get the report anew from where "
        "it came.",
    )
