"""The verb report: render a report again from its record."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["report"]


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--to",
    "formats",
    default="pdf",
    show_default=True,
    metavar="FORMATS",
    help="Formats with commas between: html, pdf, docx, xlsx, md, text.",
)
@click.option(
    "--font",
    "fonts",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Font file, or folder of fonts, for characters that the usual fonts lack; may be repeated.",
)
@click.option("--locale", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language.")
@click.option(
    "--audience",
    type=click.Choice(["validator", "business", "person"]),
    default="validator",
    show_default=True,
    help="For whom: others than validators are shown a view that hides parts of the record; needs --out.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder to write to [default: FOLDER].")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there already and differs.")
def report(
    folder: Path, formats: str, fonts: tuple[Path, ...], locale: str, audience: str, out: Path | None, overwrite: bool
) -> None:
    """Render the report in FOLDER again, from its report.json.

    No model is asked.  Nothing is written where the record was changed after run.json or manifest.json told its digest.
    In another language than English the files are called report.zh.pdf and so on.
    """
    from surrogate.report.again import render_again

    names = [name.strip() for name in formats.split(",") if name.strip()]
    options = {"locale": locale, "audience": audience, "overwrite": overwrite}
    for path in render_again(folder, names, out=out, fonts=fonts, **options):  # type: ignore[arg-type]
        click.echo(f"{path}")
