"""The verbs of models: list, check, tune."""

from __future__ import annotations

from pathlib import Path

import click

from surrogate.cli.computing import computing_options
from surrogate.cli.exit_codes import MODEL_ERROR
from surrogate.cli.table import print_table

__all__ = ["models"]


@click.group(invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """List the shipped models, or check that a model answers as it does where it is deployed."""
    if context.invoked_subcommand is not None:
        return
    from surrogate.blackbox import shipped_models

    rows = [
        (model.name, model.kind, f"{model.size_bytes / 1e6:.1f} MB", ", ".join(model.labels) or "–", model.summary)
        for model in shipped_models()
    ]
    print_table(("name", "kind", "size", "labels", "summary"), rows)
    click.echo(
        "Any local folder or hub name that from_pretrained understands works with --model, and so does a .skops file. A "
        "masked-lm cannot be explained: it fills words in for --second infill --infill-model NAME, as any "
        "AutoModelForMaskedLM does."
    )


@models.command()
@click.argument("name")
@click.option(
    "--reference",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help='Answers recorded where the model is deployed: lines such as {"text": …, "probabilities": {LABEL: NUMBER, …}}.',
)
@click.option(
    "--tolerance",
    type=float,
    help="Largest difference in probability [default: 1e-4; wider off the CPU and in half precision].",
)
@click.option("--labels", help="Labels of a causal language model, separated by commas.")
@computing_options
@click.option(
    "--allow-remote", is_flag=True, help="Allow an endpoint on another machine; the recorded texts are sent to it."
)
@click.option("--no-store", is_flag=True, help="Keep no answers of an endpoint on disk.")
def check(
    name: str,
    reference: Path,
    tolerance: float | None,
    labels: str | None,
    device: str,
    dtype: str,
    too_long: str,
    allow_remote: bool,
    no_store: bool,
) -> None:
    """Compare the answers of model NAME with recorded ones; exit code 3 where they differ, with the likely cause.

    The model is always asked anew. What an endpoint answers is kept, so that an explanation need not pay for it again.
    """
    from surrogate.blackbox import load_model
    from surrogate.blackbox.parity import compare, read_recorded
    from surrogate.query import ask_afresh
    from surrogate.store import MemoryStore, SqliteStore, default_store_path

    recorded = read_recorded(reference)
    named = [label.strip() for label in labels.split(",")] if labels else None
    box = load_model(name, labels=named, device=device, dtype=dtype, too_long=too_long, allow_remote=allow_remote)
    if hasattr(box, "announcement"):
        click.echo(box.announcement(len(recorded), "the recorded ones"), err=True)
    store = MemoryStore() if no_store else SqliteStore(default_store_path())
    found = compare(box, recorded, tolerance, ask_afresh(box, store))
    click.echo(
        f"{found.n_texts - found.n_off} of {found.n_texts} texts agree within {found.tolerance:g}; the largest difference in "
        f"probability is {found.worst:.2g} (text {found.worst_text}); the same label on {100 * found.same_label:.1f} %."
    )
    if not found.agrees:
        for cause in found.causes:
            click.echo(f"likely cause: {cause}")
        raise SystemExit(MODEL_ERROR)


@models.command()
@click.argument("name")
def tune(name: str) -> None:
    """Measure which way of computing is quickest for classifier NAME on this machine's CPU, and use it from now on.

    The choice is part of the model's fingerprint: answers stored before are not used with it.
    """
    from surrogate.blackbox.tune import tune_classifier

    timings, path = tune_classifier(name)
    rows = [(one.backend, f"{one.seconds:.3f} s", f"{one.difference:.1e}") for one in timings]
    print_table(("way of computing", "seconds", "largest difference in probability"), rows)
    click.echo(f"{timings[0].backend} is used from now on (written to {path}).")
