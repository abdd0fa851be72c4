"""Issuance: what people state about a report, and nobody measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.canonical import canonical_bytes
from surrogate.report.issuance.checks import a_choice, a_date, a_digest, a_flag, a_text, refuse, texts
from surrogate.report.issuance.stated import Stated, needed, table, tables, unless_unstated

__all__ = ["Applicability", "DataStatement", "Finding", "Issuance", "ProtectedTerm", "Retention"]

_SCHEMA, _SCHEMA_VERSION = "surrogate-issuance", "1.0"


@dataclass(frozen=True)
class Applicability(Stated):
    """Whether a regime applies, why, and who says so.

    Parameters
    ----------
    regime : str
    applies : {"yes", "no", "unknown"}
    edition, why, by : str, optional

    Examples
    --------
    >>> Applicability("SR 26-2", "unknown").applies
    'unknown'
    """

    regime: str = needed(a_text)
    applies: str = needed(a_choice("yes", "no", "unknown"))
    edition: str | None = unless_unstated(a_text)
    why: str | None = unless_unstated(a_text)
    by: str | None = unless_unstated(a_text)


@dataclass(frozen=True)
class DataStatement(Stated):
    """Where the texts come from.

    Parameters
    ----------
    labelled_by, language, sampling : str, optional

    Examples
    --------
    >>> DataStatement(language="English").to_dict()
    {'labelled_by': None, 'language': 'English', 'sampling': None}
    """

    labelled_by: str | None = unless_unstated(a_text)
    language: str | None = unless_unstated(a_text)
    sampling: str | None = unless_unstated(a_text)


@dataclass(frozen=True)
class ProtectedTerm(Stated):
    """A term that is protected, or stands in for what is, and what a reviewer decided about it.

    Parameters
    ----------
    term : str
    disposition : {"accepted", "rejected", "open"}
    why, by : str, optional

    Examples
    --------
    >>> ProtectedTerm("maternity", "open").why is None
    True
    """

    term: str = needed(a_text)
    disposition: str = needed(a_choice("accepted", "rejected", "open"))
    why: str | None = unless_unstated(a_text)
    by: str | None = unless_unstated(a_text)


@dataclass(frozen=True)
class Retention(Stated):
    """How long the report is kept.

    Parameters
    ----------
    name : str, optional
        Class of retention.
    delete_after : str, optional
        A date.
    legal_hold : bool, optional

    Examples
    --------
    >>> Retention("model documentation", "2036-11-02", False).delete_after
    '2036-11-02'
    """

    name: str | None = unless_unstated(a_text)
    delete_after: str | None = unless_unstated(a_date)
    legal_hold: bool | None = unless_unstated(a_flag)


@dataclass(frozen=True)
class Finding(Stated):
    """An entry of the register of findings.

    Parameters
    ----------
    id, text : str
    status : {"open", "accepted", "closed"}
    severity : {"low", "medium", "high"}, optional
    owner : str, optional
    due : str, optional
        A date.

    Examples
    --------
    >>> Finding("F1", "Fidelity is low for short messages.", "open").severity is None
    True
    """

    id: str = needed(a_text)
    text: str = needed(a_text)
    status: str = needed(a_choice("open", "accepted", "closed"))
    severity: str | None = unless_unstated(a_choice("low", "medium", "high"))
    owner: str | None = unless_unstated(a_text)
    due: str | None = unless_unstated(a_date)


@dataclass(frozen=True)
class Issuance(Stated):
    """What people state about a report; who reviewed and approved it stands in its signatures.

    Nothing is filled in: what is not stated is None, the date too.

    Parameters
    ----------
    date : str, optional
        As 2026-11-02.
    author, organisation, purpose : str, optional
    out_of_scope : sequence of str, optional
        Uses that the report is not made for.
    decision_role : {"automated", "assisted", "unknown"}, optional
        Whether the model decides, or a person with its help.
    applicability : sequence of Applicability, optional
    data_statement : DataStatement, optional
    readers : sequence of str, optional
        Who may read the report.
    redaction : str, optional
        What was done to personal data in the texts.
    policy_owner : str, optional
        Whose acceptance thresholds they are.
    protected_terms : sequence of ProtectedTerm, optional
    retention : Retention, optional
    monitoring : sequence of str, optional
        What is watched, and when the report is to be made anew.
    previous_report : str, optional
        SHA-256 of the record that this one takes the place of.
    findings : sequence of Finding, optional

    Raises
    ------
    InputError
        ``bad-issuance``.

    Examples
    --------
    >>> stated = Issuance(date="2026-11-02", purpose="Routing of messages", decision_role="assisted")
    >>> Issuance.from_dict(stated.to_dict()) == stated, stated.author is None
    (True, True)
    """

    date: str | None = unless_unstated(a_date)
    author: str | None = unless_unstated(a_text)
    organisation: str | None = unless_unstated(a_text)
    purpose: str | None = unless_unstated(a_text)
    out_of_scope: tuple[str, ...] | None = unless_unstated(texts)
    decision_role: str | None = unless_unstated(a_choice("automated", "assisted", "unknown"))
    applicability: tuple[Applicability, ...] | None = unless_unstated(tables(Applicability))
    data_statement: DataStatement | None = unless_unstated(table(DataStatement))  # noqa: RUF009 - it returns a field
    readers: tuple[str, ...] | None = unless_unstated(texts)
    redaction: str | None = unless_unstated(a_text)
    policy_owner: str | None = unless_unstated(a_text)
    protected_terms: tuple[ProtectedTerm, ...] | None = unless_unstated(tables(ProtectedTerm))
    retention: Retention | None = unless_unstated(table(Retention))  # noqa: RUF009 - it returns a field
    monitoring: tuple[str, ...] | None = unless_unstated(texts)
    previous_report: str | None = unless_unstated(a_digest)
    findings: tuple[Finding, ...] | None = unless_unstated(tables(Finding))

    @classmethod
    def from_dict(cls, data: Any, where: str = "issuance") -> Issuance:
        """Read statements: of a TOML file, or those of ``issuance.json``.

        Raises
        ------
        InputError
            ``bad-issuance``.
        """
        if not isinstance(data, dict):
            return super().from_dict(data, where)
        for key, wanted in (("schema", _SCHEMA), ("schema_version", _SCHEMA_VERSION)):
            if data.get(key, wanted) != wanted:
                raise refuse(key, repr(wanted), data[key])
        return super().from_dict({key: data[key] for key in data if key not in ("schema", "schema_version")}, where)

    def to_dict(self) -> dict[str, Any]:
        """Content of ``issuance.json``; what is not stated is None."""
        return {"schema": _SCHEMA, "schema_version": _SCHEMA_VERSION, **super().to_dict()}

    def to_bytes(self) -> bytes:
        """Canonical bytes of ``issuance.json``."""
        return canonical_bytes(self.to_dict())
