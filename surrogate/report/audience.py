"""Views of one record for kinds of readers: what is hidden is named, and can be proved later."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.errors import InputError
from surrogate.report.edition import AUDIENCES
from surrogate.report.hiding import hidden_parts, without
from surrogate.report.record.pointers import resolve

__all__ = ["prove", "redact", "reveal", "stated_to"]

#: What of the statements a person is told whom a decision is about.
_FOR_A_PERSON = ("schema", "schema_version", "date", "organisation", "purpose", "out_of_scope", "decision_role")

Record = dict[str, Any]
Hidden = list[dict[str, str]]


def redact(record: Record, audience: str, *, key: bytes | None = None) -> tuple[Record, Hidden]:
    """A view of a record, and commitments to what it hides.

    For a *validator* nothing is hidden.  For *business*: raw altered copies, texts of others, and how it was produced in detail.
    For the *person* whom a decision is about: what the model and its surrogates are made of but for what each word adds, texts
    of others, and everything that is too uncertain to be quoted.

    Each commitment is the SHA-256 of a salt and the canonical bytes of the part; the salt is the HMAC-SHA256 of its JSON
    Pointer.  Without a key of one's own, the HMAC is keyed by the record as a whole: nothing has to be kept but the record, and
    who does not have it cannot try out short texts one by one.  The SHA-256 of the record, which every view names, is not that
    key.

    Parameters
    ----------
    record : dict
        Of the current version.
    audience : {"validator", "business", "person"}
    key : bytes, optional
        A secret, which :func:`prove` and :func:`reveal` then need too.

    Returns
    -------
    record : dict
        The view; its ``redaction`` tells the audience, the SHA-256 of the whole record, and the commitments.
    hidden : list of dict
        ``where`` (JSON Pointer into the whole record) and ``sha256`` of each part, in the order of the record.

    Raises
    ------
    InputError
        ``bad-parameter`` for an audience that there is not, for a person and the record of a corpus, and for a view that was made
        for another audience.

    Examples
    --------
    >>> record = {"kind": "local", "flips": [{"text": "a fee"}], "surrogates": []}
    >>> view, hidden = redact(record, "business")
    >>> view["flips"], hidden[0]["where"], prove(hidden, record)
    ([], '/flips', ())
    >>> prove(hidden, {**record, "flips": [{"text": "a card"}]})
    ('/flips',)
    """
    if audience not in AUDIENCES:
        raise InputError("bad-parameter", f"A report is made for {', '.join(AUDIENCES)}; got {audience!r}.")
    if "redaction" in record:
        if record["redaction"]["audience"] != audience:
            raise InputError(
                "bad-parameter", "A view of a record is no whole record. Make views from the report.json itself."
            )
        return record, list(record["redaction"]["hidden"])
    parts = hidden_parts(record, audience)
    if not parts:
        return record, []
    secret = _key(record, key)
    hidden = [{"where": where, "sha256": _commitment(secret, where, resolve(record, where))} for where, _ in parts]
    redaction = {"audience": audience, "record_sha256": digest(canonical_bytes(record)), "hidden": hidden}
    return {**without(record, parts), "redaction": redaction}, hidden


def prove(hidden: Sequence[dict[str, str]], record: Record, *, key: bytes | None = None) -> tuple[str, ...]:
    """Whether a whole record holds what a view of it committed to.

    Parameters
    ----------
    hidden : sequence of dict
        Of the view.
    record : dict
        The whole record.
    key : bytes, optional
        As it was given to :func:`redact`.

    Returns
    -------
    tuple of str
        JSON Pointers to the parts that are other than was committed to, or not there; empty: all are proved.
    """
    secret = _key(record, key)
    return tuple(one["where"] for one in hidden if _committed(secret, one["where"], record) != one["sha256"])


def reveal(record: Record, where: str, *, key: bytes | None = None) -> dict[str, Any]:
    """What proves one hidden part to a reader of the view, without the rest of the record.

    The reader computes the SHA-256 of the bytes of the salt followed by the canonical JSON of the value, and compares it with the
    commitment at that place.

    Parameters
    ----------
    record : dict
        The whole record.
    where : str
        JSON Pointer of the part.
    key : bytes, optional

    Returns
    -------
    dict
        ``where``, ``salt`` in hexadecimal, and ``value``.

    Raises
    ------
    InputError
        ``bad-parameter`` where nothing is.

    Examples
    --------
    >>> record = {"kind": "local", "flips": [{"text": "a fee"}], "surrogates": []}
    >>> told, (one,) = reveal(record, "/flips"), redact(record, "business")[1]
    >>> hashlib.sha256(bytes.fromhex(told["salt"]) + canonical_bytes(told["value"])).hexdigest() == one["sha256"]
    True
    """
    try:
        value = resolve(record, where)
    except KeyError as error:
        raise InputError("bad-parameter", f"The record has nothing at {where!r}.") from error
    return {"where": where, "salt": _salt(_key(record, key), where).hex(), "value": value}


def stated_to(issuance: Record | None, audience: str) -> Record | None:
    """What people state, as far as a kind of reader is told it.

    Examples
    --------
    >>> stated_to({"purpose": "Routing", "findings": [{}]}, "person")
    {'purpose': 'Routing', 'findings': None}
    """
    if issuance is None or audience != "person":
        return issuance
    return {key: value if key in _FOR_A_PERSON else None for key, value in issuance.items()}


def _key(record: Record, key: bytes | None) -> bytes:
    return hashlib.sha256(b"surrogate-redaction\0" + canonical_bytes(record)).digest() if key is None else key


def _salt(key: bytes, where: str) -> bytes:
    return hmac.new(key, where.encode("utf-8"), "sha256").digest()


def _commitment(key: bytes, where: str, value: Any) -> str:
    return hashlib.sha256(_salt(key, where) + canonical_bytes(value)).hexdigest()


def _committed(key: bytes, where: str, record: Record) -> str | None:
    try:
        return _commitment(key, where, resolve(record, where))
    except KeyError:
        return None
