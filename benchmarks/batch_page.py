"""The page of the benchmark of batches, from what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: The targets.
FASTER, LIME_FASTER, FLAT = 4.0, 50.0, 0.1


def page(told: dict[str, Any]) -> str:
    """Markdown."""
    parts = ["# Batches of many texts", "", f"{told['machine']}. Made by `python -m benchmarks.batch`."]
    for name, section in _SECTIONS.items():
        if name in told:
            parts += ["", *section(told)]
    return "\n".join(parts) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {' | '.join(row)} |" for row in rows)]


def _verdict(passed: bool) -> str:
    return "pass" if passed else "**missed**"


def _speed(told: dict[str, Any]) -> list[str]:
    speed = told["speed"]
    loop = sum(speed["loop"]) / 2
    rows = [
        ["loop over single explanations, one process", f"{loop:.4f}", "1.0", f"{speed['loop_calls']:.1f}", "", "", ""]
    ]
    for one in speed["batches"]:
        rows.append(
            [
                one["name"],
                f"{one['seconds']:.4f}",
                f"{loop / one['seconds']:.1f}",
                f"{one['calls']:.1f}",
                f"{one['asked']:.1f}",
                f"{100 * one['explained']:.0f} %",
                f"{one['fidelity']:.3f}",
            ]
        )
    best = loop / min(one["seconds"] for one in speed["batches"])
    return [
        f"## {speed['n']:,} messages of {speed['words']:.0f} words",
        "",
        "Seconds of whole processes, imports and loading included, divided by the rows; the loop has its model loaded, and was "
        f"run on {speed['n_loop']} of the messages before and after the batches ({speed['loop'][0]:.4f} and "
        f"{speed['loop'][1]:.4f} s). A single explanation refits to halves of its calls twenty times to say what is stable, and "
        "measures some things that only a report shows; a batch does so for rows with a full report, or for all with "
        "`--stability all`. Everything else in a row is the same.",
        "",
        *table(
            [
                "what",
                "seconds per row",
                "times faster",
                "calls of a row",
                "really asked",
                "explained",
                "median held-out R2",
            ],
            rows,
        ),
        "",
        f"Bar: at least {FASTER:.0f} times faster than the loop: {best:.1f}, {_verdict(best >= FASTER)}; with one worker "
        f"{loop / speed['batches'][0]['seconds']:.1f}.",
    ]


def _lime(told: dict[str, Any]) -> list[str]:
    lime, speed = told["lime"], told["speed"]
    one, two = (batch["seconds"] for batch in speed["batches"][:2])
    scores = lime["scores"]
    ours = [f"{scores['ours weighted']:.3f}", f"{scores['ours unweighted']:.3f}"]
    rows = [
        ["batch, 64 calls, 1 worker", f"{one:.4f}", "", "", *ours],
        ["batch, 64 calls, 2 workers", f"{two:.4f}", "", "", *ours],
        *(
            [
                f"lime, 5,000 samples, {how}",
                f"{lime[name]:.3f}",
                f"{lime[name] / one:.0f}",
                f"{lime[name] / two:.0f}",
                f"{scores['lime weighted']:.3f}",
                f"{scores['lime unweighted']:.3f}",
            ]
            for name, how in (
                ("plain", "the model called through transformers"),
                ("ours", "the model called through our black box, each distinct text once"),
            )
        ),
    ]
    ratio = lime["plain"] / two
    passed = ratio >= LIME_FASTER and scores["ours weighted"] >= scores["lime weighted"]
    return [
        f"## Beside lime at its defaults, {lime['n']} of the messages",
        "",
        "R2 of the probability of the decided class on 512 fresh copies of each text, drawn as lime draws them: with lime's own "
        "weights, and unweighted; medians. lime is timed in one process, as its users run it.",
        "",
        *table(
            [
                "what",
                "seconds per row",
                "times the batch, 1 worker",
                "2 workers",
                "R2, lime's weights",
                "R2, unweighted",
            ],
            rows,
        ),
        "",
        f"Ours is as good or better on {100 * lime['better']['weighted']:.0f} % of the texts with lime's weights and on "
        f"{100 * lime['better']['unweighted']:.0f} % unweighted. Bar: at least {LIME_FASTER:.0f} times less time at equal or "
        f"better fidelity: {ratio:.0f} with 2 workers, {_verdict(passed)}; {lime['plain'] / one:.0f} with one.",
    ]


def _memory(told: dict[str, Any]) -> list[str]:
    memory = {int(n): peak for n, peak in told["memory"].items()}
    sizes = sorted(memory)
    spread = memory[sizes[-1]] / memory[sizes[0]] - 1
    return [
        "## Memory of the driver",
        "",
        "Peak resident memory of the driver, two workers of loky, texts of four words and a model that costs nothing.",
        "",
        *table(["rows", "MB"], [[f"{n:,}", f"{memory[n]:.0f}"] for n in sizes]),
        "",
        f"Bar: flat within {100 * FLAT:.0f} %: {100 * spread:+.1f} %, {_verdict(abs(spread) <= FLAT)}.",
    ]


def _same(told: dict[str, Any]) -> list[str]:
    rows = [[how, "yes" if same else "**no**"] for how, same in told["same"]]
    return [
        "## The same bytes, 200 messages",
        "",
        "Digests of all rows and bytes of all files of rows, against one process without workers.",
        "",
        *table(["how", "identical"], rows),
    ]


def _kills(told: dict[str, Any]) -> list[str]:
    rows = [
        [
            one["whom"],
            f"{one['after']:.1f} s",
            "yes" if one["hit"] else "no, it had ended",
            str(one["code"]),
            "" if one["again"] is None else f"{one['again']:.1f} s",
            "yes" if one["once"] else "**no**",
            "yes" if one["same"] else "**no**",
        ]
        for one in told["kills"]
    ]
    return [
        "## Killed with SIGKILL, 300 messages in parts of 16",
        "",
        "Each line is a batch of which one process was killed: the driver, after which the same command was given again, or one "
        "of two workers, after which the run had to go on by itself. Seconds are from the start, and from the first worker.",
        "",
        *table(
            [
                "who",
                "after",
                "killed",
                "exit code of the run",
                "the same command again",
                "every row once",
                "bytes of an undisturbed batch",
            ],
            rows,
        ),
    ]


def _economy(told: dict[str, Any]) -> list[str]:
    rows = [
        [f"{100 * one['share']:.0f} %", f"{one['asked']:.1f}", f"{one['fidelity']:.3f}", f"{one['seconds']:.3f}"]
        for one in told["economy"]
    ]
    return [
        "## Rows that repeat others, 400 messages",
        "",
        *table(["rows that repeat another", "texts asked for a row", "median held-out R2", "seconds per row"], rows),
        "",
        "![Texts asked for a row, and fidelity](batch.svg)",
        "",
        "What a corpus proxy saves is measured in [corpus_proxy.md](corpus_proxy.md).",
    ]


_SECTIONS = {"speed": _speed, "lime": _lime, "memory": _memory, "same": _same, "kills": _kills, "economy": _economy}
