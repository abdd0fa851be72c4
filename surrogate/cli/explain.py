"""The verb explain: ask a model, and write the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from surrogate.cli.calls import read_calls
from surrogate.cli.computing import computing_options
from surrogate.cli.corpora import column_options
from surrogate.cli.exit_codes import DONE, WITHHELD
from surrogate.cli.reading import read_text
from surrogate.cli.reports import model_option, read_stated, report_options
from surrogate.cli.showing import asking, default_folder, show_result
from surrogate.errors import InputError

__all__ = ["explain"]


@click.command()
@click.argument("text", required=False)
@click.option(
    "-f", "--file", "file", type=click.Path(dir_okay=False, path_type=Path), help="Read the text from a file."
)
@model_option
@click.option("-p", "--pipeline", default="local", show_default=True, help="Shipped recipe or TOML file.")
@click.option("--target", help="Label to explain [default: the one the model gives].")
@click.option("--contrast", help="Label to compare with [default: all others together].")
@click.option(
    "--calls",
    default="auto",
    show_default=True,
    callback=read_calls,
    help="Most distinct texts to ask the model about; auto: doubled until the explanation has settled.",
)
@click.option("--budget", type=int, help="Most distinct texts that --calls auto may ask about [default: 1024].")
@click.option(
    "--units",
    help="What is kept or removed: word, token, phrase, sentence, paragraph, line or json [default: the recipe's].",
)
@click.option(
    "--beside",
    "baselines",
    multiple=True,
    help="lime or shap, run on the same text and measured on the same copies; may be repeated.",
)
@click.option(
    "--second",
    multiple=True,
    help="Measure on texts made in another way too: infill (needs --infill-model), retrieve (needs --corpus), delete or mask; "
    "may be repeated.",
)
@click.option("--infill-model", help="Masked language model that fills words in: shipped name, folder or hub name.")
@click.option(
    "--corpus",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV, TSV, JSONL or Parquet file of texts: the nearest are shown with what the model decides on them.",
)
@column_options
@click.option(
    "--embeddings",
    default="auto",
    show_default=True,
    help="Where texts of --corpus are near: auto (in the model itself), or in NAME, FOLDER or NAME@LAYER of another model, or "
    "FOLDER of an endpoint of embeddings.",
)
@click.option(
    "--rules",
    type=click.Path(path_type=Path),
    help="report.json of an audit, or its folder: which of its rules hold for the text is told.",
)
@click.option("--second-calls", type=int, default=128, show_default=True, help="Most texts of --second; come on top.")
@click.option("--labels", help="Labels of a causal language model or of --url, separated by commas.")
@click.option(
    "--url", help="Ask --model at this decision endpoint, for instance http://127.0.0.1:8000, one of --labels."
)
@click.option("--question", default="", help="Instructions to the endpoint of --url.")
@computing_options
@click.option(
    "--reference",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Answers recorded where the model is deployed; nothing is explained unless it gives them here too.",
)
@report_options
@click.option(
    "--allow-remote",
    is_flag=True,
    help="Allow an endpoint on another machine; altered copies of the text are sent to it.",
)
@click.option("--no-store", is_flag=True, help="Keep no answers on disk.")
def explain(
    text: str | None,
    file: Path | None,
    model: str,
    pipeline: str,
    target: str | None,
    contrast: str | None,
    calls: str | int,
    budget: int | None,
    units: str | None,
    baselines: tuple[str, ...],
    second: tuple[str, ...],
    infill_model: str | None,
    corpus: Path | None,
    text_column: str | None,
    id_column: str | None,
    embeddings: str,
    rules: Path | None,
    second_calls: int,
    labels: str | None,
    url: str | None,
    question: str,
    device: str,
    dtype: str,
    too_long: str,
    reference: Path | None,
    out: Path | None,
    formats: tuple[str, ...],
    issuance: Path | None,
    as_json: bool,
    overwrite: bool,
    no_evidence: bool,
    allow_remote: bool,
    no_store: bool,
    quiet: bool,
) -> None:
    """Explain the model's decision on TEXT (or on a file, or on standard input with TEXT as '-')."""
    content = read_text(text, file)
    from surrogate.report import check_formats

    check_formats(formats)
    stated = read_stated(issuance)
    from surrogate.local import explain as explain_text

    classes = [label.strip() for label in labels.split(",")] if labels else None
    asked: Any = model
    if url is not None:
        asked, classes = _endpoint(url, model, classes, question, allow_remote), None
    with asking(not as_json and not quiet) as progress:
        explanation = explain_text(
            content,
            asked,
            pipeline,
            target=target,
            contrast=contrast,
            calls=calls,
            budget=budget,
            units=units,
            baselines=baselines,
            second=second,
            infill_model=infill_model,
            corpus=_documents(corpus, text_column, id_column),
            embeddings=embeddings,
            rules=rules,
            second_calls=second_calls,
            classes=classes,
            store=not no_store,
            reference=reference,
            device=device,
            dtype=dtype,
            too_long=too_long,
            progress=progress,
            allow_remote=allow_remote,
            announce=lambda words: click.echo(words, err=True),
        )
    folder = None
    if out is not None or not as_json:
        folder = explanation.report(
            out or default_folder(explanation),
            formats,
            overwrite=overwrite,
            evidence=not no_evidence,
            issuance=stated,
        )
    show_result(explanation, folder, None if quiet else _print, as_json)
    raise SystemExit(DONE if explanation.passed else WITHHELD)


def _endpoint(url: str, model: str, labels: list[str] | None, question: str, allow_remote: bool) -> Any:
    """A decision endpoint that is asked one question, without a model.toml."""
    from surrogate.blackbox.endpoints import Access, DecisionEndpoint

    if labels is None:
        raise InputError("bad-endpoint", "An endpoint named by --url needs --labels a,b,c to choose from.")
    asked = {"type": "choice", "instructions": question, "criteria": dict.fromkeys(labels, "")}
    return DecisionEndpoint(Access.to(url, allow_remote=allow_remote), model, {"label": asked})


def _documents(corpus: Path | None, text: str | None, name: str | None) -> Any:
    """The documents of --corpus, which --text and --id belong to."""
    if corpus is not None:
        from surrogate.corpus import read_corpus

        return read_corpus(corpus, text=text, id=name)
    if text is not None or name is not None:
        raise InputError("bad-parameter", "--text and --id name columns of a corpus; give --corpus FILE too.")
    return None


def _print(record: dict[str, Any]) -> None:
    from rich.console import Console

    from surrogate.report.text import print_report

    print_report(record, Console())
