"""The methods of the fidelity benchmark: ours, and lime, shap, captum and shapiq over the same masks."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.fidelity_scores import Predict
from surrogate.answers import Answers
from surrogate.baselines import Calls, LimeBaseline, MaskedModel, ShapBaseline
from surrogate.outcome import Outcome
from surrogate.units import Document

#: Package of each family of peers, as pip knows it.
PACKAGES = ("lime", "shap", "captum", "shapiq")

#: What these packages raise on texts they cannot handle; shown in the table, not hidden.
FAILURES = (ValueError, IndexError, ZeroDivisionError, RuntimeError, np.linalg.LinAlgError)


class TimedBox:
    """A black box with a clock and a counter around its answers."""

    def __init__(self, box: Any) -> None:
        self._box = box
        self.seconds = 0.0
        self.n_answered = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._box, name)

    def answer(self, texts: Sequence[str]) -> Answers:
        """What the model says, on the clock."""
        start = time.perf_counter()
        answers = self._box.answer(texts)
        self.seconds += time.perf_counter() - start
        self.n_answered += len(texts)
        return answers


class Memory:
    """Log-probabilities by text, so that a second look at the same copies costs nothing."""

    def __init__(self) -> None:
        self.rows: dict[str, NDArray[np.float64]] = {}

    def add(self, texts: Sequence[str], answers: Answers) -> None:
        """Keep answers."""
        self.rows.update(zip(texts, answers.log_probabilities, strict=True))

    def answers(self, texts: Sequence[str]) -> Answers:
        """Kept answers, as the model gave them."""
        nobody = np.zeros(len(texts), dtype=bool)
        return Answers(np.array([self.rows[text] for text in texts]), None, None, nobody, nobody)


class AsSent(MaskedModel):
    """A masked model that is asked as a package asks: every copy it sends is read, also one it has sent before.

    Parameters
    ----------
    document : Document
    outcome : Outcome
    box : TimedBox
    memory : Memory
        Filled by what is read.
    pay : bool
        False: only what the memory lacks is read, where no time is taken.

    Attributes
    ----------
    own_seconds : float
        Taken here, outside the model, by turning masks into texts and looking answers up: no package's fault.
    """

    def __init__(self, document: Document, outcome: Outcome, box: TimedBox, memory: Memory, pay: bool) -> None:
        self.document, self.outcome, self.box, self.memory, self.pay = document, outcome, box, memory, pay
        self.render = document.keep
        self.own_seconds = 0.0

    def texts(self, masks: ArrayLike) -> list[str]:
        """The altered copies that masks stand for."""
        start = time.perf_counter()
        texts = super().texts(masks)
        self.own_seconds += time.perf_counter() - start
        return texts

    def answer_texts(self, texts: list[str]) -> Answers:
        """What the model says about altered copies."""
        start, before = time.perf_counter(), self.box.seconds
        wanted = texts if self.pay else [text for text in dict.fromkeys(texts) if text not in self.memory.rows]
        if wanted:
            self.memory.add(wanted, self.box.answer(wanted))
        answers = self.memory.answers(texts)
        self.own_seconds += time.perf_counter() - start - (self.box.seconds - before)
        return answers


@dataclass(frozen=True, eq=False)
class Run:
    """What one method said about one text.

    Parameters
    ----------
    predictions : dict of str to callable
        By form: "as given", "refitted by ridge".
    asked : ndarray of bool, shape (n_distinct, n_units)
    n_sent : int
    sizes : dict of str to int
        Terms, or leaves, of each form.
    seconds : float
        Whole wall time; ``model_seconds`` of it were spent in the model.
    """

    predictions: dict[str, Predict]
    asked: NDArray[np.bool_]
    n_sent: int
    sizes: dict[str, int]
    seconds: float
    model_seconds: float

    @property
    def n_distinct(self) -> int:
        """Distinct copies among those sent."""
        return len(self.asked)


Said = tuple[dict[str, Predict], dict[str, int], NDArray[np.bool_], int]


@dataclass(frozen=True)
class Method:
    """A method with a number of calls; ``explain(model, scale, seed, n_calls)`` gives forms, terms, masks and copies sent."""

    name: str
    package: str
    n_calls: int
    explain: Callable[[AsSent, str, int, int], Said]
    slow: bool = False

    def run(self, model: AsSent, scale: str, seed: int) -> Run:
        """Explain one text on the clock, from which what the benchmark itself takes is left out."""
        model.box.seconds = model.own_seconds = 0.0
        start = time.perf_counter()
        with warnings.catch_warnings():
            # Singular regressions and the like: what counts is how the result predicts.
            warnings.simplefilter("ignore")
            predictions, sizes, asked, n_sent = self.explain(model, scale, seed, self.n_calls)
        seconds = time.perf_counter() - start - model.own_seconds
        return Run(predictions, asked, n_sent, sizes, seconds, model.box.seconds)


def warm_up(box: Any, document: Document, outcome: Outcome) -> None:
    """Run everything once, so that imports and compilation are on nobody's clock."""
    for method in peers((16,), 48):
        if is_installed(method.package):
            method.run(AsSent(document, outcome, TimedBox(box), Memory(), pay=False), "probability", seed=0)


