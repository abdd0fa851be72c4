"""A table of reason codes: which terms, rules and concepts mean which code, and how it is worded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.errors import InputError

__all__ = ["KINDS", "ReasonPolicy", "ReasonTable", "normal_key"]

#: What can be mapped to a code: a word of the text, and a feature, a concept or the id of a rule of an audit.
KINDS = ("term", "feature", "concept", "rule")


def normal_key(key: str) -> str:
    """A key as it is compared: without case, with single spaces.

    Examples
    --------
    >>> normal_key(" Late  Fee")
    'late fee'
    """
    return " ".join(key.casefold().split())


@dataclass(frozen=True)
class ReasonPolicy:
    """When reasons may be given, and how many are shown first.

    Parameters
    ----------
    number_shown : int, default 4
        Principal reasons that are shown; the complete list is kept whatever it is.
    min_agreement, min_r2 : float, default 0
        What the lower end of the interval of the surrogate's fidelity has to reach, beside the policy of the record.

    Raises
    ------
    InputError
        ``bad-reasons``.

    Examples
    --------
    >>> ReasonPolicy().number_shown
    4
    """

    number_shown: int = 4
    min_agreement: float = 0.0
    min_r2: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.number_shown, int) or isinstance(self.number_shown, bool) or self.number_shown < 1:
            raise InputError("bad-reasons", f"number_shown is a whole number from 1 on; got {self.number_shown!r}.")
        for name in ("min_agreement", "min_r2"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                raise InputError("bad-reasons", f"{name} is a number from 0 to 1; got {value!r}.")


@dataclass(frozen=True, eq=False)
class ReasonTable:
    """Codes with their wordings, and what is mapped to them.

    Parameters
    ----------
    wordings : mapping of str to (mapping of str to str)
        By code, then by locale.
    mappings : mapping of (str, str) to str
        Code by kind, out of :data:`KINDS`, and key.
    name : str, default "reasons"
    policy : ReasonPolicy

    Raises
    ------
    InputError
        ``bad-reasons`` for a code that is not in the table, a kind that there is not, and for keys that differ only in case.

    Examples
    --------
    >>> table = ReasonTable({"D01": {"en": "Fees were asked about."}}, {("term", "fee"): "D01"})
    >>> table.code("term", "Fee"), table.wording("D01", "en")
    ('D01', 'Fees were asked about.')
    >>> table.wording("D01", "zh")
    Traceback (most recent call last):
    surrogate.errors.InputError: Code 'D01' has no wording for the locale 'zh'; it has one for en. ... [bad-reasons]
    """

    wordings: Mapping[str, Mapping[str, str]]
    mappings: Mapping[tuple[str, str], str]
    name: str = "reasons"
    policy: ReasonPolicy = field(default_factory=ReasonPolicy)

    def __post_init__(self) -> None:
        for code, wordings in self.wordings.items():
            if not code.strip() or not wordings or not all(text.strip() for text in wordings.values()):
                raise InputError(
                    "bad-reasons", f"Every code needs a wording that is not empty; code {code!r} has none."
                )
        seen: dict[tuple[str, str], str] = {}
        for (kind, key), code in self.mappings.items():
            if kind not in KINDS:
                raise InputError("bad-reasons", f"What is mapped is one of {', '.join(KINDS)}; got {kind!r}.")
            if code not in self.wordings:
                raise InputError(
                    "bad-reasons",
                    f"The {kind} {key!r} is mapped to {code!r}, which is no code of the table. "
                    f"Codes: {', '.join(self.wordings)}.",
                )
            if not normal_key(key):
                raise InputError("bad-reasons", f"A {kind} that is mapped to {code!r} is empty.")
            if (kind, normal_key(key)) in seen:
                raise InputError("bad-reasons", f"The {kind} {key!r} is mapped twice; case makes no difference.")
            seen[kind, normal_key(key)] = code
        object.__setattr__(self, "_codes", seen)

    def code(self, kind: str, key: str) -> str | None:
        """The code of a key; None where it is not mapped."""
        codes: dict[tuple[str, str], str] = self._codes  # type: ignore[attr-defined]
        return codes.get((kind, normal_key(key)))

    def wording(self, code: str, locale: str) -> str:
        """The wording of a code.

        Raises
        ------
        InputError
            ``bad-reasons`` where there is none for the locale.
        """
        found = self.wordings[code].get(locale)
        if found is None:
            raise InputError(
                "bad-reasons",
                f"Code {code!r} has no wording for the locale {locale!r}; it has one for {', '.join(self.wordings[code])}. "
                "Add it to the table.",
            )
        return found

    def check_locale(self, locale: str) -> None:
        """Check that every code has a wording, before any is needed.

        Raises
        ------
        InputError
            ``bad-reasons``.
        """
        for code in self.wordings:
            self.wording(code, locale)

    @property
    def sha256(self) -> str:
        """Digest of the content, so that a case names the table it was made with."""
        content: dict[str, Any] = {
            "name": self.name,
            "wordings": {code: dict(texts) for code, texts in self.wordings.items()},
            "mappings": sorted([kind, key, code] for (kind, key), code in self.mappings.items()),
            "policy": vars(self.policy),
        }
        return digest(canonical_bytes(content))
