"""CorpusExplanation: measured claims about what a model does over a whole corpus."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surrogate.class_tree_model import ClassTreeModel
from surrogate.corpus_shown import Accuracy, ClassExamples, Quoted, ShownConcept, ShownProbe
from surrogate.evidence.corpus_fidelity import CorpusFidelity, Slice
from surrogate.evidence.corpus_rules import CorpusRuleEvidence
from surrogate.evidence.gate import Verdict
from surrogate.explanation import BANNER
from surrogate.multinomial_model import MultinomialModel
from surrogate.report.record import SCHEMA_VERSION
from surrogate.rule_list_model import RuleListModel
from surrogate.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from surrogate.report.issuance import Issuance

__all__ = ["SCHEMA_VERSION", "CorpusExplanation", "CorpusMember"]


@dataclass(frozen=True)
class CorpusMember:
    """One global surrogate with its evidence and verdict.

    Parameters
    ----------
    name : str
    model : MultinomialModel, RuleListModel or ClassTreeModel
    verdict : Verdict
    fidelity : CorpusFidelity
    slices : tuple of Slice
        The worst first.
    rules : tuple of CorpusRuleEvidence
        Of the rules, or of the leaves of a tree, in the model's order.
    shares : tuple of float
        Of a linear model: the share of the held-out documents that have each of its features.
    undecided : tuple of (str, int)
        What the model decides on held-out documents that no rule covers, with their number, the most frequent first.
    """

    name: str
    model: MultinomialModel | RuleListModel | ClassTreeModel
    verdict: Verdict
    fidelity: CorpusFidelity
    slices: tuple[Slice, ...] = ()
    rules: tuple[CorpusRuleEvidence, ...] = ()
    shares: tuple[float, ...] = ()
    undecided: tuple[tuple[str, int], ...] = ()

    @property
    def kind(self) -> str:
        """Kind of the model."""
        return self.model.kind

    def to_dict(self) -> dict[str, Any]:
        """JSON form; a surrogate that did not pass is withheld."""
        passed = self.verdict.passed
        return {
            "name": self.name,
            "kind": self.kind,
            "withheld": not passed,
            "verdict": {"status": self.verdict.status, "reason": self.verdict.reason},
            "fidelity": self.fidelity.to_dict(),
            "slices": [one.to_dict() for one in self.slices],
            "model": self.model.to_dict() if passed else None,
            "rules": [one.to_dict() for one in self.rules] if passed else [],
            "shares": list(self.shares) if passed else [],
            "undecided": [[label, n] for label, n in self.undecided],
        }


@dataclass(frozen=True, eq=False)
class CorpusExplanation:
    """What a model does over a corpus, by surrogates that were measured on held-out documents.

    Parameters
    ----------
    model : dict
        Identity of the explained model.
    documents : dict
        Numbers of rows, of duplicates, of documents to fit and held out, and the model's decisions on them.
    members : tuple of CorpusMember
    concepts : tuple of ShownConcept
    examples : tuple of ClassExamples
    quoted : dict of int to Quoted
        Documents that are shown, by their place.
    accuracy : Accuracy or None
        None: no labels were given.
    plane : dict or None
        Places of documents on a map of the embeddings.
    production : dict
        How it was produced.
    findings, limits : tuple of str
    probes : tuple of ShownProbe
        Concepts that a user taught.
    run : dict
        What changes from run to run, such as seconds; not in the record.
    transcript : Transcript or None
        What was asked and answered, for the evidence beside the report; not in the record.
    """

    model: dict[str, Any]
    documents: dict[str, Any]
    members: tuple[CorpusMember, ...]
    concepts: tuple[ShownConcept, ...]
    examples: tuple[ClassExamples, ...]
    quoted: dict[int, Quoted]
    accuracy: Accuracy | None
    plane: dict[str, Any] | None
    production: dict[str, Any]
    findings: tuple[str, ...]
    limits: tuple[str, ...]
    probes: tuple[ShownProbe, ...] = ()
    run: dict[str, Any] = field(default_factory=dict)
    transcript: Transcript | None = None

    @property
    def passed(self) -> bool:
        """Whether at least one surrogate may be shown."""
        return any(member.verdict.passed for member in self.members)

    def member(self, name: str) -> CorpusMember:
        """One surrogate by its name.

        Raises
        ------
        KeyError
        """
        return {member.name: member for member in self.members}[name]

    def to_dict(self) -> dict[str, Any]:
        """The record: everything that is reported, in canonical numbers."""
        from surrogate.report.record.envelope import in_envelope

        return in_envelope(
            "global",
            {
                "banner": BANNER,
                "model": self.model,
                "documents": self.documents,
                "members": [member.to_dict() for member in self.members],
                "concepts": [concept.to_dict() for concept in self.concepts],
                "probes": [probe.to_dict() for probe in self.probes],
                "examples": [one.to_dict() for one in self.examples],
                "quoted": {str(place): one.to_dict() for place, one in sorted(self.quoted.items())},
                "accuracy": None if self.accuracy is None else self.accuracy.to_dict(),
                "plane": self.plane,
                "production": self.production,
                "findings": list(self.findings),
                "limits": list(self.limits),
            },
        )

    def __str__(self) -> str:
        """The report as text."""
        from surrogate.report.corpus import render_corpus

        return render_corpus("text", self.to_dict())

    def _repr_html_(self) -> str:
        """The page in a frame, for a notebook."""
        from surrogate.report.corpus import render_frame

        return render_frame(self.to_dict())

    def report(
        self,
        folder: str | Path,
        formats: Sequence[str] = ("html",),
        *,
        overwrite: bool = False,
        evidence: bool = True,
        issuance: Issuance | dict[str, Any] | str | Path | None = None,
    ) -> Path:
        """Write the report into a folder; see :func:`surrogate.report.write_report`."""
        from surrogate.report import write_report

        return write_report(self, folder, formats, overwrite=overwrite, evidence=evidence, issuance=issuance)
