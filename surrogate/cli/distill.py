"""The verb distill: a small student that decides as the model does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from surrogate.cli.computing import computing_options
from surrogate.cli.corpora import corpus_options
from surrogate.cli.reports import model_option
from surrogate.cli.showing import asking

__all__ = ["distill"]


@click.command()
@corpus_options
@click.option("--label", "label_column", help="Column with the true labels: accuracy is then told beside agreement.")
@click.option("--column", "columns", multiple=True, help="Further column that the student may read; may be repeated.")
@model_option
@click.option(
    "-p", "--pipeline", default="audit", show_default=True, help="Recipe whose sampler and features are used."
)
@click.option("--labels", help="Labels of a causal language model, separated by commas.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(["linear", "tree"]),
    default=("linear", "tree"),
    show_default=True,
    help="Students that are tried; may be repeated.",
)
@click.option(
    "--embeddings",
    default="none",
    show_default=True,
    help="Where concepts are found: none, auto (the model itself), or NAME, FOLDER or NAME@LAYER of another model, which "
    "the student then needs too.",
)
@computing_options
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=Path("surrogate-student"),
    show_default=True,
    help="Folder for student.skops and student.json.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON and nothing else.")
@click.option("--overwrite", is_flag=True, help="Replace a different student in the output folder.")
@click.option("--allow-remote", is_flag=True, help="Allow an endpoint on another machine; the texts are sent to it.")
@click.option("--no-store", is_flag=True, help="Keep no answers on disk.")
def distill(
    corpus: Path,
    text_column: str | None,
    id_column: str | None,
    limit: int | None,
    label_column: str | None,
    columns: tuple[str, ...],
    model: str,
    pipeline: str,
    labels: str | None,
    kinds: tuple[str, ...],
    embeddings: str,
    device: str,
    dtype: str,
    too_long: str,
    out: Path,
    as_json: bool,
    overwrite: bool,
    allow_remote: bool,
    no_store: bool,
) -> None:
    """Fit a small student to what the model says about CORPUS, and save it as a scikit-learn pipeline."""
    from surrogate.corpus import read_corpus

    documents = read_corpus(corpus, text=text_column, label=label_column, id=id_column, metadata=columns, limit=limit)
    from surrogate.corpus.distilling import distill as distill_corpus

    with asking(not as_json) as progress:
        distilled = distill_corpus(
            documents,
            model,
            pipeline,
            kinds=kinds,
            embeddings=embeddings,
            progress=progress,
            classes=[label.strip() for label in labels.split(",")] if labels else None,
            store=not no_store,
            device=device,
            dtype=dtype,
            too_long=too_long,
            allow_remote=allow_remote,
            announce=lambda words: click.echo(words, err=True),
        )
    folder = distilled.save(out, overwrite=overwrite)
    if as_json:
        from surrogate.canonical import canonical_bytes

        click.echo(canonical_bytes(distilled.to_dict()).decode("utf-8"))
    else:
        _print(distilled.to_dict())
    click.echo(f"student: {folder / 'student.skops'}", err=as_json)


def _print(record: dict[str, Any]) -> None:
    from surrogate.cli.table import print_table
    from surrogate.report.corpus.wording import estimate

    student = record["student"]
    size = "coefficients" if student["kind"] == "linear" else "leaves"
    n_test = record["documents"]["n_test"]
    click.echo(
        f"A {student['kind']} student of {student['size']} {size}. It decides as {record['model']['name']} does on "
        f"{estimate(record['agreement'], 1)} of {n_test:,} held-out documents."
    )
    for name, accuracy in record["accuracy"].items():
        click.echo(f"Right, by the labels of the held-out documents: the {name} {estimate(accuracy, 1)}.")
    if student["reads"]:
        click.echo(f"Besides texts it reads {' and '.join(student['reads'])}.")
    rows = [(one["kind"], str(one["size"]), estimate(one["agreement"], 1)) for one in record["candidates"]]
    print_table(("tried", "size", "agreement on select documents"), rows)
