"""Manifest: an in-toto statement that lists every file of a report with its SHA-256.

References
----------
in-toto Attestation Framework, Statement v1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surrogate import __version__
from surrogate.canonical import canonical_bytes, digest
from surrogate.errors import InputError
from surrogate.report.record import kind_of
from surrogate.signing.folder import read_regular
from surrogate.signing.names import MANIFEST, check_name, is_own, record_file
from surrogate.signing.statement import HEX, STATEMENT, bad_manifest, check_distinct, subjects, subjects_from

__all__ = ["PREDICATE", "Manifest", "make_manifest", "manifest_of", "read_manifest"]

#: What kind of statement a manifest is.
PREDICATE = "urn:surrogate-explainer:manifest:1"

_FACTS = {"report_id", "record", "schema", "schema_version", "kind", "generator", "previous"}


@dataclass(frozen=True)
class Manifest:
    """The files of a report and what is said about them.

    Parameters
    ----------
    files : mapping of str to str
        SHA-256 of each file, in hexadecimal, by name.
    facts : dict
        The statement's predicate: report_id, record, schema, schema_version, kind, generator, previous.

    Examples
    --------
    >>> manifest = Manifest.from_bytes(make_manifest({"report.json": b"{}"}, {}))
    >>> list(manifest.files), manifest.record_sha256[:8]
    (['report.json'], '44136fa3')
    """

    files: Mapping[str, str]
    facts: dict[str, Any]

    @property
    def record_sha256(self) -> str:
        """SHA-256 of the record."""
        return str(self.facts["record"]["sha256"])

    @property
    def kind(self) -> str:
        """What the report explains: "local", one text, "global", what a model does over a corpus, or "batch", many texts."""
        return str(self.facts["kind"])

    @property
    def sha256(self) -> str:
        """SHA-256 of the manifest itself."""
        return digest(self.to_bytes())

    def to_bytes(self) -> bytes:
        """RFC 8785 bytes of the statement."""
        return canonical_bytes(
            {"_type": STATEMENT, "subject": subjects(self.files), "predicateType": PREDICATE, "predicate": self.facts}
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> Manifest:
        """Read a statement; other bytes than those that :meth:`to_bytes` gives are refused.

        Raises
        ------
        InputError
            ``bad-manifest``.
        """
        try:
            told = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise bad_manifest("it is not JSON") from error
        if not isinstance(told, dict) or told.get("_type") != STATEMENT or told.get("predicateType") != PREDICATE:
            raise bad_manifest(f"it is no in-toto statement of the type {PREDICATE}")
        manifest = cls(subjects_from(told.get("subject")), _checked(told.get("predicate")))
        try:
            same = manifest.to_bytes() == content
        except ValueError as error:
            raise bad_manifest(f"it has no canonical form ({error})") from error
        if not same:
            raise bad_manifest("its bytes are not canonical, or it says more than a manifest does")
        if manifest.files.get(record_file(manifest.kind), manifest.record_sha256) != manifest.record_sha256:
            raise bad_manifest("it gives two digests for the record")
        return manifest


def make_manifest(files: Mapping[str, bytes], record: dict[str, Any], previous: str | None = None) -> bytes:
    """The bytes of ``manifest.json`` for the files of a report.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by name, ``report.json`` among them; neither the manifest nor signatures.
    record : dict
    previous : str, optional
        SHA-256 of the record of the report that this one follows.

    Raises
    ------
    InputError
        ``bad-manifest`` for a name that cannot be one, ``bad-parameter`` for a previous that is no SHA-256.

    Examples
    --------
    >>> make_manifest({"report.json": b"{}"}, {})[:50]
    b'{"_type":"https://in-toto.io/Statement/v1","predic'
    """
    return manifest_of({name: digest(content) for name, content in files.items()}, record, previous).to_bytes()


def manifest_of(digests: Mapping[str, str], record: dict[str, Any], previous: str | None = None) -> Manifest:
    """The manifest for files whose digests are known; see :func:`make_manifest`."""
    if previous is not None and not HEX.fullmatch(previous):
        raise InputError(
            "bad-parameter", f"previous is the SHA-256 of the previous record, 64 hexadecimal digits; got {previous!r}."
        )
    for name in digests:
        if is_own(check_name(name)):
            raise InputError("bad-manifest", f"A manifest lists neither itself nor signatures; leave out {name!r}.")
    check_distinct(digests)
    content = digest(canonical_bytes(record))
    facts = {
        "report_id": content[:16],
        "record": {"sha256": content},
        "schema": record.get("schema", "surrogate-report"),
        "schema_version": record.get("schema_version"),
        "kind": kind_of(record),
        "generator": {"name": "surrogate-explainer", "version": __version__},
        "previous": previous,
    }
    return Manifest(dict(sorted(digests.items())), facts)


def read_manifest(folder: str | Path) -> Manifest:
    """Read the manifest of a report folder.  Whether the files agree with it is another question.

    Raises
    ------
    InputError
        ``no-manifest`` or ``bad-manifest``.

    Examples
    --------
    >>> read_manifest("not-there")
    Traceback (most recent call last):
    surrogate.errors.InputError: 'not-there' has no manifest.json, ... [no-manifest]
    """
    path = Path(folder) / MANIFEST
    if not path.is_file():
        raise InputError(
            "no-manifest",
            f"{str(folder)!r} has no manifest.json, so nothing says which files belong to the report. Name the folder of a "
            "report or of a finished batch; one that an older release wrote gets a manifest when it is written again.",
        )
    return Manifest.from_bytes(read_regular(path))


def _checked(facts: object) -> dict[str, Any]:
    if not isinstance(facts, dict) or set(facts) != _FACTS:
        raise bad_manifest("its predicate has other entries than a manifest's")
    record, previous = facts["record"], facts["previous"]
    content = record.get("sha256") if isinstance(record, dict) else None
    if not isinstance(content, str) or not HEX.fullmatch(content) or facts["report_id"] != content[:16]:
        raise bad_manifest("it does not say which record it is about")
    if facts["kind"] not in ("local", "global", "batch"):
        raise bad_manifest("its kind is none of 'local', 'global' and 'batch'")
    if previous is not None and not (isinstance(previous, str) and HEX.fullmatch(previous)):
        raise bad_manifest("its previous record is no SHA-256")
    return facts