def is_installed(package: str) -> bool:
    """Whether a peer can be run here."""
    needed = ("shapiq", "lightgbm") if package == "shapiq" else (package,)
    return all(find_spec(name) is not None for name in needed)


def peers(lime_calls: Sequence[int], n_calls: int) -> list[Method]:
    """Lime at several numbers of calls, everyone else at one."""
    methods = [Method(f"lime, {n:,}", "lime", n, _lime) for n in lime_calls]
    named = [
        ("shap Partition", "shap", _shap_partition),
        ("shap Kernel", "shap", _shap_kernel),
        ("captum Lime", "captum", _captum_lime),
        ("captum KernelShap", "captum", _captum_kernel_shap),
        ("shapiq KernelSHAP", "shapiq", _shapiq_kernel_shap),
    ]
    methods += [Method(f"{name}, {n_calls:,}", package, n_calls, run) for name, package, run in named]
    # It searches a grid of boosted trees for every text.
    return [*methods, Method(f"shapiq ProxySPEX, {n_calls:,}", "shapiq", n_calls, _shapiq_proxy_spex, slow=True)]


def _lime(model: AsSent, scale: str, seed: int, n_calls: int) -> Said:
    return _baseline(LimeBaseline(num_samples=n_calls, random_state=seed, scale=scale), model)


def _shap_partition(model: AsSent, scale: str, seed: int, n_calls: int) -> Said:
    return _baseline(ShapBaseline("partition", max_evals=n_calls, random_state=seed, scale=scale), model)


def _shap_kernel(model: AsSent, scale: str, seed: int, n_calls: int) -> Said:
    return _baseline(ShapBaseline("kernel", max_evals=n_calls, random_state=seed, scale=scale), model)


def _baseline(baseline: LimeBaseline | ShapBaseline, model: AsSent) -> Said:
    result = baseline.explain(model)
    forms: dict[str, Any] = {"as given": result.model}
    if result.refitted is not None:
        forms["refitted by ridge"] = result.refitted
    predictions = {form: linear.predict for form, linear in forms.items()}
    return predictions, {form: len(linear.terms) for form, linear in forms.items()}, result.asked, result.n_sent


def _captum_lime(model: AsSent, scale: str, seed: int, n_calls: int) -> Said:
    """Lime of captum with its default regression (lasso) and kernel."""
    from captum._utils.models.linear_model import SkLearnLasso
    from captum.attr import Lime

    regression = SkLearnLasso(alpha=0.01)
    return _captum(lambda function: Lime(function, interpretable_model=regression), model, scale, seed, n_calls)


def _captum_kernel_shap(model: AsSent, scale: str, seed: int, n_calls: int) -> Said:
    from captum.attr import KernelShap

    return _captum(KernelShap, model, scale, seed, n_calls)


def _captum(make: Callable[..., Any], model: AsSent, scale: str, seed: int, n_calls: int) -> Said:
    import torch

    calls = Calls(model, scale)

    def function(kept: Any) -> Any:
        return torch.from_numpy(calls(kept.numpy() > 0.5))

    n_units = model.n_units
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        explainer = make(function)
        found = explainer.attribute(
            torch.ones(1, n_units), baselines=torch.zeros(1, n_units), n_samples=n_calls, perturbations_per_eval=n_calls
        )
    weights = found[0].numpy().astype(np.float64)
    intercept = float(explainer.interpretable_model.bias())
    n_terms = int((weights != 0).sum())
    return (
        {"as given": lambda masks: intercept + masks @ weights},
        {"as given": n_terms},
        calls.distinct()[0],
        calls.n_sent,
    )


def _shapiq_kernel_shap(model: AsSent, scale: str, seed: int, n_calls: int) -> Said:
    from shapiq.approximator import KernelSHAP

    return _shapiq(KernelSHAP(n=model.n_units, random_state=seed), model, scale, n_calls)


def _shapiq_proxy_spex(model: AsSent, scale: str, seed: int, n_calls: int) -> Said:
    """ProxySPEX with its defaults: faithful Banzhaf interactions of any order, as many as it finds."""
    from shapiq.approximator import ProxySPEX

    return _shapiq(ProxySPEX(n=model.n_units, random_state=seed), model, scale, n_calls)


def _shapiq(approximator: Any, model: AsSent, scale: str, n_calls: int) -> Said:
    calls = Calls(model, scale)
    found = approximator.approximate(n_calls, lambda masks: calls(np.asarray(masks, dtype=bool)))
    terms = [(list(units), float(found.values[place])) for units, place in found.interaction_lookup.items()]
    if () not in found.interaction_lookup:
        terms.append(([], float(found.baseline_value)))

    def predict(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.sum([value * masks[:, units].all(axis=1) for units, value in terms], axis=0)

    n_terms = sum(bool(units) for units, _ in terms)
    return {"as given": predict}, {"as given": n_terms}, calls.distinct()[0], calls.n_sent
