"""The command line: thin; every verb calls one library function.

Exit codes: 0 done; 1 withheld, the evidence carries no surrogate; 2 usage or input error; 3 model error; 130 stopped.
"""

from __future__ import annotations

import gc
import os
import sys
import warnings
from contextlib import suppress
from typing import Any

import click

from surrogate import __version__
from surrogate.cli import (
    audit,
    batch,
    concepts,
    diff,
    distill,
    explain,
    export,
    keys,
    ledger,
    models,
    neighbours,
    pipelines,
    reasons,
    replay,
    report,
    signing,
    store,
    summary,
    verify,
)
from surrogate.cli.exit_codes import DONE, MODEL_ERROR, STOPPED, USAGE_ERROR
from surrogate.errors import InputError, ModelError

__all__ = ["main", "run"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="surrogate")
def cli() -> None:
    """Explain what a language-model text classifier does, with measured rules and terms.

    Exit codes: 0 done; 1 withheld (the evidence carries no surrogate); 2 usage or input error; 3 model error.
    """


cli.add_command(explain.explain)
cli.add_command(audit.audit)
cli.add_command(batch.batch)
cli.add_command(diff.diff)
cli.add_command(distill.distill)
cli.add_command(report.report)
cli.add_command(summary.summary)
cli.add_command(concepts.concepts)
cli.add_command(export.export)
cli.add_command(neighbours.neighbours)
cli.add_command(replay.replay)
cli.add_command(reasons.reasons)
cli.add_command(pipelines.pipelines)
cli.add_command(models.models)
cli.add_command(store.store)
cli.add_command(keys.keys)
cli.add_command(signing.sign)
cli.add_command(signing.erase)
cli.add_command(ledger.ledger)
cli.add_command(verify.verify)
cli.add_command(verify.verifier)


def run() -> None:
    """Run the command line as a process of its own, and end it at once.

    Garbage collection during the imports of torch and transformers, and their teardown at the end, take a fifth of a short
    run each; as in mypy's ``hard_exit``, the process ends without them once everything is written.
    """
    gc.set_threshold(200_000, 20, 100)
    code = main()
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : list of str, optional
        Without the program's name; None: those of the process.

    Returns
    -------
    int
        The exit code.
    """
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        warnings.simplefilter("default", UserWarning)
        try:
            cli.main(arguments, prog_name="surrogate", standalone_mode=False)
            return DONE
        except SystemExit as end:
            return int(end.code or 0)
        except click.exceptions.Exit as end:
            return int(end.exit_code)
        except click.ClickException as error:
            error.show()
            return USAGE_ERROR
        except InputError as error:
            click.echo(f"error: {error}", err=True)
            return USAGE_ERROR
        except ModelError as error:
            click.echo(f"model error: {error}", err=True)
            return MODEL_ERROR
        except (KeyboardInterrupt, click.Abort):
            click.echo("stopped; the answers received so far are kept in the store.", err=True)
            return STOPPED


def _show_warning(message: Any, *_: Any, **__: Any) -> None:
    click.echo(f"warning: {message}", err=True)
