"""The verb reasons: principal reasons for one decision, worded by a table of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from surrogate.cli.exit_codes import DONE, WITHHELD
from surrogate.errors import InputError

__all__ = ["reasons"]


@click.command()
@click.argument("report", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--table",
    "table_file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Codes with wordings, and what is mapped to them: a TOML or CSV file.",
)
@click.option("--locale", default="en", show_default=True, help="Locale of the wordings, such as en or zh.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for reasons.json and its renderings; not that of the report.",
)
@click.option(
    "--to",
    "forms",
    default="html",
    show_default=True,
    metavar="FORMS",
    help="What is written beside reasons.json, with commas between: html, md, pdf, docx.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the case as JSON.")
@click.option("--overwrite", is_flag=True, help="Replace other reasons in the output folder.")
def reasons(
    report: Path, table_file: Path, locale: str, out: Path | None, forms: str, as_json: bool, overwrite: bool
) -> None:
    """Give the principal reasons for the decision that the report in DIR explains.

    None are given where the surrogate was withheld, decides the text otherwise than the model, or is below the table's policy:
    then the exit code is 1, and it is said why.
    """
    from surrogate.reasons import read_reason_table, reason_case
    from surrogate.reasons.page import case_files, case_text
    from surrogate.report.record.reading import read_record

    table = read_reason_table(table_file)
    case = reason_case(read_record(report, "local").record, table, locale)
    if out is not None:
        if (out / "report.json").exists():
            raise InputError(
                "output-exists", f"{str(out)!r} holds a report, which is not to be changed. Name another folder."
            )
        from surrogate.report.write import write_files

        files = case_files(case, [name.strip() for name in forms.split(",") if name.strip()])
        write_files(out, files, case.to_dict(), "reasons.json", overwrite=overwrite)
    if as_json:
        from surrogate.canonical import canonical_bytes

        click.echo(canonical_bytes(case.to_dict()).decode("utf-8"))
    else:
        click.echo(case_text(case), nl=False)
    if out is not None:
        click.echo(f"reasons: {out}", err=as_json)
    raise SystemExit(DONE if case.why_none is None else WITHHELD)
