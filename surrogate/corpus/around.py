"""Around: what is told beside an explanation of one text: precedents of a corpus, and rules of an audit that hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from surrogate.corpus.audited import AuditedRules, read_audited_rules
from surrogate.corpus.precedents import documents_of, most_asked, precedents_of
from surrogate.corpus.space import Space, space_of
from surrogate.documents import Documents
from surrogate.explanation import Explanation
from surrogate.fired_rules import FiredRules

__all__ = ["Around", "read_around"]

#: Nearest texts, and those decided otherwise, beside an explanation.
_NEAREST, _OTHERWISE = 10, 3


@dataclass(frozen=True, eq=False)
class Around:
    """A corpus and the rules of an audit, read and checked.

    Parameters
    ----------
    corpus : Documents, optional
    rules : AuditedRules, optional
    space : Space, optional
        In which embeddings texts of the corpus are near.

    Examples
    --------
    >>> read_around(["a fee", "lost card"]).corpus.texts
    ('a fee', 'lost card')
    """

    corpus: Documents | None = None
    rules: AuditedRules | None = None
    space: Space | None = None

    def within(
        self,
        black_box: Any,
        embeddings: Any,
        store: Any,
        device: str,
        progress: Callable[[int, int], None] | None,
        allow_remote: bool = False,
    ) -> Around:
        """With the embeddings in which texts are near; none are needed without a corpus.

        Raises
        ------
        InputError
            ``missing-embedder``; as :func:`~surrogate.corpus.space.space_of`.
        """
        if self.corpus is None:
            return self
        options = {"store": store, "device": device, "progress": progress, "allow_remote": allow_remote}
        return replace(self, space=space_of(black_box, embeddings, **options))

    def announced(self, black_box: Any) -> list[str]:
        """What may be sent to an endpoint on top, for the one who is told before it is."""
        if self.corpus is None or self.space is None:
            return []
        return [
            f"the precedents (up to {most_asked(self.corpus, black_box, self.space, _NEAREST):,} texts of the corpus)"
        ]

    def sent(self, black_box: Any) -> str:
        """What an endpoint of embeddings will be sent, where it is another than the model; else nothing."""
        if self.corpus is None or self.space is None or self.space.reader is black_box:
            return ""
        return self.space.announcement(1 + self.corpus.n_distinct, "yours and the corpus")

    def added_to(self, explanation: Explanation, black_box: Any) -> Explanation:
        """The explanation with precedents, with the rules that hold, and with what is to be known of these."""
        text, found = explanation.document.text, explanation
        if self.corpus is not None and self.space is not None:
            near = precedents_of(text, self.corpus, black_box, self.space, n=_NEAREST, n_otherwise=_OTHERWISE)
            found = replace(found, precedents=near)
        if self.rules is not None:
            fired = self.rules.fired(text, black_box.fingerprint)
            findings = (*found.findings, *_findings(fired, explanation.decision.label))
            found = replace(found, global_rules=fired, findings=findings)
        return found


def read_around(corpus: Any = None, rules: Any = None) -> Around:
    """Read a corpus and an audit's record, before any model is loaded.

    Parameters
    ----------
    corpus : Documents, sequence of str, str or Path, optional
    rules : CorpusExplanation, str or Path, optional
        An audit, or its ``report.json``.

    Raises
    ------
    InputError
        As :func:`~surrogate.corpus.precedents.documents_of` and :func:`~surrogate.corpus.audited.read_audited_rules`.

    Examples
    --------
    >>> read_around(["a fee"]).corpus.ids, read_around().rules
    (('1',), None)
    """
    return Around(
        None if corpus is None else documents_of(corpus), None if rules is None else read_audited_rules(rules)
    )


def _findings(fired: FiredRules, label: str) -> list[str]:
    """What stands out about the rules of an audit, in sentences."""
    found = []
    if fired.same_model is False:
        found.append(
            f"The rules of the audit describe another model ({fired.source['model']}, {fired.source['fingerprint']}): that one "
            "holds for this text says nothing certain about this model."
        )
    elif fired.same_model is None:
        found.append(
            "Whether the rules of the audit describe this very model cannot be told: one of the two has no fingerprint."
        )
    if fired.withheld:
        found.append("The audit shows no rules, since its evidence did not carry them; so none is named here.")
    if fired.answer is not None and fired.answer.label != label:
        found.append(
            f"Rule R{fired.answer.number} of the audit says “{fired.answer.label}” of this text, and the model decides "
            f"“{label}”: the text is a counter-example to the rule."
        )
    return found
