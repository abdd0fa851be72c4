"""The verb batch: explain the decision on every row of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from surrogate.cli.calls import read_calls
from surrogate.cli.computing import computing_options
from surrogate.cli.exit_codes import DONE
from surrogate.cli.reports import model_option

__all__ = ["batch"]


@click.command()
@click.argument("input", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True, help="Folder of the batch; made if missing."
)
@click.option(
    "--text", "text_column", help="Column with the texts [default: the one called text, message or the like]."
)
@click.option("--id", "id_column", help="Column by which a row is found again [default: its number in the file].")
@click.option("--limit", type=click.IntRange(min=1), help="Read only so many rows.")
@model_option
@click.option("-p", "--pipeline", default="batch", show_default=True, help="Shipped recipe or TOML file.")
@click.option("--labels", help="Labels of a causal language model, separated by commas.")
@click.option("--target", help="Label to explain [default: the one the model gives each text].")
@click.option("--contrast", help="Label to compare with [default: all others together].")
@click.option(
    "--calls",
    default="64",
    show_default=True,
    callback=read_calls,
    help="Most altered copies of each text to ask the model about; rules need about 192. auto: doubled until settled.",
)
@click.option("--budget", type=int, help="Most copies of a text that --calls auto may ask about [default: 1024].")
@click.option("--units", help="What is kept or removed, as for explain [default: the recipe's].")
@click.option(
    "--report",
    "reports",
    default="none",
    show_default=True,
    metavar="none|all|adverse|withheld|sample:N|ids:FILE",
    help="For which rows full reports are written; FILE has an id to a line.",
)
@click.option(
    "--adverse",
    multiple=True,
    metavar="LABEL",
    help="A label whose decisions are adverse, which the summary marks; may be repeated.",
)
@click.option(
    "--format", "formats", multiple=True, default=("html",), show_default=True, help="Of full reports; may be repeated."
)
@click.option(
    "--stability",
    type=click.Choice(["reported", "all"]),
    default="reported",
    show_default=True,
    help="For which rows is measured what refits to half of the calls find again: those with a full report, or all.",
)
@click.option(
    "--corpus-proxy",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Learn from N texts first what the model does, so that other rows need fewer calls; used only where a check passes.",
)
@click.option("--keep-text", is_flag=True, help="Keep the texts in the rows.")
@click.option(
    "--backend",
    type=click.Choice(["none", "loky", "dask", "ray"]),
    help="Who does the work: this process, processes here, a cluster [default: loky; none for an endpoint].",
)
@click.option("--address", help="Of the scheduler of dask or ray, for instance tcp://127.0.0.1:8786.")
@click.option(
    "--workers", type=click.IntRange(min=1), help="Processes [default: one for each core]; a cluster has its own."
)
@click.option(
    "--part-texts", type=click.IntRange(min=1), default=64, show_default=True, help="Distinct texts in a part."
)
@click.option(
    "--max-errors", type=click.IntRange(min=0), help="Stop when more rows are errors [default: a tenth, at least 10]."
)
@computing_options
@click.option(
    "--store", "store_path", type=click.Path(dir_okay=False, path_type=Path), help="Keep answers in this file."
)
@click.option("--no-store", is_flag=True, help="Keep no answers on disk [default: those of endpoints are kept].")
@click.option(
    "--allow-remote", is_flag=True, help="Allow an endpoint or a cluster on other machines; texts are sent there."
)
@click.option("--dry-run", is_flag=True, help="Print what it would ask, take and cost, and write nothing.")
@click.option("--overwrite", is_flag=True, help="Replace another batch in the folder.")
@click.option("-q", "--quiet", is_flag=True, help="Print only where the summary is.")
def batch(**options: Any) -> None:
    """Explain the model's decision on every row of INPUT, a CSV, TSV, JSONL or Parquet file of any size.

    The same command again goes on where it was stopped.
    """
    from surrogate.cli.batches import plan, run

    (plan if options["dry_run"] else run)(options)
    raise SystemExit(DONE)
