"""Explanation: a measured claim about one decision of a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surrogate.anchor_model import AnchorModel
from surrogate.errors import InputError
from surrogate.evidence.copies import Flip, Miss, SizeBand
from surrogate.evidence.fidelity import Fidelity
from surrogate.evidence.gate import Verdict
from surrogate.evidence.rules import Rule
from surrogate.evidence.second import SecondSample
from surrogate.evidence.size_reference import SizeReference, Stability
from surrogate.fired_rules import FiredRules
from surrogate.linear_model import LinearModel, Term
from surrogate.neighborhood import Neighborhood
from surrogate.precedents import Precedents
from surrogate.report.record import SCHEMA_VERSION
from surrogate.rule_set_model import RuleSetModel
from surrogate.shapley_model import ShapleyModel
from surrogate.stopping import Stopping
from surrogate.transcript import Transcript
from surrogate.tree_model import TreeModel
from surrogate.unit_effects import UnitEffect
from surrogate.units import Document

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from surrogate.report.issuance import Issuance

__all__ = ["BANNER", "SCHEMA_VERSION", "Decision", "Explanation", "Member"]

#: What every reader is told first.
BANNER = "This describes an approximation, not the decision logic of the model."

ReadableModel = LinearModel | TreeModel | RuleSetModel | AnchorModel | ShapleyModel

_READABLE: dict[str, Any] = {
    "linear": LinearModel,
    "tree": TreeModel,
    "rule_set": RuleSetModel,
    "anchor": AnchorModel,
    "shapley": ShapleyModel,
}


@dataclass(frozen=True)
class Decision:
    """What the model says about the text itself, and what of it is explained.

    Parameters
    ----------
    label : str
        The model's decision.
    target, opposite : str
        What is explained: the target against its opposite.
    contrast : str or None
    probabilities : dict of str to float
        Probability of every label.
    log_odds, margin : float
        The fitted quantity and the decision margin for the text itself.
    truncated, refused : bool
    label_mass : float or None

    Examples
    --------
    >>> Decision("a", "a", "not a", None, {"a": 1.0}, 2.0, 2.0, False, False, None).label
    'a'
    """

    label: str
    target: str
    opposite: str
    contrast: str | None
    probabilities: dict[str, float]
    log_odds: float
    margin: float
    truncated: bool
    refused: bool
    label_mass: float | None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


@dataclass(frozen=True)
class Member:
    """One surrogate of the panel with its evidence and verdict.

    Parameters
    ----------
    name : str
    kind : {"linear", "tree", "rule_set", "anchor", "shapley"}
    model : LinearModel, TreeModel, RuleSetModel, AnchorModel, ShapleyModel or None
        None in an explanation that was read back: it was withheld.
    verdict : Verdict
    fidelity : Fidelity or None
        None: too few usable copies to measure it.
    rules : tuple of Rule
    misses : tuple of Miss
        Test copies on which it is most wrong.
    bands : tuple of SizeBand
    taught_by : str
        Whose answers it was fitted to: "calls", or the name of a proxy.
    stability : Stability or None
        What refits to halves of the calls agree on; None: every copy was asked, there was too little to split, or it was not
        measured, which the limits say.
    size_reference : SizeReference or None
        How good a surrogate of this size could be; None: nobody knows more answers than were asked.

    Examples
    --------
    >>> Member("tree", "tree", None, Verdict("fail", "Too coarse."), None).to_dict()["withheld"]
    True
    """

    name: str
    kind: str
    model: ReadableModel | None
    verdict: Verdict
    fidelity: Fidelity | None
    rules: tuple[Rule, ...] = ()
    misses: tuple[Miss, ...] = ()
    bands: tuple[SizeBand, ...] = ()
    taught_by: str = "calls"
    stability: Stability | None = None
    size_reference: SizeReference | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form; a surrogate that did not pass is withheld: its terms and rules are not in it."""
        shown = self.verdict.passed and self.model is not None
        return {
            "name": self.name,
            "kind": self.kind,
            "verdict": self.verdict.to_dict(),
            "withheld": not shown,
            "fidelity": None if self.fidelity is None else self.fidelity.to_dict(),
            "model": self.model.to_dict() if shown and self.model is not None else None,
            "rules": [rule.to_dict() for rule in self.rules] if shown else [],
            "misses": [miss.to_dict() for miss in self.misses],
            "bands": [band.to_dict() for band in self.bands],
            "taught_by": self.taught_by,
            "stability": None if self.stability is None else self.stability.to_dict(),
            "size_reference": None if self.size_reference is None else self.size_reference.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Member:
        """Inverse of :meth:`to_dict`, but for what was withheld."""
        model = data["model"]
        return cls(
            data["name"],
            data["kind"],
            None if model is None else _READABLE[data["kind"]].from_dict(model),
            Verdict(**data["verdict"]),
            None if data["fidelity"] is None else Fidelity.from_dict(data["fidelity"]),
            tuple(Rule.from_dict(rule) for rule in data["rules"]),
            tuple(Miss(**miss) for miss in data["misses"]),
            tuple(SizeBand(**band) for band in data["bands"]),
            data["taught_by"],
            None if data["stability"] is None else Stability(**data["stability"]),
            None if data["size_reference"] is None else SizeReference(**data["size_reference"]),
        )


@dataclass(frozen=True, eq=False)
class Explanation:
    """A measured claim about one decision of a model.

    Parameters
    ----------
    document : Document
        The text and its units.
    decision : Decision
    members : tuple of Member
        The surrogates, each with its evidence and verdict.
    flips : tuple of Flip
        Altered copies that the model decided otherwise.
    calls : dict of str to int
        Distinct texts an empty store would have paid: "original", "fit", "select", "test" (or "all") and "total".
    model : dict
        Identity of the explained model: name, kind, fingerprint, labels, details.
    production : dict
        How it was produced: recipe, design, versions, digests, policy.
    findings : tuple of str
        What a reader should know beside the numbers.
    limits : tuple of str
        What the explanation does not say.
    stopping : Stopping
        How the number of calls came about.
    refinement : dict or None
        How the units of a long text were found, stage by stage.
    side_by_side : tuple of dict
        What other methods reach on the same test copies.
    second : tuple of SecondSample
        What is left of the fidelity on texts that were made, or found, in another way.
    precedents : Precedents or None
        The nearest texts of a corpus, with what the model decides on them; None: no corpus was given.
    global_rules : FiredRules or None
        Rules of an audit of a whole corpus that hold for the text; None: no audit was given.

    Examples
    --------
    >>> import surrogate
    >>> explanation = surrogate.explain("pay my bill", lambda texts: [[.9, .1] if "bill" in t else [.2, .8] for t in texts],
    ...                                 classes=["money", "other"])
    >>> [(term.text, round(term.coefficient, 1)) for term in explanation.terms[:1]]
    [('bill', 3.6)]
    >>> Explanation.from_dict(explanation.to_dict()).to_dict() == explanation.to_dict()
    True
    """

    document: Document
    decision: Decision
    members: tuple[Member, ...]
    flips: tuple[Flip, ...]
    calls: dict[str, int]
    model: dict[str, Any]
    production: dict[str, Any]
    findings: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    stopping: Stopping = field(default_factory=lambda: Stopping("fixed"))
    refinement: dict[str, Any] | None = None
    side_by_side: tuple[dict[str, Any], ...] = ()
    second: tuple[SecondSample, ...] = ()
    precedents: Precedents | None = None
    global_rules: FiredRules | None = None
    #: Volatile facts (duration, host, store hits) for run.json; never part of the record.
    run: dict[str, Any] = field(default_factory=dict)
    #: Every altered copy that was asked about, answered; None in an explanation that was read back.
    sample: Neighborhood | None = None
    #: What was asked and answered, for the evidence beside the report; never part of the record.
    transcript: Transcript | None = None

    @property
    def passed(self) -> bool:
        """Whether any surrogate passed the gate."""
        return any(member.verdict.passed for member in self.members)

    @property
    def surrogates(self) -> dict[str, ReadableModel]:
        """The fitted surrogates by name, whatever their verdict; read back, only those that passed."""
        return {member.name: member.model for member in self.members if member.model is not None}

    @property
    def effects(self) -> tuple[UnitEffect, ...]:
        """What each unit adds, by the shown sparse linear surrogates; see :class:`~surrogate.unit_effects.UnitEffect`."""
        models = [member.model for member in self.members if member.verdict.passed]
        return tuple(effect for model in models if isinstance(model, LinearModel) for effect in model.effects)

    @property
    def terms(self) -> tuple[Term, ...]:
        """Terms of the sparse linear surrogates that passed, largest coefficient first; empty when withheld."""
        models = [member.model for member in self.members if member.verdict.passed]
        return tuple(term for model in models if isinstance(model, LinearModel) for term in model.terms)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Rules of the trees and rule sets that passed; empty when withheld."""
        return tuple(rule for member in self.members if member.verdict.passed for rule in member.rules)

    @property
    def evidence(self) -> dict[str, Fidelity | None]:
        """Fidelity on the test part, by surrogate."""
        return {member.name: member.fidelity for member in self.members}

    def to_dict(self) -> dict[str, Any]:
        """The record: plain JSON values, numbers with ten significant digits, nothing that depends on clock or machine."""
        from surrogate.report.record.envelope import in_envelope

        return in_envelope(
            "local",
            {
                "banner": BANNER,
                "verdict": {"status": "explained" if self.passed else "withheld"},
                "document": {
                    "text": self.document.text,
                    "unit_kind": self.document.kind,
                    "segmenter": self.document.segmenter,
                    "units": [list(span) for span in self.document.spans],
                },
                "model": self.model,
                "decision": self.decision.to_dict(),
                "surrogates": [member.to_dict() for member in self.members],
                "flips": [flip.to_dict() for flip in self.flips],
                "calls": self.calls,
                "stopping": self.stopping.to_dict(),
                "refinement": self.refinement,
                "side_by_side": list(self.side_by_side),
                "second": [sample.to_dict() for sample in self.second],
                "precedents": None if self.precedents is None else self.precedents.to_dict(),
                "global_rules": None if self.global_rules is None else self.global_rules.to_dict(),
                "findings": list(self.findings),
                "limits": list(self.limits),
                "production": self.production,
            },
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Explanation:
        """Read a record back, of this version or of an earlier one.

        Raises
        ------
        InputError
            ``bad-record`` when the record is of an unknown version, is of a corpus, or lacks a field.
        """
        from surrogate.report.record import kind_of
        from surrogate.report.record.migrate import migrate

        record = migrate(data)
        if kind_of(record) != "local":
            raise InputError("bad-record", "A record of a single text is needed; this one is of a corpus.")
        try:
            return cls._from_dict(record)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError("bad-record", f"The record is damaged: {type(error).__name__} at {error}.") from error

    @classmethod
    def _from_dict(cls, data: dict[str, Any]) -> Explanation:
        document = data["document"]
        spans = tuple((int(start), int(end)) for start, end in document["units"])
        return cls(
            Document(document["text"], spans, document["unit_kind"], document["segmenter"]),
            Decision(**data["decision"]),
            tuple(Member.from_dict(member) for member in data["surrogates"]),
            tuple(Flip(**{**flip, "removed": tuple(flip["removed"])}) for flip in data["flips"]),
            data["calls"],
            data["model"],
            data["production"],
            tuple(data["findings"]),
            tuple(data["limits"]),
            Stopping.from_dict(data["stopping"]),
            data["refinement"],
            tuple(data["side_by_side"]),
            tuple(SecondSample.from_dict(sample) for sample in data["second"]),
            None if data["precedents"] is None else Precedents.from_dict(data["precedents"]),
            None if data["global_rules"] is None else FiredRules.from_dict(data["global_rules"]),
        )

    def report(
        self,
        folder: str | Path,
        formats: tuple[str, ...] = ("html",),
        *,
        overwrite: bool = False,
        evidence: bool = True,
        issuance: Issuance | dict[str, Any] | str | Path | None = None,
    ) -> Path:
        """Write the report: the record, its evidence, what people state about it, and the renderings asked for.

        Raises
        ------
        InputError
            ``output-exists``, ``cannot-write``, ``unknown-format`` or ``bad-issuance``; then nothing is changed.
        """
        from surrogate.report import write_report

        return write_report(self, folder, formats, overwrite=overwrite, evidence=evidence, issuance=issuance)

    def plot(self) -> Figure:
        """A matplotlib figure of the terms with their intervals.

        Raises
        ------
        InputError
            ``withheld`` when no sparse linear surrogate passed.
        """
        from surrogate.report.plot import plot_terms

        return plot_terms(self)

    def _repr_html_(self) -> str:
        from surrogate.report.html import render_fragment

        return render_fragment(self.to_dict())

    def __str__(self) -> str:
        from surrogate.report.text import render_text

        return render_text(self.to_dict())
