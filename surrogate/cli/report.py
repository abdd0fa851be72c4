"""The verb report: render a report again from its record."""

from __future__ import annotations

from pathlib import Path

import click

from surrogate.errors import InputError

__all__ = ["report"]


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--to",
    "formats",
    metavar="FORMATS",
    help="Formats with commas between: html, pdf, docx, xlsx, md, text [default: pdf].",
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
@click.option(
    "--issuance",
    type=click.Path(dir_okay=False, path_type=Path),
    help="TOML file of what people state: it is kept with the report, and every rendering there is made again.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder to write to [default: FOLDER].")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there already and differs.")
def report(
    folder: Path,
    formats: str | None,
    fonts: tuple[Path, ...],
    locale: str,
    audience: str,
    issuance: Path | None,
    out: Path | None,
    overwrite: bool,
) -> None:
    """Render the report in FOLDER again, from its report.json.

    No model is asked.  Nothing is written where the record was changed after run.json or manifest.json told its digest.
    In another language than English the files are called report.zh.pdf and so on.
    """
    from surrogate.report.again import render_again

    if issuance is not None:
        _state(folder, issuance, fonts, out, overwrite)
        if formats is None:
            return
    formats = formats or "pdf"
    names = [name.strip() for name in formats.split(",") if name.strip()]
    options = {"locale": locale, "audience": audience, "overwrite": overwrite}
    for path in render_again(folder, names, out=out, fonts=fonts, **options):  # type: ignore[arg-type]
        click.echo(f"{path}")


def _state(folder: Path, issuance: Path, fonts: tuple[Path, ...], out: Path | None, overwrite: bool) -> None:
    """Keep what people state with the report."""
    from surrogate.report.restating import state_again

    if out is not None:
        raise InputError("bad-parameter", "--issuance is kept with the report itself, and takes no --out.")
    for path in state_again(folder, issuance, fonts=fonts, overwrite=overwrite):
        click.echo(f"{path}")
