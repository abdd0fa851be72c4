"""What the verb batch does: a plan, or a run."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import click

from surrogate.cli.exit_codes import STOPPED

__all__ = ["plan", "run"]


def run(options: dict[str, Any]) -> None:
    """Explain every row, and say where the summary is."""
    try:
        _run(options)
    except (KeyboardInterrupt, SystemExit) as end:  # Ctrl-C, and SIGTERM.
        click.echo("stopped; the parts that are finished stay, and the same command goes on from there.", err=True)
        raise SystemExit(STOPPED if isinstance(end, KeyboardInterrupt) else end.code) from None


def _run(options: dict[str, Any]) -> None:
    from surrogate.corpus.batch.opening import opened
    from surrogate.corpus.batch.plan.progress import Progress
    from surrogate.corpus.batch.run import run_batch

    request, black_box = _request(options), _black_box(options)
    backend = _backend(options, black_box)
    with ExitStack() as stack:
        batch = stack.enter_context(opened(request, black_box, store=_store(options)))
        if batch.announcement:
            click.echo(batch.announcement, err=True)
        shown: list[Progress] = []

        def begun(counts: Any) -> None:
            shown.append(stack.enter_context(Progress(batch.spool.n_rows, not options["quiet"], done=counts)))

        folder = run_batch(
            batch,
            backend,
            max_errors=options["max_errors"],
            overwrite=options["overwrite"],
            begun=begun,
            watch=lambda counts, spent: shown[0].update(counts, spent),
            tell=None if options["quiet"] else lambda sentence: click.echo(sentence, err=True),
        )
    counts = shown[0].standing.counts
    if counts.rows == counts.errors:
        click.echo("warning: no row could be explained; each holds the code of its error (docs/errors.md).", err=True)
    click.echo(f"summary: {folder / 'summary.html'}")


def plan(options: dict[str, Any]) -> None:
    """Print what a run would ask, take and cost."""
    from surrogate.cli.planning import print_plan
    from surrogate.corpus.batch.opening import opened
    from surrogate.corpus.batch.plan.dry_run import dry_run

    request, black_box = _request(options), _black_box(options)
    with opened(request, black_box, store=_store(options)) as batch:
        print_plan(dry_run(batch, _backend(options, black_box), max_errors=options["max_errors"]))


def _request(options: dict[str, Any]) -> Any:
    from surrogate.corpus.batch.choosing import read_choice
    from surrogate.corpus.batch.request import BatchRequest

    asked = (
        "input",
        "out",
        "limit",
        "pipeline",
        "calls",
        "budget",
        "target",
        "contrast",
        "units",
        "adverse",
        "formats",
    )
    same = (*asked, "stability", "corpus_proxy", "keep_text", "part_texts")
    choice = read_choice(options["reports"], options["adverse"])
    columns = {"text": options["text_column"], "id": options["id_column"]}
    request = BatchRequest(**{name: options[name] for name in same}, **columns, choice=choice)
    request.check()
    return request


def _black_box(options: dict[str, Any]) -> Any:
    from surrogate.blackbox.opening import open_model

    labels = options["labels"]
    return open_model(
        options["model"],
        [label.strip() for label in labels.split(",")] if labels else None,
        device=options["device"],
        dtype=options["dtype"],
        too_long=options["too_long"],
        allow_remote=options["allow_remote"],
    )


def _backend(options: dict[str, Any], black_box: Any) -> Any:
    """The workers that were asked for; an endpoint answers many requests at a time to one process."""
    from surrogate.corpus.batch.workers.backends import Backend

    name = options["backend"] or ("none" if hasattr(black_box, "announcement") else "loky")
    backend = Backend(name, options["address"], options["workers"], options["allow_remote"])
    backend.check_model(black_box)
    return backend


def _store(options: dict[str, Any]) -> bool | str | None:
    if options["no_store"]:
        return False
    return None if options["store_path"] is None else str(options["store_path"])
