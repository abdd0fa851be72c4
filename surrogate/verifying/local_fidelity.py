"""Fidelity of a surrogate of one text, measured again on the test rows of the evidence."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from typing import Any

from surrogate.verifying.comparison import Comparison
from surrogate.verifying.models import predicted
from surrogate.verifying.numeric import sigmoid, votes_shown, weighted_mean
from surrogate.verifying.rows import Row, Sample

__all__ = ["compare_fidelity", "compare_misses"]

#: Bands by the share of units that a copy keeps; test copies that are shown.
_N_BANDS, _MOST_MISSES = 4, 3

Prediction = tuple[tuple[float, float], tuple[float, float]]


def compare_fidelity(
    comparison: Comparison, where: str, member: dict[str, Any], sample: Sample, record: dict[str, Any]
) -> None:
    """Measure fidelity again; of a surrogate that was withheld, what needs no model.

    Parameters
    ----------
    comparison : Comparison
    where : str
        JSON pointer to the surrogate.
    member : dict
    sample : Sample
    record : dict
    """
    said, here = member["fidelity"], f"{where}/fidelity"
    scale = member["model"]["scale"] if member["model"] is not None else _scale_of(record, member["name"])
    test = [row for row in sample.of_role("test") if row.weight > 0]
    comparison.number(f"{here}/n_test", said["n_test"], len(test))
    comparison.number(f"{here}/n_pairs", said["n_pairs"], len({row.pair for row in test}))
    comparison.value(f"{here}/exact", said["exact"], sample.exact)
    comparison.number(f"{here}/r2/baseline", said["r2"]["baseline"], 0.0)
    weights = [row.weight for row in test]
    wins = weighted_mean([float(row.margin > 0) for row in test], weights)
    comparison.number(f"{here}/agreement/baseline", said["agreement"]["baseline"], max(wins, 1.0 - wins))
    if scale is not None:
        values = [_scaled(row, scale) for row in test]
        mean = weighted_mean(values, weights)
        comparison.number(
            f"{here}/variance", said["variance"], weighted_mean([(v - mean) ** 2 for v in values], weights)
        )
        _compare_constant(comparison, f"{here}/mae_probability/baseline", said, sample, test)
    if member["model"] is not None:
        _compare_predictions(comparison, here, said, member["model"], sample, test)
    for name in ("r2", "mae_probability", "agreement"):
        _compare_ends(comparison, f"{here}/{name}", said[name], sample.exact)


def _scale_of(record: dict[str, Any], name: str) -> str | None:
    """Scale of a surrogate that was withheld, by the recipe; None: it does not say."""
    try:
        recipe = tomllib.loads(record["production"]["recipe"]["toml"])["surrogate"]
    except (tomllib.TOMLDecodeError, RecursionError, KeyError):
        return None
    scale = recipe.get("members", {}).get(name, recipe).get("scale")
    return scale if scale in ("log_odds", "probability") else None


def _scaled(row: Row, scale: str) -> float:
    return row.value if scale == "log_odds" else sigmoid(row.value)


def _compare_constant(
    comparison: Comparison, where: str, said: dict[str, Any], sample: Sample, test: Sequence[Row]
) -> None:
    """Error of always naming the mean probability of the fitting rows."""
    fit = sample.of_role("fit", "select")
    weights = [sample.fit_weight(row) for row in fit]
    given = [weight for weight in weights if weight is not None]
    if len(given) == len(weights):
        constant = weighted_mean([sigmoid(row.value) for row in fit], given)
        errors = [abs(sigmoid(row.value) - constant) for row in test]
        expected = weighted_mean(errors, [row.weight for row in test])
        comparison.number(where, said["mae_probability"]["baseline"], expected)


def _compare_predictions(
    comparison: Comparison,
    here: str,
    said: dict[str, Any],
    model: dict[str, Any],
    sample: Sample,
    test: Sequence[Row],
) -> None:
    scale, weights = model["scale"], [row.weight for row in test]
    made = predicted(model, [row.mask for row in test])
    value, moved = _r2(test, made, scale, sample)
    comparison.number(f"{here}/r2/value", said["r2"]["value"], value, moved)
    errors = [
        abs(_probability(_scaled(r, scale), scale) - _probability(p, scale))
        for r, ((p, _), _) in zip(test, made, strict=True)
    ]
    # the steepest that a probability rises in log-odds is one quarter
    shifts = [shift * (1.0 if scale == "probability" else 0.25) for (_, shift), _ in made]
    comparison.number(
        f"{here}/mae_probability/value",
        said["mae_probability"]["value"],
        weighted_mean(errors, weights),
        weighted_mean(shifts, weights),
    )
    alike = [float((margin > 0) == (row.margin > 0)) for row, (_, (margin, _)) in zip(test, made, strict=True)]
    unsure = [float(abs(margin) <= shift) for _, (margin, shift) in made]
    comparison.number(
        f"{here}/agreement/value",
        said["agreement"]["value"],
        weighted_mean(alike, weights),
        weighted_mean(unsure, weights),
    )


def _probability(value: float, scale: str) -> float:
    return min(max(value, 0.0), 1.0) if scale == "probability" else sigmoid(value)


def _r2(test: Sequence[Row], made: Sequence[Prediction], scale: str, sample: Sample) -> tuple[float, float]:
    """Share of the variance that is explained, and how far the rounding of the record may have moved it."""
    values, weights = [_scaled(row, scale) for row in test], [row.weight for row in test]
    shown = [value for (value, _), _ in made]
    if scale == "log_odds" and sample.original.counted is not None:
        shown = [votes_shown(v, r.counted[1]) if r.counted else v for v, r in zip(shown, test, strict=True)]
    mean, total = weighted_mean(values, weights), math.fsum(weights)
    spread = math.fsum(w * (v - mean) ** 2 for v, w in zip(values, weights, strict=True))
    error = math.fsum(w * (v - p) ** 2 for v, p, w in zip(values, shown, weights, strict=True))
    if spread <= 1e-12 * total:
        return (1.0 if error <= 1e-12 * total else 0.0), 0.0
    shifts = [shift for (_, shift), _ in made]
    moved = math.fsum(
        w * (2 * abs(v - p) * s + s * s) for v, p, w, s in zip(values, shown, weights, shifts, strict=True)
    )
    return 1.0 - error / spread, moved / spread


def _compare_ends(comparison: Comparison, where: str, estimate: dict[str, Any], exact: bool) -> None:
    """Of what is exact the ends; otherwise, since they were drawn, that the value lies between them."""
    if exact:
        comparison.number(f"{where}/low", estimate["low"], estimate["value"])
        comparison.number(f"{where}/high", estimate["high"], estimate["value"])
    else:
        fits = estimate["low"] <= estimate["value"] <= estimate["high"]
        comparison.fits(where, estimate["value"], fits, "the value lies in its interval")
        comparison.seen.discard(where)
    comparison.number(f"{where}/level", estimate["level"], 0.95)


def compare_misses(comparison: Comparison, where: str, member: dict[str, Any], sample: Sample) -> None:
    """Find again the test copies with the largest errors, and the errors by the share of units that a copy keeps.

    Parameters
    ----------
    comparison : Comparison
    where : str
    member : dict
    sample : Sample
    """
    if member["fidelity"] is None:
        return
    model, test = member["model"], sample.of_role("test")
    made = predicted(model, [row.mask for row in test])
    said = [_probability(value, model["scale"]) for (value, _), _ in made]
    shift = max((moved for (_, moved), _ in made), default=0.0)
    both = list(zip((sigmoid(row.value) for row in test), said, (row.text for row in test), strict=True))
    _compare_shown_misses(comparison, f"{where}/misses", member["misses"], both, shift)
    for place, band in enumerate(member["bands"]):
        low, high = place / _N_BANDS, (place + 1) / _N_BANDS
        shares = [row.n_kept / sample.n_units for row in test]
        inside = [share <= high and (share > low or not place) for share in shares]
        errors = [abs(told - guess) for (told, guess, _), kept in zip(both, inside, strict=True) if kept]
        here = f"{where}/bands/{place}"
        comparison.number(f"{here}/from_share", band["from_share"], low)
        comparison.number(f"{here}/to_share", band["to_share"], high)
        comparison.number(f"{here}/n_test", band["n_test"], len(errors))
        mean = math.fsum(errors) / len(errors) if errors else None
        comparison.number(f"{here}/mae_probability", band["mae_probability"], mean, shift)
    comparison.value(f"{where}/bands", len(member["bands"]), _N_BANDS)
    comparison.seen.discard(f"{where}/bands")


def _compare_shown_misses(
    comparison: Comparison, where: str, misses: list[dict[str, Any]], both: list[tuple[float, float, str]], shift: float
) -> None:
    ordered = sorted(both, key=lambda one: (-abs(one[0] - one[1]), one[2]))
    comparison.value(where, len(misses), min(_MOST_MISSES, len(ordered)))
    comparison.seen.discard(where)
    for place, (miss, first) in enumerate(zip(misses, ordered, strict=False)):
        size = abs(first[0] - first[1])
        alike = [one for one in ordered if abs(abs(one[0] - one[1]) - size) <= 2 * shift + 1e-9]
        told, guess, text = next((one for one in alike if one[2] == miss["text"]), first)
        comparison.value(f"{where}/{place}/text", miss["text"], text)
        comparison.number(f"{where}/{place}/model", miss["model"], told)
        comparison.number(f"{where}/{place}/surrogate", miss["surrogate"], guess, shift)
