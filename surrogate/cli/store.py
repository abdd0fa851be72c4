"""The verbs of the answer store: info, verify, purge, export."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import click

from surrogate.errors import InputError

__all__ = ["store"]

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _file(path: Path | None) -> Path:
    from surrogate.store import default_store_path

    return default_store_path() if path is None else path


def _age(_context: click.Context, _parameter: click.Parameter, value: str | None) -> float | None:
    """Read an age such as 30d, 12h or 2w, in seconds."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhdw])", value.strip())
    if found is None:
        raise click.BadParameter(f"give a number and a unit, such as 12h, 30d or 2w; got {value!r}.")
    return float(found[1]) * _SECONDS[found[2]]


_path = click.option(
    "--path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The store file [default: the one in the user's cache folder].",
)
_model = click.option("--fingerprint", help="Only answers of the model whose fingerprint begins so; info lists them.")


@click.group()
def store() -> None:
    """Look at, check, empty or export the answers kept on this machine.

    The store holds digests of texts, never texts, and what the models said about them.
    """


@store.command()
@_path
def info(path: Path | None) -> None:
    """Say where the store is, how large, and of which models it holds answers."""
    from surrogate.store import store_info

    file = _file(path)
    models = store_info(file)
    size = file.stat().st_size if file.exists() else 0
    click.echo(f"{file}: {sum(model.answers for model in models):,} answers, {size / 1e6:.1f} MB")
    for model in models:
        named = " ".join(filter(None, [model.name, f"({model.kind})" if model.kind else ""])) or "unnamed"
        click.echo(f"  {model.answers:>9,}  {named}, asked {_day(model.oldest)} to {_day(model.newest)}")
        click.echo(f"             {model.fingerprint}")


@store.command()
@_path
def verify(path: Path | None) -> None:
    """Check every answer against its checksum; exit code 1 where some are damaged."""
    from surrogate.store import verify_store

    sound, damaged = verify_store(_file(path))
    click.echo(f"{sound:,} answers are sound, {damaged:,} are damaged.")
    if damaged:
        click.echo(
            "Damaged answers are never used: they are asked again. Remove them with: surrogate store purge --damaged"
        )
        raise SystemExit(1)


@store.command()
@_path
@_model
@click.option("--older-than", callback=_age, help="Answers asked longer ago than that: 12h, 30d, 2w.")
@click.option("--text", "texts", multiple=True, help="Answers to this very text; may be repeated.")
@click.option("--damaged", is_flag=True, help="Damaged answers only.")
@click.option("--all", "everything", is_flag=True, help="All answers.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def purge(
    path: Path | None,
    fingerprint: str | None,
    older_than: float | None,
    texts: tuple[str, ...],
    damaged: bool,
    everything: bool,
    yes: bool,
) -> None:
    """Remove answers for good: those to which all that is given applies."""
    from surrogate.store import purge_store

    if not (everything or damaged or texts or fingerprint or older_than is not None):
        raise InputError(
            "bad-parameter", "Say which answers: --older-than, --text, --fingerprint, --damaged, or --all."
        )
    file = _file(path)
    if not yes:
        click.confirm(f"Remove them from {file}? The models will be asked again.", abort=True)
    gone = purge_store(file, older_than=older_than, texts=texts, fingerprint=fingerprint, damaged=damaged)
    click.echo(f"{gone:,} {'answer was' if gone == 1 else 'answers were'} removed.")


@store.command()
@_path
@_model
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write [default: standard output]."
)
def export(path: Path | None, fingerprint: str | None, out: Path | None) -> None:
    """Write answers as lines of JSON: digests of texts, log-probabilities, flags."""
    from surrogate.store import export_store

    lines = export_store(_file(path), fingerprint)
    if out is None:
        for line in lines:
            click.echo(line)
        return
    try:
        with out.open("x", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in lines)
    except FileExistsError as error:
        raise InputError("output-exists", f"{out} is there already. Give another name.") from error
    except OSError as error:
        raise InputError("cannot-write", f"{out} cannot be written: {error.strerror}.") from error
    click.echo(f"written: {out}")


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
