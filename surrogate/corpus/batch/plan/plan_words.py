"""A plan in words: its table, its lines, and what is to be known about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from surrogate.corpus.batch.plan.amounts import number_of, span
from surrogate.corpus.batch.plan.estimating import Estimate
from surrogate.corpus.batch.plan.planned_calls import PlannedCalls
from surrogate.corpus.batch.plan.spending import Spending
from surrogate.plan import Calls

if TYPE_CHECKING:
    from surrogate.corpus.batch.plan.planning import BatchPlan

__all__ = ["closing_lines", "plan_lines", "plan_notes", "plan_rows"]

Row = tuple[str, str, str, str, str]


def plan_rows(plan: BatchPlan) -> list[Row]:
    """The plan as a table: what, low, expected, high, where it comes from."""
    asking, size = plan.asking, plan.size
    rows = [
        _counted("rows", size.n_rows, f"{size.n_problems:,} without a usable text" if size.n_problems else ""),
        _counted("distinct texts", size.n_texts, f"{size.n_done:,} of them done before" if size.n_done else ""),
        _counted("parts", size.n_parts, f"of {number_of(size.part_texts, 'text')}; {size.n_parts_left:,} to do"),
        _ranged(
            "calls for a text",
            asking.per_text,
            "number",
            f"at most {asking.most_per_text:,}; copies of {number_of(asking.n_sampled, 'text')} drawn",
        ),
        _ranged("calls", asking.total, "count", "distinct altered copies, the texts themselves included"),
        _ranged("tokens of a copy", asking.tokens_per_copy, "number", _share(asking)),
        _ranged("tokens", asking.tokens, "count", asking.token_source),
    ]
    rows += [] if plan.spending is None else _spending_rows(plan.spending)
    rows.append(_time_row(plan))
    rows += _storage_rows(plan)
    if plan.worker_bytes is not None:
        rows.append(_ranged("memory of a worker", plan.worker_bytes, "bytes", number_of(plan.workers, "worker")))
    codes = ", ".join(f"{number:,} {code}" for code, number in sorted(asking.error_codes.items()))
    rows.append(_ranged("rows with an error", asking.errors, "count", f"in the sample: {codes or 'none'}"))
    return rows


def plan_lines(plan: BatchPlan) -> list[str]:
    """The plan as lines of text; nothing of it quotes a text."""
    lines = [f"Plan of a batch with the model {plan.model} ({plan.kind}). Nothing was written."]
    for what, low, expected, high, source in plan.rows():
        spread = f" ({low} to {high})" if low else ""
        lines.append(f"{what}: {expected}{spread}" + (f"; {source}" if source else ""))
    return [*lines, *closing_lines(plan)]


def closing_lines(plan: BatchPlan) -> list[str]:
    """What comes below the table: what would be sent, what would break first, and notes."""
    lines = [plan.announcement] if plan.announcement else []
    lines += plan.notes
    if plan.refusal:
        lines.append(f"It would not begin. {plan.refusal}")
    first = plan.breaks_first
    if first is not None:
        others = [limit for limit in plan.limits if limit.breaks != "no" and limit is not first]
        return [*lines, f"What breaks first: {first.sentence()}", *(f"Then: {limit.sentence()}" for limit in others)]
    compared = ", ".join(limit.name for limit in plan.limits)
    return [*lines, f"Nothing is expected to break, of what was compared: {compared}."]


def plan_notes(asking: PlannedCalls, calls: Calls, spending: Spending | None, workers: int) -> tuple[str, ...]:
    """What a reader must know beside the numbers."""
    notes = []
    if calls == "auto":
        notes.append(
            "With --calls auto a text takes as many calls as it needs: the range is from the first round to the last. A number "
            "of calls makes a plan that holds."
        )
    if asking.n_bounded:
        notes.append(
            f"For {asking.n_bounded:,} of the sampled texts only bounds are known, since their copies cannot be drawn without "
            "asking."
        )
    if spending is not None and workers > 1:
        notes.append(
            f"Pace and budget of [manners] are kept by each of the {workers:,} workers on its own: where they are those of an "
            "account, state each worker's share."
        )
    if spending is not None and spending.cost is None:
        notes.append("Money is not known: state input_price and output_price in [manners].")
    return tuple(notes)


def _spending_rows(spending: Spending) -> list[Row]:
    rows = [
        _ranged("requests", spending.requests, "count", f"to {spending.place}"),
        _ranged("tokens read", spending.read, "count", "prompt or questions of each request included"),
        _ranged("tokens written", spending.written, "count", "from one for each answer to as many as are allowed"),
    ]
    if spending.cost is None:
        return [*rows, ("money", "", "not known", "", "no prices are stated")]
    prices = f"at {spending.input_price:g} and {spending.output_price:g} for a million tokens read and written"
    return [*rows, _ranged("money", spending.cost, "money", f"{prices}, in their unit")]


def _time_row(plan: BatchPlan) -> Row:
    if plan.timing.seconds is not None and plan.spending is not None:
        return _ranged("time, at least", plan.timing.seconds, "seconds", plan.timing.how)
    if plan.timing.seconds is None:
        return ("time", "", "not known", "", plan.timing.how)
    return _ranged("time", plan.timing.seconds, "seconds", plan.timing.how)


def _storage_rows(plan: BatchPlan) -> list[Row]:
    storage = plan.storage
    weighed = "rows of texts explained for real were weighed" if storage.is_measured else "not measured: usual sizes"
    rows = [_ranged("disk, rows and index", storage.rows, "bytes", weighed)]
    if storage.reports.high:
        rows.append(_ranged("disk, full reports", storage.reports, "bytes", "those chosen before anything is asked"))
    rows.append(_ranged("disk, while it runs", storage.work, "bytes", "holds people's texts; removed at the end"))
    if storage.answers.high:
        rows.append(_ranged("disk, answer store", storage.answers, "bytes", "in the cache folder, not in the output"))
    return rows


def _share(asking: PlannedCalls) -> str:
    if asking.token_share is None:
        return "between a quarter of its text and all of it"
    return f"{asking.token_share:.2f} of its text's, counted on drawn copies"


def _counted(what: str, value: int, source: str) -> Row:
    return (what, "", f"{value:,}", "", source)


def _ranged(what: str, estimate: Estimate, unit: str, source: str) -> Row:
    low, expected, high = span(estimate, unit)
    return (what, low, expected, high, source)
