"""What the gate decided about each surrogate, in sentences."""

from __future__ import annotations

from typing import Any

from surrogate.report.grading import quotable
from surrogate.report.language import joined, message, plural, recorded, say
from surrogate.report.number_format import percent

__all__ = ["headline", "no_variance", "predicts", "settle", "surrogate_title", "verdict_sentence", "without_fidelity"]

Record = dict[str, Any]

_TITLES = {
    "linear": message("Sparse linear model"),
    "tree": message("Rule tree"),
    "rule_set": message("Rule list"),
    "anchor": message("Anchor"),
    "shapley": message("Shapley values"),
}
_SHOWS = {
    "linear": message("Passed, its terms are shown."),
    "tree": message("Passed, its rules are shown."),
    "rule_set": message("Passed, its rules are shown."),
    "anchor": message("Passed, the condition is shown."),
    "shapley": message("Passed, they are shown."),
}

#: Variance below which the model's answer counts as constant, as in the gate.
_NO_VARIANCE = 1e-12

#: How the gate begins its reason when the model gives one answer to everything.
_NO_REACTION = "The model does not react to this text"


def surrogate_title(member: Record) -> str:
    """Name of a surrogate for a reader."""
    kind = member["kind"]
    title = say(_TITLES[kind])
    if member["name"] == kind:
        return title
    return say("{kind} “{name}”", kind=title, name=member["name"])


def predicts(member: Record) -> bool:
    """Whether a surrogate says something about every copy, so that its fidelity can be measured."""
    return member["kind"] not in ("anchor", "shapley")


def without_fidelity(members: list[Record]) -> str:
    """Why some surrogates have no fidelity, and what the gate asks of them instead.

    Examples
    --------
    >>> without_fidelity([{"kind": "anchor"}])
    'The anchor predicts no answers, so it has no fidelity; it is confirmed by asking about further copies under its condition.'
    """
    told = {
        "anchor": say(
            "The anchor predicts no answers, so it has no fidelity; it is confirmed by asking about further copies under its "
            "condition."
        ),
        "shapley": say(
            "Shapley values predict no answers, so they have no fidelity; they are judged by their intervals."
        ),
    }
    return joined(*(told[kind] for kind in dict.fromkeys(member["kind"] for member in members)))


def headline(record: Record) -> str:
    """The verdict as one line."""
    members = record["surrogates"]
    shown = [member for member in members if not member["withheld"]]
    if not shown and all(no_variance(member) for member in members):
        return say("Withheld: the model does not react to this text")
    if not shown:
        return say("Withheld: the evidence does not carry an explanation")
    if len(shown) < len(members):
        return plural(
            "Explained in part: {n} of {n_all} surrogates is shown",
            "Explained in part: {n} of {n_all} surrogates are shown",
            len(shown),
            n_all=len(members),
        )
    if len(members) == 1:
        return _only(members[0])
    if not all(map(predicts, members)):
        if len(shown) == 2:
            return say("Explained: both surrogates are borne out well enough to be shown")
        return say("Explained: all {n} surrogates are borne out well enough to be shown", n=len(shown))
    if len(shown) == 2:
        return say("Explained: both surrogates follow the model closely enough to be shown")
    return say("Explained: all {n} surrogates follow the model closely enough to be shown", n=len(shown))


def _only(member: Record) -> str:
    """The verdict on the only surrogate, which is shown."""
    if member["kind"] == "anchor":
        return say("Explained: what holds the decision was found and confirmed")
    if member["kind"] == "shapley":
        return say("Explained: the values are known well enough to be shown")
    return say("Explained: the surrogate follows the model closely enough to be shown")


def no_variance(member: Record) -> bool:
    """Whether the model gave one answer to every copy."""
    if member["fidelity"] is None:
        return str(member["verdict"]["reason"]).startswith(_NO_REACTION)
    return bool(member["fidelity"]["variance"] < _NO_VARIANCE)


