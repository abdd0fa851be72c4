"""The verb neighbours: the texts of a corpus nearest to a text, and what the model decides on them."""

from __future__ import annotations

from pathlib import Path

import click

from surrogate.cli.computing import computing_options
from surrogate.cli.corpora import corpus_options
from surrogate.cli.reading import read_text
from surrogate.cli.reports import model_option
from surrogate.cli.showing import asking

__all__ = ["neighbours"]


@click.command()
@click.argument("text")
@corpus_options
@model_option
@click.option("--labels", help="Labels of a causal language model, separated by commas.")
@click.option(
    "--embeddings",
    default="auto",
    show_default=True,
    help="Where texts are near: auto (in the model itself), or in NAME, FOLDER or NAME@LAYER of another model, or "
    "FOLDER of an endpoint of embeddings.",
)
@click.option("-n", "number", type=click.IntRange(min=1), default=10, show_default=True, help="How many texts.")
@computing_options
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON and nothing else.")
@click.option("--allow-remote", is_flag=True, help="Allow an endpoint on another machine; texts are sent to it.")
@click.option("--no-store", is_flag=True, help="Keep no answers on disk.")
def neighbours(
    text: str,
    corpus: Path,
    text_column: str | None,
    id_column: str | None,
    limit: int | None,
    model: str,
    labels: str | None,
    embeddings: str,
    number: int,
    device: str,
    dtype: str,
    too_long: str,
    as_json: bool,
    allow_remote: bool,
    no_store: bool,
) -> None:
    """Find the texts of CORPUS nearest to TEXT ('-': standard input), and say what the model decides on them.

    CORPUS is a CSV, TSV, JSONL or Parquet file with a text to a row. Texts are near by the cosine of their embeddings.
    """
    content = read_text(text, None)
    from surrogate.corpus import read_corpus

    documents = read_corpus(corpus, text=text_column, id=id_column, limit=limit)
    from surrogate.corpus.neighbours import find_precedents

    with asking(not as_json) as progress:
        found = find_precedents(
            content,
            documents,
            model,
            n=number,
            embeddings=embeddings,
            classes=[label.strip() for label in labels.split(",")] if labels else None,
            store=not no_store,
            device=device,
            dtype=dtype,
            too_long=too_long,
            progress=progress,
            allow_remote=allow_remote,
            announce=lambda words: click.echo(words, err=True),
        )
    if as_json:
        from surrogate.canonical import canonical, canonical_bytes

        click.echo(canonical_bytes(canonical({"text": content, **found.to_dict()})).decode("utf-8"))
        return
    from rich.console import Console

    from surrogate.report.around_text import print_precedents

    print_precedents(found.to_dict(), Console())
