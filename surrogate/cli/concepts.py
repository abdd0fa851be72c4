"""The verb concepts: groups of texts of a corpus that a model reads alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from surrogate.cli.corpora import corpus_options
from surrogate.cli.showing import asking

__all__ = ["concepts"]


@click.command()
@corpus_options
@click.option(
    "-m",
    "--model",
    default="bank-router",
    show_default=True,
    help="Whose embeddings, unless --embeddings names others; it is not asked to decide.",
)
@click.option(
    "--embeddings",
    default="auto",
    show_default=True,
    help="auto (the model itself, one layer before its last), or NAME, FOLDER or NAME@LAYER of another model.",
)
@click.option(
    "-n",
    "number",
    type=click.IntRange(min=1),
    help="How many concepts [default: 16, or of a small corpus one to four texts].",
)
@click.option("--texts", "n_texts", type=click.IntRange(min=0), default=0, help="Show so many typical texts of each.")
@click.option("--device", default="auto", show_default=True, metavar="auto|cpu|cuda|cuda:N|mps")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON and nothing else.")
@click.option("--no-store", is_flag=True, help="Keep no embeddings on disk.")
def concepts(
    corpus: Path,
    text_column: str | None,
    id_column: str | None,
    limit: int | None,
    model: str,
    embeddings: str,
    number: int | None,
    n_texts: int,
    device: str,
    as_json: bool,
    no_store: bool,
) -> None:
    """Find groups of texts of CORPUS that a model reads alike, and name them by the words that tell them apart.

    CORPUS is a CSV, TSV, JSONL or Parquet file with a text to a row.
    """
    from surrogate.corpus import read_corpus

    documents = read_corpus(corpus, text=text_column, id=id_column, limit=limit)
    from surrogate.corpus.concepts import find_concepts

    with asking(not as_json) as progress:
        found = find_concepts(
            documents,
            model,
            n=number,
            embeddings=embeddings,
            store=not no_store,
            device=device,
            progress=progress,
        )
    if as_json:
        from surrogate.canonical import canonical_bytes

        click.echo(canonical_bytes(found.to_dict()).decode("utf-8"))
        return
    _print(found.to_dict(), n_texts)


def _print(record: dict[str, Any], n_texts: int) -> None:
    from rich.console import Console

    from surrogate.report.concepts_text import print_concepts

    print_concepts(record, Console(), n_texts)
