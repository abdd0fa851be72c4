"""One row of a batch's output: an explanation, or an error, as plain values that carry their own digest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from surrogate.canonical import canonical, digest
from surrogate.corpus.batch.rows.quick_json import quick_canonical_bytes
from surrogate.corpus.batch.rows.schema import Field, fields_of
from surrogate.corpus.batch.rows.showing import flips_of, rules_of, surrogates_of, terms_of, words_of
from surrogate.corpus.batch.values import Settings, SpooledRow
from surrogate.evidence.fidelity import Fidelity
from surrogate.evidence.gate import Verdict
from surrogate.explanation import Explanation

__all__ = ["error_row", "row_digest", "row_of", "shared_of", "with_identity"]

Row = dict[str, Any]

#: Verdicts, best first.
_VERDICTS = ("pass", "insufficient evidence", "fail")

#: What differs between rows of the same text.
_IDENTITY = ("id", "text_sha256", "text", "record_sha256")


def row_of(explanation: Explanation, row: SpooledRow, settings: Settings, record_sha256: str | None = None) -> Row:
    """The row of a text that was explained, or whose explanation is withheld.

    Surrogates that did not pass show their evidence, and no terms, words or rules.

    Parameters
    ----------
    explanation : Explanation
    row : SpooledRow
    settings : Settings
    record_sha256 : str, optional
        SHA-256 of ``report.json``, where a full report was written.

    Returns
    -------
    dict
        With the fields of :data:`surrogate.corpus.batch.rows.schema.FIELDS`; numbers with ten significant digits.

    Examples
    --------
    >>> import surrogate
    >>> says = lambda texts: [[0.9, 0.1] if "bill" in text else [0.2, 0.8] for text in texts]
    >>> explanation = surrogate.explain("pay my bill", says, classes=["money", "other"], store=False)
    >>> row = row_of(explanation, SpooledRow("7", "pay my bill", "ab" * 32, 1), Settings("", "local"))
    >>> row["status"], row["decision"], row["words"][0]["text"], row["terms"][0]["text"], row["text"]
    ('explained', 'money', 'bill', '“bill”', None)
    """
    return with_identity(shared_of(explanation), row, settings, record_sha256)


def shared_of(explanation: Explanation) -> Row:
    """What all rows of one text share: every field but who they are, and without a digest yet."""
    told = {
        **_decided(explanation),
        **_measured(explanation),
        "status": "explained" if explanation.passed else "withheld",
        "n_units": explanation.document.n_units,
        "unit_kind": explanation.document.kind,
        "calls": explanation.calls["total"],
        "exhaustive": explanation.production["exhaustive"],
        "proxy_used": explanation.production.get("corpus_proxy", {}).get("used"),
        "proxy_check": explanation.production.get("corpus_proxy", {}).get("check"),
        "surrogates": surrogates_of(explanation),
        "terms": terms_of(explanation),
        "words": words_of(explanation),
        "rules": rules_of(explanation),
        "flips": flips_of(explanation),
        "findings": list(explanation.findings),
    }
    return canonical({name: told.get(name, _nothing(field)) for name, field in fields_of()})  # type: ignore[no-any-return]


def error_row(row: SpooledRow, code: str, message: str, settings: Settings) -> Row:
    """The row of a text that was not explained.

    Parameters
    ----------
    row : SpooledRow
    code : str
        Of the error.
    message : str
        A sentence that quotes nothing of the text.
    settings : Settings

    Returns
    -------
    dict
        What is not known is null, and lists are empty.

    Examples
    --------
    >>> row = error_row(SpooledRow("7", " ", "ab" * 32, 1), "empty-text", "The text is empty.", Settings("", "local"))
    >>> row["status"], row["error_code"], row["terms"], row["decision"]
    ('error', 'empty-text', [], None)
    """
    told = {"status": "error", "error_code": code, "error": message}
    return with_identity({name: told.get(name, _nothing(field)) for name, field in fields_of()}, row, settings)


def with_identity(shared: Row, row: SpooledRow, settings: Settings, record_sha256: str | None = None) -> Row:
    """What rows of one text share, as the row of one of them, with its digest.

    Parameters
    ----------
    shared : dict
        From :func:`shared_of`.
    row : SpooledRow
    settings : Settings
    record_sha256 : str, optional
    """
    text = row.text if settings.keep_text else None
    own = dict(zip(_IDENTITY, (row.id, row.text_sha256, text, record_sha256), strict=True))
    whole = {**shared, **own}
    return {**whole, "row_sha256": row_digest(whole)}


def row_digest(row: Row) -> str:
    """SHA-256 of the canonical JSON (RFC 8785) of all fields of a row but ``row_sha256``.

    Parameters
    ----------
    row : dict

    Returns
    -------
    str
        In hexadecimal.

    Raises
    ------
    ValueError
        For a value that JSON cannot hold: not a number, an integer beyond 2^53, half of a surrogate pair.

    Examples
    --------
    >>> row_digest({"id": "1", "row_sha256": "any"}) == row_digest({"id": "1"})
    True
    """
    return digest(quick_canonical_bytes({name: value for name, value in row.items() if name != "row_sha256"}))


def _nothing(field: Field) -> list[Any] | None:
    return [] if field.type.startswith("list") else None


def _decided(explanation: Explanation) -> Row:
    decision = explanation.decision
    return {
        "decision": decision.label,
        "target": decision.target,
        "opposite": decision.opposite,
        "contrast": decision.contrast,
        "probability": decision.probabilities.get(decision.label),
        "probabilities": [{"label": name, "probability": share} for name, share in decision.probabilities.items()],
        "log_odds": decision.log_odds,
        "margin": decision.margin,
        "truncated": decision.truncated,
        "refused": decision.refused,
    }


def _measured(explanation: Explanation) -> Row:
    told: Row = {}
    verdict = _best([member.verdict for member in explanation.members])
    if verdict is not None:
        told |= {"verdict": verdict.status, "reason": verdict.reason}
    fidelity = _first_fidelity(explanation)
    if fidelity is not None:
        r2 = fidelity.r2
        told |= {"fidelity": r2.value, "fidelity_low": r2.low, "fidelity_high": r2.high}
        told |= {"agreement": fidelity.agreement.value}
    return told


def _best(verdicts: Sequence[Verdict]) -> Verdict | None:
    return min(verdicts, key=lambda verdict: _VERDICTS.index(verdict.status), default=None)


def _first_fidelity(explanation: Explanation) -> Fidelity | None:
    """Of the first measured surrogate among those that passed; where none passed, among all."""
    members = [member for member in explanation.members if member.verdict.passed] or explanation.members
    return next((member.fidelity for member in members if member.fidelity is not None), None)