def verdict_sentence(member: Record) -> str:
    """What the gate says of one surrogate."""
    kind, status, reason = member["kind"], member["verdict"]["status"], member["verdict"]["reason"]
    if not member["withheld"]:
        return joined(say(_SHOWS[kind]), recorded(reason), _caution(member), _unquotable(member))
    if member["verdict"]["calls_needed"] is not None:  # Said apart, by settle().
        reason = reason.removesuffix(f" About {member['verdict']['calls_needed']:,} calls would settle it.")
    return joined(say("Failed.") if status == "fail" else say("Insufficient evidence."), recorded(reason))


def _caution(member: Record) -> str:
    """What a reader must know of a surrogate that passed although it hardly tells the decision itself."""
    if member["fidelity"] is None:
        return ""
    agreement = member["fidelity"]["agreement"]
    if agreement["baseline"] is None or agreement["low"] > agreement["baseline"] or agreement["baseline"] == 1.0:
        return ""
    return say(
        "Caution: it decides like the model on {share} of the copies, not clearly more often than always giving the more "
        "frequent decision ({baseline}): read it for the direction, not for the decision.",
        share=percent(agreement["value"]),
        baseline=percent(agreement["baseline"]),
    )


def _unquotable(member: Record) -> str:
    """What a reader must know of a surrogate none of whose terms or rules may be quoted."""
    model = member["model"]
    items = [*model["effects"], *model["terms"]] if member["kind"] == "linear" else member["rules"]
    if not items or quotable(items):
        return ""
    if member["kind"] == "linear":
        return say("Caution: no single word or term of it may be quoted; each is too uncertain by itself.")
    return say("Caution: no single rule of it may be quoted; each is too uncertain by itself.")


def settle(member: Record, record: Record) -> str:
    """What would settle the question of a surrogate that is withheld; empty for one that is shown."""
    verdict, total = member["verdict"], record["calls"]["total"]
    if not member["withheld"]:
        return ""
    if verdict["calls_needed"] is not None:
        return say(
            "About {needed} calls in all; this report used {used}.",
            needed=f"{verdict['calls_needed']:,}",
            used=f"{total:,}",
        )
    if no_variance(member):
        return say("Nothing needs settling: on these copies the answer does not depend on what is kept.")
    if record["production"]["exhaustive"]:
        return say(
            "Not more calls: every possible copy was asked. A surrogate of another form, or with more terms, may."
        )
    if record["stopping"]["reason"] == "exhausted":
        return say(
            "Not more copies: every possible one was asked. More answers to each, such as more votes, lessen the noise."
        )
    if verdict["status"] == "fail":
        return say(
            "More calls than the {used} used here may give a better surrogate; if they do not, a shorter passage or a surrogate "
            "of another form may.",
            used=f"{total:,}",
        )
    return _settle_evidence(member, record)


def _settle_evidence(member: Record, record: Record) -> str:
    """What would settle insufficient evidence whose number of calls cannot be told."""
    production, decision = record["production"], record["decision"]
    unusable = production["n_truncated"] + production["n_refused"]
    whole = not (decision["truncated"] or decision["refused"])
    if not whole or unusable > production["policy"]["max_unusable"] * production["n_copies"]:
        return say("A text that the model reads and answers in full, altered copies included.")
    if member["kind"] == "anchor":
        return say(
            "More calls leave more copies to confirm an anchor with; or there is none, and other surrogates say more."
        )
    if predicts(member) and (
        member["fidelity"] is None or member["fidelity"]["n_test"] < production["policy"]["min_test"]
    ):
        return say(
            "More calls: at least {n} altered copies must be left to test on.", n=production["policy"]["min_test"]
        )
    if member["kind"] == "shapley":
        return say("More calls narrow the intervals; how many are needed cannot be told from these copies.")
    return say("More calls narrow the interval; how many are needed cannot be told from these copies.")
