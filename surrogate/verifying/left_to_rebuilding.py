"""Which numbers of a record are not computed again from the evidence, and why: rebuilding checks them."""

from __future__ import annotations

__all__ = ["GLOBAL_REASONS", "LOCAL_REASONS"]

_FITTED = "fitted: it is found again by rebuilding, which fits again"
_BOOTSTRAP = "bootstrap interval: it is found again by rebuilding, which draws again"
_REFIT = "share of refits: it is found again by rebuilding, which refits"
_PROXY = "says what a proxy, or a surrogate of the same size, could do: it is found again by rebuilding"
_WITHHELD = "of a surrogate that was withheld, so that its terms and rules are not in the record"
_ROUNDS = "says how the number of calls came about: it is found again by rebuilding"
_ELSEWHERE = (
    "measured on other texts, or found elsewhere than in this sample: rebuilding, or the report it came from, has it"
)
_GIVEN = "given, not measured: a parameter, a version or an identity"
_DRAWN = "drawn to confirm an anchor: it is found again by rebuilding"
_IN_EMBEDDINGS = "found in embeddings: it is found again by rebuilding"

#: Patterns of JSON pointers in a record of one text, with the reason; the first that fits counts.
LOCAL_REASONS: list[tuple[str, str]] = [
    ("/document/units/**", "where the text was cut: it is found again by rebuilding, which cuts again"),
    ("/model/**", _GIVEN),
    ("/checklist/**", _GIVEN),
    ("/production/policy/*", _GIVEN),
    ("/production/random_state", _GIVEN),
    ("/production/embeddings/**", _GIVEN),
    ("/production/sampler/**", _GIVEN),
    ("/calls/noise", "repeated questions, which the sample does not list: rebuilding asks them again"),
    ("/stopping/**", _ROUNDS),
    ("/refinement/**", _ROUNDS),
    ("/side_by_side/**", _ELSEWHERE),
    ("/second/**", _ELSEWHERE),
    ("/precedents/**", _ELSEWHERE),
    ("/global_rules/**", _ELSEWHERE),
    ("/surrogates/*/stability/*", _REFIT),
    ("/surrogates/*/size_reference/*", _PROXY),
    ("/surrogates/*/fidelity/*/low", _BOOTSTRAP),
    ("/surrogates/*/fidelity/*/high", _BOOTSTRAP),
    ("/surrogates/*/fidelity/mae_probability/baseline", "its fitting weights need embeddings: rebuilding has them"),
    ("/surrogates/*/fidelity/**", _WITHHELD),
    ("/surrogates/*/misses/**", _WITHHELD),
    ("/surrogates/*/bands/**", _WITHHELD),
    ("/surrogates/*/verdict/calls_needed", _WITHHELD),
    ("/surrogates/*/rules/*/frequency", _REFIT),
    ("/surrogates/*/model/terms/*/frequency", _REFIT),
    ("/surrogates/*/model/effects/*/frequency", _REFIT),
    ("/surrogates/*/model/terms/*/low", _BOOTSTRAP),
    ("/surrogates/*/model/terms/*/high", _BOOTSTRAP),
    ("/surrogates/*/model/effects/*/low", _BOOTSTRAP),
    ("/surrogates/*/model/effects/*/high", _BOOTSTRAP),
    ("/surrogates/*/model/terms/**", _FITTED),
    ("/surrogates/*/model/intercept", _FITTED),
    ("/surrogates/*/model/margin_intercept", _FITTED),
    ("/surrogates/*/model/nodes/**", _FITTED),
    ("/surrogates/*/model/clauses/**", _FITTED),
    ("/surrogates/*/model/value", _FITTED),
    ("/surrogates/*/model/margin", _FITTED),
    # anchors
    ("/surrogates/*/model/candidates/**", _DRAWN),
    ("/surrogates/*/model/precision/*", _DRAWN),
    ("/surrogates/*/model/n_calls", _DRAWN),
    ("/surrogates/*/model/n_unusable", _DRAWN),
    ("/surrogates/*/model/base", _DRAWN),
    ("/surrogates/*/model/chosen", _DRAWN),
    ("/surrogates/*/model/threshold", _GIVEN),
    ("/surrogates/*/model/n_units", _GIVEN),
    # Shapley values
    ("/surrogates/*/model/values/*", _FITTED),
    ("/surrogates/*/model/low/*", _BOOTSTRAP),
    ("/surrogates/*/model/high/*", _BOOTSTRAP),
    ("/surrogates/*/model/interactions/**", _FITTED),
    ("/surrogates/*/model/base_value", _FITTED),
    ("/surrogates/*/model/full_value", _FITTED),
]

#: The same for a record of a corpus.
GLOBAL_REASONS: list[tuple[str, str]] = [
    ("/model/**", _GIVEN),
    ("/checklist/**", _GIVEN),
    ("/production/policy/*", _GIVEN),
    ("/production/embeddings/**", _GIVEN),
    ("/members/*/model/coefficients/*/frequency", _REFIT),
    ("/members/*/model/coefficients/*/low", "interval of a fitted coefficient: it is found again by rebuilding"),
    ("/members/*/model/coefficients/*/high", "interval of a fitted coefficient: it is found again by rebuilding"),
    ("/members/*/model/coefficients/*/*", _FITTED),
    ("/members/*/model/intercepts/*", _FITTED),
    ("/members/*/model/nodes/*/**", _FITTED),
    ("/members/*/model/rules/*/class_index", _FITTED),
    ("/members/*/model/rules/*/error", _FITTED),
    ("/members/*/model/rules/*/conditions/*/feature", _FITTED),
    ("/members/*/fidelity/**", _WITHHELD),
    (
        "/members/*/slices/**",
        "slices by concepts, or of a surrogate that was withheld: they are found again by rebuilding",
    ),
    ("/members/*/undecided/**", _WITHHELD),
    ("/concepts/**", _IN_EMBEDDINGS),
    ("/probes/**", _IN_EMBEDDINGS),
    ("/examples/**", _IN_EMBEDDINGS),
    ("/plane/**", _IN_EMBEDDINGS),
    ("/accuracy/**", _WITHHELD),
]
