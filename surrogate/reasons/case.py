"""The case: principal reasons for one decision, in order, with the complete list; or why there are none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from surrogate.canonical import canonical, canonical_bytes, digest
from surrogate.errors import InputError
from surrogate.reasons.sources import Source, fired, obstacle, words
from surrogate.reasons.table import ReasonTable, normal_key
from surrogate.report.record import kind_of

__all__ = ["Reason", "ReasonCase", "reason_case"]


@dataclass(frozen=True)
class Reason:
    """What is told as one reason: everything that is mapped to one code, or one thing that no code is mapped to.

    Parameters
    ----------
    code, wording : str or None
        None: the table has no code for it.
    adds : float or None
        What its words add for the decision, on the scale of the surrogate; None where it comes from rules only.
    sources : tuple of Source

    Examples
    --------
    >>> Reason(None, None, 0.5, ()).code is None
    True
    """

    code: str | None
    wording: str | None
    adds: float | None
    sources: tuple[Source, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "code": self.code,
            "wording": self.wording,
            "adds": self.adds,
            "sources": [one.to_dict() for one in self.sources],
        }


@dataclass(frozen=True)
class ReasonCase:
    """Reasons for one decision.

    Parameters
    ----------
    label : str
        The decision.
    locale : str
    why_none : str or None
        Why no reasons are given: "withheld", "other-label", "no-surrogate", "disagrees", "below-policy" or "nothing-stable";
        None: they are given.
    reasons : tuple of Reason
        The complete list of what may be quoted, what adds most first; those from rules only come last.
    number_shown : int
        How many of them are shown first.
    not_quoted : tuple of Source
        What speaks for the decision too, but is too uncertain to be quoted.
    against : tuple of Source
        Words that speak against the decision.
    rules_left_out : str or None
        Why rules of an audit were not used: "other-model" or "rules-disagree".
    scale : str or None
        Of what each adds.
    table : dict
        Name and SHA-256 of the table.
    record_sha256 : str
    model : str
    banner : str

    Examples
    --------
    >>> ReasonCase("fees", "en", "withheld", (), 4, (), (), None, None, {}, "", "toy", "").principal
    ()
    """

    label: str
    locale: str
    why_none: str | None
    reasons: tuple[Reason, ...]
    number_shown: int
    not_quoted: tuple[Source, ...]
    against: tuple[Source, ...]
    rules_left_out: str | None
    scale: str | None
    table: dict[str, Any]
    record_sha256: str
    model: str
    banner: str

    @property
    def principal(self) -> tuple[Reason, ...]:
        """Those that are shown first."""
        return self.reasons[: self.number_shown]

    @property
    def without_code(self) -> tuple[Reason, ...]:
        """Reasons that the table has no code for."""
        return tuple(one for one in self.reasons if one.code is None)

    def to_dict(self) -> dict[str, Any]:
        """JSON form, with numbers of ten significant digits."""
        return canonical(  # type: ignore[no-any-return]
            {
                "schema": "surrogate-reasons",
                "schema_version": "1.0",
                **vars(self),
                "reasons": [one.to_dict() for one in self.reasons],
                "not_quoted": [one.to_dict() for one in self.not_quoted],
                "against": [one.to_dict() for one in self.against],
            }
        )


def reason_case(record: dict[str, Any], table: ReasonTable, locale: str = "en") -> ReasonCase:
    """Principal reasons for the decision on one text.

    They are what the shown sparse linear surrogate says each word adds, where refits found it again (grade *stable*), and rules
    of an audit that hold, where held-out documents confirm them.  Words that are mapped to the same code are one reason.  What
    has no code keeps its place, so that no principal reason is left out.  There are none where the surrogate was withheld,
    decides the text itself otherwise than the model, or has a fidelity below the table's policy.

    Parameters
    ----------
    record : dict
        Of a single text, of the current version.
    table : ReasonTable
    locale : str, default "en"

    Returns
    -------
    ReasonCase

    Raises
    ------
    InputError
        ``bad-record`` for the record of a corpus; ``bad-reasons`` where a code has no wording for the locale.

    Examples
    --------
    >>> import surrogate
    >>> box = lambda texts: [[.9, .1] if "bill" in t else [.2, .8] for t in texts]
    >>> record = surrogate.explain("pay my bill", box, classes=["money", "other"], store=False).to_dict()
    >>> table = ReasonTable({"M1": {"en": "A bill is named."}}, {("term", "bill"): "M1"})
    >>> [(one.code, one.wording) for one in reason_case(record, table).principal]
    [('M1', 'A bill is named.')]
    """
    if kind_of(record) != "local":
        raise InputError("bad-record", "Reasons belong to the decision on one text; this record is of a corpus.")
    table.check_locale(locale)
    why = obstacle(record, table.policy)
    told = [] if why else words(record)
    rules, rules_left_out = ([], None) if why else fired(record)
    speaks = [one for one in told if (one.adds or 0.0) > 0]
    reasons = _reasons([one for one in (*told, *rules) if one.quotable], table, locale)
    if why is None and not reasons:
        why = "nothing-stable"
    return ReasonCase(
        label=record["decision"]["label"],
        locale=locale,
        why_none=why,
        reasons=reasons,
        number_shown=table.policy.number_shown,
        not_quoted=tuple(one for one in (*speaks, *rules) if not one.quotable),
        against=tuple(one for one in reversed(told) if (one.adds or 0.0) < 0),
        rules_left_out=rules_left_out,
        scale=_scale(record),
        table={"name": table.name, "sha256": table.sha256},
        record_sha256=digest(canonical_bytes(record)),
        model=record["model"]["name"],
        banner=record["banner"],
    )


def _scale(record: dict[str, Any]) -> str | None:
    models = (one["model"] for one in record["surrogates"] if one["kind"] == "linear" and not one["withheld"])
    return next((model["scale"] for model in models), None)


def _reasons(sources: Iterable[Source], table: ReasonTable, locale: str) -> tuple[Reason, ...]:
    """One reason to each code, and to each source without one; those that add nothing in all are left to what speaks against."""
    groups: dict[tuple[str, str], list[Source]] = {}
    for one in sources:
        code = _code(one, table)
        groups.setdefault(("code", code) if code is not None else (one.kind, normal_key(one.key)), []).append(one)
    found = []
    for (kind, key), members in groups.items():
        amounts = [one.adds for one in members if one.adds is not None]
        adds = sum(amounts) if amounts else None
        if adds is None or adds > 0:
            code = key if kind == "code" else None
            found.append(Reason(code, code and table.wording(code, locale), adds, tuple(members)))
    return tuple(sorted(found, key=lambda one: (one.adds is None, -(one.adds or 0.0), one.code or one.sources[0].key)))


def _code(source: Source, table: ReasonTable) -> str | None:
    own = table.code(source.kind, source.key)
    if own is not None:
        return own
    codes = (table.code(kind, key) for kind, key in source.features)
    return next((code for code in codes if code is not None), None)
