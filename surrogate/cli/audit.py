"""The verb audit: explain what a model does over a corpus, and write the global rule report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from surrogate.cli.computing import computing_options
from surrogate.cli.corpora import corpus_options
from surrogate.cli.exit_codes import DONE, WITHHELD
from surrogate.cli.reports import model_option, read_stated, report_options
from surrogate.cli.showing import asking, default_folder, show_result

__all__ = ["audit"]


@click.command()
@corpus_options
@click.option(
    "--label", "label_column", help="Column with the true labels: accuracy is then told, in a table of its own."
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    help="Further column for rules and slices, such as a channel; may be repeated.",
)
@model_option
@click.option("-p", "--pipeline", default="audit", show_default=True, help="Shipped recipe or TOML file.")
@click.option("--labels", help="Labels of a causal language model, separated by commas.")
@click.option(
    "--embeddings",
    default="auto",
    show_default=True,
    help="Where concepts are found: auto (the model itself), none, or NAME, FOLDER or NAME@LAYER of another model, or "
    "FOLDER of an endpoint of embeddings.",
)
@click.option(
    "--lexicon",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Lists of words that rules and terms may name: a TOML, JSON or CSV file.",
)
@click.option(
    "--probes",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Concepts that are taught by examples: a TOML file with a table to each.",
)
@computing_options
@report_options
@click.option(
    "--explain",
    "n_explained",
    type=click.IntRange(min=1),
    help="Explain so many prototypes one by one too; their reports come into texts/ in the folder.",
)
@click.option("--allow-remote", is_flag=True, help="Allow an endpoint on another machine; the texts are sent to it.")
@click.option("--no-store", is_flag=True, help="Keep no answers on disk.")
def audit(
    corpus: Path,
    text_column: str | None,
    id_column: str | None,
    limit: int | None,
    label_column: str | None,
    columns: tuple[str, ...],
    model: str,
    pipeline: str,
    labels: str | None,
    embeddings: str,
    lexicon: Path | None,
    probes: Path | None,
    device: str,
    dtype: str,
    too_long: str,
    out: Path | None,
    formats: tuple[str, ...],
    issuance: Path | None,
    as_json: bool,
    n_explained: int | None,
    overwrite: bool,
    no_evidence: bool,
    allow_remote: bool,
    no_store: bool,
    quiet: bool,
) -> None:
    """Explain what the model does over CORPUS, a CSV, TSV, JSONL or Parquet file with a text to a row."""
    from surrogate.corpus import read_corpus
    from surrogate.report import check_formats

    check_formats(formats)
    stated = read_stated(issuance)
    documents = read_corpus(corpus, text=text_column, label=label_column, id=id_column, metadata=columns, limit=limit)
    from surrogate.corpus.audit import audit as audit_corpus

    asked: dict[str, Any] = {
        "classes": [label.strip() for label in labels.split(",")] if labels else None,
        "store": not no_store,
        "device": device,
        "dtype": dtype,
        "too_long": too_long,
        "allow_remote": allow_remote,
        "announce": lambda words: click.echo(words, err=True),
    }
    with asking(not as_json and not quiet) as progress:
        explanation = audit_corpus(
            documents,
            model,
            pipeline,
            embeddings=embeddings,
            lexicon=lexicon,
            probes=probes,
            progress=progress,
            **asked,
        )
    folder = None
    if out is not None or not as_json or n_explained is not None:
        folder = explanation.report(
            out or default_folder(explanation),
            formats,
            overwrite=overwrite,
            evidence=not no_evidence,
            issuance=stated,
        )
    show_result(explanation, folder, None if quiet else _print, as_json)
    if folder is not None and n_explained is not None:
        page = _explain_examples(explanation, model, n_explained, folder, asked, overwrite)
        click.echo(f"explained one by one: {page}", err=as_json)
    raise SystemExit(DONE if explanation.passed else WITHHELD)


def _explain_examples(
    explanation: Any, model: str, number: int, folder: Path, asked: dict[str, Any], overwrite: bool
) -> Path:
    """Explain prototypes and write their reports; the page that leads to them."""
    from surrogate.corpus.explaining import explain_examples, write_examples

    return write_examples(explain_examples(explanation, model, number, **asked), folder, overwrite=overwrite)


def _print(record: dict[str, Any]) -> None:
    from rich.console import Console

    from surrogate.report.corpus.terminal import print_corpus

    print_corpus(record, Console())
