"""The verdicts as text for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from surrogate.verifying.signatures import Signature
from surrogate.verifying.verdicts import NOT_PROVED, Verification

__all__ = ["plain_line", "tell"]

#: Problems that are told one by one.
_MOST_LISTED = 20


def plain_line(text: str) -> str:
    r"""A text on one line, in which nothing can steer a terminal or turn the direction of writing.

    Examples
    --------
    >>> plain_line("a\x1b[31m\nb")
    'a\\x1b[31m\\x0ab'
    """
    return "".join(
        f"\\x{ord(one):02x}" if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else one
        for one in text
    )


def tell(verification: Verification) -> str:
    """What verifying showed, as text.

    Examples
    --------
    >>> from surrogate.verifying.integrity import Integrity
    >>> from surrogate.verifying.manifest import Manifest
    >>> from surrogate.verifying.verdicts import Recomputing
    >>> told = tell(Verification("r", Integrity(Manifest({}), {}, (), (), ()), Recomputing("same")))
    >>> told.splitlines()[0]
    'internally consistent, signer unknown'
    """
    return "".join(f"{plain_line(line)}\n" for line in _lines(verification))


def _lines(said: Verification) -> Iterator[str]:
    yield said.sentence
    yield ""
    integrity = said.integrity
    files = f"{len(integrity.manifest.subjects)} files, their digests and schemas"
    yield f"Integrity    {'intact' if integrity.intact else 'BROKEN'}: {files}"
    yield f"Recomputed   {_recomputed(said)}"
    yield f"Rebuilt      {said.rebuilt.status}{': ' if said.rebuilt.reason else ''}{said.rebuilt.reason}"
    yield f"Signatures   {len(integrity.signatures) or 'none'}"
    for one in integrity.signatures:
        yield f"  {_signature_line(one)}"
        if one.uncovered:
            yield f"  it does not cover {', '.join(one.uncovered)}"
    yield from (f"Erased       {one.sentence}" for one in integrity.erased)
    yield from (f"Note         {note}" for note in integrity.notes)
    if said.problems:
        yield ""
        yield "What is wrong:"
        yield from (f"- {one.sentence}" for one in said.problems[:_MOST_LISTED])
        if len(said.problems) > _MOST_LISTED:
            yield f"- and {len(said.problems) - _MOST_LISTED} more; --json has them all"
    found = said.recomputed.found
    if found is not None and found.left:
        yield ""
        yield "Not computed again:"
        yield from (f"- {n} numbers: {reason}" for reason, n in found.left.items())
    yield ""
    yield "This does not prove:"
    yield from (f"- {one}" for one in NOT_PROVED)


def _recomputed(said: Verification) -> str:
    found, reason = said.recomputed.found, said.recomputed.reason
    if found is None or not found.n_same:
        return f"{said.recomputed.status}: {reason}"
    left = sum(found.left.values()) + len(found.unknown)
    wrong = f", {len(found.differences)} differ" if found.differences else ""
    same = f"{said.recomputed.status}: {found.n_same} numbers and {found.n_texts} other values follow from the evidence"
    return f"{same}{wrong}; {left} numbers are left to rebuilding"


def _signature_line(one: Signature) -> str:
    until = f", until {one.expires}" if one.expires else ""
    said = f"{one.role} {one.name!r}, key {one.keyid[:16]}: {one.decision}, {one.date}{until}"
    return f"{said} ({'known signer' if one.state == 'trusted' else one.state})"
