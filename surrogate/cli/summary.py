"""The verb summary: what became of the rows of a batch, and how that differs from an earlier one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

__all__ = ["summary"]


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--against", metavar="DIR", type=click.Path(path_type=Path), help="Folder of an earlier batch: tell the drift."
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Folder for the summary; without it, none is written."
)
@click.option(
    "--to",
    "formats",
    default="html,csv",
    show_default=True,
    help="What is written into the folder beside summary.json: html, csv, md, pdf, docx, json, separated by commas.",
)
@click.option(
    "--locale",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="Language of what is written; what is printed, and csv, are English.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON and nothing else.")
@click.option("--overwrite", is_flag=True, help="Replace a different summary in the folder.")
@click.option("-q", "--quiet", is_flag=True, help="Print only the headline.")
def summary(
    folder: Path,
    against: Path | None,
    out: Path | None,
    formats: str,
    locale: str,
    as_json: bool,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Summarise the batch in DIR, finished or not: decisions, verdicts, fidelity, reasons, errors, and rows to look at first.

    No model is asked. Exit codes: 0 done; 2 usage or input error, or a damaged folder.
    """
    from surrogate.corpus.batch.summary.drifting import drift_between
    from surrogate.corpus.batch.summary.summarizing import summarize
    from surrogate.corpus.batch.summary.writing_summary import check_formats, summary_record, write_summary

    names = check_formats([name.strip() for name in formats.split(",")])
    found = summarize(folder)
    drift = None if against is None else drift_between(against, folder, found)
    if out is not None:
        write_summary(out, found, drift, names, batch=folder, locale=locale, overwrite=overwrite)
    _show(summary_record(found, drift), as_json, quiet)
    if out is not None:
        click.echo(f"summary: {out / ('summary.html' if 'html' in names else 'summary.json')}", err=as_json)


def _show(record: dict[str, Any], as_json: bool, quiet: bool) -> None:
    if as_json:
        from surrogate.canonical import canonical_bytes

        click.echo(canonical_bytes(record).decode("utf-8"))
        return
    from rich.console import Console

    from surrogate.report.batch.terminal import print_batch
    from surrogate.report.batch.wording import headline

    if quiet:
        click.echo(headline(record["counts"], record["batch"]))
    else:
        print_batch(record, Console())
