"""Assembly: from a fitted pipeline and what the model answered to an Explanation.  Where asking and evidence meet."""

from __future__ import annotations

from dataclasses import dataclass, field

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from surrogate.appraisal import appraise
from surrogate.case import Case, read_decision, teaching_part
from surrogate.confirm import Asker, joined
from surrogate.confirmation import only_checkable
from surrogate.evidence import Policy, find_flips
from surrogate.explanation import Explanation, Member
from surrogate.findings import find_findings, state_limits
from surrogate.fit import Panel, Surrogate, Teacher
from surrogate.fit.corrected import Prior
from surrogate.long_text import new_rows
from surrogate.neighborhood import Neighborhood
from surrogate.noise import n_asked_again
from surrogate.plan import confirm_of, count_calls
from surrogate.provenance import describe_model, describe_production
from surrogate.refinement import Refinement
from surrogate.settling import Settled, settle_fitted
from surrogate.single_thread import single_thread

__all__ = ["Taught", "assemble", "explanation_of", "teach"]


@dataclass(frozen=True, eq=False)
class Taught:
    """Surrogates, and what they were taught by.

    Parameters
    ----------
    surrogate : Surrogate or Panel
        Fitted.
    teaching : Neighborhood
        The answers that taught it.
    teacher : Teacher
        The proxies that stood between.
    """

    surrogate: Surrogate | Panel
    teaching: Neighborhood
    teacher: Teacher = field(default_factory=Teacher)

    @property
    def members(self) -> dict[str | None, Surrogate]:
        """The surrogates by name; a single one has none."""
        if isinstance(self.surrogate, Panel):
            return dict(self.surrogate.members_.items())
        return {None: self.surrogate}


def teach(settled: Settled, prior: Prior | None = None) -> Taught:
    """Fit the surrogates anew, to every answer but the test part.

    Parameters
    ----------
    settled : Settled
    prior : callable, optional
        What was known before the calls; see :class:`surrogate.fit.Teacher`.
    """
    teaching, teacher = teaching_part(settled.whole), Teacher(prior=prior)
    surrogate = only_checkable(clone(settled.pipe.named_steps["surrogate"]), settled.whole, settled.n_confirm)
    with single_thread():
        return Taught(surrogate.fit(teaching, teacher=teacher), teaching, teacher)


def explanation_of(pipe: Pipeline, text: str, *, policy: Policy | None = None, recipe_name: str = "") -> Explanation:
    """The explanation of one text by a pipeline that was fitted on it; the test part is read here, once.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With the steps perturb, query, weigh and surrogate.
    text : str
    policy : Policy, optional
    recipe_name : str

    Returns
    -------
    Explanation
        Of the surrogates as they were fitted; its calls for confirmation come on top of the pipeline's sample.
    """
    settled = settle_fitted(pipe, text)
    taught = Taught(pipe.named_steps["surrogate"], settled.whole)
    return assemble(settled, taught, policy or Policy(), recipe_name)


def assemble(
    settled: Settled,
    taught: Taught,
    policy: Policy,
    recipe_name: str,
    refinement: Refinement | None = None,
    *,
    full: bool = True,
) -> Explanation:
    """Measure the surrogates on the test part, and put all that was found into one explanation.

    Parameters
    ----------
    settled : Settled
    taught : Taught
    policy : Policy
    recipe_name : str
    refinement : Refinement, optional
        How the units of a long text were found.
    full : bool, default True
        Whether everything is measured that a report shows.  False: only what a row of a batch shows, to the same numbers.  The
        surrogates are not refitted to halves of the calls, which costs more than all else: no term, unit or rule has a
        frequency or a grade, but where every copy was asked, so that nothing can vary.  Largest misses, fidelity by size, the
        reference of the size, the recipe and the digest of the answers are left out as well.  Such an explanation is no
        report: it cannot be written or shown as one.

    Returns
    -------
    Explanation
    """
    whole, box = settled.whole, settled.pipe.named_steps["query"].black_box
    fitted = taught.members
    outcome = next(iter(fitted.values())).outcomes_[whole.documents[0].text]
    asker = Asker(settled.pipe, whole, outcome, 0 if whole.exhaustive else settled.n_confirm)
    case = Case(whole, taught.teaching, outcome, policy, asker, taught.teacher, full=full)
    members = tuple(
        _appraise(name, estimator, case, confirm_of(settled.n_confirm, estimator, fitted.values()))
        for name, estimator in fitted.items()
    )
    everything = joined(whole, [*asker.asked, *new_rows(refinement, whole)])
    model, decision = describe_model(box), read_decision(whole, outcome)
    n_repeats = 0 if settled.stopping.noise_ceiling is None else n_asked_again(box, whole)
    return Explanation(
        document=whole.documents[0],
        decision=decision,
        members=members,
        flips=find_flips(everything, outcome),
        calls=count_calls(everything, n_repeats),
        model=model,
        production=describe_production(settled.pipe, everything, outcome, policy, recipe_name, full=full),
        findings=find_findings(members, decision, whole, outcome),
        limits=state_limits(whole, outcome, model),
        stopping=settled.stopping,
        refinement=None if refinement is None else refinement.to_dict(),
        sample=everything,
    )


def _appraise(name: str | None, estimator: Surrogate, case: Case, n_confirm: int) -> Member:
    case.asker.allow(n_confirm)
    return appraise(name, estimator, case)
