"""The verb diff: what changed between two reports, and whether it is material by a policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from surrogate.cli.exit_codes import DONE, WITHHELD

__all__ = ["diff"]

_FORMATS = ("html", "text", "md", "pdf", "docx", "json")


@click.command()
@click.argument("before", metavar="A", type=click.Path(path_type=Path))
@click.argument("after", metavar="B", type=click.Path(path_type=Path))
@click.option(
    "--policy",
    type=click.Path(dir_okay=False, path_type=Path),
    help="TOML file that says which changes are material, and whose policy that is [default: the package's thresholds].",
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Folder for the comparison; without it, none is written."
)
@click.option(
    "--to",
    "formats",
    default="html",
    show_default=True,
    help="What is written into the folder beside comparison.json: html, text, md, pdf, docx, json, separated by commas.",
)
@click.option(
    "--locale",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="Language of what is written; text is English.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON and nothing else.")
@click.option("--overwrite", is_flag=True, help="Replace a different comparison in the folder.")
@click.option("-q", "--quiet", is_flag=True, help="Print only the verdict.")
def diff(
    before: Path,
    after: Path,
    policy: Path | None,
    out: Path | None,
    formats: str,
    locale: str,
    as_json: bool,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Tell what changed from report A to report B: folders, or their report.json. No model is asked.

    Rules and terms are compared by meaning, not by text. Exit codes: 0 the change is not material by the policy; 1 it is, or that
    cannot be told; 2 usage or input error.
    """
    from surrogate.comparing import compare_records, read_materiality
    from surrogate.format_names import named_formats
    from surrogate.report.record.reading import read_record

    names = named_formats([name.strip() for name in formats.split(",")], _FORMATS, "comparison")
    rules = None if policy is None else read_materiality(policy)
    comparison = compare_records(read_record(before), read_record(after), rules)
    record = comparison.to_dict()
    if out is not None:
        _write(record, out, names, locale, overwrite)
    _show(record, as_json, quiet)
    if out is not None:
        page = out / ("comparison.html" if "html" in names else "comparison.json")
        click.echo(f"comparison: {page}", err=as_json)
    raise SystemExit(DONE if comparison.judgement.verdict == "not material" else WITHHELD)


def _write(record: dict[str, Any], out: Path, names: list[str], locale: str, overwrite: bool) -> None:
    from surrogate.report.comparison import FORMATS, RECORD, render_comparison
    from surrogate.report.write import write_files

    files = {FORMATS[name]: render_comparison(name, record, locale=locale) for name in names if name in FORMATS}
    write_files(out, files, record, RECORD, overwrite=overwrite)


def _show(record: dict[str, Any], as_json: bool, quiet: bool) -> None:
    if as_json:
        from surrogate.canonical import canonical_bytes

        click.echo(canonical_bytes(record).decode("utf-8"))
    elif quiet:
        click.echo(record["judgement"]["verdict"])
    else:
        from rich.console import Console

        from surrogate.report.comparison.terminal import print_comparison

        print_comparison(record, Console())
